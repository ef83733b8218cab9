"""Gradients of joining and repeating."""

from __future__ import annotations

from mini_autograd.backward.writing import over, zeros
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.accelerator import number_of
from mini_autograd.kernels.shared.view import position


def fitting(grad, dtype):
    """``grad``, of which a tensor of ``dtype`` that is real gets the real part."""
    return F.real(grad) if grad._dtype.is_complex and not dtype.is_complex else grad


# Of what was joined each tensor gets its part, also one that needs none: hooks of the node see it.


def cat_backward(grad, infos, dim):
    """The part of ``grad`` that came from each tensor; one of shape (0,) was no part of it."""
    counted = [shape for shape, *_ in infos if shape != (0,)]
    dim = position(dim, len(counted[0])) if counted else 0
    start, parts = 0, []
    for shape, dtype, *_ in infos:
        if shape == (0,):
            parts.append(F.zeros((0,), **options_of(grad)))
            continue
        parts.append(F.narrow(fitting(grad, dtype), dim, start, shape[dim]))
        start += shape[dim]
    return parts


def stack_backward(grad, infos, dim):
    return [F.select(fitting(grad, dtype), dim, index) for index, (_, dtype, *_) in enumerate(infos)]


def block_diag_backward(grad, shapes):
    """The blocks of ``grad``; what was no matrix loses the dimensions that it was given."""
    row, column, parts = 0, 0, []
    for shape in shapes:
        height, width = ((1,) * (2 - len(shape)) + shape)[-2:]
        if shape == (0,):
            parts.append(F.zeros((0,), **options_of(grad)))
            continue
        part = F.slice(F.slice(grad, 0, row, row + height), 1, column, column + width)
        for _ in range(2 - len(shape)):
            part = F.squeeze(part, -1)
        parts.append(part)
        row, column = row + height, column + width
    return parts


def repeat_backward(grad, shape, repeats):
    """``grad`` summed over the copies; it tells how many dimensions there are more, also where a node is called with
    fewer than were made."""
    if 0 in repeats:
        return F.zeros(shape, **options_of(grad))
    added = grad._array.ndim - len(shape)
    for _ in range(added):
        grad = F.sum(grad, (0,))
    split, copies = [], []
    for size, times in zip(shape, repeats[max(added, 0) :], strict=False):
        if times != 1:
            copies.append(len(split))
            split.append(times)
        split.append(size)
    return F.sum(F.reshape(grad, split), copies) if copies else grad


def trace_backward(grad, shape):
    """``grad`` on the main diagonal of a matrix of zeros."""
    rows, columns = shape
    places = [index * (columns + 1) for index in range(min(rows, columns))]
    whole = zeros((rows * columns,), grad.dtype, number_of(grad._array))
    return F.view(over("index_fill", whole, 0, F._int64_list(grad, places), grad), shape)
