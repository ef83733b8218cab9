"""Convolution with any number of spatial dimensions, as products of matrices, and its gradients.

Columns hold, for each place of the kernel, the elements of the input that it meets: their product with the
weights is the result, and its transpose spreads a gradient over the input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import is_channels_last
from mini_autograd.kernels.shared.reduction import add_up, plain

Sizes = tuple[int, ...]

# About so many elements of columns are worked on at once, but no fewer rows than a product of matrices needs.
AT_ONCE = 1 << 19
ROWS = 64


@dataclass(frozen=True, slots=True)
class Steps:
    """How the kernel moves over the input: one number for each spatial dimension."""

    stride: Sizes
    padding: Sizes
    dilation: Sizes
    groups: int


def steps_over(spatial: int, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Steps:
    return Steps(each(stride, spatial), each(padding, spatial), each(dilation, spatial), groups)


def each(sizes: Sizes, spatial: int) -> Sizes:
    """One number for each dimension, where a single one stands for all."""
    return tuple(sizes) * spatial if len(sizes) == 1 else tuple(sizes)


class Convolution:
    """Convolution and its gradients, by ways to multiply with columns: those of this module or others like them."""

    def __init__(self, ways: Any) -> None:
        self.ways = ways

    def convolution(
        self,
        input: Array,
        weight: Array,
        bias: Array | None,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        transposed: bool,
        output_padding: Sizes,
        groups: int,
    ) -> Array:
        """(N, C, ...) with weights (O, C / groups, ...) to (N, O, ...); transposed, with (C, O / groups, ...)."""
        steps = steps_over(input.ndim - 2, stride, padding, dilation, groups)
        sizes, lengths = input.shape[2:], weight.shape[2:]
        output_padding = each(output_padding, input.ndim - 2)
        if transposed:
            shape = (input.shape[0], weight.shape[1] * groups)
            shape += spread_size(sizes, lengths, steps, output_padding)
            result = self.ways.spread(input, weight, shape, steps)
        else:
            result = self.ways.correlate(input, weight, steps, result_size(sizes, lengths, steps))
        if bias is not None:
            result += bias.reshape(-1, *(1,) * (input.ndim - 2))
        return laid_out(result, input, weight)

    def convolution_backward(
        self,
        grad_output: Array,
        input: Array,
        weight: Array,
        bias_sizes: Sizes | None,
        stride: Sizes,
        padding: Sizes,
        dilation: Sizes,
        transposed: bool,
        output_padding: Sizes,
        groups: int,
        output_mask: tuple,
    ) -> tuple[Array | None, Array | None, Array | None]:
        """The gradients of input, weight and bias that ``output_mask`` asks for."""
        steps = steps_over(input.ndim - 2, stride, padding, dilation, groups)
        grad_input = grad_weight = grad_bias = None
        if output_mask[0]:
            if transposed:
                grad_input = self.ways.correlate(grad_output, weight, steps, input.shape[2:])
            else:
                grad_input = self.ways.spread(grad_output, weight, input.shape, steps)
            grad_input = laid_out(grad_input, input, weight)
        if output_mask[1]:
            one, other = (grad_output, input) if transposed else (input, grad_output)
            grad_weight = self.ways.weight_gradient(one, other, weight.shape, steps)
            grad_weight = laid_out(grad_weight, input, weight)
        if output_mask[2]:
            grad_bias = plain(add_up(grad_output, (0, *range(2, grad_output.ndim)), False))
        return grad_input, grad_weight, grad_bias


def correlate(input: Array, weight: Array, steps: Steps, out: Sizes) -> Array:
    """The product of the weights with the columns of the input, ``out`` places of it."""
    count = weight.shape[0] if input.shape[1] else 0
    if not input.size or not count:
        return xp.zeros((input.shape[0], count, *out), input.dtype)
    columns = columns_of(input, weight.shape[2:], out, steps)
    rows = weight.reshape(steps.groups, count // steps.groups, -1)
    total: Any = None
    for some in parts(*columns.shape[1:]):
        product = xp.matmul(rows[..., some], columns[..., some, :])
        total = product if total is None else xp.add(total, product, out=total)
    return xp.asarray(total).reshape(input.shape[0], count, *out)


def spread(grad: Array, weight: Array, shape: Sizes, steps: Steps) -> Array:
    """The transpose of :func:`correlate`: each element times the weights, added where the kernel met them."""
    batch, groups = shape[0], steps.groups
    padded = [size + 2 * pad for size, pad in zip(shape[2:], steps.padding, strict=True)]
    result = xp.zeros((batch, *shape[1:2], *padded), grad.dtype)
    if grad.size and weight.size:
        rows = grad.reshape(batch, groups, grad.shape[1] // groups, -1)
        weights = weight.reshape(groups, rows.shape[2], -1).swapaxes(1, 2)
        some = parts(groups, weights.shape[1], rows.shape[3])
        columns = joined([xp.matmul(weights[:, one], rows) for one in some], 2)
        columns = columns.reshape(*shape[:2], math.prod(weight.shape[2:]), *grad.shape[2:])
        for place, met in enumerate(places(weight.shape[2:], grad.shape[2:], steps)):
            result[(slice(None), slice(None), *met)] += columns[:, :, place]
    if not any(steps.padding):
        return result
    inner = [slice(pad, pad + size) for size, pad in zip(shape[2:], steps.padding, strict=True)]
    return result[(slice(None), slice(None), *inner)].copy()


def weight_gradient(input: Array, grad: Array, shape: Sizes, steps: Steps) -> Array:
    """The sum over the batch of the products of the gradient with the columns of the input."""
    if not input.size or not grad.size:
        return xp.zeros(shape, input.dtype)
    columns = columns_of(input, shape[2:], grad.shape[2:], steps)
    rows = grad.reshape(grad.shape[0], steps.groups, grad.shape[1] // steps.groups, -1)
    some = parts(*columns.shape[1:])
    products = joined([xp.matmul(rows, columns[..., one, :].swapaxes(-1, -2)) for one in some], 3)
    return xp.add.reduce(products, axis=0).reshape(shape)


def parts(groups: int, rows: int, places: int) -> list[slice]:
    """The rows of columns that are worked on at once, so that they stay cached."""
    some = max(AT_ONCE // max(groups * places, 1), ROWS)
    return [slice(begin, min(begin + some, rows)) for begin in range(0, rows, some)]


def joined(arrays: list[Array], dim: int) -> Array:
    return arrays[0] if len(arrays) == 1 else xp.concatenate(arrays, dim)


def columns_of(input: Array, kernel: Sizes, out: Sizes, steps: Steps) -> Array:
    """What each place of the kernel meets, as (N, groups, C / groups * places of kernel, places of result)."""
    padded = with_margin(input, steps.padding)
    outer, inner = padded.strides[:2], padded.strides[2:]
    moves = [step * by for step, by in zip(inner, steps.stride, strict=True)]
    reach = [step * by for step, by in zip(inner, steps.dilation, strict=True)]
    seen = xp.lib.stride_tricks.as_strided(
        padded, (*padded.shape[:2], *kernel, *out), (*outer, *reach, *moves)
    )
    rows = padded.shape[1] // steps.groups * math.prod(kernel)
    return seen.reshape(input.shape[0], steps.groups, rows, math.prod(out))


def with_margin(input: Array, padding: Sizes) -> Array:
    """The input with zeros around it."""
    if not any(padding):
        return input
    shape = [size + 2 * pad for size, pad in zip(input.shape[2:], padding, strict=True)]
    result = xp.zeros((*input.shape[:2], *shape), input.dtype)
    inner = [slice(pad, pad + size) for size, pad in zip(input.shape[2:], padding, strict=True)]
    result[(slice(None), slice(None), *inner)] = input
    return result


def places(kernel: Sizes, out: Sizes, steps: Steps) -> Any:
    """For each place of the kernel, in order, the elements of the padded input that it meets."""
    along = [
        [slice(at * far, at * far + (size - 1) * by + 1, by) for at in range(length)]
        for length, size, by, far in zip(kernel, out, steps.stride, steps.dilation, strict=True)
    ]
    return product(*along)


def result_size(size: Sizes, kernel: Sizes, steps: Steps) -> Sizes:
    return tuple(
        (one + 2 * pad - far * (length - 1) - 1) // by + 1
        for one, length, by, pad, far in zip(
            size, kernel, steps.stride, steps.padding, steps.dilation, strict=True
        )
    )


def spread_size(size: Sizes, kernel: Sizes, steps: Steps, output_padding: Sizes) -> Sizes:
    return tuple(
        (one - 1) * by - 2 * pad + far * (length - 1) + 1 + more
        for one, length, by, pad, far, more in zip(
            size, kernel, steps.stride, steps.padding, steps.dilation, output_padding, strict=True
        )
    )


def laid_out(result: Array, input: Array, weight: Array) -> Array:
    """The result contiguous, or with channels last where input or weights have them so."""
    for given in (input, weight):
        if not given.flags.c_contiguous and is_channels_last(given):
            return plain(xp.ascontiguousarray(result.transpose(0, 2, 3, 1))).transpose(0, 3, 1, 2)
    return plain(xp.ascontiguousarray(result))


CONVOLUTION = Convolution(
    SimpleNamespace(correlate=correlate, spread=spread, weight_gradient=weight_gradient)
)
convolution, convolution_backward = CONVOLUTION.convolution, CONVOLUTION.convolution_backward
