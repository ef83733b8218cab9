"""Derivatives that are ops of their own, in one pass over the arrays where numpy takes one for each operation."""

cimport cython
cimport numpy as cnp

from mini_autograd.kernels.host.direct cimport Direct, evenly_spaced_both, in_type_of, own_loops
from mini_autograd.kernels.shared import activation, elementary

cnp.import_array()

ctypedef fused real:
    float
    double


cdef inline bint contiguous(const cnp.npy_intp *steps, cnp.npy_intp size) noexcept nogil:
    return steps[0] == size and steps[1] == size


cdef inline real at(char *start, cnp.npy_intp i, cnp.npy_intp step, real unit) noexcept nogil:
    return (<real *>(start + i * step))[0]


# The loops: of the gradient that arrives and of the output or input at which the slope is taken.


cdef inline void through_tanh(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real one) noexcept nogil:
    cdef real *grad = <real *>args[0]
    cdef real *y = <real *>args[1]
    cdef real *out = <real *>args[2]
    cdef real value
    cdef cnp.npy_intp i
    if contiguous(steps, sizeof(real)) and steps[2] == sizeof(real):
        for i in range(n):
            out[i] = grad[i] * (one - y[i] * y[i])
        return
    for i in range(n):
        value = at(args[1], i, steps[1], one)
        (<real *>(args[2] + i * steps[2]))[0] = at(args[0], i, steps[0], one) * (one - value * value)


cdef inline void through_sigmoid(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real one) noexcept nogil:
    cdef real *grad = <real *>args[0]
    cdef real *y = <real *>args[1]
    cdef real *out = <real *>args[2]
    cdef real value
    cdef cnp.npy_intp i
    if contiguous(steps, sizeof(real)) and steps[2] == sizeof(real):
        for i in range(n):
            out[i] = grad[i] * (one - y[i]) * y[i]
        return
    for i in range(n):
        value = at(args[1], i, steps[1], one)
        (<real *>(args[2] + i * steps[2]))[0] = at(args[0], i, steps[0], one) * (one - value) * value


cdef inline void through_threshold(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real limit) noexcept nogil:
    cdef real *grad = <real *>args[0]
    cdef real *x = <real *>args[1]
    cdef real *out = <real *>args[2]
    cdef real value
    cdef cnp.npy_intp i
    if contiguous(steps, sizeof(real)):
        for i in range(n):
            value = grad[i]  # read before it is decided, so that the loop has no branches
            out[i] = 0 if x[i] <= limit else value
        return
    for i in range(n):
        out[i] = 0 if at(args[1], i, steps[1], limit) <= limit else at(args[0], i, steps[0], limit)


# As numpy's ufuncs have their loops.


cdef void tanh_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_tanh[float](args, n[0], steps, 1)


cdef void tanh_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_tanh[double](args, n[0], steps, 1)


cdef void sigmoid_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_sigmoid[float](args, n[0], steps, 1)


cdef void sigmoid_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_sigmoid[double](args, n[0], steps, 1)


cdef void threshold_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_threshold[float](args, n[0], steps, (<float *>data)[0])


cdef void threshold_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_threshold[double](args, n[0], steps, (<double *>data)[0])


@cython.auto_pickle(False)
cdef class Limited(Direct):
    """A loop over two arrays of one shape that is told a number in their type."""

    cdef plain(self, left, right, number):
        cdef cnp.ndarray a, b, out
        cdef double cell
        cdef char *args[3]
        cdef cnp.npy_intp steps[3]
        cdef cnp.npy_intp count
        cdef int typenum
        cdef Direct own = self
        if not cnp.PyArray_CheckExact(left) or not cnp.PyArray_CheckExact(right) or number is None:
            return None
        a, b = left, right
        typenum, count = cnp.PyArray_TYPE(a), cnp.PyArray_SIZE(a)
        if typenum != cnp.PyArray_TYPE(b) or not count or not cnp.PyArray_SAMESHAPE(a, b):
            return None
        if not in_type_of(a, number, <char *>&cell) or not evenly_spaced_both(a, b, steps):
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), typenum, 0)
        args[0], args[1], args[2] = cnp.PyArray_BYTES(a), cnp.PyArray_BYTES(b), cnp.PyArray_BYTES(out)
        steps[2] = cnp.PyArray_ITEMSIZE(out)
        with nogil:
            own.loops[typenum](args, &count, steps, &cell)
        return out


tanh_backward = own_loops(Direct(elementary.tanh_backward, 2), tanh_float, tanh_double)
sigmoid_backward = own_loops(Direct(elementary.sigmoid_backward, 2), sigmoid_float, sigmoid_double)
threshold_backward = own_loops(Limited(activation.threshold_backward, 2, True), threshold_float, threshold_double)
