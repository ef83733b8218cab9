"""Sums of contiguous arrays without numpy's preparations."""

cimport cython
cimport numpy as cnp

import numpy as np

from mini_autograd.kernels.shared import reduction as shared

cnp.import_array()

ctypedef fused real:
    float
    double


@cython.cdivision(True)
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


def sum_all(self, dtype=None):
    """The sum of all elements."""
    cdef cnp.ndarray a, out
    cdef int typenum
    if cnp.PyArray_CheckExact(self):
        a = self
        typenum = cnp.PyArray_TYPE(a)
        if (typenum == cnp.NPY_FLOAT32 or typenum == cnp.NPY_FLOAT64) and cnp.PyArray_ISCARRAY_RO(a):
            out = cnp.PyArray_EMPTY(0, NULL, typenum, 0)
            if typenum == cnp.NPY_FLOAT32:
                (<float *>cnp.PyArray_DATA(out))[0] = total(<const float *>cnp.PyArray_DATA(a), cnp.PyArray_SIZE(a)) + <float>0
            else:
                (<double *>cnp.PyArray_DATA(out))[0] = total(<const double *>cnp.PyArray_DATA(a), cnp.PyArray_SIZE(a)) + <double>0
            return out
    return shared.sum_all(self, dtype)
