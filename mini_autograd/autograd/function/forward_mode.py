"""Forward mode through a Function: its ``jvp`` gives the tangents of its outputs.

NOTE [Views and tangents]: what is a view of an input must have a view of that input's tangent, and what was changed in
place the tangent that was changed in place, so that later writes to the one go to the other. ``jvp`` is held to it.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.autograd.function.pause import Pause
from mini_autograd.graph.operations import F
from mini_autograd.graph.tangent import attach
from mini_autograd.op.forward import has_layout_of, has_tangent, laid_like, write
from mini_autograd.tensor import TensorBase, storage_offset, twin, version_of
from mini_autograd.typename import type_name


def push_forward(ctx: Any, inputs: list[TensorBase], outputs: tuple, tied: list, tie: Any) -> None:
    """Set the tangents of ``tied``, which are ``outputs`` as the caller gets them. See ``outputs.Outputs``."""
    versions = [None if one._tangent is None else version_of(one._tangent) for one in inputs]
    tangents = run_jvp(ctx, inputs)
    if len(tangents) != len(outputs):
        raise RuntimeError(
            f"Function's jvp returned an invalid number of forward gradients (expected {len(outputs)} but got "
            f"{len(tangents)})"
        )
    bases = {id(base_of(one)): one for one in reversed(inputs)}
    for place, (output, result, tangent) in enumerate(zip(outputs, tied, tangents, strict=True)):
        if not isinstance(output, TensorBase):
            continue
        if not tie.has_derivative(output):
            if tangent is not None:
                raise RuntimeError(
                    f"Function's jvp returned a gradient at position {place}, but  the corresponding forward output is "
                    "not a differentiable Tensor.You should return None at that position instead."
                )
            follow(result, bases)
            continue
        if id(output) in tie.dirty:
            at = tie.inputs.get(id(output))
            if at is None:
                raise RuntimeError(NOT_AN_INPUT)
            change(inputs[at], versions[at], tangent)
        elif result._view is not None and id(result._view.base) in bases:
            source = bases[id(result._view.base)]
            if source._tangent is None:
                write(result, checked(tangent, result))
                return
            check_view(tangent, source._tangent)
            if not has_layout_of(checked(tangent, result), result):
                raise RuntimeError(ANOTHER_LAYOUT)
            attach(result, tangent)
        else:
            attach(result, laid_like(checked(tangent, result), result))


def run_jvp(ctx: Any, inputs: list[TensorBase]) -> list:
    """What ``jvp`` returns for the tangents of the inputs, and None for arguments that are no tensors."""
    with Pause(recording=True):
        tensors = iter(inputs)
        given = [tangent_for(ctx, next(tensors)) if is_tensor else None for is_tensor in ctx._are_tensors]
        results = ctx.apply_jvp(*given)
    if not isinstance(results, tuple):
        results = (results,)
    for place, one in enumerate(results):
        if one is not None and not isinstance(one, TensorBase):
            raise RuntimeError(f"expected Variable or None (got {type_name(one)}) for grad output {place}.")
    return list(results)


def tangent_for(ctx: Any, tensor: TensorBase) -> Any:
    """The tangent that ``jvp`` is given for an input: at times zeros for one that has none."""
    if tensor._tangent is None and ctx._fills and tensor._dtype.is_differentiable:
        return F.zeros_like(twin(tensor))
    return tensor._tangent


def change(target: TensorBase, version: int | None, tangent: Any) -> None:
    """Set the tangent of an input that was changed in place; one that it had must have been changed in place, too."""
    held = target._tangent
    if held is None:
        write(target, checked(tangent, target))
        return
    if (0 if tangent is None else version_of(tangent)) == version:
        raise RuntimeError(
            "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is "
            "modifying an input inplace, then the jvp function must modify the corresponding gradient inplace."
        )
    if tangent is not held:
        raise RuntimeError(
            "An inplace custom Function is not returning the forward mode gradients as-is. If the forward is modifying "
            "an input inplace, then the jvp function must modify the gradient inplace and return it as-is."
        )


def follow(result: TensorBase, bases: dict[int, TensorBase]) -> None:
    """Let a view of an input have the same part of its tangent, as every view has that nothing else is known of."""
    source = None if result._view is None else bases.get(id(result._view.base))
    if source is None or source._tangent is None or result._tangent is not None:
        return
    offset = storage_offset(result) - storage_offset(source) + storage_offset(source._tangent)
    strides = tuple([step // result._array.itemsize for step in result._array.strides])
    with Pause(recording=True):
        attach(result, F.as_strided(source._tangent, result._array.shape, strides, offset))


def check_view(tangent: Any, given: TensorBase) -> None:
    """RuntimeError unless ``tangent`` is a view of the tangent that was given, or of what that is a view of."""
    if tangent is None:
        raise RuntimeError("cannot call get_autograd_meta() on undefined tensor")
    if tangent._view is None:
        raise RuntimeError(
            "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view."
        )
    if tangent._view.base is not base_of(given):
        same = "the same base as the given" if given._view is not None else "the given"
        raise RuntimeError(
            f"A custom Function is returning a view but the jvp is not returning a view of {same} grad input."
        )


def checked(tangent: Any, output: TensorBase) -> TensorBase:
    """The tangent; RuntimeError for one that cannot be that of ``output``."""
    if tangent is None or not tangent._dtype.is_differentiable:
        raise RuntimeError("Expected both tensor and its forward grad to be floating point or complex")
    if has_tangent(tangent):  # a view of what has one does
        raise errors.nested_tangent()
    if tangent._array.shape != output._array.shape:
        raise errors.tangent_of_another_size(output._array.shape, tangent._array.shape)
    found: TensorBase = tangent
    return found


def base_of(tensor: TensorBase) -> TensorBase:
    return tensor if tensor._view is None else tensor._view.base


NOT_AN_INPUT = (
    "Only input Tensors should be given to ctx.mark_dirty(). If a Tensor is not an input, there is no need to pass it "
    "to mark_dirty()."
)
ANOTHER_LAYOUT = (
    "Expected the output of forward differentiable view operations to have the tangent have the same layout as "
    "primal"
)
