"""The numerical derivative beside the analytical one, whole or in random directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mini_autograd.autograd.gradcheck import message
from mini_autograd.autograd.gradcheck.analytical import checked_jacobian, forward_jacobian
from mini_autograd.autograd.gradcheck.arguments import as_tuple, close, inputs_in, outputs_in
from mini_autograd.autograd.gradcheck.message import GradcheckError
from mini_autograd.autograd.gradcheck.numerical import numerical_jacobian, products
from mini_autograd.graph.operations import F
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.op.generator import Generator
from mini_autograd.tensor import TensorBase


@dataclass(frozen=True)
class Options:
    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    check_grad_dtypes: bool
    check_undefined_grad: bool
    fast: bool


@dataclass(frozen=True)
class Case:
    """One comparison: of a real function, or of a part of a complex one.

    ``complex_indices`` are those of outputs, in forward mode of inputs, that are complex in truth; ``imaginary`` says
    which part of them is compared.
    """

    func: Callable[..., Any]
    inputs: tuple
    options: Options
    forward: bool = False
    complex_indices: tuple = ()
    imaginary: bool = False


def compare(case: Case, result: Any) -> None:
    """GradcheckError where the derivatives of what gave ``result`` differ."""
    if case.options.fast:
        compare_directions(case, as_tuple(result))
    else:
        compare_whole(case, as_tuple(result))


def compare_whole(case: Case, result: tuple) -> None:
    options = case.options
    outputs = outputs_in(result)
    numerical = numerical_jacobian(case.func, case.inputs, result, options.eps)
    if not outputs:
        return expect_zero([one for several in numerical for one in several])
    kept = [
        [one for one, output in zip(several, result, strict=True) if output.requires_grad]
        for several in numerical
    ]
    if case.forward:
        forward = forward_jacobian(case.func, case.inputs, result, options.check_grad_dtypes)
        for output in range(len(outputs)):
            for x in range(len(kept)):
                check(case, forward[x][output], kept[x][output], output, x)
        return None
    for output, one in enumerate(outputs):
        for x, analytical in enumerate(checked_jacobian(case.inputs, one, options)):
            check(case, analytical, kept[x][output], output, x)
    return None


def check(case: Case, analytical: TensorBase, numerical: TensorBase, output: int, x: int) -> None:
    if not close(analytical, numerical, case.options.rtol, case.options.atol):
        raise GradcheckError(message.mismatch(analytical, numerical, output, x, case))


def expect_zero(jacobians: list) -> None:
    """Of what has no graph, nothing may change with the input."""
    for one in jacobians:
        if bool(F.any(F.ne(one, 0))):
            raise GradcheckError("Numerical gradient for function expected to be zero")


# In random directions --------------------------------------------------------------------------------------


def random_vector(like: TensorBase, generator: Generator, real: bool) -> Any:
    """A vector of length 1 for the elements of ``like``."""
    kind = like._dtype.to_real() if real and like._dtype.is_complex else like._dtype
    vector = F.to(F.rand((like._array.size,), generator=generator), device_of(like._array), kind)
    return F.div_(vector, F.norm(vector))


def compare_directions(case: Case, result: tuple) -> None:
    options = case.options
    outputs = outputs_in(result)
    leaves = [case.inputs[place] for place in inputs_in(case.inputs)]
    generator = Generator()
    steps = []
    for x in leaves:
        first = random_vector(x, generator, True)
        steps.append((first, random_vector(x, generator, True)) if x._dtype.is_complex else first)
    weights = None if case.forward else [random_vector(one, generator, False) for one in outputs]
    numerical = products(case.func, case.inputs, result, steps, weights, options.eps)
    if not outputs:
        whole = products(case.func, case.inputs, result, steps, None, options.eps)
        return expect_nearly_zero([one for several in whole for one in several], options)
    if weights is None:
        forward = forward_jacobian(case.func, case.inputs, result, options.check_grad_dtypes, steps)
        found = [[forward[x][output] for x in range(len(leaves))] for output in range(len(outputs))]
    else:
        found = [
            [
                weighted(block, step)
                for block, step in zip(checked_jacobian(case.inputs, one, options, v), steps, strict=True)
            ]
            for one, v in zip(outputs, weights, strict=True)
        ]
    for x, several in enumerate(numerical):
        for output, one in enumerate(several):
            analytical = found[output][x]
            step = steps[x][0] if isinstance(steps[x], tuple) else steps[x]
            weight = 1.0 if weights is None else float(F.sum(weights[output]))
            atol = options.atol * float(F.sum(step)) * weight
            if not close(analytical, one, options.rtol, atol):
                text = message.mismatch(analytical, one, output, x, case)
                raise GradcheckError(text + in_slow_mode(case, result, outputs, output, x))
    return None


def weighted(block: TensorBase, step: Any) -> Any:
    """The product of the gradients with a direction; of complex ones by part."""
    vector = F.squeeze(F.t(block), 0)
    if not vector._dtype.is_complex:
        return F.dot(vector, step)
    parts = F.view_as_real(vector)
    real, imaginary = F.select(parts, -1, 0), F.select(parts, -1, 1)
    return F.add(F.dot(real, step[0]), F.mul(F.dot(imaginary, step[1]), 1j))


def expect_nearly_zero(products: list, options: Options) -> None:
    for one in products:
        if one._array.size and not close(one, F.zeros_like(one), options.rtol, options.atol):
            raise GradcheckError("Numerical gradient for function expected to be zero")


def in_slow_mode(case: Case, result: tuple, outputs: tuple, output: int, x: int) -> str:
    """The whole Jacobians of the output that differs."""
    options = case.options
    numerical = numerical_jacobian(case.func, case.inputs, outputs, options.eps)[x][output]
    if case.forward:
        analytical = forward_jacobian(case.func, case.inputs, result, False)[x][output]
    else:
        analytical = checked_jacobian(case.inputs, outputs[output], options)[x]
    difference = F.max(F.abs(F.sub(numerical, analytical)))
    text = message.recomputed(numerical, analytical, difference)
    return text + (
        message.SLOW_MODE_AGREES if close(analytical, numerical, options.rtol, options.atol) else ""
    )
