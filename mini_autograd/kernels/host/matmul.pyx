"""Products of matrices by numpy's road to BLAS, less what Python does on the way there."""

cimport cython
cimport numpy as cnp

from mini_autograd.kernels.host.direct cimport Complete, warning
from mini_autograd.kernels.shared import matmul as shared

cnp.import_array()

ONE = 1


cdef bint floats(array, int ndim) noexcept:
    """Whether it is an array of float32 or float64 of so many dimensions, with elements."""
    cdef int typenum
    if not cnp.PyArray_CheckExact(array) or cnp.PyArray_NDIM(array) != ndim or not cnp.PyArray_SIZE(array):
        return False
    typenum = cnp.PyArray_TYPE(array)
    return typenum == cnp.NPY_FLOAT32 or typenum == cnp.NPY_FLOAT64


cdef cnp.ndarray product(one, two, int ndim):
    """The product of a matrix with a matrix or vector of its type; None where they do not fit."""
    if not floats(one, 2) or not floats(two, ndim) or cnp.PyArray_TYPE(one) != cnp.PyArray_TYPE(two):
        return None
    if cnp.PyArray_DIM(one, 1) != cnp.PyArray_DIM(two, 0):
        return None
    if cnp.PyArray_SIZE(one) == 1 or cnp.PyArray_SIZE(two) == 1:
        return None  # BLAS would take it for a factor (see the shared kernel)
    return cnp.PyArray_MatrixProduct(one, two)


@cython.auto_pickle(False)
cdef class Product(Complete):
    """The product of two matrices."""

    cdef run(self, list args):
        return product(args[0], args[1], 2)


@cython.auto_pickle(False)
cdef class VectorProduct(Complete):
    """The product of a matrix and a vector."""

    cdef run(self, list args):
        return product(args[0], args[1], 1)


@cython.auto_pickle(False)
cdef class SumWithProduct(Complete):
    """The sum of a matrix, or a row for all of its rows, and a product; arguments are ``self, mat1, mat2, beta,
    alpha``."""

    cdef run(self, list args):
        cdef cnp.ndarray added, out
        if args[3] is not ONE or args[4] is not ONE or not cnp.PyArray_CheckExact(args[0]):
            return None
        added = args[0]
        if not cnp.PyArray_ISCARRAY_RO(added) or not cnp.PyArray_CheckExact(args[2]) or cnp.PyArray_NDIM(args[2]) != 2:
            return None
        if not row_or_matrix(added, args[1], args[2]):
            return None
        out = product(args[1], args[2], 2)
        if out is None or not cnp.PyArray_ISCARRAY(out) or cnp.PyArray_TYPE(out) != cnp.PyArray_TYPE(added):
            return None
        if cnp.PyArray_TYPE(out) == cnp.NPY_FLOAT32:
            add_rows(<float *>cnp.PyArray_DATA(out), <const float *>cnp.PyArray_DATA(added), out, added)
        else:
            add_rows(<double *>cnp.PyArray_DATA(out), <const double *>cnp.PyArray_DATA(added), out, added)
        return out


cdef bint row_or_matrix(cnp.ndarray added, one, two) noexcept:
    """Whether ``added`` has the shape of a product or of a row of it."""
    cdef int ndim = cnp.PyArray_NDIM(added)
    if not cnp.PyArray_CheckExact(one) or cnp.PyArray_NDIM(one) != 2 or ndim not in (1, 2):
        return False
    if cnp.PyArray_DIM(added, ndim - 1) != cnp.PyArray_DIM(two, 1):
        return False
    return ndim == 1 or cnp.PyArray_DIM(added, 0) == cnp.PyArray_DIM(one, 0)


cdef void add_rows(cython.floating *out, const cython.floating *added, cnp.ndarray result, cnp.ndarray given) noexcept:
    cdef cnp.npy_intp row, i, count = cnp.PyArray_DIM(result, 0), width = cnp.PyArray_DIM(result, 1)
    cdef cnp.npy_intp step = width if cnp.PyArray_NDIM(given) == 2 else 0
    with nogil:
        for row in range(count):
            for i in range(width):
                out[i] = out[i] + added[i]
            out += width
            added += step


mm = warning(Product(shared.mm, 2))
mv = warning(VectorProduct(shared.mv, 2))
addmm = warning(SumWithProduct(shared.addmm, 5))
