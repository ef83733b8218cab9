"""The backward pass of a row over bare arrays, made of the row's own formulas.

NOTE [Bare gradients]: outside of recording, the ops that a formula names come to their kernels, and nobody sees the
tensors between them. Where everything has the shape, type and layout of the output, and what was saved is as it was,
there is no more to it: the row's gradients are an expression of arrays, which its formulas say themselves (see
``term``). Gradients without dimensions are numbers of numpy's in the meantime, which cost less than arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mini_autograd.dtypes import FLOAT
from mini_autograd.graph.node import Node
from mini_autograd.graph.saved import FREED
from mini_autograd.interpreted import term
from mini_autograd.interpreted.bare import SAME
from mini_autograd.interpreted.elementwise import is_plain
from mini_autograd.interpreted.source import each, indented, made
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import INTERNAL
from mini_autograd.op.row import OUTPUT, PLAIN, Formula, Op, Save
from mini_autograd.tensor import WRAPPED

Function = Callable[..., Any]


def slope(op: Op) -> Function | None:
    """The gradients of the row's arguments as a function of its node and an array; None if there is no such way.

    That function lets go of what the node saved unless it is to ``keep`` it, and gives the gradients, :data:`SAME` for
    the very one that arrived. It gives None, with nothing done, where the node, as it is, has to go the general way.
    """
    if not is_plain(op) or not op.formulas or any(is_doubtful(op, save) for save in op.saves):
        return None
    results = [result(formula) for formula in op.formulas]
    if None in results:
        return None
    return made("slope", text_of(op, results), np=np, times=times, **NAMES)


def is_doubtful(op: Op, save: Save) -> bool:
    """Whether it may be None, of which a term knows nothing."""
    return save.kind == PLAIN and bool(op.arguments[save.index].type.optional)


def result(formula: Formula) -> str | None:
    """The formula as an expression of ``grad`` and ``value<slot>``."""
    if min(formula.slots) < 0:
        return None
    written = inspect.unwrap(
        formula.function
    )  # where classes override calls, it is inside of what keeps them out
    return term.text_of(written, [f"value{slot}" if slot else "grad" for slot in formula.slots])


def times(grad: Any, factor: float) -> Any:
    return grad if factor == 1 else kernel.mul_scalar(grad, factor)


NAMES = {"FLOAT": FLOAT, "FREED": FREED, "NUMBERS": term.NUMBERS, "SAME": SAME, "WRAPPED": WRAPPED}


def text_of(op: Op, results: list) -> str:
    edges = range(len(results))
    arrays = [slot for slot, save in enumerate(op.saves, 1) if save.kind != PLAIN]
    many = " or ".join([f"(result{at} is not None and result{at}.strides != strides)" for at in edges])
    numbers = "    numbers = NUMBERS[kind, len(shape) > 0]" if "numbers" in "".join(results) else ""
    return f"""\
def slope(node, grad, keep):
    {listed("edge", edges)} = node._next_nodes
    outputs = node._outputs
    shape, kind = outputs[0]
    if kind is not float32 and kind is not float64:
        return None
{each(FITTING, edges, 1)}
    saved = node.saved
{each("value{0} = saved[{0} - 1]", range(1, len(op.saves) + 1), 1)}
{each(UNPACKING, [slot for slot in arrays if op.saves[slot - 1].kind != OUTPUT], 1)}
{each(UNPACKING_OUTPUT, [slot for slot in arrays if op.saves[slot - 1].kind == OUTPUT], 1)}
{numbers}
    if not shape:
        grad = grad[()]
{each("if value{0} is not None:" + chr(10) + "    value{0} = value{0}[()]", arrays, 2)}
    elif len(shape) > 1 or not shape[0]:
        strides = grad.strides
        if not grad.size or not grad.flags.c_contiguous:
            return None
{each(LYING_ALIKE, arrays, 2)}
{indented(chr(10).join([calculated(at, results[at]) for at in op.formula_order]), 1)}
    if len(shape) > 1 and ({many}):
        return None
    if not keep:
{each("if value{0} is not None:" + chr(10) + "    saved[{0} - 1] = FREED", arrays, 2)}
{each(PASSING, [at for at in edges if "times" in results[at] or results[at] == "grad"], 1)}
    return [{listed("result", edges)}]
"""


FITTING = """\
if edge{0} is not None and edge{0}._outputs != outputs:
    return None"""
UNPACKING = """\
if value{0} is not None:
    if type(value{0}) is not SavedTensor:
        return None
    tensor = value{0}.tensor
    if tensor is None:
        return None
    counter = tensor._counter
    if (counter is not None and counter.value != value{0}.version) or (tensor._node is None and not value{0}.leaf):
        return None
    if tensor._marks > WRAPPED:
        return None
    value{0} = tensor._array
    if tensor._dtype is not kind:
        if not tensor._marks or tensor._dtype.category > FLOAT:
            return None
        value{0} = value{0}.astype(kind.numpy)"""
UNPACKING_OUTPUT = """\
if type(value{0}) is not SavedTensor:
    return None
tensor = value{0}.tensor
if tensor is None:
    return None
counter = tensor._counter
if counter is not None and counter.value != value{0}.version:
    return None
value{0} = tensor._array"""
LYING_ALIKE = """\
if value{0} is not None and value{0}.shape and (value{0}.strides != strides or value{0}.shape != shape):
    return None"""
PASSING = """\
if result{0} is grad:
    result{0} = SAME"""


def calculated(at: int, result: str) -> str:
    """Statements that set ``result<at>`` to the gradient of an argument, None where none is wanted."""
    return f"result{at} = None if edge{at} is None else {result}"


def listed(name: str, numbers: Iterable[int]) -> str:
    return "".join([f"{name}{number}, " for number in numbers])


def attach() -> None:
    """Give the classes of nodes their slopes, but for those that rows with other formulas share."""
    rows: dict[type, list[Op]] = {}
    for packet in INTERNAL.values():
        for op in packet.overloads:
            rows.setdefault(op.node_class, []).append(op)
    Node.slope = None  # type: ignore[attr-defined]
    for cls, ops in rows.items():
        if len({id(op.formulas) for op in ops}) == 1:
            op = ops[0].functional if ops[0].in_place else ops[0]
            cls.slope = staticmethod(first_slope(cls, op))  # type: ignore[attr-defined]


def first_slope(cls: Any, op: Op) -> Function:
    """What makes the slope when it is asked for the first time."""

    def first(node: Node, grad: Any, keep: bool) -> Any:
        cls.slope = made = slope(op)
        if made is None:
            return None
        cls.slope = staticmethod(made)
        return made(node, grad, keep)

    return first
