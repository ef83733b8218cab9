# cython: cdivision=True
"""Resampling and padding by what is inside, a dimension at a time: each place and its weight in one pass."""

cimport numpy as cnp

import numpy as np

from mini_autograd.kernels.host.reduction cimport real, simple
from mini_autograd.kernels.shared import padding
from mini_autograd.kernels.shared import resampling as shared
from mini_autograd.kernels.shared import taps

cnp.import_array()


cdef struct Taps:
    # Places, with weights of the type of the array or NULL, for each of ``count`` elements of the longer side.
    const cnp.int64_t *places
    const void *weights
    cnp.npy_intp count
    cnp.npy_intp each
    # The array's size along the dimension, and of those before and after it.
    cnp.npy_intp size
    cnp.npy_intp outer
    cnp.npy_intp inner


cdef cnp.npy_intp extent(cnp.ndarray array, int begin, int end) noexcept:
    cdef cnp.npy_intp total = 1
    cdef int dim
    for dim in range(begin, end):
        total *= cnp.PyArray_DIM(array, dim)
    return total


cdef bint taps_of(Taps *found, cnp.ndarray array, int dim, cnp.npy_intp size, places, weights) except -1:
    """Set ``found``; whether all places are inside, or weighted and nowhere, and the weights of the array's type."""
    cdef cnp.npy_intp i
    cdef cnp.npy_intp least = 0 if weights is None else -1
    if not 0 <= dim < cnp.PyArray_NDIM(array):
        return False
    if not cnp.PyArray_CheckExact(places) or cnp.PyArray_TYPE(places) != cnp.NPY_INT64:
        return False
    if not cnp.PyArray_ISCARRAY_RO(places) or cnp.PyArray_NDIM(places) != 2:
        return False
    found.places, found.weights = <const cnp.int64_t *>cnp.PyArray_DATA(places), NULL
    found.count, found.each = places.shape
    if weights is not None:
        if not simple(weights) or cnp.PyArray_TYPE(weights) != cnp.PyArray_TYPE(array):
            return False
        if not cnp.PyArray_SAMESHAPE(weights, places):
            return False
        found.weights = cnp.PyArray_DATA(weights)
    elif found.each != 1:
        return False
    for i in range(found.count * found.each):
        if not least <= found.places[i] < size:
            return False
    found.size, found.outer = size, extent(array, 0, dim)
    found.inner = extent(array, dim + 1, cnp.PyArray_NDIM(array))
    return True


cdef void copied(const real *x, real *out, const Taps *taps) noexcept nogil:
    cdef cnp.npy_intp o, i, j, inner = taps.inner
    cdef const real *start
    for o in range(taps.outer):
        if inner == 1:
            for i in range(taps.count):
                out[i] = x[taps.places[i]]
        else:
            for i in range(taps.count):
                start = x + taps.places[i] * inner
                for j in range(inner):
                    out[i * inner + j] = start[j]
        x += taps.size * inner
        out += taps.count * inner


cdef void weighed(const real *x, real *out, const Taps *taps) noexcept nogil:
    """Each sum begins with 0, so that it is never -0."""
    cdef cnp.npy_intp o, i, j, k, inner = taps.inner, each = taps.each
    cdef const real *weights
    cdef const cnp.int64_t *places
    cdef const real *start
    cdef real s, weight
    for o in range(taps.outer):
        weights, places = <const real *>taps.weights, taps.places
        for i in range(taps.count):
            if inner == 1:
                s = 0
                for k in range(each):
                    if places[k] >= 0:
                        s += x[places[k]] * weights[k]
                out[0] = s
            else:
                for j in range(inner):
                    out[j] = 0
                for k in range(each):
                    if places[k] >= 0:
                        start, weight = x + places[k] * inner, weights[k]
                        for j in range(inner):
                            out[j] += start[j] * weight
            out += inner
            places += each
            weights += each
        x += taps.size * inner


cdef void spread(const real *grad, real *out, const Taps *taps) noexcept nogil:
    """All first taps before all second ones, as they are added without loops."""
    cdef cnp.npy_intp o, i, j, k, place, inner = taps.inner, each = taps.each
    cdef const real *weights = <const real *>taps.weights
    cdef const real *given
    cdef real *target
    cdef real weight
    for o in range(taps.outer):
        for k in range(each):
            given = grad
            for i in range(taps.count):
                place = taps.places[i * each + k]
                if place >= 0:
                    target = out + place * inner
                    if weights == NULL:
                        for j in range(inner):
                            target[j] += given[j]
                    else:
                        weight = weights[i * each + k]
                        for j in range(inner):
                            target[j] += given[j] * weight
                given += inner
        grad += taps.count * inner
        out += taps.size * inner


def read(array, dim, places, weights):
    cdef Taps found
    cdef cnp.ndarray result, given = np.ascontiguousarray(array)
    if not simple(given) or not taps_of(&found, given, dim, array.shape[dim], places, weights):
        return taps.read(array, dim, places, weights)
    result = np.empty((*array.shape[:dim], found.count, *array.shape[dim + 1 :]), array.dtype)
    if cnp.PyArray_TYPE(given) == cnp.NPY_FLOAT32:
        if weights is None:
            copied(<const float *>cnp.PyArray_DATA(given), <float *>cnp.PyArray_DATA(result), &found)
        else:
            weighed(<const float *>cnp.PyArray_DATA(given), <float *>cnp.PyArray_DATA(result), &found)
    elif weights is None:
        copied(<const double *>cnp.PyArray_DATA(given), <double *>cnp.PyArray_DATA(result), &found)
    else:
        weighed(<const double *>cnp.PyArray_DATA(given), <double *>cnp.PyArray_DATA(result), &found)
    return result


def written(grad, dim, size, places, weights):
    cdef Taps found
    cdef cnp.ndarray result, given = np.ascontiguousarray(grad)
    if not simple(given) or not taps_of(&found, given, dim, size, places, weights):
        return taps.written(grad, dim, size, places, weights)
    if found.count != grad.shape[dim]:
        return taps.written(grad, dim, size, places, weights)
    result = np.zeros((*grad.shape[:dim], size, *grad.shape[dim + 1 :]), grad.dtype)
    if cnp.PyArray_TYPE(given) == cnp.NPY_FLOAT32:
        spread(<const float *>cnp.PyArray_DATA(given), <float *>cnp.PyArray_DATA(result), &found)
    else:
        spread(<const double *>cnp.PyArray_DATA(given), <double *>cnp.PyArray_DATA(result), &found)
    return result


def resampling(mode):
    return shared.resampling(mode, read, written)


reflecting, repeating = [padding.Margins(reflect, read, written) for reflect in (True, False)]
reflection_pad, reflection_pad_backward = reflecting.pad, reflecting.backward
replication_pad, replication_pad_backward = repeating.pad, repeating.backward
