"""Derivatives of convolution and of its gradients, which are linear in each of what they are made of."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F


def plus(total: Any, term: Any) -> Any:
    return term if total is None else total + term


def along_channels(vector: Any, ndim: int) -> Any:
    """A vector with an element for each channel, seen so that it broadcasts."""
    return F.view(vector, (1, -1) + (1,) * (ndim - 2))


def convolution_jvp(
    input_t: Any,
    weight_t: Any,
    bias_t: Any,
    input: Any,
    weight: Any,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    transposed: bool,
    output_padding: tuple,
    groups: int,
    result: Any,
) -> Any:
    rest = (None, stride, padding, dilation, transposed, output_padding, groups)
    bias_t = None if bias_t is None else F.to(bias_t, result.dtype)
    through = F.convolution(input, weight_t, bias_t, *rest[1:])
    return F.convolution(input_t, weight, *rest) + through


def correlation(
    input: Any,
    grad: Any,
    shape: tuple,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    transposed: bool,
    output_padding: tuple,
    groups: int,
) -> Any:
    """The gradient of weights of ``shape`` as torch comes by it: a convolution over the batch.

    Batch and channels change places, as do stride and dilation; where the kernel did not reach the end of the
    input there is more than was asked for, which is left where it is.
    """
    grad = F.transpose(grad, 0, 1)
    input = F.transpose(input, 0, 1)
    parts = []
    for group in range(groups):
        pair = [input, grad] if groups == 1 else [share(one, group, groups) for one in (input, grad)]
        ends = reversed(pair) if transposed else pair
        parts.append(F.convolution(*ends, None, dilation, padding, stride, False, output_padding, 1))
    return cut(F.transpose(parts[0] if groups == 1 else F.cat(parts, 1), 0, 1), shape)


def cut(result: Any, shape: tuple) -> Any:
    """The first of the places that there are, no more than in ``shape``."""
    for dim in range(2, len(shape)):
        if result.shape[dim] > shape[dim]:
            result = F.narrow(result, dim, 0, shape[dim])
    return result


def share(tensor: Any, group: int, groups: int) -> Any:
    """The part of the first dimension that belongs to a group."""
    size = tensor._array.shape[0] // groups
    return F.narrow(tensor, 0, group * size, size)


def left_over(
    input: Any, grad: Any, weight: Any, stride: tuple, padding: tuple, dilation: tuple
) -> tuple[int, ...]:
    """How much of the input, at its end, the kernel did not reach."""
    sizes = [tensor._array.shape[2:] for tensor in (input, grad, weight)]
    steps = [sizes_of(given, len(sizes[0])) for given in (stride, padding, dilation)]
    return tuple(
        size - ((places - 1) * by - 2 * pad + far * (length - 1) + 1)
        for size, places, length, by, pad, far in zip(*sizes, *steps, strict=True)
    )


def sizes_of(given: tuple, count: int) -> tuple:
    return given * count if len(given) == 1 else given


def convolution_double_backward(
    grads: tuple,
    grad_output: Any,
    input: Any,
    weight: Any,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    transposed: bool,
    output_padding: tuple,
    groups: int,
) -> tuple:
    """With respect to grad_output, input and weight; any of the three gradients may be None."""
    of_input, of_weight, of_bias = grads
    rest = (stride, padding, dilation, transposed, output_padding, groups)
    to_grad = to_input = to_weight = None
    if of_input is not None:
        to_grad = F.convolution(of_input, weight, None, *rest)
    if of_weight is not None:
        to_grad = plus(to_grad, F.convolution(input, of_weight, None, *rest))
    if of_bias is not None:
        to_grad = plus(to_grad, F.expand(along_channels(of_bias, grad_output._array.ndim), grad_output.shape))
    if of_input is not None:
        to_weight = correlation(of_input, grad_output, weight.shape, *rest)
    if of_weight is not None:
        if not transposed:
            output_padding = left_over(input, grad_output, weight, stride, padding, dilation)
        steps = (stride, padding, dilation, not transposed, output_padding, groups)
        to_input = cut(F.convolution(grad_output, of_weight, None, *steps), input.shape)
    return to_grad, to_input, to_weight


def convolution_backward_jvp(
    grad_output_t: Any,
    input_t: Any,
    weight_t: Any,
    grad_output: Any,
    input: Any,
    weight: Any,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    transposed: bool,
    output_padding: tuple,
    groups: int,
    output_mask: tuple,
) -> tuple:
    rest = (None, stride, padding, dilation, transposed, output_padding, groups)
    to_input = to_weight = to_bias = None
    if output_mask[0]:
        asked = (True, False, False)
        if grad_output_t is not None:
            to_input = F.convolution_backward(grad_output_t, input, weight, *rest, asked)[0]
        if weight_t is not None:
            term = F.convolution_backward(grad_output, input, weight_t, *rest, asked)[0]
            to_input = plus(to_input, term)
    if output_mask[1]:
        asked = (False, True, False)
        if grad_output_t is not None:
            to_weight = F.convolution_backward(grad_output_t, input, weight, *rest, asked)[1]
        if input_t is not None:
            term = F.convolution_backward(grad_output, input_t, weight, *rest, asked)[1]
            to_weight = plus(to_weight, term)
    if output_mask[2] and grad_output_t is not None:
        ndim = grad_output._array.ndim
        to_bias = F.sum(grad_output_t, (0, *range(2, ndim)))
    return to_input, to_weight, to_bias
