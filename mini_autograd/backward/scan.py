"""Derivatives of running sums, products and extrema."""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.reduction import has_zeros, is_looked_into
from mini_autograd.backward.writing import over, zeros
from mini_autograd.dtypes import bool as boolean
from mini_autograd.graph.modes import current
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.kernels.shared.number import LARGEST
from mini_autograd.op.rules import wrap_dim

# The logarithm that stands for that of 0: minus infinity would give NaN in double backward.
LOWEST = {name: -largest for name, largest in LARGEST.items()}


def reversed_cumsum(tensor: Any, dim: int) -> Any:
    """The sum of each element and all after it."""
    if tensor._array.size <= 1 or tensor.shape[dim] == 1:
        return tensor
    return F.flip(F.cumsum(F.flip(tensor, (dim,)), dim), (dim,))


def cumprod_backward(grad: Any, self: Any, dim: int, result: Any) -> Any:
    """Each product's gradient to each of its factors: the product of the other ones."""
    dim = wrap_dim(dim, self.ndim)
    if self._array.size <= 1 or self.shape[dim] == 1:
        return grad
    factors = F.conj(self)
    weighted = F.conj(result) * grad  # recorded, and so saved, whether there are zeros or not
    if not has_zeros(self):
        return reversed_cumsum(weighted, dim) / factors
    if not current().grad:
        return cumprod_backward_by_zeros(grad, self, result, weighted, dim)
    if not is_looked_into(self):
        return F.stack([cumprod_backward_at(grad, factors, dim, at) for at in range(self.shape[dim])], dim)
    total = F.zero_(F.new_empty(grad, tuple(self.shape)))
    for at in range(self.shape[dim]):
        F.copy_(F.select(total, dim, at), cumprod_backward_at(grad, factors, dim, at))
    return total


def cumprod_backward_by_zeros(grad: Any, self: Any, result: Any, weighted: Any, dim: int) -> Any:
    """Before the first zero by division, at it the factors before it times those up to the next; 0 from there on."""
    zeros = F.eq(self, 0)
    passed = F.cumsum(zeros, dim)
    ahead, between = F.eq(passed, 0), F.eq(passed, 1)
    divided = reversed_cumsum(F.masked_fill(weighted, F.logical_not(ahead), 0), dim) / F.conj(self)
    first = F.logical_and(zeros, between)
    place = F.max(between, dim, True)[1]
    after = F.cumprod(F.masked_fill(F.conj(self), F.logical_not(F.logical_xor(between, first)), 1), dim)
    reached = F.sum(after * F.masked_fill(grad, F.ne(passed, 1), 0), (dim,), True)
    before = F.gather(F.conj(result), dim, F.clamp_min(place - 1, 0))
    single = reached * F.masked_fill(before, F.eq(place, 0), 1)
    return F.contiguous(F.where(first, single, F.where(ahead, divided, 0)))


def cumprod_backward_at(grad: Any, factors: Any, dim: int, at: int) -> Any:
    """The gradient of the factors at one position, zeros or not: without dividing by them."""
    size = factors.shape[dim]
    before = F.prod(F.slice(factors, dim, 0, at), dim, True) if at else None
    rest = F.cumprod(F.slice(factors, dim, at + 1), dim) if at + 1 < size else None
    if before is None:
        without = F.cat(
            [F.ones((*factors.shape[:dim], 1, *factors.shape[dim + 1 :]), **options_of(grad)), rest], dim
        )
    elif rest is None:
        without = before
    else:
        without = F.cat([before, F.expand(before, rest.shape) * rest], dim)
    return F.sum(F.slice(grad, dim, at) * without, (dim,))


def cumprod_jvp(self_t: Any, self: Any, result: Any, dim: int) -> Any:
    """From the first zero on the tangent is that of the zero times the other factors; computed in the type
    of the tangent that there is, if that is larger."""
    zeros = F.eq(self, 0)
    count = F.cumsum(zeros, dim)
    first = F.logical_and(zeros, F.eq(count, 1))
    before = F.cumsum(self_t / self, dim) * result
    if not self._array.ndim:
        return F.to(F.masked_fill_(before, zeros, self_t), result.dtype)
    after = F.cumprod(F.where(first, self_t, self), dim)
    return F.to(F.where(F.to(count, boolean), after, before), result.dtype)


def cumextremum_backward(grad: Any, self: Any, indices: Any, dim: int) -> Any:
    """Each gradient is added where its element came from."""
    if self._array.size == 0:
        return self
    return over(
        "scatter_add", zeros(tuple(self.shape), grad.dtype, number_of(grad._array)), dim, indices, grad
    )


def logcumsumexp_backward(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """Summed as logarithms, positive and negative gradients each by themselves."""
    if grad.ndim == 0 or grad._array.size == 0:
        return grad
    if grad.dtype.is_complex:
        logs = reversed_logcumsumexp(F.log(F.conj(grad)) - result, dim)
        return F.conj(F.exp(logs + self))
    least, size = LOWEST[grad.dtype.name], F.log(F.abs(grad))
    positive, negative = F.where(F.gt(grad, 0), size, least), F.where(F.lt(grad, 0), size, least)
    gained = F.exp(reversed_logcumsumexp(positive - result, dim) + self)
    return gained - F.exp(reversed_logcumsumexp(negative - result, dim) + self)


def reversed_logcumsumexp(tensor: Any, dim: int) -> Any:
    return F.flip(F.logcumsumexp(F.flip(tensor, (dim,)), dim), (dim,))


def logcumsumexp_jvp(self_t: Any, self: Any, dim: int) -> Any:
    """The running mean of the tangents, weighted by ``exp(self)``; guarded against a weight of 0."""
    weights = F.exp(self if self.dtype.is_complex else self - F.max(self, dim, True)[0])
    total = F.cumsum(weights, dim)
    weighted = F.cumsum(over("mul", weights, self_t), dim)
    return over("div", weighted, F.add_scalar(total, 1e-13))
