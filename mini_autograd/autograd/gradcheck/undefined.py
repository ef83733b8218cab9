"""Whether derivatives stand it when nothing arrives, or zeros."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in, is_differentiable, outputs_in
from mini_autograd.autograd.gradcheck.message import GradcheckError
from mini_autograd.graph import modes
from mini_autograd.graph.node import Node
from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase

NOTES = 'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'


def check_multiplied(outputs: tuple, inputs: tuple) -> None:
    """GradcheckError unless zeros give zeros, of the types and shapes of the inputs."""
    leaves = [inputs[place] for place in inputs_in(inputs)]
    if not leaves:
        raise GradcheckError("no Tensors requiring grad found in input")
    zeros = [F.zeros_like(one) for one in outputs]
    found = grad(outputs, leaves, zeros, allow_unused=True)
    for one, x in zip(found, leaves, strict=True):
        if one is None:
            continue
        if not all_zero(one):
            raise GradcheckError("backward not multiplied by grad_output")
        if one._dtype is not x._dtype:
            raise GradcheckError("grad is incorrect type")
        if one._array.shape != x._array.shape:
            raise GradcheckError("grad is incorrect size")


def all_zero(tensor: TensorBase) -> bool:
    return bool(F.all(F.eq(tensor, 0)))


def check_undefined(func: Callable[..., Any], outputs: tuple, inputs: tuple) -> None:
    """GradcheckError unless outputs without a gradient, all or one of them, count as outputs with zeros."""
    leaves = [inputs[place] for place in inputs_in(inputs)]
    if not leaves:
        raise GradcheckError("no Tensors requiring grad found in input")
    made = [[without_gradient(one) for one in outputs_in(func(*inputs))]]
    if len(outputs) > 1:  # all are made before the first is checked
        for place in range(len(outputs)):
            several = enumerate(outputs_in(func(*inputs)))
            made.append([without_gradient(one) if at == place else one for at, one in several])
    for one in made:
        check_support(one, leaves)


def without_gradient(tensor: TensorBase) -> Any:
    """The tensor, from where nothing flows back: in torch a node does that, also for who profiles."""
    recorder = modes.current().recorder
    if recorder is None:
        return F._without_gradient(tensor)
    begun = recorder.begin_node(UndefinedGrad(), [])
    try:
        return F._without_gradient(tensor)
    finally:
        recorder.end_node(begun)


class UndefinedGrad(Node):
    """Stands for that node."""

    __slots__ = ()

    def name(self) -> str:
        return "torch::autograd::UndefinedGrad"

    def _sequence_nr(self) -> int:
        return modes.current().sequence


def check_support(outputs: list, leaves: list) -> None:
    zeros = [F.zeros_like(one) for one in outputs]
    try:
        found = grad(outputs, leaves, zeros, allow_unused=True)
    except RuntimeError as error:
        warn()
        raise GradcheckError(
            f"Expected backward function to handle undefined output grads. {NOTES}"
        ) from error
    for one in found:
        if one is not None and not all_zero(one):
            warn()
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                f"{NOTES}"
            )


def warn() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may "
        "break existing callers of this function. If this is true for you, you can call this function with "
        '"check_undefined_grad=False" to disable the feature',
        stacklevel=5,
    )


def check_undefined_forward(func: Callable[..., Any], outputs: tuple, inputs: tuple) -> None:
    """GradcheckError unless an input without a tangent counts as one with zeros."""
    places = inputs_in(inputs)
    tangents = [F.rand_like(inputs[place]) for place in places]
    for leave_out in range(len(places)):
        with_zeros = tangents_out(func, inputs, places, tangents, leave_out, True)
        without = tangents_out(func, inputs, places, tangents, leave_out, False)
        for index, (one, other) in enumerate(zip(without, with_zeros, strict=True)):
            if not same_tangent(one, other):
                raise GradcheckError(
                    "Mismatch in tangent values for output with index: ", index, " when input: ",
                    inputs[places[leave_out]], " has an undefined tangent value. ", " Got: ", one, " but expected: ",
                    other,
                )  # fmt: skip


def same_tangent(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return all_zero(other if one is None else one) if one is not other else True
    return bool(F.allclose(one, other))


def tangents_out(
    func: Callable[..., Any], inputs: tuple, places: list, tangents: list, leave_out: int, zeros: bool
) -> list:
    with dual_level():
        given = list(inputs)
        for index, (place, tangent) in enumerate(zip(places, tangents, strict=True)):
            x = inputs[place]
            if index == leave_out:
                given[place] = make_dual(x, F.zeros_like(x)) if zeros else x
            else:
                given[place] = make_dual(x, F.detach(tangent))
        return [unpack_dual(one).tangent for one in as_tuple(func(*given)) if is_differentiable(one)]
