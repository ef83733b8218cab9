"""float32 normals in one pass over uniforms: shared's functions after Cephes, each product and sum rounded as there."""

cimport cython
cimport numpy as cnp
from libc.math cimport sqrtf
from libc.string cimport memcpy

import numpy as np

from mini_autograd.kernels.shared import random as shared

cnp.import_array()

cdef enum:
    COUNT = 8  # half of a block

cdef extern from *:
    # Written out, since only what is constant to the compiler can stay in its registers; as in the twin.
    """
    static const float LOGARITHM[9] = {
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
        2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1};
    static const float SINE[3] = {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1};
    static const float COSINE[3] = {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2};
    static const float LOG_2[2] = {-2.12194440e-4, 0.693359375};
    static const float QUARTER[3] = {0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8};
    static const float ROOT_HALF = 0.707106781186547524, OCTANTS = 1.27323954473516, TURN = 6.283185307179586;
    """
    const float[9] LOGARITHM
    const float[3] SINE
    const float[3] COSINE
    const float[2] LOG_2
    const float[3] QUARTER
    const float ROOT_HALF, OCTANTS, TURN


cdef inline float fused(float value, float factor, float term) noexcept nogil:
    return <float>(<double>value * <double>factor + <double>term)


# Loops over eight numbers without branches or copies of single ones, so that the compiler can take several together.


cdef inline void logarithms(float *values) noexcept nogil:
    """The natural logarithms of positive numbers that are not subnormal."""
    cdef float[COUNT] mantissa
    cdef cnp.int32_t[COUNT] bits
    cdef cnp.int32_t[COUNT] exponent
    cdef float power, rest, square, series, below
    cdef int i
    memcpy(bits, values, sizeof(bits))
    for i in range(COUNT):
        exponent[i] = (bits[i] >> 23) - 126
        bits[i] = (bits[i] & 0x7FFFFF) | 0x3F000000
    memcpy(mantissa, bits, sizeof(bits))
    for i in range(COUNT):
        below = <float><int>(mantissa[i] < ROOT_HALF)
        power = <float>exponent[i] - below
        rest = (mantissa[i] - <float>1) + mantissa[i] * below
        square = rest * rest
        series = fused(fused(LOGARITHM[0], rest, LOGARITHM[1]), rest, LOGARITHM[2])
        series = fused(fused(series, rest, LOGARITHM[3]), rest, LOGARITHM[4])
        series = fused(fused(series, rest, LOGARITHM[5]), rest, LOGARITHM[6])
        series = fused(fused(series, rest, LOGARITHM[7]), rest, LOGARITHM[8])
        series = fused(series * rest, square, power * LOG_2[0])
        series = fused(square, <float>-0.5, series)
        values[i] = fused(power, LOG_2[1], rest + series)


cdef inline void sines_and_cosines(const float *angle, float *sine, float *cosine) noexcept nogil:
    """Sines and cosines of numbers that are not negative."""
    cdef cnp.int32_t octant
    cdef float turns, rest, square, s, c, first, second
    cdef int i
    for i in range(COUNT):
        octant = (<cnp.int32_t>(angle[i] * OCTANTS) + 1) & ~1
        turns = <float>octant
        rest = fused(turns, -QUARTER[0], angle[i])
        rest = fused(turns, -QUARTER[1], rest)
        rest = fused(turns, -QUARTER[2], rest)
        square = rest * rest
        c = fused(fused(COSINE[0], square, COSINE[1]), square, COSINE[2]) * square
        c = fused(c, square, -(square * <float>0.5)) + <float>1
        s = fused(fused(SINE[0], square, SINE[1]), square, SINE[2]) * square
        s = fused(s, rest, rest)
        first = c if octant & 2 else s
        second = s if octant & 2 else c
        sine[i] = -first if octant & 4 else first
        cosine[i] = second if (octant - 2) & 4 else -second


cdef void normals(const float *uniforms, float *out, Py_ssize_t blocks) noexcept nogil:
    cdef Py_ssize_t block
    cdef float[COUNT] radius
    cdef float[COUNT] angle
    cdef float[COUNT] sine
    cdef float[COUNT] cosine
    cdef int i
    for block in range(blocks):
        for i in range(COUNT):
            radius[i] = <float>1 - uniforms[i]
            angle[i] = TURN * uniforms[i + COUNT]
        logarithms(radius)
        sines_and_cosines(angle, sine, cosine)
        for i in range(COUNT):
            radius[i] = sqrtf(<float>-2 * radius[i])
        for i in range(COUNT):
            out[i] = radius[i] * cosine[i]
            out[i + COUNT] = radius[i] * sine[i]
        uniforms += 2 * COUNT
        out += 2 * COUNT


def blocks_of_normals(cnp.ndarray uniforms not None):
    """Sixteen normals from each sixteen uniforms: the first eight give radii, the others angles."""
    cdef cnp.ndarray out
    cdef Py_ssize_t blocks = cnp.PyArray_SIZE(uniforms) // (2 * COUNT)
    if cnp.PyArray_TYPE(uniforms) != cnp.NPY_FLOAT32 or not cnp.PyArray_ISCARRAY_RO(uniforms):
        return shared.blocks_of_normals(uniforms)
    out = np.empty(blocks * 2 * COUNT, np.float32)
    with nogil:
        normals(<const float *>cnp.PyArray_DATA(uniforms), <float *>cnp.PyArray_DATA(out), blocks)
    return out


def normal(self, mean, std, source):
    return shared.normal(self, mean, std, source, blocks_of_normals)


def normal_around(mean, std, source):
    return shared.normal_around(mean, std, source, blocks_of_normals)


def normal_scaled(mean, std, source):
    return shared.normal_scaled(mean, std, source, blocks_of_normals)


def normal_each(mean, std, source):
    return shared.normal_each(mean, std, source, blocks_of_normals)
