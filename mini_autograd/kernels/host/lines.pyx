"""Sums over rows and what rows are made into without arrays of float64 between, and the normalizations made of them."""

cimport cython
cimport numpy as cnp

import sys

import numpy as np

from mini_autograd.kernels.host.reduction cimport real, total
from mini_autograd.kernels.shared import batch_norm as norms
from mini_autograd.kernels.shared import lines as shared

cnp.import_array()

cdef enum:
    BLOCK = 128  # what ``total`` adds up without dividing it

cdef enum Term:
    ELEMENT
    SQUARE
    PRODUCT


cdef bint are_rows(array, other, kind) noexcept:
    """Whether both are contiguous matrices of one type with elements, which is also what is to be made."""
    if not cnp.PyArray_CheckExact(array) or not cnp.PyArray_CheckExact(other):
        return False
    cdef cnp.ndarray one = array, two = other
    cdef int typenum = cnp.PyArray_TYPE(one)
    if typenum != cnp.NPY_FLOAT32 and typenum != cnp.NPY_FLOAT64:
        return False
    if cnp.PyArray_NDIM(one) != 2 or not cnp.PyArray_SIZE(one) or not cnp.PyArray_ISCARRAY_RO(one):
        return False
    if typenum != cnp.PyArray_TYPE(two) or not cnp.PyArray_SAMESHAPE(one, two) or not cnp.PyArray_ISCARRAY_RO(two):
        return False
    return kind is None or (isinstance(kind, cnp.dtype) and (<cnp.dtype>kind).type_num == typenum)


cdef bint are_numbers(array, rows, int typenum) noexcept:
    """Whether there is a number of the type for each row."""
    if not cnp.PyArray_CheckExact(array):
        return False
    cdef cnp.ndarray numbers = array
    return (
        cnp.PyArray_TYPE(numbers) == typenum and cnp.PyArray_NDIM(numbers) == 1
        and cnp.PyArray_ISCARRAY_RO(numbers) and cnp.PyArray_DIM(numbers, 0) == cnp.PyArray_DIM(rows, 0))


cdef inline double *doubles(array) noexcept:
    return <double *>cnp.PyArray_DATA(array)


cdef inline cnp.ndarray new_like(cnp.ndarray rows):
    return cnp.PyArray_EMPTY(2, cnp.PyArray_DIMS(rows), cnp.PyArray_TYPE(rows), 0)


# Sums -------------------------------------------------------------------------------------------------------------


cdef double pairwise(const real *x, const real *y, double center, Py_ssize_t n, Term term) noexcept nogil:
    """The sum of a row's terms in numpy's order."""
    cdef double[BLOCK] terms
    cdef double apart
    cdef Py_ssize_t i, half
    if n <= BLOCK:
        if term == ELEMENT:
            for i in range(n):
                terms[i] = x[i]
        elif term == SQUARE:
            for i in range(n):
                apart = x[i] - center
                terms[i] = apart * apart
        else:
            for i in range(n):
                terms[i] = x[i] * (y[i] - center)
        return total(<const double *>terms, n)
    half = n // 2
    half -= half % 8
    return pairwise(x, y, center, half, term) + pairwise(x + half, y + half, center, n - half, term)


cdef void sum_rows(
    const real *x, const real *y, const double *center, double *out, Py_ssize_t count, Py_ssize_t length, Term term
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        out[i] = pairwise(
            x + i * length, y + i * length, center[i] if center != NULL else 0.0, length, term) + 0.0


cdef summed(cnp.ndarray rows, cnp.ndarray others, center, Term term):
    cdef cnp.npy_intp count = cnp.PyArray_DIM(rows, 0), length = cnp.PyArray_DIM(rows, 1)
    cdef cnp.ndarray out = cnp.PyArray_EMPTY(1, &count, cnp.NPY_FLOAT64, 0)
    cdef const double *from_ = NULL if center is None else doubles(center)
    with nogil:
        if cnp.PyArray_TYPE(rows) == cnp.NPY_FLOAT32:
            sum_rows(
                <const float *>cnp.PyArray_DATA(rows), <const float *>cnp.PyArray_DATA(others), from_,
                <double *>cnp.PyArray_DATA(out), count, length, term)
        else:
            sum_rows(
                <const double *>cnp.PyArray_DATA(rows), <const double *>cnp.PyArray_DATA(others), from_,
                <double *>cnp.PyArray_DATA(out), count, length, term)
    return out


def sums(rows):
    return summed(rows, rows, None, ELEMENT) if are_rows(rows, rows, None) else shared.sums(rows)


def squares(rows, center):
    if not are_rows(rows, rows, None) or not are_numbers(center, rows, cnp.NPY_FLOAT64):
        return shared.squares(rows, center)
    return summed(rows, rows, center, SQUARE)


def products(rows, others, center):
    if not are_rows(rows, others, None) or not are_numbers(center, rows, cnp.NPY_FLOAT64):
        return shared.products(rows, others, center)
    return summed(rows, others, center, PRODUCT)


# What rows are made into ------------------------------------------------------------------------------------------


ctypedef fused factors:
    float
    double


cdef void affine_rows(
    const real *x, const factors *factor, const factors *term, real *out, Py_ssize_t count, Py_ssize_t length
) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef factors scale, shift
    for i in range(count):
        scale = factor[i]
        if term == NULL:
            for j in range(i * length, (i + 1) * length):
                out[j] = <real>(<factors>x[j] * scale)
        else:
            shift = term[i]
            for j in range(i * length, (i + 1) * length):
                out[j] = <real>(<factors>x[j] * scale + shift)


def affine(rows, factor, term, kind):
    """``rows * factor + term``, in the type of the factors."""
    cdef cnp.ndarray out
    cdef cnp.npy_intp count, length
    cdef bint given = term is not None
    cdef int typenum
    if not are_rows(rows, rows, kind) or not cnp.PyArray_CheckExact(factor):
        return shared.affine(rows, factor, term, kind)
    typenum = cnp.PyArray_TYPE(factor)
    if typenum != cnp.NPY_FLOAT64 and typenum != cnp.PyArray_TYPE(rows):
        return shared.affine(rows, factor, term, kind)
    if not are_numbers(factor, rows, typenum) or (given and not are_numbers(term, rows, typenum)):
        return shared.affine(rows, factor, term, kind)
    out, count, length = new_like(rows), cnp.PyArray_DIM(rows, 0), cnp.PyArray_DIM(rows, 1)
    if cnp.PyArray_TYPE(rows) == cnp.NPY_FLOAT64:
        affine_rows(
            <const double *>doubles(rows), <const double *>doubles(factor),
            <const double *>doubles(term) if given else NULL, doubles(out), count, length)
    elif typenum == cnp.NPY_FLOAT64:
        affine_rows(
            <const float *>cnp.PyArray_DATA(rows), <const double *>doubles(factor),
            <const double *>doubles(term) if given else NULL, <float *>cnp.PyArray_DATA(out), count, length)
    else:
        affine_rows(
            <const float *>cnp.PyArray_DATA(rows), <const float *>cnp.PyArray_DATA(factor),
            <const float *>cnp.PyArray_DATA(term) if given else NULL, <float *>cnp.PyArray_DATA(out), count, length)
    return out


cdef void blend_rows(
    const real *x, const real *y, const double *a, const double *b, const double *c, real *out, Py_ssize_t count,
    Py_ssize_t length
) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef double factor, other, term
    for i in range(count):
        factor, other, term = a[i], b[i], c[i]
        for j in range(i * length, (i + 1) * length):
            out[j] = <real>((factor * x[j] + other * y[j]) + term)


def blend(rows, others, factor, other_factor, term, kind):
    """``rows * factor + others * other_factor + term``."""
    cdef cnp.ndarray out
    cdef bint fit = are_rows(rows, others, kind)
    for numbers in (factor, other_factor, term):
        fit = fit and are_numbers(numbers, rows, cnp.NPY_FLOAT64)
    if not fit:
        return shared.blend(rows, others, factor, other_factor, term, kind)
    out = new_like(rows)
    if cnp.PyArray_TYPE(rows) == cnp.NPY_FLOAT32:
        blend_rows(
            <const float *>cnp.PyArray_DATA(rows), <const float *>cnp.PyArray_DATA(others), doubles(factor),
            doubles(other_factor), doubles(term), <float *>cnp.PyArray_DATA(out), len(rows), len(rows[0]))
    else:
        blend_rows(
            <const double *>doubles(rows), <const double *>doubles(others), doubles(factor), doubles(other_factor),
            doubles(term), doubles(out), len(rows), len(rows[0]))
    return out


cdef void project_rows(
    const real *x, const real *y, const double *center, const double *mean, const double *along, const double *scale,
    real *out, Py_ssize_t count, Py_ssize_t length
) noexcept nogil:
    cdef Py_ssize_t i, j
    cdef double less, apart, share, factor
    for i in range(count):
        less, apart, share, factor = mean[i], center[i], along[i], scale[i]
        for j in range(i * length, (i + 1) * length):
            out[j] = <real>(((x[j] - less) - (y[j] - apart) * share) * factor)


def project(rows, others, center, mean, along, scale, kind):
    """``rows`` less a mean and a share of the distances of others from the centers, scaled."""
    cdef cnp.ndarray out
    cdef bint fit = are_rows(rows, others, kind)
    for numbers in (center, mean, along, scale):
        fit = fit and are_numbers(numbers, rows, cnp.NPY_FLOAT64)
    if not fit:
        return shared.project(rows, others, center, mean, along, scale, kind)
    out = new_like(rows)
    if cnp.PyArray_TYPE(rows) == cnp.NPY_FLOAT32:
        project_rows(
            <const float *>cnp.PyArray_DATA(rows), <const float *>cnp.PyArray_DATA(others), doubles(center),
            doubles(mean), doubles(along), doubles(scale), <float *>cnp.PyArray_DATA(out), len(rows), len(rows[0]))
    else:
        project_rows(
            <const double *>doubles(rows), <const double *>doubles(others), doubles(center), doubles(mean),
            doubles(along), doubles(scale), doubles(out), len(rows), len(rows[0]))
    return out


# The kernels: shared's, with these loops ------------------------------------------------------------------------------

LOOPS = sys.modules[__name__]


def native_batch_norm(*args):
    return norms.native_batch_norm(*args, loops=LOOPS)


def native_batch_norm_legit(*args):
    return norms.native_batch_norm_legit(*args, loops=LOOPS)


def native_batch_norm_backward(*args):
    return norms.native_batch_norm_backward(*args, loops=LOOPS)


def native_group_norm(*args):
    return norms.native_group_norm(*args, loops=LOOPS)


def native_group_norm_backward(*args):
    return norms.native_group_norm_backward(*args, loops=LOOPS)
