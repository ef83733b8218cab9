# cython: cdivision=True
"""The loops of poolings: a window at a time, where numpy first lays out all of them."""

cimport numpy as cnp

import sys

import numpy as np

from mini_autograd.kernels.host.reduction cimport real, simple
from mini_autograd.kernels.shared import unpooling, windowed
from mini_autograd.kernels.shared import pooling as shared

cnp.import_array()

cdef cnp.ndarray ONE_PLACE = np.zeros((1, 1), np.int64)


cdef struct Windows:
    # Along each of three dimensions: how many windows, how many places in each of them, the places, -1 for none, the
    # step to those of the next row, and the size of the array.
    cnp.npy_intp count[3]
    cnp.npy_intp length[3]
    const cnp.int64_t *places[3]
    cnp.npy_intp step[3]
    cnp.npy_intp size[3]
    cnp.npy_intp rows
    # Of all dimensions together.
    cnp.npy_intp total
    cnp.npy_intp whole


cdef bint windows_of(Windows *found, windows, cnp.npy_intp rows) except -1:
    """Set ``found``; whether that could be done, and all places are inside or nowhere."""
    cdef cnp.ndarray places
    cdef cnp.npy_intp i
    cdef int dim, missing = 3 - len(windows.sizes)
    if missing < 0:
        return False
    found.rows, found.total, found.whole = rows, 1, 1
    for dim in range(3):
        places = ONE_PLACE if dim < missing else windows.along[dim - missing]
        found.size[dim] = 1 if dim < missing else windows.sizes[dim - missing]
        if cnp.PyArray_TYPE(places) != cnp.NPY_INT64 or not cnp.PyArray_ISCARRAY_RO(places):
            return False
        if cnp.PyArray_NDIM(places) == 2:
            found.step[dim] = 0
        elif cnp.PyArray_NDIM(places) == 3 and cnp.PyArray_DIM(places, 0) == rows:
            found.step[dim] = cnp.PyArray_DIM(places, 1) * cnp.PyArray_DIM(places, 2)
        else:
            return False
        found.places[dim] = <const cnp.int64_t *>cnp.PyArray_DATA(places)
        found.count[dim] = cnp.PyArray_DIM(places, cnp.PyArray_NDIM(places) - 2)
        found.length[dim] = cnp.PyArray_DIM(places, cnp.PyArray_NDIM(places) - 1)
        for i in range(cnp.PyArray_SIZE(places)):
            if not -1 <= found.places[dim][i] < found.size[dim]:
                return False
        found.total *= found.count[dim]
        found.whole *= found.size[dim]
    return True


cdef inline bint rows_like(cnp.ndarray rows, cnp.npy_intp width) noexcept:
    return simple(rows) and cnp.PyArray_NDIM(rows) == 2 and cnp.PyArray_DIM(rows, 1) == width


cdef inline cnp.ndarray new_rows(cnp.npy_intp count, cnp.npy_intp width, int typenum, bint zeros):
    cdef cnp.npy_intp dims[2]
    dims[0], dims[1] = count, width
    return cnp.PyArray_ZEROS(2, dims, typenum, 0) if zeros else cnp.PyArray_EMPTY(2, dims, typenum, 0)


cdef inline const cnp.int64_t *places_at(const Windows *w, int dim, cnp.npy_intp row, cnp.npy_intp at) noexcept nogil:
    return w.places[dim] + row * w.step[dim] + at * w.length[dim]


# Maxima -----------------------------------------------------------------------------------------------------------


cdef inline cnp.npy_intp first_inside(const cnp.int64_t *places, cnp.npy_intp length) noexcept nogil:
    cdef cnp.npy_intp k
    for k in range(length):
        if places[k] >= 0:
            return k
    return -1


cdef bint look(const real *x, real *values, cnp.int64_t *index, const Windows *w) noexcept nogil:
    """Whether each window has a place inside; else what is found is no matter."""
    cdef cnp.npy_intp row, a, b, c, i, j, k, first, at, start, length = w.length[2]
    cdef cnp.npy_intp one, two
    cdef const cnp.int64_t *outer
    cdef const cnp.int64_t *middle
    cdef const cnp.int64_t *inner
    cdef real best, value
    for row in range(w.rows):
        for a in range(w.count[0]):
            outer = places_at(w, 0, row, a)
            one = first_inside(outer, w.length[0])
            for b in range(w.count[1]):
                middle = places_at(w, 1, row, b)
                two = first_inside(middle, w.length[1])
                for c in range(w.count[2]):
                    inner = places_at(w, 2, row, c)
                    first = first_inside(inner, length)
                    if one < 0 or two < 0 or first < 0:
                        return False
                    at = (outer[one] * w.size[1] + middle[two]) * w.size[2] + inner[first]
                    best = x[at]
                    for i in range(one, w.length[0]):
                        if outer[i] < 0:
                            continue
                        for j in range(two, w.length[1]):
                            if middle[j] < 0:
                                continue
                            start = (outer[i] * w.size[1] + middle[j]) * w.size[2]
                            for k in range(first, length):
                                if inner[k] < 0:
                                    continue
                                value = x[start + inner[k]]
                                # One comparison where no NaN is met: a NaN is taken, and gives way to NaNs alone.
                                if not value <= best and (value != value or best == best):
                                    best, at = value, start + inner[k]
                    values[0], index[0] = best, at
                    values += 1
                    index += 1
        x += w.whole
    return True


def largest_in(rows, windows):
    cdef Windows w
    cdef cnp.ndarray values, index, given = np.ascontiguousarray(rows)
    cdef bint all_inside
    if not simple(given) or not windows_of(&w, windows, rows.shape[0]) or not rows_like(given, w.whole):
        return windowed.largest_in(rows, windows)
    values = new_rows(w.rows, w.total, cnp.PyArray_TYPE(given), False)
    index = new_rows(w.rows, w.total, cnp.NPY_INT64, False)
    if cnp.PyArray_TYPE(given) == cnp.NPY_FLOAT32:
        with nogil:
            all_inside = look(<const float *>cnp.PyArray_DATA(given), <float *>cnp.PyArray_DATA(values),
                <cnp.int64_t *>cnp.PyArray_DATA(index), &w)
    else:
        with nogil:
            all_inside = look(<const double *>cnp.PyArray_DATA(given), <double *>cnp.PyArray_DATA(values),
                <cnp.int64_t *>cnp.PyArray_DATA(index), &w)
    return (values, index) if all_inside else windowed.largest_in(rows, windows)


cdef bint put(
    const real *given, const cnp.int64_t *index, real *out, cnp.npy_intp rows, cnp.npy_intp count, cnp.npy_intp size
) noexcept nogil:
    """Whether every index is within its row."""
    cdef cnp.npy_intp row, i
    for row in range(rows):
        for i in range(count):
            if not 0 <= index[i] < size:
                return False
            out[index[i]] += given[i]
        given += count
        index += count
        out += size
    return True


def added_at(given, index, cnp.npy_intp size):
    cdef cnp.ndarray out, one = np.ascontiguousarray(given), where = np.ascontiguousarray(index)
    cdef bint inside
    cdef cnp.npy_intp rows, count
    if not simple(one) or cnp.PyArray_NDIM(one) != 2 or not cnp.PyArray_SAMESHAPE(one, where):
        return windowed.added_at(given, index, size)
    if cnp.PyArray_TYPE(where) != cnp.NPY_INT64 or not cnp.PyArray_ISCARRAY_RO(where):
        return windowed.added_at(given, index, size)
    rows, count = cnp.PyArray_DIM(one, 0), cnp.PyArray_DIM(one, 1)
    out = new_rows(rows, size, cnp.PyArray_TYPE(one), True)
    if cnp.PyArray_TYPE(one) == cnp.NPY_FLOAT32:
        with nogil:
            inside = put(<const float *>cnp.PyArray_DATA(one), <const cnp.int64_t *>cnp.PyArray_DATA(where),
                <float *>cnp.PyArray_DATA(out), rows, count, size)
    else:
        with nogil:
            inside = put(<const double *>cnp.PyArray_DATA(one), <const cnp.int64_t *>cnp.PyArray_DATA(where),
                <double *>cnp.PyArray_DATA(out), rows, count, size)
    return out if inside else windowed.added_at(given, index, size)


# Means ------------------------------------------------------------------------------------------------------------


cdef void add_up(const real *x, real *out, const Windows *w) noexcept nogil:
    cdef cnp.npy_intp row, a, b, c, i, j, k, start, length = w.length[2]
    cdef const cnp.int64_t *outer
    cdef const cnp.int64_t *middle
    cdef const cnp.int64_t *inner
    cdef real s
    for row in range(w.rows):
        for a in range(w.count[0]):
            outer = places_at(w, 0, row, a)
            for b in range(w.count[1]):
                middle = places_at(w, 1, row, b)
                for c in range(w.count[2]):
                    inner = places_at(w, 2, row, c)
                    s = 0
                    for i in range(w.length[0]):
                        if outer[i] < 0:
                            continue
                        for j in range(w.length[1]):
                            if middle[j] < 0:
                                continue
                            start = (outer[i] * w.size[1] + middle[j]) * w.size[2]
                            for k in range(length):
                                if inner[k] >= 0:
                                    s += x[start + inner[k]]
                    out[0] = s
                    out += 1
        x += w.whole


def sums_in(rows, windows):
    cdef Windows w
    cdef cnp.ndarray out, given = np.ascontiguousarray(rows)
    if not simple(given) or not windows_of(&w, windows, rows.shape[0]) or not rows_like(given, w.whole):
        return windowed.sums_in(rows, windows)
    out = new_rows(w.rows, w.total, cnp.PyArray_TYPE(given), False)
    if cnp.PyArray_TYPE(given) == cnp.NPY_FLOAT32:
        with nogil:
            add_up(<const float *>cnp.PyArray_DATA(given), <float *>cnp.PyArray_DATA(out), &w)
    else:
        with nogil:
            add_up(<const double *>cnp.PyArray_DATA(given), <double *>cnp.PyArray_DATA(out), &w)
    return out


cdef void add_to_all(const real *given, real *out, const Windows *w) noexcept nogil:
    cdef cnp.npy_intp row, a, b, c, i, j, k, one, two, length = w.length[2]
    cdef const cnp.int64_t *inner
    cdef const real *share
    cdef real *line
    for row in range(w.rows):
        for i in range(w.length[0]):
            for j in range(w.length[1]):
                for k in range(length):
                    for a in range(w.count[0]):
                        one = places_at(w, 0, row, a)[i]
                        if one < 0:
                            continue
                        for b in range(w.count[1]):
                            two = places_at(w, 1, row, b)[j]
                            if two < 0:
                                continue
                            line = out + (one * w.size[1] + two) * w.size[2]
                            share = given + (a * w.count[1] + b) * w.count[2]
                            inner = places_at(w, 2, row, 0) + k
                            for c in range(w.count[2]):
                                if inner[c * length] >= 0:
                                    line[inner[c * length]] += share[c]
        given += w.total
        out += w.whole


cdef bint ascending(const Windows *w) noexcept nogil:
    """Whether along each dimension every window begins after the one before it."""
    cdef cnp.npy_intp at, k
    cdef const cnp.int64_t *places
    cdef int dim
    for dim in range(3):
        if w.step[dim]:
            return False
        for at in range(w.count[dim] - 1):
            places = places_at(w, dim, 0, at)
            for k in range(w.length[dim]):
                if places[k] >= 0 and 0 <= places[k + w.length[dim]] <= places[k]:
                    return False
    return True


cdef void add_to_each(const real *given, real *out, const Windows *w) noexcept nogil:
    """The same of ascending windows, the last first: an element is an earlier one in a window that begins later."""
    cdef cnp.npy_intp row, a, b, c, i, j, k, length = w.length[2]
    cdef const cnp.int64_t *outer
    cdef const cnp.int64_t *middle
    cdef const cnp.int64_t *inner
    cdef real *line
    cdef real share
    for row in range(w.rows):
        for a in range(w.count[0] - 1, -1, -1):
            outer = places_at(w, 0, 0, a)
            for b in range(w.count[1] - 1, -1, -1):
                middle = places_at(w, 1, 0, b)
                for c in range(w.count[2] - 1, -1, -1):
                    inner = places_at(w, 2, 0, c)
                    share = given[(a * w.count[1] + b) * w.count[2] + c]
                    for i in range(w.length[0]):
                        for j in range(w.length[1]):
                            if outer[i] < 0 or middle[j] < 0:
                                continue
                            line = out + (outer[i] * w.size[1] + middle[j]) * w.size[2]
                            for k in range(length):
                                if inner[k] >= 0:
                                    line[inner[k]] += share
        given += w.total
        out += w.whole


cdef void add_shares(const real *given, real *out, const Windows *w) noexcept nogil:
    if w.length[2] > w.count[2] and ascending(w):
        add_to_each(given, out, w)
    else:
        add_to_all(given, out, w)


def added_in(given, windows, size):
    cdef Windows w
    cdef cnp.ndarray out, share = np.ascontiguousarray(given)
    if not simple(share) or not windows_of(&w, windows, given.shape[0]) or not rows_like(share, w.total):
        return windowed.added_in(given, windows, size)
    if size != w.whole:
        return windowed.added_in(given, windows, size)
    out = new_rows(w.rows, w.whole, cnp.PyArray_TYPE(share), True)
    if cnp.PyArray_TYPE(share) == cnp.NPY_FLOAT32:
        with nogil:
            add_shares(<const float *>cnp.PyArray_DATA(share), <float *>cnp.PyArray_DATA(out), &w)
    else:
        with nogil:
            add_shares(<const double *>cnp.PyArray_DATA(share), <double *>cnp.PyArray_DATA(out), &w)
    return out


maxima = unpooling.RandomMaxima(sys.modules[__name__])
max_pool, max_pool1d, max_pool_backward = maxima.max_pool, maxima.max_pool1d, maxima.max_pool_backward
adaptive_max_pool = maxima.adaptive_max_pool
adaptive_max_pool2d_backward = maxima.adaptive_max_pool2d_backward
adaptive_max_pool3d_backward = maxima.adaptive_max_pool3d_backward
fractional_max_pool2d = maxima.fractional_max_pool2d
fractional_max_pool3d = maxima.fractional_max_pool3d
fractional_max_pool_backward = maxima.fractional_max_pool_backward
means = shared.Means(sys.modules[__name__])
avg_pool, avg_pool_backward = means.avg_pool, means.avg_pool_backward
adaptive_avg_pool, adaptive_avg_pool3d = means.adaptive_avg_pool, means.adaptive_avg_pool3d
adaptive_avg_pool2d_backward = means.adaptive_avg_pool2d_backward
adaptive_avg_pool3d_backward = means.adaptive_avg_pool3d_backward
