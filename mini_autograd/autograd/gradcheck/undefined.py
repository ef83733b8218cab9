"""Whether derivatives stand it when nothing arrives, or zeros."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mini_autograd.autograd.gradcheck.analytical import dual_inputs
from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in, is_differentiable, outputs_in
from mini_autograd.autograd.gradcheck.comparison import random_vector
from mini_autograd.autograd.gradcheck.message import GradcheckError
from mini_autograd.graph import modes
from mini_autograd.graph.node import Node
from mini_autograd.graph.operations import F
from mini_autograd.op.generator import Generator
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
    begun = recorder.begin_node(UndefinedGrad(), [tensor])
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


def check_undefined_forward(func: Callable[..., Any], inputs: tuple) -> None:
    """GradcheckError unless an input without a tangent counts as one with zeros."""
    generator = Generator()  # what the user draws next is no affair of a check
    places = inputs_in(inputs)
    directions = [random_vector(inputs[place], generator, True) for place in places]
    with dual_level():
        duals, tangents = dual_inputs(inputs)
        for tangent, one in zip(tangents, directions, strict=True):
            F.copy_(tangent, F.reshape(one, tangent._array.shape))
        for place in places:
            x = F.detach(inputs[place])
            with_zeros = tangents_out(func, duals, place, make_dual(x, F.zeros_like(x)))
            without = tangents_out(func, duals, place, x)
            for index, (one, other) in enumerate(zip(with_zeros, without, strict=True)):
                if not (one is None or other is None or F.allclose(one, other)):
                    raise GradcheckError(
                        "Mismatch in tangent values for output with index: ", index, " when input: ", inputs[place],
                        " has an undefined tangent value. ", " Got: ", one, " but expected: ", other,
                    )  # fmt: skip


def tangents_out(func: Callable[..., Any], duals: list, place: int, x: Any) -> list:
    """The tangent of each output, None where there is none, with ``x`` as one of the inputs."""
    outputs = as_tuple(func(*duals[:place], x, *duals[place + 1 :]))
    return [unpack_dual(one).tangent for one in outputs if is_differentiable(one)]
