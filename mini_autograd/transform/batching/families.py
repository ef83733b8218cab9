"""Which rule an op has: the one of its name, that of elementwise ops, or a loop."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.op.row import Op
from mini_autograd.transform import refusal
from mini_autograd.transform.batching import dimension, indexing, product
from mini_autograd.transform.batching.elementwise import IN_PLACE, elementwise
from mini_autograd.transform.batching.loop import loop
from mini_autograd.transform.batching.rule import COMPOSITES, RULES, Call, Rule, composite, rule

__all__ = ["COMPOSITES", "dimension", "indexing", "product", "rule_of"]


def rule_of(op: Op) -> Rule:
    name = op.functional.name if op.in_place and op.functional is not None else op.name
    found = RULES.get(name)
    if found is not None:
        return in_place(found) if op.in_place else found
    return elementwise if op.elementwise else loop


def in_place(found: Rule) -> Rule:
    """Rules that have no form in place are a loop there."""
    return found if found in (*IN_PLACE, indexing.index_put, product.product_added) else loop


@rule(
    "_nonzero",
    "_unique2",
    "_unique_consecutive",
    "unique_dim",
    "unique_dim_consecutive",
    "_distinct",
)
def of_unknown_size(call: Call) -> tuple[Any, int]:
    raise refusal.dynamic_shape(
        {"_nonzero": "nonzero", "_distinct": "unique_dim"}.get(call.op.name, call.op.name)
    )


@rule("_neg_view")
def negative_view(call: Call) -> tuple[Any, int]:
    raise refusal.no_fallback("_neg_view")


@composite("is_nonzero")
def is_nonzero(layer: Any, op: Op, args: list) -> Any:
    raise RuntimeError(refusal.CONTROL_FLOW)


@composite("narrow")
def narrow(layer: Any, op: Op, args: list) -> Any:
    """A part that begins elsewhere in each example is no view."""
    if len(op.tensors) > 1 and layer.dim_of(args[2]) is not None:
        raise refusal.no_fallback("narrow.Tensor")
    return op.composite(*args)


@composite("equal")
def equal(layer: Any, op: Op, args: list) -> Any:
    raise errors.no_batching_rule("equal")


@composite("allclose")
def allclose(layer: Any, op: Op, args: list) -> Any:
    raise RuntimeError(
        "vmap over torch.allclose isn't supported yet. Please file an issue at "
        "https://github.com/pytorch/pytorch/issues if you need this feature."
    )


@composite("_make_dual")
def make_dual(layer: Any, op: Op, args: list) -> Any:
    """The tangent of what is the same for all examples need not be."""
    if layer.dim_of(args[0]) is not None:
        raise refusal.no_fallback("_make_dual")
    return op.composite(*args)
