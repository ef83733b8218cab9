"""Softmax, its logarithm and their gradients: contiguous results, whatever the layout of the input."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.reduction import add_up, plain

# NOTE [Half softmax]: half types are computed in float32, but torch keeps some steps in the half type itself: the
# powers, once they have been added up, along all dimensions but the last; of the logarithm the sum of the powers and
# its logarithm, along the last.


def softmax(self: Array, dim: int, half_to_float: bool = False) -> Array:
    if self.size == 0:
        return fresh(self)
    result = below_largest(opened(self), dim)
    xp.exp(result, out=result)
    sums = total(result, dim)
    powers = result if is_last(self, dim) else kept(result, self)
    return closed(xp.divide(powers, sums, out=result), self)


def log_softmax(self: Array, dim: int, half_to_float: bool = False) -> Array:
    if self.size == 0:
        return fresh(self)
    result = below_largest(opened(self), dim)
    sums = total(xp.exp(result), dim)
    logarithms = kept(xp.log(kept(sums, self)), self) if is_last(self, dim) else xp.log(sums)
    return closed(xp.subtract(result, logarithms, out=result), self)


def safe_softmax(self: Array, dim: int, dtype: object = None) -> Array:
    """Softmax, but 0 where all elements along ``dim`` are minus infinity."""
    result = softmax(self, dim)
    if self.size:
        result[
            xp.broadcast_to(xp.all(xp.isneginf(self), axis=along(self, dim), keepdims=True), self.shape)
        ] = 0
    return result


def softmax_backward_data(grad_output: Array, output: Array, dim: int, input_dtype: object) -> Array:
    result = xp.multiply(grad_output, output, out=fresh(output))
    inner = result if result.size == 0 else total(result, dim)
    return xp.multiply(xp.subtract(grad_output, inner, out=result), output, out=result)


def log_softmax_backward_data(grad_output: Array, output: Array, dim: int, input_dtype: object) -> Array:
    result = xp.exp(output, out=fresh(output))
    if result.size:
        xp.multiply(result, total(grad_output, dim), out=result)
    return xp.subtract(grad_output, result, out=result)


def opened(self: Array) -> Array:
    """The elements in the type that they are computed in."""
    return self.astype(xp.float32) if self.itemsize == 2 else self


def closed(result: Array, like: Array) -> Array:
    """The result in the type of ``like``."""
    return result if result.dtype == like.dtype else plain(result.astype(like.dtype))


def kept(step: Any, like: Array) -> Any:
    """What is left of a step in the type of ``like``, to compute on with: NOTE [Half softmax]."""
    return step if step.dtype == like.dtype else step.astype(like.dtype).astype(step.dtype)


def is_last(self: Array, dim: int) -> bool:
    return dim in (-1, self.ndim - 1) or self.ndim == 0


def fresh(self: Array) -> Array:
    """New memory for a contiguous result."""
    return plain(xp.empty(self.shape, self.dtype))


def along(self: Array, dim: int) -> int | tuple[()]:
    """``dim`` as numpy takes it: none of a 0-d array."""
    return dim if self.ndim else ()


def below_largest(self: Array, dim: int) -> Array:
    """The elements less the largest along ``dim``."""
    largest = xp.maximum.reduce(self, axis=along(self, dim), keepdims=True)
    return xp.subtract(self, largest, out=fresh(self))


def total(self: Array, dim: int) -> Any:
    axis: Any = along(self, dim)
    return add_up(self, None if axis == () else (axis,), True)
