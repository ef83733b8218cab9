"""Forward mode: how tangents go through an op, by its row's ``jvp``.

``linear``: the op applied to the tangents. ``multilinear``: the sum over arguments of the op with one of them
replaced by its tangent. ``pointwise``: an elementwise op's derivative is a diagonal matrix, so its product with a
tangent t is conj(vjp(conj(t))), from the row's own formulas. ``zero``: the tangent is zero. A function names what it
takes: ``<argument>_t``, arguments, outputs.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.replay import replayed
from mini_autograd.graph.tangent import attach
from mini_autograd.op.formula import parameters
from mini_autograd.op.row import OUTPUT, SIZES, Op
from mini_autograd.tensor import Tensor, TensorBase, requires_grad, storage_of, storage_offset, wrap

WORDS = ("linear", "multilinear", "pointwise", "zero")


def push_forward(op: Op, args: list, outputs: list) -> None:
    """Set the tangents of ``outputs`` from those of ``args``."""
    if not any(has_tangent(args[position]) for position in op.tensors):
        return
    if modes.current().inference or all(one._inference for one in tensors_among(op, args)):
        return
    rule = op.jvp
    if rule is None and op.differentiable:
        raise errors.no_forward_mode(op.name)
    if rule is None or rule == "zero":
        if rule and op.in_place and outputs[0]._tangent is not None:
            F.zero_(outputs[0]._tangent)
        return
    switches = modes.current()
    level = switches.level
    switches.level = -1
    try:
        tangents = tangents_of(op, rule, args, outputs)
    finally:
        switches.level = level
    if not isinstance(tangents, tuple):
        tangents = (tangents,)
    for output, tangent in zip(outputs, tangents, strict=True):
        if tangent is not None and output is not None and output._dtype.is_differentiable:
            if op.in_place:
                write(output, fit(tangent, output))
            else:
                attach(output, fit(tangent, output))
    share(op, outputs)


def share(op: Op, outputs: list) -> None:
    """Give the tangents of outputs to what their node has saved of them."""
    node = outputs[0]._node if outputs and outputs[0] is not None else None
    if node is None or getattr(node, "op", None) is not op:
        return
    for save, held in zip(op.saves, node.saved, strict=True):
        if save.kind == OUTPUT and held is not None:
            held.tensor._tangent = outputs[save.index]._tangent


def write(target: TensorBase, tangent: TensorBase) -> None:
    """Give what was written in place its new tangent, in the memory of the old one, which views share."""
    held = target._tangent
    if held is None and target._view is not None:
        held = part_of_base(target)
    if held is None:
        attach(target, tangent)
    else:
        F.copy_(held, tangent)


def part_of_base(view: TensorBase) -> Any:
    """The tangent of a view as a part of its base's, which are zeros if there was none."""
    base = view._view.base
    if base._tangent is None:
        attach(base, F.zero_(F.new_empty_strided(base, base._array.shape, steps(base))))
    if view._view.steps is not None:
        attach(view, replayed(view._view.steps, base._tangent))
    else:
        offset = storage_offset(view) - storage_offset(base) + storage_offset(base._tangent)
        attach(view, F.as_strided(base._tangent, view._array.shape, steps(view), offset))
    return view._tangent


def steps(tensor: TensorBase) -> tuple:
    return tuple([step // tensor._array.itemsize for step in tensor._array.strides])


def tangents_of(op: Op, rule: Any, args: list, outputs: list) -> Any:
    tangents = [tangent_or_none(value) for value in args]
    missing = [position for position in op.differentiable if is_missing(args[position], tangents[position])]
    if op.in_place or not is_recorded(op, args):
        result = apply(op, rule, args, tangents, outputs)
        # Zeros make a new tensor where they are added.
        return F.clone(result) if missing and any(result is one for one in tangents) else result
    full = list(tangents)
    for position in missing:
        full[position] = F.zeros(args[position]._array.shape, dtype=args[position]._dtype)
    result = apply(op, rule, [primal_of(value) for value in args], full, outputs)
    return with_values(result, op, rule, args, tangents, outputs) if missing else result


def is_recorded(op: Op, args: list) -> bool:
    """Whether the tangents that come of ``args`` are in a graph."""
    if not modes.current().grad:
        return False
    return any(in_graph(one) for one in tensors_among(op, args))


def in_graph(tensor: Any) -> bool:
    """Whether the tensor or its tangent is in a graph; under transforms in any, or with a tangent below."""
    while not (requires_grad(tensor) or (tensor._tangent is not None and requires_grad(tensor._tangent))):
        if type(tensor) is Tensor:
            return False
        tensor = tensor._value
        if tensor._tangent is not None:
            return True
    return True


def tensors_among(op: Op, args: list) -> list:
    """Every tensor that the op was given, those in lists included."""
    given = [args[at] if isinstance(args[at], (list, tuple)) else [args[at]] for at in op.tensors]
    return [one for several in given for one in several if one is not None]


def is_missing(value: Any, tangent: Any) -> bool:
    return tangent is None and isinstance(value, TensorBase)


def with_values(result: Any, op: Op, rule: Any, args: list, tangents: list, outputs: list) -> Any:
    """``result``, which has the graph of torch's formulas, in which missing tangents are zeros; but these vanish
    whatever they are multiplied by, so the values are those without them."""
    switches = modes.current()
    switches.grad = False
    try:
        exact = apply(op, rule, args, tangents, outputs)
    finally:
        switches.grad = True
    if isinstance(exact, tuple):
        return tuple([adopt(*pair) for pair in zip(result, exact, strict=True)])
    return adopt(result, exact)


def adopt(traced: Any, exact: Any) -> Any:
    """``traced`` with the values of ``exact``; None where that is."""
    if exact is None or traced is None or traced._array.shape != exact._array.shape:
        return None if exact is None else traced
    mine, other = whole_array(traced), whole_array(exact)
    if mine.shape != other.shape:
        return exact
    if mine.tobytes() != other.tobytes():
        mine[...] = other
    return traced


def whole_array(tensor: Any) -> Any:
    """All the elements of a tensor, also where its own array shows one example of a batch."""
    while type(tensor) is not Tensor:
        tensor = tensor._value
    return tensor._array


def apply(op: Op, rule: Any, args: list, tangents: list, outputs: list) -> Any:
    if rule == "linear":
        return run(
            op, [linear_argument(op, *item) for item in zip(range(len(args)), args, tangents, strict=True)]
        )
    if rule == "multilinear":
        return multilinear(op, args, tangents)
    if rule == "pointwise":
        return pointwise(op, args, tangents, outputs)
    names = dict(zip(op.names, args, strict=True))
    names |= {f"{name}_t": value for name, value in zip(op.names, tangents, strict=True)}
    names |= dict(zip(op.output_names, outputs, strict=True))
    return rule(*[names[name] for name in parameters(rule)])


def linear_argument(op: Op, position: int, value: Any, tangent: Any) -> Any:
    if position not in op.differentiable:
        return value
    return tangent_of(value) if tangent is None else tangent


def run(op: Op, args: list) -> Any:
    """The op on other arguments, out of place."""
    from mini_autograd.op.dispatch import execute  # below dispatch, which calls this module

    return execute(functional(op), args)


def snapshot(tensor: TensorBase) -> TensorBase:
    """A copy with the same tangent, outside any graph."""
    copy = wrap(tensor._array.copy(), tensor._dtype)
    copy._tangent = tensor._tangent
    return copy


def functional(op: Op) -> Op:
    return op.functional if op.in_place else op


def multilinear(op: Op, args: list, tangents: list) -> Any:
    """A term for every factor that has a tangent."""
    total = None
    for position in op.differentiable:
        if tangents[position] is not None:
            term = run(op, [*args[:position], tangents[position], *args[position + 1 :]])
            total = term if total is None else F.add(total, term)
    return total


def primal_of(value: Any) -> Any:
    """The value without its tangent, which leaves its own node in the graph of tangents."""
    return F._fw_primal(value) if isinstance(value, TensorBase) and not value._wrapped else value


def pointwise(op: Op, args: list, tangents: list, outputs: list) -> Any:
    """A term for every argument that has a tangent."""
    total = None
    saved = [value_of(save, args, outputs) for save in op.saves]
    for position, formula in zip(op.differentiable, op.formulas, strict=True):
        tangent = tangents[position]
        if tangent is not None:
            values = [F.conj(tangent), *saved]
            term = formula.function(*[values[slot] for slot in formula.slots])
            total = term if total is None else F.add(total, term)
    return None if total is None else conjugated(total)


def conjugated(tangent: Any) -> Any:
    """The conjugate in memory of its own, which in a graph is a copy: torch puts conjugation off till then."""
    if not tangent._dtype.is_complex:
        return tangent
    result = F.conj(tangent)
    return F.copy_(F.zeros_like(result), result) if requires_grad(result) else result


def value_of(save: Any, args: list, outputs: list) -> Any:
    if save.kind == OUTPUT:
        return outputs[save.index]
    return args[save.index]._array.shape if save.kind == SIZES else args[save.index]


def has_tangent(value: Any) -> bool:
    if isinstance(value, TensorBase):
        return value._tangent is not None
    return isinstance(value, (list, tuple)) and any(has_tangent(one) for one in value)


def tangent_or_none(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [tangent_of(one) for one in value] if has_tangent(value) else None
    return value._tangent if isinstance(value, TensorBase) else None


def tangent_of(value: Any) -> Any:
    """The tangent of a tensor or of each in a list; zeros where there is none."""
    if isinstance(value, (list, tuple)):
        return [tangent_of(one) for one in value]
    if value is None:
        return None
    return value._tangent if value._tangent is not None else F.zeros_like(value)


def fit(tangent: TensorBase, output: TensorBase) -> TensorBase:
    """The tangent in its primal's shape and dtype, and unless that is a view in its layout."""
    if tangent._array.shape != output._array.shape:
        tangent = F.expand(tangent, output._array.shape)
    if tangent._dtype is not output._dtype:
        tangent = F.to(tangent, output._dtype)
    return tangent if output._view is not None else laid_like(tangent, output)


def laid_like(tangent: TensorBase, primal: TensorBase) -> TensorBase:
    """The tangent with its elements where the primal has them in a memory as large, so that what is later written
    to a part of the primal finds the same part in the tangent."""
    if type(tangent) is not Tensor or type(primal) is not Tensor or has_layout_of(tangent, primal):
        return tangent
    memory = F.zeros((storage_of(primal).memory.nbytes // primal._dtype.itemsize,), dtype=tangent._dtype)
    part = F.as_strided(memory, primal._array.shape, steps(primal), storage_offset(primal))
    return F.copy_(wrap(part._array, part._dtype), tangent)


def has_layout_of(tangent: TensorBase, primal: TensorBase) -> bool:
    one, other = tangent._array, primal._array
    if any(size > 1 and a != b for size, a, b in zip(one.shape, one.strides, other.strides, strict=True)):
        return False
    if one.base is None and other.base is None:
        return one.size == other.size
    return (not one.size or storage_offset(tangent) == storage_offset(primal)) and storage_of(
        tangent
    ).memory.nbytes == storage_of(primal).memory.nbytes
