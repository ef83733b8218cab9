"""Derivatives of reductions."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.backward.writing import over, zeros
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.kernels.shared.view import position
from mini_autograd.op.rules import wrap_dims

Dims = tuple[int, ...] | int | None


def restored(tensor: Any, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    """What a reduction over ``dim`` gave, with the dimensions that it took out put back in with size 1.

    A number, the reduction of everything, stays one: it broadcasts.
    """
    if keepdim or len(shape) == 0 or dim is None or dim == ():
        return tensor
    if isinstance(dim, tuple) and len(dim) == 1:
        return F.unsqueeze(tensor, dim[0])  # as it was given, which the graph shows
    for one in sorted(wrap_dims(dim, len(shape))):
        tensor = F.unsqueeze(tensor, one)
    return tensor


def viewed(tensor: Any, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    """The same at one go, and of a number too, which gets dimensions that it has not."""
    if keepdim:
        return tensor
    if dim == ():
        return F.view(tensor, tensor.shape)
    dims = wrap_dims(dim, len(shape))
    sizes = [1 if at in dims else size for at, size in enumerate(shape)]
    return F.view(tensor, sizes or [1] * len(dims))


def sum_backward(grad: Any, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    """``grad`` of a sum over ``dim``, for every element that went into it."""
    return F.expand(restored(grad, shape, dim, keepdim), shape)


def count_over(shape: tuple[int, ...], dim: Dims) -> int:
    """How many elements went into each element of a reduction."""
    return math.prod([shape[one] for one in wrap_dims(dim, len(shape))]) if shape else 1


def mean_backward(grad: Any, shape: tuple[int, ...], dim: Dims, keepdim: bool) -> Any:
    return F.div_scalar(sum_backward(grad, shape, dim, keepdim), count_over(shape, dim))


def shared_among(grad: Any, mask: Any, dim: Dims) -> Any:
    """``grad``, in equal parts, where ``mask`` holds along ``dim``."""
    return grad / F.sum(mask, wrap_dims(dim, mask.ndim), True) * mask


def where_equal(self: Any, value: Any) -> Any:
    """Where ``self`` is one of the elements that ``value``, which may be NaN, stands for."""
    return F.logical_or(F.eq(self, value), F.logical_and(F.isnan(self), F.isnan(value)))


def selected_all_backward(grad: Any, self: Any, result: Any) -> Any:
    """Of an element chosen among all: in equal parts to those that are equal to it."""
    mask = where_equal(self, result)
    if grad._layered or self._layered or modes.current().written is not None:  # torch writes nothing then
        return mask * (grad / F.sum(mask))
    return over("masked_fill", F.zeros(self._array.shape, **options_of(self)), mask, grad / F.sum(mask))


def selected_all_jvp(self_t: Any, self: Any, result: Any) -> Any:
    """The mean tangent of the elements that are equal to the chosen one; NaN of NaN."""
    if self._array.size == 0:
        return F.zeros_like(result)
    mask = F.eq(self, result)
    return F.sum(mask * (self_t / F.sum(mask)))


def extremum_backward(grad: Any, self: Any, result: Any, dim: Dims, keepdim: bool) -> Any:
    """Of the largest or smallest along ``dim``: in equal parts to those that are."""
    shape = tuple(self.shape)
    mask = F.eq(self, viewed(result, shape, dim, keepdim))
    return shared_among(viewed(grad, shape, dim, keepdim), mask, dim)


def extremum_jvp(self_t: Any, self: Any, result: Any, dim: Dims, keepdim: bool) -> Any:
    """The mean tangent of the elements that are extreme."""
    mask = F.eq(self, viewed(result, tuple(self.shape), dim, keepdim))
    return F.sum(F.where(mask, self_t, 0), given(dim), keepdim) / F.sum(mask, given(dim), keepdim)


def given(dim: Dims) -> Any:
    """``dim`` as the graph of a sum shows it: no dimensions for all of them."""
    return () if dim is None else dim


def aminmax_backward(grads: tuple, self: Any, dim: int | None, keepdim: bool, min: Any, max: Any) -> Any:
    """Either gradient may be None."""
    total = None
    for grad, result in zip(grads, (min, max), strict=True):
        if grad is not None:
            part = extremum_backward(grad, self, result, dim, keepdim)
            total = part if total is None else over("add", total, part)
    return total


def aminmax_jvp(self_t: Any, self: Any, dim: int | None, keepdim: bool, min: Any, max: Any) -> tuple:
    dims = wrap_dims(dim, self.ndim)
    return extremum_jvp(self_t, self, min, dims, keepdim), extremum_jvp(self_t, self, max, dims, keepdim)


def indexed_backward(grad: Any, dim: int, indices: Any, shape: tuple, keepdim: bool) -> Any:
    """Of elements chosen along ``dim``: each gradient goes where its element came from."""
    if not keepdim and len(shape) > 0:
        grad, indices = F.unsqueeze(grad, dim), F.unsqueeze(indices, dim)
    return over("scatter", zeros(shape, grad.dtype, number_of(grad._array)), dim, indices, grad)


def indexed_jvp(self_t: Any, dim: int, indices: Any, keepdim: bool) -> Any:
    if keepdim or (self_t.ndim == 0 and self_t._layered):  # an example has no dimension to gather along
        return F.gather(self_t, dim, indices)
    return F.squeeze(F.gather(self_t, dim, F.unsqueeze(indices, dim)), dim)


def prod_backward(grad: Any, self: Any, result: Any) -> Any:
    """Of the product of all elements: the product of the others, for each."""
    if self.ndim == 0:
        return grad
    zeros = count_zeros(self)
    if zeros == 0:
        return grad * F.conj(result / self)
    if zeros > 1 and not modes.current().grad:
        return F.zeros_like(self)
    return F.view(product_of_others(grad, F.view(F.contiguous(self), (-1,)), 0), self.shape)


def prod_dim_backward(grad: Any, self: Any, result: Any, dim: int, keepdim: bool) -> Any:
    """Of the product along ``dim``."""
    if self.ndim == 0:
        return grad
    shape = tuple(self.shape)
    dim = position(dim, self.ndim)
    grad = restored(grad, shape, dim, keepdim)
    if not has_zeros(self):
        return grad * F.conj(restored(result, shape, dim, keepdim) / self)
    return product_of_others(grad, self, dim)


def product_of_others(grad: Any, self: Any, dim: int) -> Any:
    """``grad`` times the product of the elements before and after along ``dim``; zeros do no harm."""
    size = self.shape[dim]
    if size == 1:
        return grad
    one = F.ones_like(F.narrow(self, dim, 0, 1), dtype=grad._dtype)
    before = F.cumprod(F.cat([one, F.narrow(self, dim, 0, size - 1)], dim), dim)
    backwards = F.flip(F.narrow(self, dim, 1, size - 1), (dim,))
    after = F.flip(F.cumprod(F.cat([one, backwards], dim), dim), (dim,))
    return grad * F.conj(before * after)


def has_zeros(tensor: Any) -> bool:
    """Whether a factor is zero; one may always be where nobody looks."""
    return not is_looked_into(tensor) or not F.all(tensor)._array


def count_zeros(tensor: Any) -> int:
    """How many factors are zero; one where nobody looks."""
    return int(F.sum(F.eq(tensor, 0))._array) if is_looked_into(tensor) else 1


def is_looked_into(tensor: Any) -> bool:
    """Whether the elements decide on the formula: not under a transform, where they may differ by example, nor where
    somebody is told of writes, for torch then does not know what it has before it."""
    return not tensor._layered and modes.current().written is None


def prod_jvp(self_t: Any, self: Any, result: Any) -> Any:
    turned = F.conj(self_t)  # NOTE [Order of operands] in arithmetic
    return F.conj(F.sum(prod_backward(ones_of(result), self, result) * turned))


def prod_dim_jvp(self_t: Any, self: Any, result: Any, dim: int, keepdim: bool) -> Any:
    turned = F.conj(self_t)  # NOTE [Order of operands] in arithmetic
    factors = prod_dim_backward(ones_of(result), self, result, dim, keepdim)
    return F.conj(F.sum(factors * turned, (dim,), keepdim))


def ones_of(result: Any) -> Any:
    return F.expand(F.ones((), **options_of(result)), result.shape)


# Moments.


def freedom(shape: tuple[int, ...], dim: Dims, correction: float | None) -> float:
    # An empty list of dimensions stands for all of them, but only in the forward pass.
    count = (
        1 if shape and dim is not None and not isinstance(dim, int) and not dim else count_over(shape, dim)
    )
    return count - (1.0 if correction is None else correction)


def mean_of(self: Any, dim: Dims) -> Any:
    return F.mean(self) if dim is None or self.ndim == 0 else F.mean(self, dim, True)


def var_backward(grad: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    """Over all elements infinite where no degrees of freedom are left, NaN at the mean itself."""
    shape = tuple(self.shape)
    left = freedom(shape, dim, correction)
    if (dim is None or not shape) and left <= 0:
        return grad * F.where(F.eq(self, mean_of(self, dim)), math.nan, math.inf)
    return deviation_times(restored(grad, shape, dim, keepdim or len(shape) == 1), self, dim, left)


def deviation_times(grad: Any, self: Any, dim: Dims, left: float) -> Any:
    deviation = self - mean_of(self, dim)  # whose node torch makes first
    return F.mul_scalar(grad, 2.0 / left if left else math.inf) * deviation


def std_backward(
    grad: Any, self: Any, result: Any, dim: Dims, correction: float | None, keepdim: bool
) -> Any:
    """0 where the deviation is 0."""
    return var_backward(half_over(grad, result), self, dim, correction, keepdim)


def half_over(grad: Any, result: Any) -> Any:
    return F.masked_fill_(grad / F.mul_scalar(result, 2), F.eq(result, 0), 0)


def var_mean_backward(grads: tuple, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    grad, grad_mean = grads
    total = None if grad is None else var_backward(grad, self, dim, correction, keepdim)
    if grad_mean is None:
        return total
    part = mean_backward(grad_mean, tuple(self.shape), dim, keepdim)
    return part if total is None else total + part


def std_mean_backward(
    grads: tuple, self: Any, result0: Any, dim: Dims, correction: float | None, keepdim: bool
) -> Any:
    grad, grad_mean = grads
    grad = None if grad is None else half_over(grad, result0)
    return var_mean_backward((grad, grad_mean), self, dim, correction, keepdim)


def var_jvp(self_t: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    terms = var_backward(F.conj(self_t), self, dim, correction, True)
    return F.real(F.sum(terms, given(dim), keepdim))


def std_jvp(self_t: Any, self: Any, result: Any, dim: Dims, correction: float | None, keepdim: bool) -> Any:
    twice = F.mul_scalar(result, 2.0)  # NOTE [Order of operands] in arithmetic
    change = var_jvp(self_t, self, dim, correction, keepdim)
    return over("masked_fill", change / twice, F.eq(result, 0), 0)


def var_mean_jvp(self_t: Any, self: Any, dim: Dims, correction: float | None, keepdim: bool) -> tuple:
    return var_jvp(self_t, self, dim, correction, keepdim), F.mean(self_t, given(dim), keepdim)


def std_mean_jvp(
    self_t: Any, self: Any, result0: Any, dim: Dims, correction: float | None, keepdim: bool
) -> tuple:
    return std_jvp(self_t, self, result0, dim, correction, keepdim), F.mean(self_t, given(dim), keepdim)


def logsumexp_backward(grad: Any, self: Any, result: Any, dim: Dims, keepdim: bool) -> Any:
    """``grad`` times the softmax of ``self``; 0 where the result is an infinity that ``self`` is equal to."""
    shape = tuple(self.shape)
    grad = restored(grad, shape, dim, keepdim)
    return grad * F.conj(F.exp(self - restored(result, shape, dim, keepdim)))


def logsumexp_jvp(self_t: Any, self: Any, dim: Dims, keepdim: bool) -> Any:
    """The mean tangent, weighted by ``exp(self)``; NaN of no elements.

    The weights are written over, as torch does it, so that a backward pass through them is an error in both; not
    under a transform.
    """
    largest = F.amax(F.real(self), given(dim), True) if self._array.size else 0
    weights = F.exp(self - largest) if self._array.size else F.exp(self)
    total = F.sum(weights, given(dim), keepdim)
    return over("div", F.sum(over("mul", weights, self_t), given(dim), keepdim), total)
