"""Gradients of views."""

from __future__ import annotations

import math

from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.shared.view import extent, is_overlapping, position


def permute_backward(grad, dims):
    """``grad`` with its dimensions back in the order they had before ``permute(dims)``."""
    inverse = [0] * len(dims)
    for place, dim in enumerate(dims):
        inverse[position(dim, len(dims))] = place
    return F.permute(grad, inverse)


def unsqueeze_to(grad, sizes, dims=None):
    """``grad`` with the dimensions of size 1 that ``squeeze`` took from a tensor of ``sizes``: all, or of ``dims``."""
    chosen = None if dims is None else [position(dim, len(sizes)) for dim in dims]
    for dim, size in enumerate(sizes):
        if size == 1 and (chosen is None or dim in chosen):
            grad = F.unsqueeze(grad, dim)
    return grad


def split_backward(grads, sizes, parts, dim):
    """The gradients of the parts joined again, zeros where there is none."""
    dim = position(dim, len(sizes))
    known = next(grad for grad in grads if grad is not None)
    joined = []
    for grad, part in zip(grads, parts, strict=True):
        if grad is None:
            grad = F.zeros((*sizes[:dim], part, *sizes[dim + 1 :]), **options_of(known))
        joined.append(grad)
    return F.cat(joined, dim)


def parts_of(size, split_size):
    """How long the parts of ``split(split_size)`` of a dimension are."""
    if size == 0:
        return [0]
    return [min(split_size, size - start) for start in range(0, size, split_size)]


def unbind_backward(grads, dim):
    """The gradients of the parts stacked again, zeros where there is none."""
    known = next(grad for grad in grads if grad is not None)
    return F.stack([F.zeros_like(known) if grad is None else grad for grad in grads], dim)


def slice_backward(grad, sizes, dim, start, end, step):
    return F.slice_backward(
        grad, sizes, dim, 0 if start is None else start, LAST if end is None else end, step
    )


LAST = 2**63 - 1


def as_strided_backward(grad, geometry, size, stride, storage_offset):
    """The gradient of what lies in memory as ``geometry`` says.

    NOTE [Strided gradients]: both tensors look into one memory. The gradient goes to the places of the result, which
    add up where they overlap, and is then read from the places of the input. A place that several elements of the
    input share gives each of them an equal part.
    """
    sizes, strides, offset = geometry
    at = offset if storage_offset is None else storage_offset
    if 0 in size or 0 in sizes:
        return F.zero_(F.empty(sizes, **options_of(grad)))
    grad, size, stride = without_flat_dims(grad, size, stride)
    start = min(offset, at)
    length = max(offset + extent(sizes, strides), at + extent(size, stride)) - start
    memory = F.new_zeros(grad, (length,))
    if is_overlapping(size, stride):
        F.index_add_(memory, 0, F._places(grad, size, stride, at - start), F.reshape(grad, (-1,)))
    else:
        F.copy_(F.as_strided(memory, size, stride, at - start), grad)
    if is_overlapping(sizes, strides):
        count = F.zeros((length,), **options_of(grad))
        places = F._places(grad, sizes, strides, offset - start)
        F.index_add_(count, 0, places, F.ones((math.prod(sizes),), **options_of(grad)))
        F.div_(memory, count)
    return F.as_strided(memory, sizes, strides, offset - start)


def as_strided_scatter_backward(grad, geometry, size, stride, storage_offset):
    """The gradient of what was written over, and zeros elsewhere: torch has it this way round."""
    sizes, strides, offset = geometry
    at = offset if storage_offset is None else storage_offset
    part = F.as_strided(F.contiguous(grad), size, stride, at)
    start = min(offset, at)
    length = max(offset + extent(sizes, strides), at + extent(size, stride)) - start
    memory = F.new_zeros(grad, (length,))
    F.copy_(F.as_strided(memory, size, stride, at - start), part)
    return F.as_strided(memory, sizes, strides, offset - start)


def without_flat_dims(grad, size, stride):
    """The gradient summed over dimensions of stride 0 and rid of those of size 1."""
    kept = []
    for dim in range(len(size) - 1, -1, -1):
        if size[dim] == 1:
            grad = F.squeeze(grad, dim)
        elif stride[dim] == 0:
            grad = F.sum(grad, dim)
        else:
            kept.insert(0, dim)
    return grad, [size[dim] for dim in kept], [stride[dim] for dim in kept]
