"""Derivatives of layer normalization and of its gradients.

With ``n`` the normalized elements, ``M`` the mean over a row and ``g`` the gradient times the weight, the
gradient of the input is ``rstd * (g - M(g) - n * M(g * n))``.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import errors
from mini_autograd.backward.writing import afresh, are_zeros, onto, over
from mini_autograd.graph.operations import F, options_of


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
    bias: Any,
    result1: Any,
    result2: Any,
) -> tuple:
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    spread = (1,) * dims[0] + tuple(normalized_shape)
    anew = under_transform(input, input_t, weight_t, bias_t)
    total = normal_jvp(input_t, input, result1, result2, dims, anew)
    normal = None if weight is None else normalized(input, result1, result2, anew)
    return affine_jvp(total, normal, weight, weight_t, bias_t, spread, anew), None, None


def under_transform(*tensors: Any) -> bool:
    return any([one is not None and one._layered for one in tensors])  # noqa: C419


def normalized(input: Any, mean: Any, rstd: Any, anew: bool) -> Any:
    write = afresh if anew else onto
    return write("mul", input - mean, rstd)


def normal_jvp(input_t: Any, input: Any, mean: Any, rstd: Any, dims: tuple, anew: bool) -> Any:
    """The tangent of ``(input - mean) * rstd``: in the order and with the writes of torch, which takes another order
    where it writes to nothing, as beside zeros that stand for no tangent."""
    count = math.prod([input.shape[dim] for dim in dims])
    if anew or are_zeros(input_t):
        apart = input - mean
        of_rstd = F.neg(F.pow(rstd, 3)) * (input_t - F.mean(input_t, dims, True)) * apart
        of_rstd = onto("div_scalar", F.sum(of_rstd, dims, True), count)
        through = (input - mean) * of_rstd
        return (input_t - F.mean(input_t, dims, True)) * rstd + through
    of_rstd = onto("mul", input_t - F.mean(input_t, dims, True), input - mean)
    of_rstd = onto("mul", of_rstd, F.neg(F.pow(rstd, 3)))
    of_rstd = onto("div_scalar", F.sum(of_rstd, dims, True), count)
    total = onto("mul", input_t - F.mean(input_t, dims, True), rstd)
    return onto("add", total, onto("mul", input - mean, of_rstd))


def affine_jvp(
    total: Any, normal: Any, weight: Any, weight_t: Any, bias_t: Any, spread: tuple, anew: bool
) -> Any:
    """The tangent of ``normal * weight + bias``, ``total`` being that of ``normal``."""
    bias_t = None if bias_t is None else F.view(bias_t, spread)
    if weight is not None:
        weight_t = F.view(weight_t, spread)
        weight = F.view(weight, spread)
        if anew or are_zeros(total) or are_zeros(weight_t):
            through = normal * weight_t
            total = total * weight + through
        else:
            total = onto("mul", total, weight)
            total = onto("add", total, onto("mul", normal, weight_t))
    if bias_t is not None:
        total = total + bias_t if anew else onto("add", total, bias_t)
    return total


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
            raise errors.no_derivative(f"native_layer_norm_backward {name}")
    if not (needs[0] or needs[1] or needs[4]):
        return (None,) * 6
    of_input, of_weight, of_bias = grads
    flat = Flat(grad_out, input, normalized_shape, mean, rstd, weight)
    of_input, of_weight, of_bias = flat.rows(of_input), flat.row(of_weight), flat.row(of_bias)
    to_input = to_weight = to_grad = None
    if of_input is not None:
        to_input = flat.bent(of_input)
    if of_weight is not None:
        to_input = plus(to_input, flat.spread(of_weight))
    if to_input is not None:
        to_input = F.reshape(to_input, input.shape)
    if of_input is not None:
        if weight is not None:
            moved = flat.projected(of_input, F.ones((), **options_of(input)))
            to_weight = F.reshape(F.sum(flat.grad * moved, (0,)), weight.shape)
        to_grad = flat.projected(of_input, flat.weight)
    if of_weight is not None:
        to_grad = plus(to_grad, of_weight * flat.apart * flat.rstd)
    if of_bias is not None and weight is not None:
        to_grad = plus(to_grad, of_bias)
    elif of_bias is not None and to_grad is not None:
        # torch sees no gradient of the bias where there is no weight, and adds it all the same.
        raise errors.undefined_argument(1, "other")
    if to_grad is not None:
        to_grad = F.reshape(F.expand(to_grad, flat.shape), input.shape)
    return to_grad, to_input, None, None, to_weight, None


class Flat:
    """What the second derivatives share, as torch has it: all as rows of ``count`` elements."""

    def __init__(
        self, grad_out: Any, input: Any, normalized_shape: tuple, mean: Any, rstd: Any, weight: Any
    ) -> None:
        self.count = math.prod(normalized_shape)
        outer = math.prod(input.shape[: input._array.ndim - len(normalized_shape)])
        self.shape = (outer, self.count)
        input, self.grad = self.rows(input), self.rows(grad_out)
        mean, self.rstd = F.reshape(mean, (outer, 1)), F.reshape(rstd, (outer, 1))
        self.weight = F.ones((1,), **options_of(input)) if weight is None else self.row(weight)
        self.apart = input - mean
        self.squared, cubed = F.pow(self.rstd, 2), F.pow(self.rstd, 3)
        self.cubed = cubed
        self.slanted = self.apart * cubed

    def rows(self, tensor: Any) -> Any:
        return None if tensor is None else F.reshape(tensor, self.shape)

    def row(self, tensor: Any) -> Any:
        return None if tensor is None else F.reshape(tensor, (1, self.count))

    def shared(self, tensor: Any) -> Any:
        return F.div_scalar(tensor, self.count)

    def bent(self, vector: Any) -> Any:
        """The gradient, with respect to the input, of ``sum(vector * gradient of the input)``."""
        slope = self.grad * self.weight
        slope_apart, slopes = total(slope * self.apart), total(slope)
        vectors, vector_apart = total(vector), total(vector * self.apart)
        joint = self.shared(vectors * slopes) - total(vector * slope)
        thrice = 3.0 / self.count if self.count else math.inf
        joint = joint + F.mul_scalar(self.squared * slope_apart * vector_apart, thrice)
        result = over("div_scalar", self.slanted * joint, self.count)
        centered = self.shared(slopes) - slope
        along = self.shared(vector_apart * self.cubed) * centered
        centered = self.shared(vectors) - vector
        across = self.shared(slope_apart * self.cubed) * centered
        return over("add", over("add", result, along), across)

    def spread(self, of_weight: Any) -> Any:
        """The gradient, with respect to the input, of ``sum(of_weight * gradient of the weight)``."""
        own = self.grad * of_weight * self.rstd
        evenly = F.div_scalar(self.rstd * total(self.grad * of_weight), -self.count)
        along = F.div_scalar(self.slanted * total(self.grad * of_weight * self.apart), -self.count)
        return over("add", over("add", own, evenly), along)

    def projected(self, vector: Any, weight: Any) -> Any:
        """The derivative of the normalized elements, times ``weight``, applied to ``vector``."""
        scale = self.shared(weight * self.rstd)
        moved = F.mul_scalar(vector, self.count) - total(vector)
        sums = total(vector * self.apart)
        return scale * (moved - self.apart * self.squared * sums)


def total(rows: Any) -> Any:
    return F.sum(rows, (1,), True)


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
