"""Derivatives of batch and group normalization, and of the gradients of the former.

With ``n`` the normalized elements, ``r`` the reciprocal deviation, ``M`` the mean over a channel and ``P(u) = u -
M(u) - n M(n u)``, the gradient of the input is ``weight r P(grad)``, and ``P`` is its own transpose; with given
statistics, ``P`` is the identity. S. Ioffe and C. Szegedy, "Batch Normalization" (2015), section 3; what is
differentiated again follows from it.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import errors
from mini_autograd.backward.normalization import affine_jvp, normal_jvp, normalized, under_transform
from mini_autograd.backward.writing import afresh, are_zeros, onto
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of


class Channels:
    """What the formulas share: the normalized elements, and means over channels."""

    def __init__(self, input: Any, mean: Any, rstd: Any, training: bool) -> None:
        self.ndim = input._array.ndim
        self.dims = (0, *range(2, self.ndim))
        self.training = training
        self.rstd = self.spread(rstd)
        self.normal = (input - self.spread(mean)) * self.rstd

    def spread(self, values: Any) -> Any:
        return F.view(values, (1, -1, *(1,) * (self.ndim - 2)))

    def scaled(self, tensor: Any, weight: Any) -> Any:
        return tensor if weight is None else tensor * self.spread(weight)

    def mean(self, tensor: Any) -> Any:
        return F.mean(tensor, self.dims, True)

    def total(self, tensor: Any) -> Any:
        return F.sum(tensor, self.dims)

    def centered(self, tensor: Any) -> Any:
        return tensor - self.mean(tensor)

    def projected(self, tensor: Any) -> Any:
        """The derivative of the normalized elements applied to ``tensor``."""
        if not self.training:
            return self.rstd * tensor
        return self.rstd * (self.centered(tensor) - self.normal * self.mean(self.normal * tensor))

    def curvature(self, vector: Any, slope: Any) -> Any:
        """The gradient, with respect to the input, of ``sum(vector * projected(slope))``."""
        one, two = self.mean(vector * self.normal), self.mean(slope * self.normal)
        joint = self.mean(vector * self.centered(slope)) - F.mul_scalar(one * two, 3)
        bent = self.normal * joint + two * self.centered(vector) + one * self.centered(slope)
        return F.neg(self.rstd * self.rstd * bent)


def channels(
    input: Any, mean: Any, rstd: Any, running_mean: Any, running_var: Any, training: bool, eps: float
) -> Channels:
    if training:
        return Channels(input, mean, rstd, True)
    return Channels(input, running_mean, reciprocal_deviation(running_var, eps), False)


def plus(total: Any, term: Any) -> Any:
    return term if total is None else total if term is None else total + term


def batch_norm_jvp(
    input_t: Any,
    weight_t: Any,
    bias_t: Any,
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> tuple:
    spread = (1, -1, *(1,) * (input.ndim - 2))
    anew = under_transform(input, input_t, weight_t, bias_t)
    if training:
        mean, rstd = F.view(result1, spread), F.view(result2, spread)
        total = normal_jvp(input_t, input, mean, rstd, (0, *range(2, input.ndim)), anew)
    else:
        deviation = onto("sqrt", F.add_scalar(running_var, eps))
        mean, rstd = F.view(running_mean, spread), F.view(onto("reciprocal", deviation), spread)
        total = input_t * rstd
    normal = None if weight is None else normalized(input, mean, rstd, anew)
    return affine_jvp(total, normal, weight, weight_t, bias_t, spread, anew), None, None


def legit_no_stats_jvp(
    input_t: Any,
    weight_t: Any,
    bias_t: Any,
    input: Any,
    weight: Any,
    bias: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> tuple:
    return batch_norm_jvp(
        input_t, weight_t, bias_t, input, weight, bias, None, None, training, eps, result1, result2
    )


class DoubleBackward:
    """What the double backward's terms share, in torch's order, which graphs show: sums over channels, not means."""

    def __init__(self, grad_out: Any, input: Any, weight: Any, mean: Any, rstd: Any) -> None:
        ndim = input._array.ndim
        spread = (1, -1, *(1,) * (ndim - 2))
        self.grad_out = grad_out
        self.rstd = F.view(rstd, spread)
        self.square, self.cube = F.pow(self.rstd, 2), F.pow(self.rstd, 3)
        self.weight = F.ones((), **options_of(input)) if weight is None else weight
        self.count = input._array.size // input.shape[1] if input.shape[1] else 0
        self.apart = input - F.view(mean, spread)
        self.cubed = self.apart * self.cube
        self.along = self.total(grad_out * self.apart)
        self.grads = self.total(grad_out)

    @staticmethod
    def broadcast(values: Any, like: Any) -> Any:
        """The values of channels along all other dimensions."""
        for _ in range(2, like._array.ndim):
            values = F.unsqueeze(values, 1)
        return F.expand(values, like.shape)

    @staticmethod
    def total(tensor: Any, keepdim: bool = True) -> Any:
        """The sums over channels: over one dimension after the other, the first one first, then from the last."""
        total = F.sum(tensor, (0,), keepdim)
        for dim in range(total._array.ndim - 1, 1 if keepdim else 0, -1):
            total = F.sum(total, (dim,), keepdim)
        return total

    def curvature(self, of_input: Any, of_weight: Any) -> Any:
        """What the statistics of the input contribute to its gradient."""
        bent = None if of_input is None else self.weight * self.bent(of_input)
        if of_weight is None:
            return bent
        straight = self.grad_out * self.rstd
        mean = F.div_scalar(self.rstd * self.grads, -self.count)
        along = F.div_scalar(self.cubed * self.total(self.grad_out * self.apart), -self.count)
        return plus(bent, of_weight * (straight + mean + along))

    def bent(self, vector: Any) -> Any:
        """The derivative of the projection, without the weight."""
        vectors, across = self.total(vector), self.total(vector * self.apart)
        joint = F.div_scalar(vectors * self.grads, self.count) - self.total(self.grad_out * vector)
        joint = joint + F.mul_scalar(
            self.square * self.along * across, 3 / self.count if self.count else math.inf
        )
        first = F.div_scalar(self.cubed * joint, self.count)
        apart = F.div_scalar(self.grads, self.count) - self.grad_out  # NOTE [Order of operands]
        second = F.div_scalar(across * self.cube, self.count) * apart
        apart = F.div_scalar(vectors, self.count) - vector
        third = F.div_scalar(self.along * self.cube, self.count) * apart
        return first + second + third

    def projected(self, vector: Any, train: bool) -> Any:
        """The derivative of the output applied to a vector; with given statistics a mere product."""
        if not train:
            return vector * self.rstd * self.weight
        return F.div_scalar(self.weight * self.rstd, self.count) * self.projection(vector)

    def projection(self, vector: Any) -> Any:
        """The part of a vector that changes no statistic, times the number of its elements."""
        centered = F.mul_scalar(vector, self.count) - self.total(vector)
        across = self.total(vector * self.apart)
        return centered - self.apart * self.square * across

    def to_weight(self, vector: Any, train: bool) -> Any:
        if not train:
            return self.total(vector * self.grad_out * self.rstd, keepdim=False)
        moved = F.div_scalar(self.rstd, self.count) * self.projection(self.grad_out)
        return self.total(vector * moved, keepdim=False)


def reciprocal_deviation(variance: Any, eps: float) -> Any:
    return F.rsqrt(F.add_scalar(variance, eps))


def batch_norm_double_backward(
    grads: tuple,
    grad_out: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    save_mean: Any,
    save_invstd: Any,
    train: bool,
    eps: float,
    needs: tuple,
) -> tuple:
    """With respect to grad_out, input and weight, and None for the statistics; any of the gradients may be None."""
    for name, needed in (("save_mean", needs[3]), ("save_invstd", needs[4])):
        if needed:
            raise errors.no_derivative(f"native_batch_norm_backward {name}")
    of_input, of_weight, of_bias = grads
    statistics = (save_mean, save_invstd) if train else (running_mean, reciprocal_deviation(running_var, eps))
    weight = None if weight is None else DoubleBackward.broadcast(weight, input)
    of_weight = None if of_weight is None else DoubleBackward.broadcast(of_weight, input)
    of_bias = None if of_bias is None else DoubleBackward.broadcast(of_bias, input)
    double = DoubleBackward(grad_out, input, weight, *statistics)
    to_input = to_weight = None
    if train:
        to_input = double.curvature(of_input, of_weight)
    elif of_weight is not None:
        to_input = of_weight * double.rstd * grad_out
    if of_input is not None and weight is not None:
        to_weight = double.to_weight(of_input, train)
    to_grad = None if of_input is None else double.projected(of_input, train)
    if of_weight is not None:
        to_grad = plus(to_grad, of_weight * double.apart * double.rstd)
    return plus(to_grad, of_bias), to_input, to_weight, None, None


def batch_norm_backward_jvp(
    grad_out_t: Any,
    input_t: Any,
    weight_t: Any,
    grad_out: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    save_mean: Any,
    save_invstd: Any,
    train: bool,
    eps: float,
    output_mask: tuple,
) -> tuple:
    shared = channels(input, save_mean, save_invstd, running_mean, running_var, train, eps)
    moved = None if input_t is None else shared.projected(input_t)
    to_input = to_weight = to_bias = None
    if output_mask[0]:
        slope_t = None if grad_out_t is None else shared.scaled(grad_out_t, weight)
        if weight_t is not None:
            slope_t = plus(slope_t, shared.scaled(grad_out, weight_t))
        to_input = None if slope_t is None else shared.projected(slope_t)
        if input_t is not None and train:
            to_input = plus(to_input, shared.curvature(input_t, shared.scaled(grad_out, weight)))
    if output_mask[1]:
        terms = None if moved is None else grad_out * moved
        terms = terms if grad_out_t is None else plus(terms, grad_out_t * shared.normal)
        to_weight = None if terms is None else shared.total(terms)
    if output_mask[2]:
        to_bias = None if grad_out_t is None else shared.total(grad_out_t)
    return to_input, to_weight, to_bias


batch_norm_backward_jvp.takes_none = True  # type: ignore[attr-defined]


# --- Of groups of channels --------------------------------------------------------------------------------


def group_norm_jvp(
    input_t: Any,
    weight_t: Any,
    bias_t: Any,
    input: Any,
    weight: Any,
    N: int,
    C: int,
    HxW: int,
    group: int,
    result1: Any,
    result2: Any,
) -> tuple:
    anew = under_transform(input, input_t, weight_t, bias_t)
    rows, spread = (1, N * group, -1 if N else 1), (1, -1, *(1,) * (input.ndim - 2))
    moved, elements = F.view(input_t, rows), F.view(input, rows)
    mean, rstd = F.view(result1, (1, -1, 1)), F.view(result2, (1, -1, 1))
    total = F.view(normal_jvp(moved, elements, mean, rstd, (0, 2), anew), input.shape)
    normal = None
    if weight is not None:
        # Views of their own, as torch's graph shows.
        rstd_of_rows, mean_of_rows = F.view(result2, (1, -1, 1)), F.view(result1, (1, -1, 1))
        normal = F.view((elements - mean_of_rows) * rstd_of_rows, input.shape)
    total = affine_jvp(total, normal, weight, weight_t, bias_t, spread, anew)
    if are_zeros(input_t):
        return total, None, None
    mean_t = F.view(F.mean(moved, (2,)), (N, group))
    return total, mean_t, rstd_jvp(moved, elements, result1, result2, anew)


def rstd_jvp(input_t: Any, input: Any, mean: Any, rstd: Any, anew: bool) -> Any:
    """In torch's order, in which it is the elements that are centered."""
    slope, center = F.view(rstd, (1, -1, 1)), F.view(mean, (1, -1, 1))
    write = afresh if anew else onto
    along = write("mul", input - F.mean(input, (2,), True), input_t - center)
    along = write("mul", along, F.neg(F.pow(slope, 3)))
    return F.view(onto("div_scalar", F.sum(along, (2,)), input.shape[2]), mean.shape)


def group_norm_backward(
    grads: tuple,
    input: Any,
    weight: Any,
    N: int,
    C: int,
    HxW: int,
    group: int,
    eps: float,
    result1: Any,
    result2: Any,
    needs: tuple,
) -> tuple:
    """By one kernel, or where the gradient is to have a graph, or statistics have one, by ops that have derivatives."""
    grad, of_mean, of_rstd = grads
    if modes.current().grad or of_mean is not None or of_rstd is not None:
        return by_ops(grads, input, result1, result2, weight, (N, C, HxW, group), needs)
    if grad is None:
        return None, None, None
    return F.native_group_norm_backward(
        F.contiguous(grad), input, result1, result2, weight, N, C, HxW, group, needs
    )


class GroupSums:
    """By group, in torch's order: each channel's sums of the gradient and of its product with the elements."""

    def __init__(self, grad: Any, input: Any, mean: Any, rstd: Any, weight: Any, sizes: tuple) -> None:
        N, C, HxW, group = sizes
        channels = C // group
        shape = (N, group, channels, HxW)
        count = channels * HxW
        self.scale = 1.0 / count if count else math.inf
        self.count, self.weight = count, weight
        self.weights = (1, group, channels, 1)
        self.input = F.reshape(input, shape)
        self.mean = F.reshape(mean, (N, group, 1, 1))
        self.rstd = F.reshape(rstd, (N, group, 1, 1))
        self.grad = self.along = self.total = None
        if grad is not None:
            self.grad = F.reshape(grad, shape)
            self.along = F.unsqueeze_(F.sum(self.grad * self.input, (3,)), -1)
            self.total = F.unsqueeze_(F.sum(self.grad, (3,)), -1)

    def to_input(self, of_mean: Any, of_rstd: Any) -> Any:
        """Of the elements, and of the statistics, if both are differentiated: torch has no term of one alone."""
        weight = None if self.weight is None else F.reshape(self.weight, self.weights)
        cube = self.rstd * self.rstd * self.rstd
        slope = None
        if of_rstd is not None:
            slope = F.mul_scalar(cube, -0.5) * F.view(of_rstd, self.rstd.shape)
        result = None if self.grad is None else self.of_elements(weight, cube)
        if slope is not None and of_mean is not None:
            more = self.of_statistics(F.view(of_mean, self.mean.shape), slope)
            result = more if result is None else F.add_(result, more)
        return result

    def of_elements(self, weight: Any, cube: Any) -> Any:
        """``a * grad + b * input + c``."""
        a = self.rstd if weight is None else self.rstd * weight
        along = self.by_group(self.along, weight)
        total = self.by_group(self.total, weight)
        b = F.mul_scalar((total * self.mean - along) * cube, self.scale)
        shift = F.mul_scalar(total * self.rstd, self.scale)
        c = F.neg(b) * self.mean - shift
        through = b * self.input  # before the product beside it: so do their gradients add up
        return a * self.grad + through + c

    def by_group(self, sums: Any, weight: Any) -> Any:
        return F.unsqueeze_(F.sum(sums if weight is None else sums * weight, (2,)), -2)

    def of_statistics(self, of_mean: Any, of_variance: Any) -> Any:
        apart = self.input - F.mean(self.input, (2, 3), True)
        of_variance = F.mul_scalar(of_variance, 2 * self.scale) * apart
        return of_variance + F.div_scalar(F.expand(of_mean, self.input.shape), self.count)

    def to_weight(self) -> Any:
        return F.sum((self.along - self.total * self.mean) * self.rstd, (0,))

    def to_bias(self) -> Any:
        return F.sum(self.total, (0,))


def by_ops(grads: tuple, input: Any, mean: Any, rstd: Any, weight: Any, sizes: tuple, needs: tuple) -> tuple:
    grad, of_mean, of_rstd = grads
    sums = GroupSums(grad, input, mean, rstd, weight, sizes)
    to_input = to_weight = to_bias = None
    if needs[0]:
        to_input = sums.to_input(of_mean, of_rstd)
        to_input = None if to_input is None else F.reshape(to_input, input.shape)
    if needs[1] and grad is not None:
        to_weight = F.reshape(sums.to_weight(), (sizes[1],))
    if needs[2] and grad is not None:
        to_bias = F.reshape(sums.to_bias(), (sizes[1],))
    return to_input, to_weight, to_bias
