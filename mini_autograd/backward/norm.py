"""Derivatives of norms: 0 where the norm is 0."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import errors
from mini_autograd.backward.reduction import Dims, given, restored
from mini_autograd.backward.writing import over
from mini_autograd.graph.operations import F
from mini_autograd.op.rules import wrap_dims


def norm_backward(grad: Any, self: Any, ord: float, result: Any, dim: Dims, keepdim: bool) -> Any:
    """None for the 0-norm, which is constant wherever it has a derivative."""
    if ord == 0:
        return None
    shape = tuple(self.shape)
    grad, norm = restored(grad, shape, dim, keepdim), restored(result, shape, dim, keepdim)
    if ord == 1:
        return F.sgn(self) * grad
    if ord == 2:
        return grad * F.masked_fill_(self / norm, F.eq(norm, 0), 0)
    if math.isinf(ord):
        return extreme_backward(grad, self, norm, dim)
    return power_backward(grad, self, ord, norm)


def extreme_backward(grad: Any, self: Any, norm: Any, dim: Dims) -> Any:
    """In equal parts to the elements of extreme magnitude."""
    size = F.abs(self)
    mask = F.logical_or(F.eq(size, norm), F.isnan(size))
    share = grad / F.sum(mask, wrap_dims(dim, self.ndim), True) * mask
    return F.sgn(self) * share


def power_backward(grad: Any, self: Any, ord: float, norm: Any) -> Any:
    """``sgn(self) * abs(self) ** (ord - 1) * grad / norm ** (ord - 1)``."""
    ord, size = float(ord), F.abs(self)
    powers = F.pow_(size, ord - 1 if ord < 2 else ord - 2)
    if ord < 1:
        F.masked_fill_(powers, F.eq(self, 0), 0)
        along = F.sgn(self) * powers
        power = F.pow(norm, 1 - ord)
        return along * grad * power
    slope = F.sgn(self) * powers if ord < 2 else self * powers
    return slope * F.masked_fill_(grad / F.pow(norm, ord - 1), F.eq(norm, 0), 0)


def norm_jvp(self_t: Any, self: Any, ord: float, result: Any, dim: Dims, keepdim: bool) -> Any:
    if ord == 0:
        return F.zeros_like(result)
    dims = given(dim)
    if ord == 1:
        return F.sum(F.real(over("mul", F.sgn(self), F.conj(self_t))), dims, keepdim)
    along = F.conj(self_t)
    if ord == 2:
        change = F.sum(F.real(self * along), dims, keepdim)
        return over("masked_fill", over("div", change, result), F.eq(result, 0), 0)
    if math.isinf(ord):
        size = F.abs(self)
        mask = F.logical_or(F.eq(size, restored(result, tuple(self.shape), dim, keepdim)), F.isnan(size))
        part = F.real(F.sgn(self) * along) * F.to(mask, result.dtype)
        return F.sum(part / F.sum(mask, dims, bool(dims)), dims, keepdim)
    return power_jvp(along, self, float(ord), result, dims, keepdim)


def power_jvp(along: Any, self: Any, ord: float, result: Any, dims: Any, keepdim: bool) -> Any:
    change = F.real((F.sgn(self) if ord < 2 else self) * along)
    powers = F.pow_(F.abs(self), ord - 1 if ord < 2 else ord - 2)
    if ord < 1:
        F.masked_fill_(powers, F.eq(self, 0), 0)
        return F.sum(powers * change, dims, keepdim) * F.pow(result, 1 - ord)
    quotient = F.sum(powers * change, dims, keepdim) / F.pow(result, ord - 1)
    return over("masked_fill", quotient, F.eq(result, 0), 0)


def dist_backward(grad: Any, self: Any, other: Any, p: float, result: Any) -> Any:
    return norm_backward(grad, self - other, p, result, None, False)


def dist_other_backward(grad: Any, self: Any, other: Any, p: float, result: Any) -> Any:
    """The opposite of ``self``'s; RuntimeError for the 0-norm, as torch has it."""
    opposite = dist_backward(grad, self, other, p, result)
    if opposite is None:
        raise errors.undefined_argument(0, "self")
    return F.neg(opposite)
