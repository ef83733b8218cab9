"""Losses of two tensors, element by element, and their gradients.

``reduction``: 0 for none, 1 for the mean of the elements, 2 for their sum.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.choice import choose
from mini_autograd.kernels.shared.creation import empty_like
from mini_autograd.kernels.shared.memory import contiguous
from mini_autograd.kernels.shared.reduction import add_up

# Up to so many elements the library for linear algebra adds up squares as accurately as pairs do.
SHORT = 2048


def reduced(elements: Any, reduction: int) -> Any:
    if reduction == 1:
        return add_up(elements, None, False) / elements.dtype.type(elements.size)
    return add_up(elements, None, False) if reduction == 2 else elements


def reduced_in_place(elements: Any, reduction: int) -> Any:
    """The same in memory that has room for the elements, as torch's has."""
    total = reduced(elements, reduction)
    return with_room(total, elements.size) if reduction else total


def with_room(number: Any, count: int) -> Any:
    """``number`` as the first of ``count`` elements."""
    if count < 2:
        return number
    memory = xp.empty(count, number.dtype)
    memory[0] = number
    return memory[:1].reshape(())


def share(size: int, reduction: int) -> float:
    """What an element counts in a loss of so many."""
    if reduction != 1:
        return 1.0
    return 1.0 / size if size else xp.inf


def mse_loss(self: Array, target: Array, reduction: int) -> Any:
    difference = xp.asarray(xp.subtract(self, target))
    if reduction and 0 < difference.size <= SHORT:
        flat = difference.ravel("K")
        total = flat.dot(flat)
        return with_room(total / flat.dtype.type(flat.size) if reduction == 1 else total, flat.size)
    return reduced_in_place(xp.multiply(difference, difference, out=difference), reduction)


def mse_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int) -> Any:
    difference = xp.subtract(self, target)
    return contiguous(passed_on(grad_output, difference, 2.0 * share(self.size, reduction)))


def passed_on(grad_output: Array, slope: Any, factor: float = 1.0) -> Any:
    """``grad_output * slope * factor``, in the type of the slope if that is the wider one."""
    if factor == 1:
        return xp.multiply(slope, grad_output)
    if grad_output.ndim:
        return xp.multiply(xp.multiply(slope, slope.dtype.type(factor)), grad_output)
    return xp.multiply(slope, xp.multiply(grad_output, slope.dtype.type(factor)))


def smooth_l1_loss(self: Array, target: Array, reduction: int, beta: float) -> Any:
    distance = xp.abs(xp.subtract(self, target))
    kind = distance.dtype.type
    near = kind(0.5) * distance * distance / kind(beta)
    return reduced_in_place(choose(distance < beta, near, distance - kind(0.5 * beta)), reduction)


def smooth_l1_loss_backward(
    grad_output: Array, self: Array, target: Array, reduction: int, beta: float
) -> Any:
    difference = xp.subtract(self, target)
    kind = difference.dtype.type
    slope = choose(difference <= -beta, kind(-1), difference / kind(beta))
    slope = choose(difference >= beta, kind(1), slope)
    return contiguous(passed_on(grad_output, slope, share(self.size, reduction)))


def huber_loss(self: Array, target: Array, reduction: int, delta: float) -> Any:
    distance = xp.abs(xp.subtract(self, target))
    kind = distance.dtype.type
    near = kind(0.5) * distance * distance
    far = kind(delta) * (distance - kind(0.5 * delta))
    elements = choose(distance <= delta, near, far)
    if reduction:
        return reduced(elements, reduction)
    result = empty_like(self, None, dtypes.of_numpy(elements.dtype))
    result[...] = elements
    return result


def huber_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int, delta: float) -> Any:
    difference = xp.subtract(self, target)
    slope = choose(difference <= -delta, difference.dtype.type(-delta), difference)
    slope = choose(difference >= delta, difference.dtype.type(delta), slope)
    return contiguous(passed_on(grad_output, slope, share(self.size, reduction)))


def soft_margin_loss(self: Array, target: Array, reduction: int) -> Any:
    """Each step is written over the opposite of ``self``, so rounded to its type, in which what does not fit is
    infinite; RuntimeError where it does not fit there."""
    elements = xp.log1p(xp.exp(xp.multiply(-self, target)))
    if elements.shape != self.shape:
        raise RuntimeError(
            f"output with shape {list(self.shape)} doesn't match the broadcast shape {list(elements.shape)}"
        )
    wide = elements.astype(xp.float32) if reduction and elements.dtype.itemsize == 2 else elements
    return reduced_in_place(wide, reduction)


def soft_margin_loss_backward(grad_output: Array, self: Array, target: Array, reduction: int) -> Any:
    """Each step is rounded to a half type here too."""
    power = xp.exp(xp.multiply(-target, self))
    slope = xp.multiply(target, power)
    wide = slope.astype(xp.float32) if slope.dtype.itemsize == 2 else slope
    slope = (wide * wide.dtype.type(-share(self.size, reduction))).astype(slope.dtype, copy=False)
    return slope / (power + power.dtype.type(1)) * grad_output
