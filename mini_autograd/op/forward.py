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
from mini_autograd.graph.tangent import attach
from mini_autograd.op.formula import parameters
from mini_autograd.op.row import OUTPUT, SIZES, Op
from mini_autograd.tensor import TensorBase, storage_offset, wrap

WORDS = ("linear", "multilinear", "pointwise", "zero")


def push_forward(op: Op, args: list, outputs: list) -> None:
    """Set the tangents of ``outputs`` from those of ``args``."""
    if not any(has_tangent(args[position]) for position in op.tensors):
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
    offset = storage_offset(view) - storage_offset(base) + storage_offset(base._tangent)
    attach(view, F.as_strided(base._tangent, view._array.shape, steps(view), offset))
    return view._tangent


def steps(tensor: TensorBase) -> tuple:
    return tuple([step // tensor._array.itemsize for step in tensor._array.strides])


def tangents_of(op: Op, rule: Any, args: list, outputs: list) -> Any:
    if rule == "linear":
        return run(op, [tangent_of(a) if i in op.differentiable else a for i, a in enumerate(args)])
    if rule == "multilinear":
        return multilinear(op, args)
    if rule == "pointwise":
        return pointwise(op, args, outputs)
    names = dict(zip(op.names, args, strict=True))
    names |= {f"{name}_t": tangent_or_none(value) for name, value in zip(op.names, args, strict=True)}
    names |= dict(zip(op.output_names, outputs, strict=True))
    return rule(*[names[name] for name in parameters(rule)])


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


def multilinear(op: Op, args: list) -> Any:
    """A term for every factor, as in torch's formulas, where a missing tangent counts as zeros."""
    total = None
    primals = [primal_of(value) for value in args]
    for position in op.differentiable:
        if args[position] is not None:
            term = run(op, [*primals[:position], tangent_of(args[position]), *primals[position + 1 :]])
            total = term if total is None else F.add(total, term)
    return total


def primal_of(value: Any) -> Any:
    """The value without its tangent, which leaves its own node in the graph of tangents."""
    return F._fw_primal(value) if isinstance(value, TensorBase) and not value._wrapped else value


def pointwise(op: Op, args: list, outputs: list) -> Any:
    """The sum of a term for every argument that has a tangent.

    The others have zeros in torch's formulas, which vanish whatever they are multiplied by, but make a new tensor
    where they are added.
    """
    total = None
    missing = False
    saved = [value_of(save, args, outputs) for save in op.saves]
    for position, formula in zip(op.differentiable, op.formulas, strict=True):
        argument = args[position]
        if has_tangent(argument):
            values = [F.conj(argument._tangent), *saved]
            term = F.conj(formula.function(*[values[slot] for slot in formula.slots]))
            total = term if total is None else F.add(total, term)
        elif argument is not None and argument._dtype.is_differentiable:
            missing = True
    if missing and any(total is tangent_or_none(args[position]) for position in op.differentiable):
        total = F.clone(total)
    return total


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
    """The tangent in its primal's shape and dtype."""
    if tangent._array.shape != output._array.shape:
        tangent = F.expand(tangent, output._array.shape)
    return tangent if tangent._dtype is output._dtype else F.to(tangent, output._dtype)
