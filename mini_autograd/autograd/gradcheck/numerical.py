"""Derivatives as differences of the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in, is_differentiable
from mini_autograd.autograd.gradcheck.message import shapes_differ
from mini_autograd.graph.operations import F, options_of
from mini_autograd.size import Size
from mini_autograd.tensor import TensorBase, twin

Func = Callable[..., Any]


def outputs_of(func: Func, inputs: tuple) -> tuple:
    """What the function gives, in memory of its own."""
    return tuple([F.clone(one) if isinstance(one, TensorBase) else one for one in as_tuple(func(*inputs))])


def slope(func: Func, inputs: tuple, entry: TensorBase, step: Any, size: float) -> list:
    """The central difference of each output when ``entry`` is moved by ``step``, which is ``size`` long."""
    held = F.clone(entry)
    F.copy_(entry, F.sub(held, step))
    before = outputs_of(func, inputs)
    F.copy_(entry, F.add(held, step))
    after = outputs_of(func, inputs)
    F.copy_(entry, held)
    return [difference(*pair, size) for pair in zip(before, after, strict=True)]


def difference(before: TensorBase, after: TensorBase, size: float) -> Any:
    if before._array.shape != after._array.shape:
        raise shapes_differ("shape", size, Size(before._array.shape), Size(after._array.shape))
    if before._dtype is not after._dtype:
        raise shapes_differ("dtype", size, before._dtype, after._dtype)
    return F.reshape(F.detach(F.div(F.sub(after, before), 2 * size)), (-1,))


def directional(func: Func, inputs: tuple, entry: TensorBase, step: Any, eps: float) -> list:
    """The derivative of each output as ``entry`` moves by ``step`` times ``eps``; of complex ones that by the real part
    and ``1j`` times that by the imaginary one."""
    imaginary = None
    if isinstance(step, tuple):
        step, imaginary = step
    real = slope(func, inputs, entry, F.mul(step, eps) if isinstance(step, TensorBase) else step * eps, eps)
    if not entry._dtype.is_complex:
        return real
    other = step if imaginary is None else imaginary
    turned = F.mul(other, eps * 1j) if isinstance(other, TensorBase) else other * eps * 1j
    return [
        F.add(one, F.mul(two, 1j))
        for one, two in zip(real, slope(func, inputs, entry, turned, eps), strict=True)
    ]


def jacobian_by(func: Func, inputs: tuple, place: int, outputs: tuple, eps: float) -> list:
    """The Jacobian of each output by one input: a row for each element of that, a column for each of the output."""
    x = twin(inputs[place])
    count = x._array.size
    found = [zeros_for(x, one, count) for one in outputs]
    for row, entry in enumerate(elements(x)):
        for block, column in zip(found, directional(func, inputs, entry, 1, eps), strict=True):
            F.copy_(F.select(block, 0, row), column)
    return found


def elements(x: TensorBase) -> list:
    """The elements of ``x`` in order, each a tensor over its memory."""
    parts = [x]
    for _ in range(x._array.ndim):
        parts = [one for part in parts for one in F.unbind(part, 0)]
    return parts


def zeros_for(x: TensorBase, output: TensorBase, rows: int) -> Any:
    return F.zeros((rows, output._array.size), **options_of(x if x._dtype.is_complex else output))


def numerical_jacobian(func: Func, inputs: tuple, outputs: tuple, eps: float) -> list:
    """For each input to differentiate by, the Jacobian of each output."""
    return [jacobian_by(func, inputs, place, outputs, eps) for place in inputs_in(inputs)]


def products(func: Func, inputs: tuple, outputs: tuple, directions: list, weights: Any, eps: float) -> list:
    """For each input the derivative of each output in its direction, multiplied with the output's weights if any."""
    found = []
    for place, step in zip(inputs_in(inputs), directions, strict=True):
        x = twin(inputs[place])
        step = (
            tuple([F.reshape(one, x._array.shape) for one in step])
            if isinstance(step, tuple)
            else F.reshape(step, x._array.shape)
        )
        moved = directional(func, inputs, x, step, eps)
        kept = [one for one, output in zip(moved, outputs, strict=True) if is_differentiable(output)]
        if weights is not None:
            kept = [F.sum(F.mul(v, one)) for v, one in zip(weights, kept, strict=False)]
        found.append(kept)
    return found
