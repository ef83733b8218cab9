"""float32 normals in one pass over uniforms: shared's functions after Cephes, each product and sum rounded as there."""

cimport cython
cimport numpy as cnp
from libc.math cimport sqrtf
from libc.string cimport memcpy

import numpy as np

from mini_autograd.kernels.shared import random as shared

cnp.import_array()

cdef enum:
    HALF_BLOCK = 8

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


cdef inline float logarithm(float value) noexcept nogil:
    """The natural logarithm of a positive number that is not subnormal."""
    cdef cnp.uint32_t bits
    cdef float mantissa, power, rest, square, series
    cdef bint below
    cdef int i
    memcpy(&bits, &value, sizeof(float))
    power = <float>(<int>(bits >> 23) - 126)
    bits = (bits & 0x7FFFFF) | 0x3F000000
    memcpy(&mantissa, &bits, sizeof(float))
    below = mantissa < ROOT_HALF
    power -= <float>1 if below else <float>0
    rest = (mantissa - <float>1) + (mantissa if below else <float>0)
    square = rest * rest
    series = LOGARITHM[0]
    for i in range(1, 9):
        series = fused(series, rest, LOGARITHM[i])
    series = fused(series * rest, square, power * LOG_2[0])
    series = fused(square, <float>-0.5, series)
    return fused(power, LOG_2[1], rest + series)


cdef inline void sincos(float angle, float *sine, float *cosine) noexcept nogil:
    """Sine and cosine of a number that is not negative."""
    cdef int octant = (<int>(angle * OCTANTS) + 1) & ~1
    cdef float turns = <float>octant, rest = angle, square, s, c
    rest = fused(turns, -QUARTER[0], rest)
    rest = fused(turns, -QUARTER[1], rest)
    rest = fused(turns, -QUARTER[2], rest)
    square = rest * rest
    c = fused(fused(COSINE[0], square, COSINE[1]), square, COSINE[2]) * square
    c = fused(c, square, -(square * <float>0.5)) + <float>1
    s = fused(fused(SINE[0], square, SINE[1]), square, SINE[2]) * square
    s = fused(s, rest, rest)
    rest = c if octant & 2 else s
    c = s if octant & 2 else c
    sine[0] = -rest if octant & 4 else rest
    cosine[0] = c if (octant - 2) & 4 else -c


cdef void normals(const float *uniforms, float *out, Py_ssize_t blocks) noexcept nogil:
    cdef Py_ssize_t block
    cdef float[HALF_BLOCK] radius
    cdef float[HALF_BLOCK] sine
    cdef float[HALF_BLOCK] cosine
    cdef int i
    for block in range(blocks):
        # One function in each loop, so that the compiler can take several numbers together.
        for i in range(HALF_BLOCK):
            radius[i] = logarithm(<float>1 - uniforms[i])
        for i in range(HALF_BLOCK):
            sincos(TURN * uniforms[i + HALF_BLOCK], sine + i, cosine + i)
        for i in range(HALF_BLOCK):
            radius[i] = sqrtf(<float>-2 * radius[i])
        for i in range(HALF_BLOCK):
            out[i] = radius[i] * cosine[i]
            out[i + HALF_BLOCK] = radius[i] * sine[i]
        uniforms += 2 * HALF_BLOCK
        out += 2 * HALF_BLOCK


def blocks_of_normals(cnp.ndarray uniforms not None):
    """Sixteen normals from each sixteen uniforms: the first eight give radii, the others angles."""
    cdef cnp.ndarray out
    cdef Py_ssize_t blocks = cnp.PyArray_SIZE(uniforms) // (2 * HALF_BLOCK)
    if cnp.PyArray_TYPE(uniforms) != cnp.NPY_FLOAT32 or not cnp.PyArray_ISCARRAY_RO(uniforms):
        return shared.blocks_of_normals(uniforms)
    out = np.empty(blocks * 2 * HALF_BLOCK, np.float32)
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
