# cython: cdivision=True
"""Columns of a convolution laid out, and added up, without its margins and a part at a time, so that they stay cached.

They are multiplied as the shared functions do, and by the same library.
"""

cimport numpy as cnp
from libc.string cimport memcpy, memset

import sys

import numpy as np

from mini_autograd.kernels.host.reduction cimport real, simple
from mini_autograd.kernels.shared import convolution as shared

cnp.import_array()


cdef struct Line:
    # Along a dimension, where a place of the kernel meets images: from where, and the first place of the result and
    # the last but one for which that is inside.
    cnp.npy_intp start
    cnp.npy_intp low
    cnp.npy_intp high


cdef struct Sweep:
    # How a kernel moves over images, along each of three dimensions, with the line of each of its places.
    cnp.npy_intp size[3]
    cnp.npy_intp length[3]
    cnp.npy_intp out[3]
    cnp.npy_intp stride[3]
    const Line *lines[3]
    cnp.npy_intp groups
    # Of all dimensions together: elements of a channel, places of the kernel, and places of the result.
    cnp.npy_intp whole
    cnp.npy_intp lengths
    cnp.npy_intp places


cdef sweep_of(Sweep *found, sizes, lengths, out, steps):
    """Set ``found``, and return the memory that it points to; None if a place of the kernel is beyond the margins, or
    there is nothing to do."""
    cdef int dim, at, missing = 3 - len(sizes)
    cdef cnp.npy_intp place, padding, dilation
    cdef Line *line
    if missing < 0 or len(lengths) != len(sizes) or len(out) != len(sizes) or steps.groups < 1:
        return None
    memory = np.empty((sum(lengths) + 3, 3), np.intp)
    line = <Line *>cnp.PyArray_DATA(memory)
    found.groups = steps.groups
    found.whole = found.lengths = found.places = 1
    for dim in range(3):
        at = dim - missing
        found.size[dim] = found.length[dim] = found.out[dim] = found.stride[dim] = dilation = 1
        padding = 0
        if at >= 0:
            found.size[dim], found.length[dim], found.out[dim] = sizes[at], lengths[at], out[at]
            found.stride[dim], padding, dilation = steps.stride[at], steps.padding[at], steps.dilation[at]
        if min(found.size[dim], found.length[dim], found.out[dim], found.stride[dim], dilation) < 1 or padding < 0:
            return None
        if (found.out[dim] - 1) * found.stride[dim] + (found.length[dim] - 1) * dilation >= (
                found.size[dim] + 2 * padding):
            return None
        found.lines[dim] = line
        for place in range(found.length[dim]):
            line[0] = line_of(found, dim, place * dilation - padding)
            line += 1
        found.whole *= found.size[dim]
        found.lengths *= found.length[dim]
        found.places *= found.out[dim]
    return memory


cdef Line line_of(const Sweep *s, int dim, cnp.npy_intp start) noexcept:
    cdef Line line
    cdef cnp.npy_intp step = s.stride[dim]
    line.start = start
    line.low = 0 if start >= 0 else (-start + step - 1) // step
    line.high = 0 if start >= s.size[dim] else (s.size[dim] - start + step - 1) // step
    line.high = min(line.high, s.out[dim])
    line.low = min(line.low, line.high)
    return line


cdef void lay_out(const real *x, real *row, const Sweep *s, Line outer, Line middle, Line inner) noexcept nogil:
    """What a place of the kernel meets in a channel, 0 in the margins."""
    cdef cnp.npy_intp a, b, c, step = s.stride[2], width = s.out[2]
    cdef const real *start
    for a in range(s.out[0]):
        if not outer.low <= a < outer.high:
            memset(row, 0, s.out[1] * width * sizeof(real))
            row += s.out[1] * width
            continue
        start = x + ((outer.start + a * s.stride[0]) * s.size[1] + middle.start) * s.size[2] + inner.start
        for b in range(s.out[1]):
            if not middle.low <= b < middle.high:
                memset(row, 0, width * sizeof(real))
            else:
                for c in range(inner.low):
                    row[c] = 0
                if step == 1:
                    memcpy(row + inner.low, start + inner.low, (inner.high - inner.low) * sizeof(real))
                else:
                    for c in range(inner.low, inner.high):
                        row[c] = start[c * step]
                for c in range(inner.high, width):
                    row[c] = 0
            row += width
            start += s.stride[1] * s.size[2]


cdef void add_up(real *x, const real *row, const Sweep *s, Line outer, Line middle, Line inner) noexcept nogil:
    """The transpose: each element added where it was laid out from."""
    cdef cnp.npy_intp a, b, c, step = s.stride[2], width = s.out[2]
    cdef const real *given
    cdef real *start
    for a in range(outer.low, outer.high):
        for b in range(middle.low, middle.high):
            given = row + (a * s.out[1] + b) * width
            start = x + ((outer.start + a * s.stride[0]) * s.size[1] + middle.start + b * s.stride[1]) * s.size[2]
            start += inner.start
            if step == 1:
                for c in range(inner.low, inner.high):
                    start[c] += given[c]
            else:
                for c in range(inner.low, inner.high):
                    start[c * step] += given[c]


cdef void over(
    real *images, real *columns, const Sweep *s, cnp.npy_intp count, cnp.npy_intp channels, cnp.npy_intp begin,
    cnp.npy_intp end, bint lay
) noexcept nogil:
    """Lay out, or add up, rows ``begin`` to ``end`` of every group of so many images."""
    cdef cnp.npy_intp image, row, i, j, k
    cdef real *channel
    for image in range(count * s.groups):
        channel = images + begin // s.lengths * s.whole
        i = begin // (s.length[1] * s.length[2]) % s.length[0]
        j, k = begin // s.length[2] % s.length[1], begin % s.length[2]
        for row in range(begin, end):
            if lay:
                lay_out(<const real *>channel, columns, s, s.lines[0][i], s.lines[1][j], s.lines[2][k])
            else:
                add_up(channel, <const real *>columns, s, s.lines[0][i], s.lines[1][j], s.lines[2][k])
            columns += s.places
            k += 1
            if k == s.length[2]:
                j, k = j + 1, 0
            if j == s.length[1]:
                i, j = i + 1, 0
            if i == s.length[0]:
                channel, i = channel + s.whole, 0
        images += channels * s.whole


cdef int between(
    cnp.ndarray images, cnp.npy_intp first, cnp.ndarray columns, const Sweep *s, cnp.npy_intp begin, bint lay
) except -1:
    """Images from the ``first`` on to contiguous columns (images, groups, rows from ``begin`` on, places), or back."""
    cdef cnp.npy_intp count = cnp.PyArray_DIM(columns, 0), end = begin + cnp.PyArray_DIM(columns, 2)
    cdef cnp.npy_intp channels = cnp.PyArray_DIM(images, 1) // s.groups
    cdef char *start = cnp.PyArray_BYTES(images) + first * cnp.PyArray_STRIDE(images, 0)
    cdef void *room = cnp.PyArray_DATA(columns)
    if cnp.PyArray_TYPE(images) == cnp.NPY_FLOAT32:
        with nogil:
            over(<float *>start, <float *>room, s, count, channels, begin, end, lay)
    else:
        with nogil:
            over(<double *>start, <double *>room, s, count, channels, begin, end, lay)
    return 0


cdef class Room:
    """Memory for the columns of some images, used again for the next."""

    cdef cnp.ndarray memory
    cdef readonly list parts
    cdef readonly Py_ssize_t images

    def __init__(self, Py_ssize_t images, Py_ssize_t groups, Py_ssize_t rows, Py_ssize_t places, dtype):
        self.parts = shared.parts(groups, rows, places)
        self.images = max(1, min(images, <Py_ssize_t>shared.AT_ONCE // (groups * rows * places)))
        self.memory = np.empty((self.images, groups, self.parts[0].stop, places), dtype)

    def columns(self, Py_ssize_t images, some):
        shape = (images, self.memory.shape[1], some.stop - some.start, self.memory.shape[3])
        return self.memory.reshape(-1)[: np.prod(shape)].reshape(shape)


cdef bint suit(one, other) noexcept:
    return simple(one) and simple(other) and cnp.PyArray_TYPE(one) == cnp.PyArray_TYPE(other)


def correlate(input, weight, steps, out):
    cdef Sweep sweep
    images, rows = np.ascontiguousarray(input), np.ascontiguousarray(weight)
    lines = sweep_of(&sweep, input.shape[2:], weight.shape[2:], out, steps)
    if lines is None or not suit(images, rows):
        return shared.correlate(input, weight, steps, out)
    groups, count = steps.groups, input.shape[0]
    if weight.shape[0] % groups or input.shape[1] % groups:
        return shared.correlate(input, weight, steps, out)
    rows = rows.reshape(groups, weight.shape[0] // groups, -1)
    if rows.shape[2] != input.shape[1] // groups * sweep.lengths:
        return shared.correlate(input, weight, steps, out)
    result = np.empty((count, groups, rows.shape[1], sweep.places), images.dtype)
    room = Room(count, groups, rows.shape[2], sweep.places, images.dtype)
    for first in range(0, count, room.images):
        target = result[first : first + room.images]
        for some in room.parts:
            columns = room.columns(len(target), some)
            between(images, first, columns, &sweep, some.start, True)
            if some.start == 0:
                np.matmul(rows[..., some], columns, out=target)
            else:
                target += np.matmul(rows[..., some], columns)
    return result.reshape(count, weight.shape[0], *out)


def spread(grad, weight, shape, steps):
    cdef Sweep sweep
    given, rows = np.ascontiguousarray(grad), np.ascontiguousarray(weight)
    lines = sweep_of(&sweep, shape[2:], weight.shape[2:], grad.shape[2:], steps)
    if lines is None or not suit(given, rows):
        return shared.spread(grad, weight, shape, steps)
    groups, count = steps.groups, shape[0]
    if grad.shape[0] != count or weight.shape[0] % groups or shape[1] % groups:
        return shared.spread(grad, weight, shape, steps)
    rows = rows.reshape(groups, weight.shape[0] // groups, -1).swapaxes(1, 2)
    if rows.shape[1] != shape[1] // groups * sweep.lengths or rows.shape[2] * groups != grad.shape[1]:
        return shared.spread(grad, weight, shape, steps)
    given = given.reshape(count, groups, rows.shape[2], sweep.places)
    result = np.zeros(tuple(shape), given.dtype)
    room = Room(count, groups, rows.shape[1], sweep.places, given.dtype)
    for first in range(0, count, room.images):
        some_given = given[first : first + room.images]
        for some in room.parts:
            columns = room.columns(len(some_given), some)
            np.matmul(rows[:, some], some_given, out=columns)
            between(result, first, columns, &sweep, some.start, False)
    return result


def weight_gradient(input, grad, shape, steps):
    cdef Sweep sweep
    images, given = np.ascontiguousarray(input), np.ascontiguousarray(grad)
    lines = sweep_of(&sweep, input.shape[2:], shape[2:], grad.shape[2:], steps)
    if lines is None or not suit(images, given):
        return shared.weight_gradient(input, grad, shape, steps)
    groups, count = steps.groups, input.shape[0]
    if grad.shape[0] != count or input.shape[1] % groups or grad.shape[1] % groups:
        return shared.weight_gradient(input, grad, shape, steps)
    given = given.reshape(count, groups, grad.shape[1] // groups, -1)
    width = input.shape[1] // groups * sweep.lengths
    result = np.empty((count, groups, given.shape[2], width), images.dtype)
    room = Room(count, groups, width, sweep.places, images.dtype)
    for first in range(0, count, room.images):
        some_given = given[first : first + room.images]
        for some in room.parts:
            columns = room.columns(len(some_given), some)
            between(images, first, columns, &sweep, some.start, True)
            np.matmul(some_given, columns.swapaxes(2, 3), out=result[first : first + room.images, ..., some])
    return np.add.reduce(result, axis=0).reshape(shape)


ways = shared.Convolution(sys.modules[__name__])
convolution, convolution_backward = ways.convolution, ways.convolution_backward
