# cython: cdivision=True
"""Layer normalization and its gradients, row by row while a row is cached.

The steps, and so the bits, are those of the functions that these stand in for. They leave to those what is not
contiguous, what half types hold, and rows whose statistics are not finite.
"""

cimport cython
cimport numpy as cnp
from libc.math cimport isfinite, sqrt
from libc.stdlib cimport free, malloc

from mini_autograd.kernels.host.direct cimport Complete
from mini_autograd.kernels.host.reduction cimport real, simple, total
from mini_autograd.kernels.shared import normalization as shared
from mini_autograd.kernels.shared.reduction import add_up

cnp.import_array()


cdef struct Rows:
    cnp.npy_intp count
    cnp.npy_intp width


cdef bint rows_of(array, shape, Rows *rows) except -1:
    """Set ``rows`` to those over the last dimensions, of ``shape``, if it is an array of contiguous floats."""
    cdef int kept, ndim
    if not simple(array) or type(shape) not in (tuple, list):
        return False
    ndim, kept = cnp.PyArray_NDIM(array), len(shape)
    if not 0 < kept <= ndim or cnp.PyArray_SIZE(array) == 0:
        return False
    rows.width = 1
    for dim, size in zip(range(ndim - kept, ndim), shape):
        if type(size) is not int or size != cnp.PyArray_DIM(array, dim):
            return False
        rows.width *= cnp.PyArray_DIM(array, dim)
    rows.count = cnp.PyArray_SIZE(array) // rows.width
    return True


cdef bint fits(one, array, cnp.npy_intp size) noexcept:
    """Whether what goes with the rows is contiguous, of their type and of ``size``."""
    return simple(one) and cnp.PyArray_TYPE(one) == cnp.PyArray_TYPE(array) and cnp.PyArray_SIZE(one) == size


cdef bint scales(one, array, Py_ssize_t kept) noexcept:
    """Whether a weight or bias is not there, or has the last sizes of the array."""
    cdef int dim, before = cnp.PyArray_NDIM(array) - <int>kept
    if one is None:
        return True
    if not simple(one) or cnp.PyArray_TYPE(one) != cnp.PyArray_TYPE(array) or cnp.PyArray_NDIM(one) != kept:
        return False
    for dim in range(<int>kept):
        if cnp.PyArray_DIM(one, dim) != cnp.PyArray_DIM(array, before + dim):
            return False
    return True


cdef cnp.ndarray empty(cnp.ndarray like, int ndim, cnp.npy_intp *shape):
    return cnp.PyArray_EMPTY(ndim, shape, cnp.PyArray_TYPE(like), 0)


cdef real *data_of(one, real kind) noexcept:
    """Where its elements are, of the type of ``kind``."""
    return NULL if one is None else <real *>cnp.PyArray_DATA(one)


cdef bint normalized(
    const real *x, const real *weight, const real *bias, real *out, real *means, real *deviations, Rows rows, real eps
) except -1:
    """Whether all statistics are finite; else nothing of what was written counts."""
    cdef cnp.npy_intp row, i, width = rows.width
    cdef real mean, variance, deviation, most, one = 1, size = <real>width
    cdef real *squares = <real *>malloc(width * sizeof(real))
    cdef bint finite = True
    if squares == NULL:
        raise MemoryError
    with nogil:
        for row in range(rows.count):
            mean = (total(x, width) + <real>0) / size
            for i in range(width):
                out[i] = x[i] - mean
                squares[i] = out[i] * out[i]
            variance = (total(<const real *>squares, width) + <real>0) / size
            most = (mean * mean + variance) * (<real>4 * size)
            if not isfinite(most):
                finite = False
                break
            deviation = one / <real>sqrt(variance + eps)
            for i in range(width):
                out[i] = out[i] * deviation
            if weight != NULL:
                for i in range(width):
                    out[i] = out[i] * weight[i]
            if bias != NULL:
                for i in range(width):
                    out[i] = out[i] + bias[i]
            means[row], deviations[row] = mean, deviation
            x += width
            out += width
    free(squares)
    return finite


cdef bint slopes(
    const real *grad, const real *x, const real *means, const real *deviations, const real *weight, real *out,
    real *products, Rows rows
) except -1:
    """The gradient of the elements, and of those of the weight what is to be added up over the rows, if they are asked
    for; whether all is finite."""
    cdef cnp.npy_intp row, i, width = rows.width
    cdef real mean, scale, along, across, size = <real>width
    cdef real *normal = <real *>malloc(3 * width * sizeof(real))
    cdef real *inner = normal + width
    cdef real *turned = inner + width
    cdef bint finite = True
    if normal == NULL:
        raise MemoryError
    with nogil:
        for row in range(rows.count):
            mean, scale = means[row], deviations[row]
            for i in range(width):
                normal[i] = (x[i] - mean) * scale
            if products != NULL:
                for i in range(width):
                    products[i] = grad[i] * normal[i]
                products += width
            if out != NULL:
                if weight == NULL:
                    for i in range(width):
                        inner[i] = grad[i]
                else:
                    for i in range(width):
                        inner[i] = grad[i] * weight[i]
                for i in range(width):
                    turned[i] = inner[i] * normal[i]
                along = (total(<const real *>turned, width) + <real>0) / size
                across = (total(<const real *>inner, width) + <real>0) / size
                if not isfinite(along + across):
                    finite = False
                    break
                for i in range(width):
                    out[i] = (inner[i] - (normal[i] * along + across)) * scale
                out += width
            grad += width
            x += width
    free(normal)
    return finite


@cython.auto_pickle(False)
cdef class LayerNorm(Complete):
    """Arguments are ``input, normalized_shape, weight, bias, eps``."""

    cdef run(self, list args):
        cdef Rows rows
        cdef cnp.ndarray input, out, mean, deviation
        cdef cnp.npy_intp outer[cnp.NPY_MAXDIMS]
        cdef int dim, ndim
        cdef bint finite
        weight, bias = args[2], args[3]
        if not rows_of(args[0], args[1], &rows):
            return None
        input = args[0]
        if not scales(weight, input, len(args[1])) or not scales(bias, input, len(args[1])):
            return None
        ndim = cnp.PyArray_NDIM(input)
        for dim in range(ndim):
            outer[dim] = cnp.PyArray_DIM(input, dim) if dim < ndim - <int>len(args[1]) else 1
        out = empty(input, ndim, cnp.PyArray_DIMS(input))
        mean, deviation = empty(input, ndim, outer), empty(input, ndim, outer)
        if cnp.PyArray_TYPE(input) == cnp.NPY_FLOAT32:
            finite = normalized(
                data_of[float](input, 0), data_of[float](weight, 0), data_of[float](bias, 0),
                data_of[float](out, 0), data_of[float](mean, 0), data_of[float](deviation, 0),
                rows, <float>args[4])
        else:
            finite = normalized(
                data_of[double](input, 0), data_of[double](weight, 0), data_of[double](bias, 0),
                data_of[double](out, 0), data_of[double](mean, 0), data_of[double](deviation, 0), rows,
                <double>args[4])
        return (out, mean, deviation) if finite else None


@cython.auto_pickle(False)
cdef class LayerNormBackward(Complete):
    """Arguments are ``grad_out, input, normalized_shape, mean, rstd, weight, bias, output_mask``."""

    cdef run(self, list args):
        cdef Rows rows
        cdef cnp.ndarray input, slope = None, products = None
        cdef cnp.npy_intp size
        cdef bint finite
        grad, mean, rstd, weight, bias = args[0], args[3], args[4], args[5], args[6]
        if not rows_of(args[1], args[2], &rows):
            return None
        input = args[1]
        if cnp.PyArray_CheckExact(grad):  # that of a sum is one number for all elements
            grad = cnp.PyArray_GETCONTIGUOUS(grad)
        if not fits(grad, input, cnp.PyArray_SIZE(input)) or not fits(mean, input, rows.count):
            return None
        if not fits(rstd, input, rows.count) or not scales(weight, input, len(args[2])):
            return None
        if not scales(bias, input, len(args[2])):
            return None
        first, second, third = args[7]
        if first:
            slope = empty(input, cnp.PyArray_NDIM(input), cnp.PyArray_DIMS(input))
        if second:
            size = rows.count * rows.width
            products = empty(input, 1, &size)
        if cnp.PyArray_TYPE(input) == cnp.NPY_FLOAT32:
            finite = slopes(
                data_of[float](grad, 0), data_of[float](input, 0), data_of[float](mean, 0), data_of[float](rstd, 0),
                data_of[float](weight, 0), data_of[float](slope, 0), data_of[float](products, 0), rows)
        else:
            finite = slopes(
                data_of[double](grad, 0), data_of[double](input, 0), data_of[double](mean, 0),
                data_of[double](rstd, 0), data_of[double](weight, 0), data_of[double](slope, 0),
                data_of[double](products, 0), rows)
        if not finite:
            return None
        shape = tuple(args[2])
        return (
            slope,
            None if products is None else over_rows(products, shape, rows),
            over_rows(grad, shape, rows) if third else None,
        )


cdef over_rows(array, shape, Rows rows):
    """The sum of the rows."""
    return shared.closed(add_up(array.reshape(rows.count, rows.width), (0,), False), shape, array.dtype)


native_layer_norm = LayerNorm(shared.native_layer_norm, 5)
native_layer_norm_backward = LayerNormBackward(shared.native_layer_norm_backward, 8)
