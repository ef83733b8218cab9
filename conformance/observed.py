"""What can be seen of a library. Kinds of observation that it gives no access to are not compared, which is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .observation import Observation

EVERYTHING = frozenset(Observation)

# What is read of the product of a leaf with itself, by the kind of observation that it is read for.
ASKED: dict[Observation, Callable[[Any, Any], Any]] = {
    Observation.STRIDE: lambda leaf, product: (product.stride(), product.storage_offset()),
    Observation.ALIAS: lambda leaf, product: (product.data_ptr(), product.element_size()),
    Observation.VERSION: lambda leaf, product: product._version,
    Observation.LEAF: lambda leaf, product: product.is_leaf,
    Observation.REQUIRES_GRAD: lambda leaf, product: product.requires_grad,
    Observation.GRAPH: lambda leaf, product: (product.grad_fn.name(), product.grad_fn.next_functions),
    Observation.SAVED: lambda leaf, product: product.grad_fn._saved_self,
    Observation.GRAD: lambda leaf, product: leaf.grad,
}


def observed(module: Any) -> frozenset[Observation]:
    """What can be seen of a library: as it says in `observes`, or else as it is found."""
    told = getattr(module, "observes", None)
    if isinstance(told, set | frozenset):
        return frozenset(map(Observation, told))
    try:
        leaf = module.tensor([1.0, 2.0], requires_grad=True)
        product = leaf * leaf
    except Exception:  # whatever is the matter, programs will show it
        return EVERYTHING
    return EVERYTHING - {kind for kind, ask in ASKED.items() if not _answers(ask, leaf, product)}


def _answers(ask: Callable[[Any, Any], Any], leaf: Any, product: Any) -> bool:
    try:
        ask(leaf, product)
    except AttributeError:
        return False
    return True
