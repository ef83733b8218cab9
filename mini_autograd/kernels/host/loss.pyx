# cython: cdivision=True
"""Losses of contiguous arrays and their gradients in a pass or two; what is out of bounds or ignored is shared's."""

cimport cython
cimport numpy as cnp
from libc.stdlib cimport free, malloc

import numpy as np

from mini_autograd.kernels.host.direct cimport Complete, Direct
from mini_autograd.kernels.host.reduction cimport real, simple, total
from mini_autograd.kernels.shared import likelihood
from mini_autograd.kernels.shared import loss as shared

cnp.import_array()

# What ``reduction`` stands for.
cdef enum:
    MEAN = 1
    SUM = 2

cdef Py_ssize_t SHORT = shared.SHORT
cdef Direct inner = Direct(np.vecdot)


cdef bint alike(one, other) noexcept:
    """Whether both are contiguous arrays of floats, of one type and shape."""
    return (
        simple(one) and simple(other) and cnp.PyArray_TYPE(one) == cnp.PyArray_TYPE(other)
        and cnp.PyArray_SAMESHAPE(one, other))


cdef bint number(array, int typenum) noexcept:
    """Whether it is a 0-d array of a type."""
    return simple(array) and cnp.PyArray_NDIM(array) == 0 and cnp.PyArray_TYPE(array) == typenum


cdef inline cnp.ndarray new_like(cnp.ndarray array):
    return cnp.PyArray_EMPTY(cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), cnp.PyArray_TYPE(array), 0)


cdef inline cnp.ndarray room_for(cnp.npy_intp count, int typenum):
    """Memory for ``count`` elements, or for the one that nothing is reduced to."""
    if count == 0:
        count = 1
    return cnp.PyArray_EMPTY(1, &count, typenum, 0)


cdef inline cnp.ndarray first_of(cnp.ndarray room):
    """A number in memory that has room for the elements it was reduced from, as torch's has."""
    cdef cnp.ndarray out = cnp.PyArray_SimpleNewFromData(0, NULL, cnp.PyArray_TYPE(room), cnp.PyArray_DATA(room))
    cnp.set_array_base(out, room)
    return out


cdef int reduction_of(object value) except -1:
    """Mean or sum; 0 for anything else."""
    return value if type(value) is int and (value == MEAN or value == SUM) else 0


# The mean squared error --------------------------------------------------------------------------------------------


cdef void differences(const real *x, const real *y, real *out, cnp.npy_intp n) noexcept nogil:
    cdef cnp.npy_intp i
    for i in range(n):
        out[i] = x[i] - y[i]


cdef void squares(real *x, cnp.npy_intp n) noexcept nogil:
    cdef cnp.npy_intp i
    for i in range(n):
        x[i] *= x[i]


cdef real squared_error(
    const real *x, const real *y, real *room, cnp.npy_intp n, int typenum, int reduction
) except *:
    """The mean or sum of what is left in ``room``, which may be where the result is put."""
    cdef real s
    if n <= SHORT:
        differences(x, y, room, n)
        product_with_itself(<char *>room, <char *>&s, n, typenum, sizeof(real))
    else:
        with nogil:
            differences(x, y, room, n)
            squares(room, n)
            s = total(<const real *>room, n) + <real>0
    return s / <real>n if reduction == MEAN else s


cdef void product_with_itself(char *x, char *out, cnp.npy_intp n, int typenum, cnp.npy_intp size) noexcept:
    """The product of a vector with itself, as ``dot`` has it."""
    cdef char *args[3]
    cdef cnp.npy_intp dims[2]
    cdef cnp.npy_intp steps[5]
    args[0] = args[1] = x
    args[2] = out
    dims[0], dims[1] = 1, n
    steps[0] = steps[1] = steps[2] = 0
    steps[3] = steps[4] = size
    inner.loops[typenum](args, dims, steps, inner.data[typenum])


@cython.auto_pickle(False)
cdef class MeanSquaredError(Complete):
    """The mean or sum of the squared differences; arguments are ``self, target, reduction``."""

    cdef run(self, list args):
        cdef cnp.ndarray out, room
        cdef cnp.npy_intp count
        cdef int typenum, reduction = reduction_of(args[2])
        if not reduction or not alike(args[0], args[1]):
            return None
        count, typenum = cnp.PyArray_SIZE(args[0]), cnp.PyArray_TYPE(args[0])
        room = room_for(count, typenum)
        out = first_of(room)
        if typenum == cnp.NPY_FLOAT32:
            (<float *>cnp.PyArray_DATA(out))[0] = squared_error(
                <const float *>cnp.PyArray_DATA(args[0]), <const float *>cnp.PyArray_DATA(args[1]),
                <float *>cnp.PyArray_DATA(room), count, typenum, reduction)
        else:
            (<double *>cnp.PyArray_DATA(out))[0] = squared_error(
                <const double *>cnp.PyArray_DATA(args[0]), <const double *>cnp.PyArray_DATA(args[1]),
                <double *>cnp.PyArray_DATA(room), count, typenum, reduction)
        return out


cdef void scaled_differences(
    const real *x, const real *y, real *out, real grad, double factor, cnp.npy_intp n
) noexcept nogil:
    cdef cnp.npy_intp i
    cdef real scale = grad * <real>factor
    for i in range(n):
        out[i] = (x[i] - y[i]) * scale


@cython.auto_pickle(False)
cdef class MeanSquaredErrorBackward(Complete):
    """Its gradient; arguments are ``grad_output, self, target, reduction``."""

    cdef run(self, list args):
        cdef cnp.ndarray grad, one, two, out
        cdef cnp.npy_intp count
        cdef double factor
        cdef int reduction = reduction_of(args[3])
        if not reduction or not alike(args[1], args[2]) or not number(args[0], cnp.PyArray_TYPE(args[1])):
            return None
        grad, one, two = args[0], args[1], args[2]
        out = new_like(one)
        count = cnp.PyArray_SIZE(one)
        factor = 2.0 * (1.0 / <double>count) if reduction == MEAN else 2.0
        if cnp.PyArray_TYPE(out) == cnp.NPY_FLOAT32:
            scaled_differences(
                <const float *>cnp.PyArray_DATA(one), <const float *>cnp.PyArray_DATA(two),
                <float *>cnp.PyArray_DATA(out), (<float *>cnp.PyArray_DATA(grad))[0], factor, count)
        else:
            scaled_differences(
                <const double *>cnp.PyArray_DATA(one), <const double *>cnp.PyArray_DATA(two),
                <double *>cnp.PyArray_DATA(out), (<double *>cnp.PyArray_DATA(grad))[0], factor, count)
        return out


# The negative log likelihood ----------------------------------------------------------------------------------------


cdef bint all_classes(array, cnp.ndarray rows, object ignored) except -1:
    """Whether it is one class within bounds for each row, none of which is ignored."""
    cdef cnp.npy_intp i, count = cnp.PyArray_DIM(rows, 1)
    cdef cnp.int64_t *classes
    if not cnp.PyArray_CheckExact(array) or cnp.PyArray_NDIM(array) != 1 or type(ignored) is not int:
        return False
    if cnp.PyArray_TYPE(array) != cnp.NPY_INT64 or not cnp.PyArray_ISCARRAY_RO(array) or 0 <= ignored < count:
        return False
    if cnp.PyArray_DIM(array, 0) != cnp.PyArray_DIM(rows, 0):
        return False
    classes = <cnp.int64_t *>cnp.PyArray_DATA(array)
    for i in range(cnp.PyArray_DIM(array, 0)):
        if not 0 <= classes[i] < count:
            return False
    return True


cdef real mean_likelihood(
    const real *x, const cnp.int64_t *classes, cnp.npy_intp n, cnp.npy_intp width, int reduction
) except *:
    cdef cnp.npy_intp i
    cdef real s
    cdef real *picked = <real *>malloc(n * sizeof(real))
    if picked == NULL:
        raise MemoryError
    for i in range(n):
        picked[i] = -x[i * width + classes[i]]
    s = total(<const real *>picked, n) + <real>0
    free(picked)
    return s / <real>n if reduction == MEAN else s


@cython.auto_pickle(False)
cdef class LikelihoodForward(Complete):
    """The loss and the number of rows; arguments are ``self, target, weight, reduction, ignore_index``."""

    cdef run(self, list args):
        cdef cnp.ndarray rows, loss, weight
        cdef const cnp.int64_t *classes
        cdef cnp.npy_intp count, width
        cdef int reduction = reduction_of(args[3])
        if not reduction or args[2] is not None or not simple(args[0]) or cnp.PyArray_NDIM(args[0]) != 2:
            return None
        rows = args[0]
        if not all_classes(args[1], rows, args[4]):
            return None
        classes = <const cnp.int64_t *>cnp.PyArray_DATA(args[1])
        count, width = cnp.PyArray_DIM(rows, 0), cnp.PyArray_DIM(rows, 1)
        loss = cnp.PyArray_EMPTY(0, NULL, cnp.PyArray_TYPE(rows), 0)
        weight = cnp.PyArray_EMPTY(0, NULL, cnp.PyArray_TYPE(rows), 0)
        if cnp.PyArray_TYPE(rows) == cnp.NPY_FLOAT32:
            (<float *>cnp.PyArray_DATA(weight))[0] = <float>count
            (<float *>cnp.PyArray_DATA(loss))[0] = mean_likelihood(
                <const float *>cnp.PyArray_DATA(rows), classes, count, width, reduction)
        else:
            (<double *>cnp.PyArray_DATA(weight))[0] = <double>count
            (<double *>cnp.PyArray_DATA(loss))[0] = mean_likelihood(
                <const double *>cnp.PyArray_DATA(rows), classes, count, width, reduction)
        return loss, weight


cdef void put(
    const real *grad, const real *weight, const cnp.int64_t *classes, real *out, cnp.npy_intp n, cnp.npy_intp width,
    int reduction
) noexcept nogil:
    cdef cnp.npy_intp i
    cdef real slope = -grad[0]
    if reduction == MEAN:
        slope = slope / weight[0]
    for i in range(n):
        out[i * width + classes[i]] = slope


@cython.auto_pickle(False)
cdef class LikelihoodBackward(Complete):
    """Its gradient; arguments are ``grad_output, self, target, weight, reduction, ignore_index, total_weight``."""

    cdef run(self, list args):
        cdef cnp.ndarray rows, out
        cdef const cnp.int64_t *classes
        cdef cnp.npy_intp count, width
        cdef int typenum, reduction = reduction_of(args[4])
        if not reduction or args[3] is not None or not simple(args[1]) or cnp.PyArray_NDIM(args[1]) != 2:
            return None
        rows = args[1]
        typenum = cnp.PyArray_TYPE(rows)
        if not number(args[0], typenum) or not number(args[6], typenum) or not all_classes(args[2], rows, args[5]):
            return None
        classes = <const cnp.int64_t *>cnp.PyArray_DATA(args[2])
        count, width = cnp.PyArray_DIM(rows, 0), cnp.PyArray_DIM(rows, 1)
        out = cnp.PyArray_ZEROS(2, cnp.PyArray_DIMS(rows), typenum, 0)
        if typenum == cnp.NPY_FLOAT32:
            put(<const float *>cnp.PyArray_DATA(args[0]), <const float *>cnp.PyArray_DATA(args[6]), classes,
                <float *>cnp.PyArray_DATA(out), count, width, reduction)
        else:
            put(<const double *>cnp.PyArray_DATA(args[0]), <const double *>cnp.PyArray_DATA(args[6]), classes,
                <double *>cnp.PyArray_DATA(out), count, width, reduction)
        return out


mse_loss = MeanSquaredError(shared.mse_loss, 3)
mse_loss_backward = MeanSquaredErrorBackward(shared.mse_loss_backward, 4)
nll_loss_forward = LikelihoodForward(likelihood.nll_loss_forward, 5)
nll_loss_backward = LikelihoodBackward(likelihood.nll_loss_backward, 7)
