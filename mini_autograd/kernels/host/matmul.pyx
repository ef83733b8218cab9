"""Products of matrices by numpy's road to BLAS, less what is done on the way there."""

cimport cython
cimport numpy as cnp

import numpy as np

from mini_autograd.kernels.host.direct cimport Complete, Direct
from mini_autograd.kernels.shared import matmul as shared

cnp.import_array()

ONE = 1


# From so many multiplications on, other threads of Python's run meanwhile.
cdef cnp.npy_intp LONG = 4096
# The inner loops of ``matmul``, which give what ``dot`` does.
cdef Direct inner = Direct(np.matmul)


cdef bint matrix(array) noexcept:
    """Whether BLAS takes the array as it lies: of float32 or float64, with elements, by rows or by columns."""
    cdef cnp.npy_intp size, step, across
    if not floats(array, 2):
        return False
    size = cnp.PyArray_ITEMSIZE(array)
    step, across = cnp.PyArray_STRIDE(array, 0), cnp.PyArray_STRIDE(array, 1)
    if across == size and step % size == 0 and step >= cnp.PyArray_DIM(array, 1) * size:
        return True
    return step == size and across % size == 0 and across >= cnp.PyArray_DIM(array, 0) * size


cdef bint vector(array) noexcept:
    """Whether BLAS takes the array as it lies, as :func:`matrix` says."""
    if not floats(array, 1):
        return False
    return cnp.PyArray_STRIDE(array, 0) > 0 and cnp.PyArray_STRIDE(array, 0) % cnp.PyArray_ITEMSIZE(array) == 0


cdef bint floats(array, int ndim) noexcept:
    """Whether it is an array of float32 or float64 of so many dimensions, with elements."""
    cdef int typenum
    if not cnp.PyArray_CheckExact(array) or cnp.PyArray_NDIM(array) != ndim or not cnp.PyArray_SIZE(array):
        return False
    typenum = cnp.PyArray_TYPE(array)
    if typenum != cnp.NPY_FLOAT32 and typenum != cnp.NPY_FLOAT64:
        return False
    return cnp.PyArray_ISALIGNED(array) and cnp.PyArray_ISNOTSWAPPED(array)


cdef cnp.ndarray product(one, two, int ndim):
    """The product of a matrix with a matrix or vector of its type; None where they do not fit."""
    cdef cnp.npy_intp dims[2]
    cdef cnp.ndarray out
    if not matrix(one) or not (matrix(two) if ndim == 2 else vector(two)):
        return None
    if cnp.PyArray_TYPE(one) != cnp.PyArray_TYPE(two) or cnp.PyArray_DIM(one, 1) != cnp.PyArray_DIM(two, 0):
        return None
    if cnp.PyArray_SIZE(one) == 1 or cnp.PyArray_SIZE(two) == 1:
        return None  # BLAS would take it for a factor (see the shared kernel)
    dims[0] = cnp.PyArray_DIM(one, 0)
    dims[1] = cnp.PyArray_DIM(two, 1) if ndim == 2 else 1
    out = cnp.PyArray_EMPTY(ndim, dims, cnp.PyArray_TYPE(one), 0)
    if cnp.PyArray_DIM(one, 1) > 1 or cnp.PyArray_STRIDE(two, ndim - 1) != cnp.PyArray_ITEMSIZE(two):
        multiply(one, two, out, dims[1])
    elif cnp.PyArray_TYPE(out) == cnp.NPY_FLOAT32:
        outer(<const float *>cnp.PyArray_DATA(one), <const float *>cnp.PyArray_DATA(two),
              <float *>cnp.PyArray_DATA(out), dims, cnp.PyArray_STRIDE(one, 0))
    else:
        outer(<const double *>cnp.PyArray_DATA(one), <const double *>cnp.PyArray_DATA(two),
              <double *>cnp.PyArray_DATA(out), dims, cnp.PyArray_STRIDE(one, 0))
    return out


cdef void outer(
    const cython.floating *x, const cython.floating *y, cython.floating *out, cnp.npy_intp *dims, cnp.npy_intp step
) noexcept:
    """The product of a column, with a step in bytes, and a row, for which numpy's loop takes its time."""
    if dims[0] * dims[1] < LONG:
        multiply_out(x, y, out, dims, step)
    else:
        with nogil:
            multiply_out(x, y, out, dims, step)


cdef void multiply_out(
    const cython.floating *x, const cython.floating *y, cython.floating *out, cnp.npy_intp *dims, cnp.npy_intp step
) noexcept nogil:
    cdef cnp.npy_intp row, i
    cdef cython.floating factor
    for row in range(dims[0]):
        factor = (<const cython.floating *>(<const char *>x + row * step))[0]
        for i in range(dims[1]):
            out[i] = factor * y[i] + <cython.floating>0  # a sum begins with 0, and -0 is lost in it
        out += dims[1]


cdef void multiply(cnp.ndarray one, cnp.ndarray two, cnp.ndarray out, cnp.npy_intp columns) noexcept:
    """Write the product to the contiguous ``out``; a vector is a matrix of one column."""
    cdef int typenum = cnp.PyArray_TYPE(out)
    cdef cnp.npy_intp size = cnp.PyArray_ITEMSIZE(out)
    cdef bint wide = cnp.PyArray_NDIM(two) == 2
    cdef char *args[3]
    # How many products there are, and of each the rows, what is summed over and the columns.
    cdef cnp.npy_intp dims[4]
    # From one product to the next, which there is not, then along each dimension of each matrix.
    cdef cnp.npy_intp steps[9]
    args[0], args[1], args[2] = cnp.PyArray_BYTES(one), cnp.PyArray_BYTES(two), cnp.PyArray_BYTES(out)
    dims[0], dims[1], dims[2], dims[3] = 1, cnp.PyArray_DIM(one, 0), cnp.PyArray_DIM(one, 1), columns
    steps[0] = steps[1] = steps[2] = 0
    steps[3], steps[4] = cnp.PyArray_STRIDE(one, 0), cnp.PyArray_STRIDE(one, 1)
    steps[5], steps[6] = cnp.PyArray_STRIDE(two, 0), cnp.PyArray_STRIDE(two, 1) if wide else size
    steps[7], steps[8] = columns * size, size
    if dims[1] * dims[2] * dims[3] < LONG:
        inner.loops[typenum](args, dims, steps, inner.data[typenum])
    else:
        with nogil:
            inner.loops[typenum](args, dims, steps, inner.data[typenum])


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
    cdef cnp.npy_intp *dims = cnp.PyArray_DIMS(result)
    cdef cnp.npy_intp step = dims[1] if cnp.PyArray_NDIM(given) == 2 else 0
    if dims[0] * dims[1] < LONG:
        add_each(out, added, dims, step)
    else:
        with nogil:
            add_each(out, added, dims, step)


cdef void add_each(
    cython.floating *out, const cython.floating *added, const cnp.npy_intp *dims, cnp.npy_intp step
) noexcept nogil:
    cdef cnp.npy_intp row, i
    for row in range(dims[0]):
        for i in range(dims[1]):
            out[i] = out[i] + added[i]
        out += dims[1]
        added += step


mm = Product(shared.mm, 2)
mv = VectorProduct(shared.mv, 2)
addmm = SumWithProduct(shared.addmm, 5)
