"""The layer of a pass over a graph with many cotangents at once.

NOTE [Rows of a pass]: torch runs such a pass, and the Jacobians of ``autograd.functional``, under another ``vmap``,
which has rules for few ops. The others, composites included, are run on one row after the other, and what they give is
a view of the stacked results: one that was made in ``no_grad`` mode, where the pass records nothing.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.transform import refusal
from mini_autograd.transform.batching.elementwise import elementwise
from mini_autograd.transform.batching.layer import Batched, Batching
from mini_autograd.transform.batching.loop import loop
from mini_autograd.transform.batching.rule import Call, Rule, at_front, rule_of
from mini_autograd.transform.differentiation import overload

# fmt: off
RULED = frozenset((
    "_conj", "_make_dual", "_reshape_alias", "abs", "acos", "add.Tensor", "as_strided", "asin", "atan", "bmm", "cat",
    "ceil", "chunk", "clamp", "clamp_max", "clamp_min", "clone", "conj", "conj_physical", "contiguous", "cos", "cosh",
    "diagonal", "diagonal_backward", "digamma", "div.Tensor", "div.Tensor_mode", "dot", "eq.Scalar", "eq.Tensor",
    "exp", "expand", "expand_as", "expm1", "floor", "frac", "ge.Scalar", "ge.Tensor", "gt.Scalar", "gt.Tensor",
    "imag", "is_complex", "is_same_size", "le.Scalar", "le.Tensor", "lgamma", "log", "log10", "log1p", "log2",
    "lt.Scalar", "lt.Tensor", "mH", "mT", "matrix_H", "mm", "movedim.int", "movedim.intlist", "mul.Tensor", "mv",
    "narrow", "ne.Scalar", "ne.Tensor", "neg", "new_empty", "new_empty_strided", "new_zeros", "numpy_T", "permute",
    "pow.Scalar", "pow.Tensor_Scalar", "pow.Tensor_Tensor", "real", "reciprocal", "relu", "reshape", "reshape_as",
    "resolve_conj", "resolve_neg", "result_type.Scalar", "result_type.Scalar_Scalar", "result_type.Scalar_Tensor",
    "result_type.Tensor", "round", "rsqrt", "rsub.Scalar", "rsub.Tensor", "select.int", "select_backward", "sigmoid",
    "sigmoid_backward", "sign", "sin", "sinh", "slice.Tensor", "slice_backward", "split.Tensor", "split.sizes",
    "split_with_sizes", "sqrt", "squeeze", "squeeze.dim", "squeeze.dims", "stack", "sub.Tensor", "sum.dim_IntList",
    "t", "tan", "tanh", "tensor_split.indices", "tensor_split.sections", "threshold_backward", "to.device",
    "to.dtype", "to.other", "trace", "transpose.int", "trunc", "unbind.int", "unfold", "unsqueeze", "view", "view_as",
    "view_as_complex", "view_as_real",
))
# Ops that torch has not, or has as parts of ruled ones: tensors beside numbers, copies, what the engine itself does.
OWN = frozenset((
    "_fw_primal", "_places", "_to_copy", "_unsafe_view", "_conj_physical", "add_scalar", "alias", "div_scalar",
    "mul_scalar", "sub_scalar",
))
WRITTEN = frozenset(("fill_", "zero_"))
# What torch makes of zeros, which it writes, and writes a part of.
FILLED = frozenset(("diagonal_backward", "select_backward", "slice_backward"))
# What torch expands each of the tensors for that it is given, those too that have all rows.
JOINED = frozenset(("cat", "stack"))
# fmt: on


class Row(Batched):
    """One row for every cotangent."""

    __slots__ = ()
    spaced = False

    def _detached(self) -> Any:
        raise refusal.no_fallback("detach")


NO_FALLBACK = "Batching rule not implemented for aten::{}. We could not generate a fallback."
for _name in ("item", "__float__", "__int__", "__index__", "__complex__", "__contains__"):
    setattr(Row, _name, refusal.refuse(NO_FALLBACK.format("item")))
Row.__bool__ = refusal.refuse(NO_FALLBACK.format("is_nonzero"))  # type: ignore[method-assign]
Row.is_nonzero = Row.__bool__  # type: ignore[method-assign]
Row.__module__, Row.__qualname__, Row.__name__ = Tensor.__module__, "Tensor", "Tensor"


class RowBatching(Batching):
    """The examples are the rows of the cotangents: NOTE [Rows of a pass]."""

    internal = True
    kind = Row

    def rule_of(self, op: Op) -> Rule:
        if op.name in WRITTEN if op.in_place else is_ruled(op):
            if op.name in FILLED:
                return filled
            if op.name in JOINED:
                return joined
            rule = rule_of(op)
            return beside_one_row if rule is elementwise else rule
        if not self.size:
            raise refusal.no_rows(op.name + overload(op))
        return loop if op.in_place else stacked

    def unbatched_target(self, op: Op, shapes: list) -> RuntimeError:
        return refusal.unbatched_row(op.name, self.depth)

    def compose(self, op: Op, args: list, dims: list | None) -> Any:
        if dims is None or is_ruled(op) or op.name.startswith("_") or not gives_new(op):
            return super().compose(op, args, dims)
        return self.ruled(op, args, dims)


def is_ruled(op: Op) -> bool:
    return op.schema.full_name in RULED or op.name in OWN


def gives_new(op: Op) -> bool:
    """Whether all that it gives are tensors with memory of their own."""
    return not op.in_place and all(
        one.type.kind == "Tensor" and one.type.alias is None for one in op.schema.returns
    )


def beside_one_row(call: Call) -> tuple[Any, int]:
    """:func:`elementwise`, where what is the same for all rows is one row, but for a number: so strides are laid."""
    given = call.given()
    rank = max(call.rank(position) for position in given)
    for position in given:
        value = call.args[position]
        if call.dims[position] is None and call.rank(position):
            shape = value._array.shape
            call.args[position] = F.view(value, (1,) * (rank + 1 - len(shape)) + shape)
    return elementwise(call)


def filled(call: Call) -> tuple[Any, int]:
    result, dim = rule_of(call.op)(call)
    count_write(result, 2)
    return result, dim


def joined(call: Call) -> tuple[Any, int]:
    shapes = [(call.size, *one._array.shape) for one in call.shown[0]]
    given = zip(call.args[0], call.dims[0], shapes, strict=True)
    call.args[0] = [F.expand(at_front(one, dim), shape) for one, dim, shape in given]
    call.dims[0] = [0] * len(shapes)
    return rule_of(call.op)(call)


def stacked(call: Call) -> tuple[Any, int]:
    """One example after the other, and a view of the results together."""
    result, dim = loop(call)
    return ([viewed(one) for one in result] if isinstance(result, list) else viewed(result)), dim


def viewed(result: TensorBase | None) -> Any:
    return None if result is None else F.view(result, result._array.shape)
