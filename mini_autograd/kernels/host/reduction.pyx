# cython: cdivision=True
"""Sums of contiguous arrays without numpy's preparations, in the order in which shared's adds them."""

cimport cython
cimport numpy as cnp
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport NAN

from mini_autograd.kernels.host.direct cimport Complete
from mini_autograd.kernels.shared import reduction as shared

cnp.import_array()

cdef enum:
    LANES = 16

cdef Py_ssize_t BLOCK = shared.BLOCK
cdef Py_ssize_t FEW = shared.FEW



cdef real total(const real *x, Py_ssize_t n) noexcept nogil:
    """The sum in numpy's order: eight running sums over blocks of at most 128, blocks added pairwise."""
    cdef Py_ssize_t i, half
    cdef real s
    cdef real r0, r1, r2, r3, r4, r5, r6, r7
    if n < 8:
        s = -0.0
        for i in range(n):
            s += x[i]
        return s
    if n <= 128:
        r0, r1, r2, r3, r4, r5, r6, r7 = x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
        for i in range(8, n - n % 8, 8):
            r0 += x[i]
            r1 += x[i + 1]
            r2 += x[i + 2]
            r3 += x[i + 3]
            r4 += x[i + 4]
            r5 += x[i + 5]
            r6 += x[i + 6]
            r7 += x[i + 7]
        s = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
        for i in range(n - n % 8, n):
            s += x[i]
        return s
    half = n // 2
    half -= half % 8
    return total(x, half) + total(x + half, n - half)


cdef real largest(const real *x, Py_ssize_t n) noexcept nogil:
    """The largest of some elements, NaN if there is one among them."""
    cdef real most[LANES]
    cdef int unordered[LANES]
    cdef real found = x[0]
    cdef Py_ssize_t i, lane, whole = n - n % LANES
    if whole:
        for lane in range(LANES):
            most[lane] = x[lane]
            unordered[lane] = 0
        for i in range(0, whole, 16):
            # Lanes do not depend on each other, so that the compiler can take them together.
            for lane in range(LANES):
                unordered[lane] |= x[i + lane] != x[i + lane]
                most[lane] = x[i + lane] if x[i + lane] > most[lane] else most[lane]
        for lane in range(LANES):
            if unordered[lane]:
                return <real>NAN
            found = most[lane] if most[lane] > found else found
    for i in range(whole, n):
        if x[i] != x[i]:
            return x[i]
        found = x[i] if x[i] > found else found
    return found


cdef int over_rows(const real *x, real *out, Py_ssize_t count, Py_ssize_t width) except -1:
    """Add up ``count`` rows of ``width`` elements; many of them in blocks, as in NOTE [Accuracy of sums]."""
    cdef Py_ssize_t i, block, blocks = count // BLOCK
    cdef real *partial
    if count <= FEW:
        one_by_one(x, out, count, width)
        return 0
    partial = <real *>PyMem_Malloc((blocks + 1) * width * sizeof(real))
    if partial == NULL:
        raise MemoryError
    try:
        for block in range(blocks):
            one_by_one(x + block * BLOCK * width, partial + block * width, BLOCK, width)
        over_rows(partial, out, blocks, width)
        if count % BLOCK:
            one_by_one(x + blocks * BLOCK * width, partial, count % BLOCK, width)
            for i in range(width):
                out[i] += partial[i]
    finally:
        PyMem_Free(partial)
    return 0


cdef void one_by_one(const real *x, real *out, Py_ssize_t count, Py_ssize_t width) noexcept nogil:
    cdef Py_ssize_t row, i
    for i in range(width):
        out[i] = x[i] + <real>0
    for row in range(1, count):
        for i in range(width):
            out[i] += x[row * width + i]


cdef int along(const real *x, real *out, Span span) except -1:
    """The sums over the middle one of three dimensions."""
    cdef Py_ssize_t i
    if span.after == 1:
        for i in range(span.before):
            out[i] = total(x + i * span.count, span.count) + <real>0
        return 0
    for i in range(span.before):
        over_rows(x + i * span.count * span.after, out + i * span.after, span.count, span.after)
    return 0


cdef bint middle(cnp.ndarray a, object dim, Span *span) except -1:
    """Set ``span`` to the dimensions before, in and after the one reduction dimension; whether it is so simple."""
    cdef int ndim = cnp.PyArray_NDIM(a), at
    if type(dim) is int:
        at = position(dim, ndim)
    elif (type(dim) is tuple or type(dim) is list) and len(dim) == 1 and type(dim[0]) is int:
        at = position(dim[0], ndim)
    else:
        return False
    if at < 0:
        return False
    set_span(span, a, at)
    return True


cdef void set_span(Span *span, cnp.ndarray a, int at) noexcept:
    """Set ``span`` to the dimensions before, in and after ``at``."""
    cdef int i
    span.at = at
    span.before = span.after = 1
    span.count = cnp.PyArray_DIM(a, at)
    for i in range(at):
        span.before *= cnp.PyArray_DIM(a, i)
    for i in range(at + 1, cnp.PyArray_NDIM(a)):
        span.after *= cnp.PyArray_DIM(a, i)


cdef inline int position(Py_ssize_t dim, int ndim) noexcept:
    if dim < 0:
        dim += ndim
    return <int>dim if 0 <= dim < ndim else -1


cdef cnp.ndarray reduced(cnp.ndarray a, Span span, bint keepdim):
    """An array for what is left of ``a``."""
    cdef cnp.npy_intp dims[64]
    cdef int i, n = 0
    for i in range(cnp.PyArray_NDIM(a)):
        if i != span.at:
            dims[n] = cnp.PyArray_DIM(a, i)
            n += 1
        elif keepdim:
            dims[n] = 1
            n += 1
    return cnp.PyArray_EMPTY(n, dims, cnp.PyArray_TYPE(a), 0)


cdef bint simple(array) noexcept:
    """Whether the array is a contiguous one of float32 or float64 with elements."""
    if not cnp.PyArray_CheckExact(array):
        return False
    cdef cnp.ndarray a = array
    cdef int typenum = cnp.PyArray_TYPE(a)
    if typenum != cnp.NPY_FLOAT32 and typenum != cnp.NPY_FLOAT64:
        return False
    return cnp.PyArray_ISCARRAY_RO(a) and cnp.PyArray_SIZE(a) > 0


cdef cnp.ndarray sum_along(cnp.ndarray a, Span span, bint keepdim):
    cdef cnp.ndarray out = reduced(a, span, keepdim)
    if cnp.PyArray_TYPE(a) == cnp.NPY_FLOAT32:
        along(<const float *>cnp.PyArray_DATA(a), <float *>cnp.PyArray_DATA(out), span)
    else:
        along(<const double *>cnp.PyArray_DATA(a), <double *>cnp.PyArray_DATA(out), span)
    return out


cdef cnp.ndarray total_of(cnp.ndarray a):
    cdef cnp.ndarray out = cnp.PyArray_EMPTY(0, NULL, cnp.PyArray_TYPE(a), 0)
    cdef cnp.npy_intp count = cnp.PyArray_SIZE(a)
    if cnp.PyArray_TYPE(a) == cnp.NPY_FLOAT32:
        (<float *>cnp.PyArray_DATA(out))[0] = total(<const float *>cnp.PyArray_DATA(a), count) + <float>0
    else:
        (<double *>cnp.PyArray_DATA(out))[0] = total(<const double *>cnp.PyArray_DATA(a), count) + <double>0
    return out


cdef cnp.ndarray divided(cnp.ndarray sums, cnp.npy_intp count):
    """``sums`` with each element divided by ``count``."""
    cdef cnp.npy_intp i
    cdef float *single
    cdef double *double_
    if cnp.PyArray_TYPE(sums) == cnp.NPY_FLOAT32:
        single = <float *>cnp.PyArray_DATA(sums)
        for i in range(cnp.PyArray_SIZE(sums)):
            single[i] /= <float>count
    else:
        double_ = <double *>cnp.PyArray_DATA(sums)
        for i in range(cnp.PyArray_SIZE(sums)):
            double_[i] /= <double>count
    return sums


@cython.auto_pickle(False)
cdef class SumAll(Complete):
    """The sum of all elements; arguments are ``self, dtype``."""

    cdef run(self, list args):
        return total_of(args[0]) if args[1] is None and simple(args[0]) else None


@cython.auto_pickle(False)
cdef class Sum(Complete):
    """The sum along one dimension; arguments are ``self, dim, keepdim, dtype``."""

    cdef run(self, list args):
        cdef Span span
        if args[3] is not None or not simple(args[0]) or not middle(args[0], args[1], &span):
            return None
        return sum_along(args[0], span, args[2])


@cython.auto_pickle(False)
cdef class MeanAll(Complete):
    """The mean of all elements; arguments are ``self, dtype``."""

    cdef run(self, list args):
        if args[1] is not None or not simple(args[0]):
            return None
        return divided(total_of(args[0]), cnp.PyArray_SIZE(args[0]))


@cython.auto_pickle(False)
cdef class Mean(Complete):
    """The mean along one dimension; arguments are ``self, dim, keepdim, dtype``."""

    cdef run(self, list args):
        cdef Span span
        if args[3] is not None or not simple(args[0]) or not middle(args[0], args[1], &span):
            return None
        return divided(sum_along(args[0], span, args[2]), span.count)


sum_all = SumAll(shared.sum_all, 2)
sum = Sum(shared.sum, 4)
mean_all = MeanAll(shared.mean_all, 2)
mean = Mean(shared.mean, 4)
