"""Derivatives of layer normalization and of its gradients.

With ``n`` the normalized elements, ``M`` the mean over a row and ``g`` the gradient times the weight, the
gradient of the input is ``rstd * (g - M(g) - n * M(g * n))``.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import errors
from mini_autograd.graph.operations import F


class Rows:
    """What the formulas share: the normalized elements, and means over rows."""

    def __init__(self, input: Any, normalized_shape: tuple, mean: Any, rstd: Any) -> None:
        ndim = input._array.ndim
        kept = len(normalized_shape)
        self.inner = tuple(range(ndim - kept, ndim))
        self.outer = tuple(range(ndim - kept))
        self.rstd = rstd
        self.normal = (input - mean) * rstd

    def mean(self, tensor: Any) -> Any:
        return F.mean(tensor, self.inner, True)

    def centered(self, tensor: Any) -> Any:
        return tensor - self.mean(tensor)

    def projected(self, tensor: Any) -> Any:
        """The derivative of the normalized elements, which is its own transpose, applied to ``tensor``."""
        return self.rstd * (self.centered(tensor) - self.normal * self.mean(self.normal * tensor))

    def total(self, tensor: Any) -> Any:
        """The sum over rows."""
        return F.sum(tensor, self.outer) if self.outer else tensor


def plus(total: Any, term: Any) -> Any:
    return term if total is None else total + term


def layer_norm_jvp(
    input_t: Any,
    weight_t: Any,
    bias_t: Any,
    input: Any,
    normalized_shape: tuple,
    weight: Any,
    result1: Any,
    result2: Any,
) -> tuple:
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    spread = (1,) * dims[0] + tuple(normalized_shape)
    total = None if input_t is None else normal_jvp(input_t, input, result1, result2, dims)
    if weight is not None:
        total = None if total is None else total * F.view(weight, spread)
        if weight_t is not None:
            total = plus(total, (input - result1) * result2 * F.view(weight_t, spread))
    if bias_t is not None:
        total = (F.zeros_like(input) if total is None else total) + F.view(bias_t, spread)
    return total, None, None


def normal_jvp(input_t: Any, input: Any, mean: Any, rstd: Any, dims: tuple) -> Any:
    """The tangent of ``(input - mean) * rstd``."""
    own = (input_t - F.mean(input_t, dims, True)) * rstd
    centered = (input_t - F.mean(input_t, dims, True)) * (input - mean) * -F.pow(rstd, 3)
    count = math.prod([input.shape[dim] for dim in dims])
    return own + (input - mean) * F.div_scalar(F.sum(centered, dims, True), count)


def layer_norm_double_backward(
    grads: tuple,
    grad_out: Any,
    input: Any,
    normalized_shape: tuple,
    mean: Any,
    rstd: Any,
    weight: Any,
    needs: tuple,
) -> tuple:
    """With respect to grad_out, input, mean, rstd, weight and bias; any of the three gradients may be None."""
    for name, needed in (("mean", needs[2]), ("rstd", needs[3])):
        if needed:
            raise RuntimeError(f"derivative for '{name}' of native_layer_norm_backward is not implemented")
    of_input, of_weight, of_bias = grads
    if weight is None and of_bias is not None:
        # torch multiplies by the weight here, whether there is one or not.
        if of_input is not None:
            raise errors.undefined_argument(1, "other")
        return (None,) * 6
    rows = Rows(input, normalized_shape, mean, rstd)
    to_grad = to_input = to_weight = None
    if of_input is not None:
        moved = rows.projected(of_input)
        to_grad = moved if weight is None else moved * weight
        to_weight = None if weight is None else rows.total(moved * grad_out)
        to_input = curvature(rows, of_input, grad_out if weight is None else grad_out * weight)
    if of_weight is not None:
        to_grad = plus(to_grad, of_weight * rows.normal)
        to_input = plus(to_input, rows.projected(of_weight * grad_out))
    if of_bias is not None:
        to_grad = plus(to_grad, F.expand(of_bias, input.shape))
    return to_grad, to_input, None, None, to_weight, None


def curvature(rows: Rows, vector: Any, slope: Any) -> Any:
    """The gradient, with respect to the input, of ``sum(vector * projected(slope))``."""
    normal, one, two = rows.normal, rows.mean(vector * rows.normal), rows.mean(slope * rows.normal)
    joint = rows.mean(vector * rows.centered(slope)) - F.mul_scalar(one * two, 3)
    bent = normal * joint + two * rows.centered(vector) + one * rows.centered(slope)
    return F.neg(rows.rstd * rows.rstd * bent)


def layer_norm_backward_jvp(
    grad_out_t: Any,
    input_t: Any,
    weight_t: Any,
    grad_out: Any,
    input: Any,
    normalized_shape: tuple,
    mean: Any,
    rstd: Any,
    weight: Any,
    output_mask: tuple,
) -> tuple:
    rows = Rows(input, normalized_shape, mean, rstd)
    slope = grad_out if weight is None else grad_out * weight
    slope_t = None
    if grad_out_t is not None:
        slope_t = grad_out_t if weight is None else grad_out_t * weight
    if weight_t is not None:
        slope_t = plus(slope_t, grad_out * weight_t)
    moved = None if input_t is None else rows.projected(input_t)
    to_input = to_weight = to_bias = None
    if output_mask[0]:
        to_input = None if slope_t is None else rows.projected(slope_t)
        if input_t is not None:
            to_input = plus(to_input, curvature(rows, input_t, slope))
    if output_mask[1]:
        terms = None if moved is None else grad_out * moved
        if grad_out_t is not None:
            terms = plus(terms, grad_out_t * rows.normal)
        to_weight = F.zeros_like(weight) if terms is None else rows.total(terms)
    if output_mask[2]:
        to_bias = F.zeros_like(weight) if grad_out_t is None else rows.total(grad_out_t)
    return to_input, to_weight, to_bias
