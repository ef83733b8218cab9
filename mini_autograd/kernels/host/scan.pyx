"""Running sums, products and extrema of floats along a dimension in one pass, which numpy takes step by step with casts
between; other types are shared's."""

cimport cython
cimport numpy as cnp
from libc.stdlib cimport free, malloc

import numpy as np

from mini_autograd.kernels.host.reduction cimport Span, real, set_span
from mini_autograd.kernels.shared import scan as shared

cnp.import_array()


cdef bint settled(cnp.ndarray array, object dim, Span *span) except -1:
    """Set ``span`` to the dimensions before, in and after ``dim``; whether there are elements along it."""
    cdef int ndim = cnp.PyArray_NDIM(array), typenum = cnp.PyArray_TYPE(array)
    if not ndim or not cnp.PyArray_SIZE(array) or not -ndim <= dim < ndim:
        return False
    if typenum != cnp.NPY_FLOAT32 and typenum != cnp.NPY_FLOAT64:
        return False
    set_span(span, array, dim % ndim)
    return True


cdef inline cnp.ndarray new_like(cnp.ndarray array, int typenum):
    return cnp.PyArray_EMPTY(cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), typenum, 0)


# Sums and products ------------------------------------------------------------------------------------------------


cdef void accumulate(const real *x, real *out, double *so_far, Span span, bint product) noexcept nogil:
    """In float64, rounded at every step; a sum begins with 0, so that none is -0."""
    cdef Py_ssize_t i, j, k
    cdef double one
    if span.after == 1:
        for i in range(span.before):
            one = x[i * span.count]
            out[i * span.count] = x[i * span.count] + <real>0 if not product else x[i * span.count]
            for j in range(i * span.count + 1, (i + 1) * span.count):
                if product:
                    one = one * x[j]
                    out[j] = <real>one
                else:
                    one = one + x[j]
                    out[j] = <real>one + <real>0
        return
    for i in range(span.before):
        for k in range(span.after):
            so_far[k] = x[k]
            out[k] = x[k] if product else x[k] + <real>0
        for j in range(1, span.count):
            x, out = x + span.after, out + span.after
            if product:
                for k in range(span.after):
                    so_far[k] = so_far[k] * x[k]
                    out[k] = <real>so_far[k]
            else:
                for k in range(span.after):
                    so_far[k] = so_far[k] + x[k]
                    out[k] = <real>so_far[k] + <real>0
        x, out = x + span.after, out + span.after


cdef accumulated(cnp.ndarray self, Span span, bint product):
    cdef cnp.ndarray x = np.ascontiguousarray(self)
    cdef cnp.ndarray out = new_like(x, cnp.PyArray_TYPE(x))
    cdef double *so_far = <double *>malloc(span.after * sizeof(double))
    if so_far == NULL:
        raise MemoryError
    with nogil:
        if cnp.PyArray_TYPE(x) == cnp.NPY_FLOAT32:
            accumulate(<const float *>cnp.PyArray_DATA(x), <float *>cnp.PyArray_DATA(out), so_far, span, product)
        else:
            accumulate(<const double *>cnp.PyArray_DATA(x), <double *>cnp.PyArray_DATA(out), so_far, span, product)
    free(so_far)
    return out


def cumsum(cnp.ndarray self not None, dim, dtype=None):
    cdef Span span
    return accumulated(self, span, False) if settled(self, dim, &span) else shared.cumsum(self, dim, dtype)


def cumprod(cnp.ndarray self not None, dim, dtype=None):
    cdef Span span
    return accumulated(self, span, True) if settled(self, dim, &span) else shared.cumprod(self, dim, dtype)


# Extrema ----------------------------------------------------------------------------------------------------------


cdef void extremum(const real *x, real *out, cnp.int64_t *index, Span span, bint largest) noexcept nogil:
    """The last element that is no less or no more than those before it, NaN from the first one on, and its index."""
    cdef Py_ssize_t i, j, k
    cdef bint met
    cdef real value, best
    for i in range(span.before):
        for k in range(span.after):
            out[k] = x[k]
            index[k] = 0
        for j in range(1, span.count):
            x, out, index = x + span.after, out + span.after, index + span.after
            for k in range(span.after):
                value, best = x[k], out[k - span.after]
                met = (value >= best if largest else value <= best) | (value != value)
                out[k] = value if met else best
                index[k] = j if met else index[k - span.after]
        x, out, index = x + span.after, out + span.after, index + span.after


cdef running_extremum(cnp.ndarray self, Span span, bint largest):
    cdef cnp.ndarray x = np.ascontiguousarray(self)
    cdef cnp.ndarray out = new_like(x, cnp.PyArray_TYPE(x))
    cdef cnp.ndarray index = new_like(x, cnp.NPY_INT64)
    cdef cnp.int64_t *places = <cnp.int64_t *>cnp.PyArray_DATA(index)
    with nogil:
        if cnp.PyArray_TYPE(x) == cnp.NPY_FLOAT32:
            extremum(<const float *>cnp.PyArray_DATA(x), <float *>cnp.PyArray_DATA(out), places, span, largest)
        else:
            extremum(<const double *>cnp.PyArray_DATA(x), <double *>cnp.PyArray_DATA(out), places, span, largest)
    return out, index


def cummax(cnp.ndarray self not None, dim):
    cdef Span span
    return running_extremum(self, span, True) if settled(self, dim, &span) else shared.cummax(self, dim)


def cummin(cnp.ndarray self not None, dim):
    cdef Span span
    return running_extremum(self, span, False) if settled(self, dim, &span) else shared.cummin(self, dim)
