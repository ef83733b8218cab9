"""Forward mode: how tangents go through an op, by its row's ``jvp``.

``linear``: the op applied to the tangents; another op: that one. ``written``: the same as the first, a number that is
written having the tangent 0, and in place the tangent itself is what is written to. ``multilinear``: the sum over
arguments of the op with one of them replaced by its tangent. ``pointwise``: an elementwise op's derivative is a
diagonal matrix, so its product with a tangent t is conj(vjp(conj(t))), from the row's own formulas. ``zero``: the
tangent is zero. A function names what it takes: ``<argument>_t``, arguments, outputs.
"""

from __future__ import annotations

from math import prod
from typing import Any

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.graph.replay import replayed
from mini_autograd.graph.tangent import attach
from mini_autograd.op.bits import resolved, zeros_by_bit
from mini_autograd.op.formula import parameters
from mini_autograd.op.recorded import layout_of
from mini_autograd.op.row import OUTPUT, SIZES, TENSOR, Op
from mini_autograd.tensor import (
    CONJ,
    NEG,
    WRAPPED,
    ZERO_BIT,
    Apart,
    TensorBase,
    requires_grad,
    storage_of,
    storage_offset,
    wrap,
)

# The bits for which a tangent has its elements as its primal has.
TURNED = CONJ | NEG

# What a rule gives for a tangent that is to be filled with 0.
ZERO = object()
# What it gives for one that torch's formula leaves undefined: none, which cannot be written over one that there is.
UNDEFINED = object()
WORDS = ("linear", "written", "multilinear", "pointwise", "zero")


def push_forward(op: Op, args: list, outputs: list) -> None:
    """Set the tangents of ``outputs`` from those of ``args``."""
    if not any(has_tangent(args[position]) for position in op.tensors):
        return
    if modes.current().inference or all(one._inference for one in tensors_among(op, args)):
        return
    for output in outputs:
        if output is not None and output._node is not None:
            output._node._reveal()  # tangents come after the node, and may lead back to it
    layer = pushing_layer(op, args)
    if layer is not None:
        layer.within(layer.push, op, args, outputs)
        return
    rule = op.jvp
    if rule is None and op.differentiable:
        raise errors.no_forward_mode(op.name)
    if rule is None or rule == "zero":
        if rule and op.in_place and outputs[0]._tangent is not None:
            F.zero_(outputs[0]._tangent)
            check_written(outputs[0])
        return
    switches = modes.current()
    level = switches.level
    nested = is_nested(op, args)
    if not nested or not op.in_place:
        switches.level = -1
    try:
        held = held_by(outputs[0]) if op.in_place and rule == "written" else None
        if held is not None:
            execute_again(
                op, [held, *written_arguments(op, args, [tangent_or_none(one) for one in args])[1:]]
            )
            check_written(outputs[0])
            return
        tangents = tangents_of(op, rule, args, outputs, nested and op.in_place)
    finally:
        switches.level = level
    if not isinstance(tangents, tuple):
        tangents = (tangents,)
    if nested and not op.in_place and gives_nested(op, tangents):
        raise errors.nested_tangent()
    for output, tangent in zip(outputs, tangents, strict=True):
        if tangent is not None and output is not None and output._dtype.is_differentiable:
            if op.in_place:
                write(output, tangent)
                check_written(output)
            elif tangent is not UNDEFINED:
                attach(output, fit(tangent, output))


def pushing_layer(op: Op, args: list) -> Any:
    """The layer that a tangent is of, though no primal is: of what is the same for all examples of a ``vmap`` it may
    differ by example. Such a primal is computed, and recorded, below the layer, but only there can its tangent be."""
    for one in tensors_among(op, args):
        if one._tangent is not None and one._tangent._layered:
            return one._tangent._layer
    return None


def gives_nested(op: Op, tangents: tuple) -> bool:
    """Whether one that is made of nested tangents is nested; zeros that a formula makes after them are not."""
    constant = op.jvp == "pointwise" and all(getattr(one.function, "constant", False) for one in op.formulas)
    return not constant and not all(tangent is None or is_zero(tangent) for tangent in tangents)


def is_zero(tangent: Any) -> bool:
    """Whether a tangent is 0 by itself, whatever those that it is given for are."""
    return tangent is ZERO or tangent is UNDEFINED or bool(tangent._marks & ZERO_BIT)


def is_nested(op: Op, args: list) -> bool:
    """Whether an argument has a tangent that has been given one, for then that of the result has one too. In place
    both are written, as any dual is, before torch refuses it."""
    return any(
        one._tangent is not None and one._tangent._tangent is not None for one in tensors_among(op, args)
    )


def check_written(target: TensorBase) -> None:
    """RuntimeError for a tensor that was written where its tangent has been given one."""
    if target._tangent is not None and target._tangent._tangent is not None:
        raise errors.nested_tangent()


def write(target: TensorBase, tangent: Any) -> None:
    """Give what was written in place its new tangent, in the memory of the old one, which views share; the first that
    a view is given is copied into that of its base."""
    base = forward_base(target)
    if isinstance(tangent, TensorBase) and base is not None and lies_as_base(target, base, tangent):
        attach(base, tangent)
        attach(target, tangent)
        return
    held = held_by(target)
    if held is None and has_tangent(tangent):
        raise errors.nested_tangent()
    if tangent is UNDEFINED:
        if held is not None:
            raise errors.undefined_argument(1, "src")
    elif tangent is ZERO:
        F.fill_(held, 0)
    elif held is not None:
        F.copy_(held, tangent)
    elif base is not None:
        F.copy_(part_of_base(target, base), tangent)
    else:
        attach(target, fit(tangent, target))


def forward_base(tensor: TensorBase) -> Any:
    """The tensor of whose tangent that of a view is a part; None for what is no view, and for an unpacked primal."""
    view = tensor._view
    if view is None:
        return None
    return view.top if isinstance(view, Apart) else view.base


def lies_as_base(view: TensorBase, base: TensorBase, tangent: TensorBase) -> bool:
    """Whether the first tangent of a view can be its base's as it is, for all three have the same layout."""
    if base._tangent is not None or view._tangent is not None or tangent._layered or base._layered:
        return False
    if not view._array.shape == base._array.shape == tangent._array.shape:
        return False
    return has_layout_of(tangent, base) and has_layout_of(tangent, view)


def held_by(target: TensorBase) -> Any:
    """The tangent of a tensor, which for a view that has none is a part of its base's, where that has been given one
    in place; None for none."""
    held = target._tangent
    if held is not None:
        return held
    base = forward_base(target)
    if base is None or base._tangent is None:
        return None
    switches = modes.current()
    level = switches.level
    switches.level = -1
    try:
        return part_of_base(target, base)
    finally:
        switches.level = level


def part_of_base(view: TensorBase, base: TensorBase) -> Any:
    """The tangent of a view as a part of its base's, which are zeros if there was none."""
    if base._tangent is None:
        zeros = F.zero_(F.new_empty_strided(base, base._array.shape, steps(base)))
        zeros._counter = None  # nobody has seen it written
        zeros._marks = base._marks & TURNED
        attach(base, zeros)
    if view._view.steps is not None and not isinstance(view._view, Apart):
        attach(view, replayed(view._view.steps, base._tangent))
    else:
        offset = storage_offset(view) - storage_offset(base) + storage_offset(base._tangent)
        attach(view, F.as_strided(base._tangent, view._array.shape, steps(view), offset))
    return view._tangent


def steps(tensor: TensorBase) -> tuple:
    return tuple([step // tensor._array.itemsize for step in tensor._array.strides])


def tangents_of(op: Op, rule: Any, args: list, outputs: list, nested: bool = False) -> Any:
    """What ``rule`` makes of the tangents, for which where there is none zeros stand that say so; None where it reads
    none that there is. Of ``nested`` ones it is what it makes of duals."""
    tangents = [tangent_or_none(value) for value in args]
    knows_none = getattr(rule, "takes_none", False)
    if callable(rule) and not knows_none and not reads_any(op, rule, tangents):
        return None
    if nested or is_recorded(op, args):
        outputs = [primal_of(outputs[0])] if op.in_place else outputs
        args = [
            primal_of(value) if position in op.differentiable else value
            for position, value in enumerate(args)
        ]
    for position in () if knows_none else op.differentiable:
        if tangents[position] is None and isinstance(args[position], TensorBase):
            memory = op.in_place and position == 0 and not reads_written(op)
            tangents[position] = (zeros_of if memory else zeros_beside)(args[position])
    return apply(op, rule, args, tangents, outputs)


def reads_any(op: Op, rule: Any, tangents: list) -> bool:
    """Whether the function reads a tangent that there is, if it reads any."""
    names = parameters(rule)
    read = [tangent for name, tangent in zip(op.names, tangents, strict=True) if f"{name}_t" in names]
    return not read or any(one is not None for one in read)


def zeros_of(primal: TensorBase) -> Any:
    """The zeros, with memory, that stand for the missing tangent of what is written, unless a copy of it is read."""
    return F.zeros(primal._array.shape, **options_of(primal))


def zeros_beside(primal: TensorBase) -> TensorBase:
    """The zeros, so by a bit, that stand for a missing tangent: of a number's, a number too, which says nothing about
    the dtype."""
    zeros = zeros_by_bit(primal)
    zeros._marks |= primal._marks & WRAPPED
    return zeros


def is_recorded(op: Op, args: list) -> bool:
    """Whether the tangents that come of ``args`` are in a graph, or have tangents below."""
    grad = modes.current().grad
    return any(in_graph(one, grad) for one in tensors_among(op, args))


def in_graph(tensor: Any, grad: bool) -> bool:
    """Whether the tensor or its tangent is in a graph, if there is to be one; under transforms in any, or with a
    tangent below."""
    while not (
        grad and (requires_grad(tensor) or (tensor._tangent is not None and requires_grad(tensor._tangent)))
    ):
        if not tensor._layered:
            return False
        tensor = tensor._value
        if tensor._tangent is not None:
            return True
    return True


def tensors_among(op: Op, args: list) -> list:
    """Every tensor that the op was given, those in lists included."""
    given = [args[at] if isinstance(args[at], (list, tuple)) else [args[at]] for at in op.tensors]
    return [one for several in given for one in several if one is not None]


def apply(op: Op, rule: Any, args: list, tangents: list, outputs: list) -> Any:
    if rule == "linear" or isinstance(rule, Op):
        return run(
            op if rule == "linear" else rule,
            [linear_argument(op, *item) for item in zip(range(len(args)), args, tangents, strict=True)],
        )
    if rule == "written":
        return run(op, written_arguments(op, args, tangents))
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


def written_arguments(op: Op, args: list, tangents: list) -> list:
    """The tangents of the arguments, 0 for a number that is written."""
    numbers = [
        name == "value" and not isinstance(one, TensorBase) for name, one in zip(op.names, args, strict=True)
    ]
    return [
        0 if number else linear_argument(op, position, value, tangent)
        for position, (number, value, tangent) in enumerate(zip(numbers, args, tangents, strict=True))
    ]


def run(op: Op, args: list) -> Any:
    """The op on other arguments, out of place."""
    return execute_again(functional(op), args)


def execute_again(op: Op, args: list) -> Any:
    from mini_autograd.op.dispatch import execute  # below dispatch, which calls this module

    return execute(op, args)


def snapshot(op: Op, args: list, node: Any = None) -> TensorBase:
    """A copy of what is written to compute a tangent from: in the graph where what is computed will be in one, and the
    one that ``node`` has saved if it has. It has a copy of the tangent in the graph, or where the rule reads what is
    written too; else the tangent itself, which may lie in the memory that is written."""
    layer = None if modes.current().level > 0 else pushing_layer(op, args)
    if layer is not None:
        copied: TensorBase = layer.within(snapshot, op, args, node)
        return copied
    tensor: TensorBase = args[0]
    reads, recorded = reads_written(op), is_recorded(op, args)
    if reads:
        check_cloned(tensor)
    if not recorded:
        copy = wrap(tensor._array.copy(), tensor._dtype)
        copy._marks = tensor._marks & TURNED
    elif reads:
        saved = copy_saved(op, node)
        return F.clone(tensor) if saved is None else saved
    else:
        copy = F.clone(F._fw_primal(tensor))
    tangent = held_by(tensor)
    copy._tangent = F.clone(tangent) if tangent is not None and (reads or recorded) else tangent
    return copy


def check_cloned(tensor: TensorBase) -> None:
    """RuntimeError where a copy of the tensor could not be given a copy of its tangent, which has been given a tangent
    or another size in place: torch takes one before it writes, if what is written is read."""
    tangent = held_by(tensor)
    if tangent is None or tensor._layered:
        return
    if has_tangent(tangent):
        raise errors.nested_tangent()
    if tangent._array.shape != tensor._array.shape:
        raise errors.tangent_of_another_size(tensor._array.shape, tangent._array.shape)


def reads_written(op: Op) -> bool:
    """Whether the rule reads the argument that is written, beside its tangent."""
    if op.jvp == "pointwise":
        return any(save.kind == TENSOR and save.index == 0 for save in op.saves)
    return op.jvp == "multilinear" or (callable(op.jvp) and op.names[0] in parameters(op.jvp))


def copy_saved(op: Op, node: Any) -> TensorBase | None:
    """The copy of what is written that a node has saved, if it has and no hooks have packed it."""
    if node is not None:
        for save, saved in zip(op.saves, node.saved, strict=False):
            if save.kind == TENSOR and save.index == 0 and saved is not None:
                return saved.tensor
    return None


def functional(op: Op) -> Op:
    return op.functional if op.in_place else op


def multilinear(op: Op, args: list, tangents: list) -> Any:
    """A term for every factor that has a tangent; the last comes first, as where torch adds them up."""
    total = None
    for position in reversed(op.differentiable):
        if tangents[position] is not None:
            term = run(op, [*args[:position], tangents[position], *args[position + 1 :]])
            total = term if total is None else F.add(term, total)
    return total


def primal_of(value: Any) -> Any:
    """The value without its tangent, which leaves its own node in the graph of tangents."""
    return F._fw_primal(value) if isinstance(value, TensorBase) and not value._marks & WRAPPED else value


def pointwise(op: Op, args: list, tangents: list, outputs: list) -> Any:
    """A term for every argument that has a tangent; the last comes first, as where torch adds them up. Of a complex
    one of a real argument it takes, where it takes that of a gradient, the real part: so torch's tangent lacks the
    imaginary one."""
    saved = [value_of(save, args, outputs) for save in op.saves]
    terms = []
    for position, formula in zip(reversed(op.differentiable), reversed(op.formulas), strict=True):
        tangent = tangents[position]
        if tangent is not None:
            values = [F.conj(tangent), *saved]
            term = formula.function(*[values[slot] for slot in formula.slots])
            turned = values[0] is not tangent and values[0]._node is not None
            if turned and not getattr(formula.function, "grad_first", False):
                count_late(values[0]._node, term._node)
            drops = op.take_real and term._dtype.is_complex and not args[position]._dtype.is_complex
            terms.append(F.real(term) if drops else term)
    if not terms:
        return None
    total = terms.pop()
    while terms:
        total = F.add(total, terms.pop())
    return F.conj(total)


def count_late(turned: Any, term: Any) -> None:
    """Give the conjugate of a tangent the number that it has in torch, which comes to it where the formula does: after
    what its first user has of other operands, and they numbers one lower."""
    waiting, later = [term], {}
    while waiting:
        node = waiting.pop()
        if node is not None and node not in later and node._sequence_nr() > turned._sequence_nr():
            later[node] = [ahead for ahead, _ in node.next_functions]
            waiting += later[node]
    users = [node._sequence_nr() for node, ahead in later.items() if turned in ahead]
    before = [node for node in later if users and turned._sequence_nr() < node._sequence_nr() < min(users)]
    for node in before:
        node._set_sequence_nr(node._sequence_nr() - 1)
    if before:
        turned._set_sequence_nr(min(users) - 1)


def value_of(save: Any, args: list, outputs: list) -> Any:
    if save.kind == OUTPUT:
        return outputs[save.index]
    value = args[save.index]
    if save.kind == SIZES:
        return value._array.shape
    return layout_of(value, save.kind) if save.kind > OUTPUT else value


def has_tangent(value: Any) -> bool:
    if isinstance(value, TensorBase):
        base = None if value._layered else forward_base(value)
        return value._tangent is not None or (base is not None and base._tangent is not None)
    return isinstance(value, (list, tuple)) and any(has_tangent(one) for one in value)


def tangent_or_none(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [tangent_of(one) for one in value] if has_tangent(value) else None
    if not isinstance(value, TensorBase):
        return None
    return value._tangent if value._layered else held_by(value)


def tangent_of(value: Any) -> Any:
    """The tangent of a tensor or of each in a list; zeros where there is none."""
    if isinstance(value, (list, tuple)):
        return [tangent_of(one) for one in value]
    if value is None:
        return None
    tangent = tangent_or_none(value)
    return F.zeros_like(value) if tangent is None else tangent


def fit(tangent: TensorBase, output: TensorBase) -> TensorBase:
    """The tangent in its primal's shape, and unless that is a view in its layout; it may be of another dtype."""
    if tangent._array.shape != output._array.shape:
        try:
            tangent = F.expand(tangent, output._array.shape)
        except RuntimeError:
            sizes = output._array.shape, tangent._array.shape
            raise errors.tangent_of_another_size(*sizes) from None
    return tangent if output._view is not None else laid_like(tangent, output)


def laid_like(tangent: TensorBase, primal: TensorBase) -> TensorBase:
    """The tangent with its elements where the primal has them in a memory as large, so that what is later written
    to a part of the primal finds the same part in the tangent."""
    if tangent._layered or primal._layered:
        found: TensorBase = modes.current().layers[-1].laid_like(tangent, primal)
        return found
    return (
        tangent if has_layout_of(tangent, primal) else F.copy_(zeros_laid_like(tangent, primal, 0), tangent)
    )


def zeros_laid_like(tangent: TensorBase, primal: TensorBase, examples: int) -> TensorBase:
    """Zeros that lie as the primal does, once for each of the examples along the first dimensions of the tangent."""
    switches = modes.current()
    if switches.level > 0:
        found: TensorBase = switches.layers[-1].zeros_laid_like(tangent, primal, examples)
        return found
    primal = resolved(primal) if primal._marks & ZERO_BIT else primal
    sizes = tangent._array.shape[:examples]
    numel = storage_of(primal).memory.nbytes // primal._dtype.itemsize
    outer = [numel * prod(sizes[place + 1 :]) for place in range(examples)]
    memory = F.zeros((numel * prod(sizes),), **options_of(primal))
    part = F.as_strided(
        memory, (*sizes, *primal._array.shape), (*outer, *steps(primal)), storage_offset(primal)
    )
    zeros = wrap(part._array, part._dtype)
    zeros._marks = primal._marks & TURNED
    return zeros


def has_strides_of(tangent: TensorBase, primal: TensorBase) -> bool:
    if (tangent._marks ^ primal._marks) & TURNED:
        return False
    sizes = tangent._array.shape
    if 0 in sizes:
        return True
    found = zip(sizes, steps(tangent), steps(primal), strict=True)
    return not any(size > 1 and one != other for size, one, other in found)


def has_layout_of(tangent: TensorBase, primal: TensorBase) -> bool:
    if not has_strides_of(tangent, primal):
        return False
    if (tangent._marks | primal._marks) & ZERO_BIT:
        return elements_held(tangent) == elements_held(primal)
    one, other = tangent._array, primal._array
    if one.base is None and other.base is None:
        return one.size == other.size
    return (not one.size or storage_offset(tangent) == storage_offset(primal)) and elements_held(
        tangent
    ) == elements_held(primal)


def elements_held(tensor: TensorBase) -> int:
    """How many elements there is memory for; zeros by a bit count as one that is expanded."""
    return 1 if tensor._marks & ZERO_BIT else storage_of(tensor).memory.nbytes // tensor._dtype.itemsize
