"""Derivatives by reverse and by forward mode."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in, is_differentiable
from mini_autograd.autograd.gradcheck.message import NOT_DETERMINISTIC, GradcheckError
from mini_autograd.graph.operations import F, options_of
from mini_autograd.tensor import TensorBase, requires_grad


def rows(inputs: list, output: TensorBase, weights: Any) -> list:
    """For each input, the gradients by it for each element of the output, or for the output with ``weights``."""
    found = []
    for cotangent in [weights] if weights is not None else standard(output):
        grads = grad(
            output, inputs, F.reshape(cotangent, output._array.shape), retain_graph=True, allow_unused=True
        )
        found.append([None if one is None else F.clone(one) for one in grads])
    return [list(several) for several in zip(*found, strict=True)] if found else [[] for _ in inputs]


def standard(output: TensorBase) -> list:
    """A cotangent for each element: 1 there, 0 elsewhere."""
    found = []
    for index in range(output._array.size):
        one = F.zeros((output._array.size,), **options_of(output))
        F.fill_(F.select(one, 0, index), 1)
        found.append(one)
    return found


def stacked(gradients: list, inputs: list, count: int) -> tuple[list, bool, bool]:
    """The Jacobians, columns by output element; whether all gradients have the types, and all the sizes, of inputs."""
    types_fit = sizes_fit = True
    found = []
    for several, x in zip(gradients, inputs, strict=True):
        block = F.zeros((x._array.size, count), **options_of(x))
        for column, one in enumerate(several):
            if one is None:
                continue
            if one._array.shape != x._array.shape:
                sizes_fit = False
                continue
            types_fit = types_fit and one._dtype is x._dtype
            F.copy_(F.select(block, 1, column), F.reshape(one, (-1,)))
        found.append(block)
    return found, types_fit, sizes_fit


def reverse_jacobian(
    inputs: list, output: TensorBase, tolerance: float, weights: Any = None
) -> tuple[list, bool, bool, bool]:
    """The Jacobian of ``output`` by each input, and whether types, sizes and a second computation of it agree."""
    count = output._array.size if weights is None else 1
    first, types_fit, sizes_fit = stacked(rows(inputs, output, weights), inputs, count)
    second, _, _ = stacked(rows(inputs, output, weights), inputs, count)
    same = all(within(one, two, tolerance) for one, two in zip(first, second, strict=True))
    return first, types_fit, sizes_fit, same


def within(one: TensorBase, other: TensorBase, tolerance: float) -> bool:
    return not (one._array.size and F.max(F.abs(F.sub(one, other))).item() > tolerance)


def checked_jacobian(inputs: tuple, output: TensorBase, options: Any, weights: Any = None) -> list:
    """:func:`reverse_jacobian`; GradcheckError where something does not agree."""
    leaves = [inputs[place] for place in inputs_in(inputs)]
    found, types_fit, sizes_fit, same = reverse_jacobian(leaves, output, options.nondet_tol, weights)
    if not types_fit and options.check_grad_dtypes:
        raise GradcheckError("Gradient has dtype mismatch")
    if not sizes_fit:
        raise GradcheckError("Analytical gradient has incorrect size")
    if not same:
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
            "different values, although analytical gradient matches numerical gradient.The tolerance for "
            f"nondeterminism was {options.nondet_tol}.{NOT_DETERMINISTIC}"
        )
    return found


def forward_jacobian(
    func: Callable[..., Any], inputs: tuple, outputs: tuple, check_types: bool, directions: Any = None
) -> list:
    """For each input the derivative of each output by each element, or in the direction of the input."""
    kept = [one for one in outputs if is_differentiable(one)]
    if any(isinstance(one, TensorBase) and requires_grad(one) and one._dtype.is_complex for one in inputs):
        raise ValueError("Expected inputs to be non-complex for _get_analytical_jacobian_forward_ad.")
    found = []
    with dual_level():
        duals, tangents = dual_inputs(inputs)
        for place, tangent in enumerate(tangents):
            if directions is not None:
                F.copy_(tangent, F.reshape(directions[place], tangent._array.shape))
                found.append(tangents_out(func, duals, kept, check_types))
                F.zero_(tangent)
                continue
            blocks = [F.zeros((tangent._array.size, one._array.size), **options_of(one)) for one in kept]
            for row, at in enumerate(itertools.product(*[range(size) for size in tangent._array.shape])):
                tangent[at] = 1.0
                for block, one in zip(blocks, tangents_out(func, duals, kept, check_types), strict=True):
                    F.copy_(F.select(block, 0, row), one)
                tangent[at] = 0.0
            found.append(blocks)
    return found


def dual_inputs(inputs: tuple) -> tuple[list, list]:
    """The inputs, of which those to differentiate by are dual and without a graph, and their tangents, to write to."""
    duals: list = []
    tangents = []
    for one in inputs:
        if isinstance(one, TensorBase) and requires_grad(one):
            one = make_dual(F.detach(one), F.zeros_like(one))
            tangents.append(unpack_dual(one).tangent)
        duals.append(one)
    return duals, tangents


def tangents_out(func: Callable[..., Any], duals: list, outputs: list, check_types: bool) -> list:
    found = []
    for one, like in zip(
        [one for one in as_tuple(func(*duals)) if is_differentiable(one)], outputs, strict=True
    ):
        primal, tangent = unpack_dual(one)
        if tangent is None:
            found.append(F.zeros((like._array.size,), **options_of(like)))
            continue
        if check_types and primal._dtype.is_complex != tangent._dtype.is_complex:
            raise GradcheckError("Forward AD gradient has dtype mismatch.")
        found.append(F.detach(F.reshape(tangent, (-1,))))
    return found
