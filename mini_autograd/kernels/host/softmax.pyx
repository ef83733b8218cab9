# cython: cdivision=True
"""Softmax, its logarithm and their gradients along the last dimension, a few rows at a time while they are cached.

The steps, and with numpy's loops for them the bits, are those of the functions that they stand in for.
"""

cimport cython
cimport numpy as cnp
from libc.stdlib cimport free, malloc

import numpy as np

from mini_autograd.kernels.host.direct cimport Complete, Direct, Loop
from mini_autograd.kernels.host.reduction cimport largest, real, simple, total
from mini_autograd.kernels.shared import softmax as shared

cnp.import_array()

# About so many elements are worked on at once.
cdef cnp.npy_intp CHUNK = 4096
cdef Direct EXP = Direct(np.exp)
cdef Direct LOG = Direct(np.log)
cdef Direct SUBTRACT = Direct(np.subtract)
cdef Direct DIVIDE = Direct(np.true_divide)


cdef struct Rows:
    cnp.npy_intp count
    cnp.npy_intp width


cdef bint last_of(array, object dim, Rows *rows) except -1:
    """Set ``rows`` to the rows along the last dimension if that is ``dim``, and the array is one of contiguous
    floats; whether it is."""
    cdef int ndim
    if not simple(array) or type(dim) is not int:
        return False
    ndim = cnp.PyArray_NDIM(array)
    if ndim == 0 or (dim != -1 and dim != ndim - 1):
        return False
    rows.width = cnp.PyArray_DIM(array, ndim - 1)
    rows.count = cnp.PyArray_SIZE(array) // rows.width
    return True


cdef bint alike(one, other) noexcept:
    """Whether both are contiguous floats of one type and shape."""
    return (
        simple(one) and simple(other) and cnp.PyArray_TYPE(one) == cnp.PyArray_TYPE(other)
        and cnp.PyArray_SAMESHAPE(one, other))


cdef struct Step:
    # An inner loop of numpy's.
    Loop loop
    void *data


cdef inline Step step_of(Direct ufunc, int typenum) noexcept:
    return Step(ufunc.loops[typenum], ufunc.data[typenum])


cdef inline void each(Step step, const real *x, real *out, cnp.npy_intp n) noexcept nogil:
    """``out = f(x)``."""
    cdef char *args[2]
    cdef cnp.npy_intp steps[2]
    args[0], args[1] = <char *>x, <char *>out
    steps[0] = steps[1] = sizeof(real)
    step.loop(args, &n, steps, step.data)


cdef inline void each_with(Step step, const real *x, real y, real *out, cnp.npy_intp n) noexcept nogil:
    """``out = f(x, y)`` for one number ``y``."""
    cdef char *args[3]
    cdef cnp.npy_intp steps[3]
    args[0], args[1], args[2] = <char *>x, <char *>&y, <char *>out
    steps[0] = steps[2] = sizeof(real)
    steps[1] = 0
    step.loop(args, &n, steps, step.data)


cdef int exponentials(const real *x, real *out, Rows rows, int typenum) except -1:
    """Softmax of every row."""
    cdef cnp.npy_intp row, some, width = rows.width, done = 0, at_once = CHUNK // width + 1
    cdef Step subtract = step_of(SUBTRACT, typenum)
    cdef Step exp = step_of(EXP, typenum), divide = step_of(DIVIDE, typenum)
    with nogil:
        while done < rows.count:
            some = min(at_once, rows.count - done)
            for row in range(some):
                each_with(subtract, x + row * width, largest(x + row * width, width), out + row * width, width)
            each(exp, <const real *>out, out, some * width)
            for row in range(some):
                each_with(divide, <const real *>out, total(<const real *>out, width) + <real>0, out, width)
                out += width
            x += some * width
            done += some
    return 0


cdef int logarithms(const real *x, real *out, Rows rows, int typenum) except -1:
    """The logarithm of the softmax of every row."""
    cdef cnp.npy_intp row, some, width = rows.width, done = 0, at_once = CHUNK // width + 1
    cdef Step subtract = step_of(SUBTRACT, typenum)
    cdef Step exp = step_of(EXP, typenum), log = step_of(LOG, typenum)
    cdef real *powers = <real *>malloc(at_once * (width + 1) * sizeof(real))
    cdef real *sums = powers + at_once * width
    if powers == NULL:
        raise MemoryError
    with nogil:
        while done < rows.count:
            some = min(at_once, rows.count - done)
            for row in range(some):
                each_with(subtract, x + row * width, largest(x + row * width, width), out + row * width, width)
            each(exp, <const real *>out, powers, some * width)
            for row in range(some):
                sums[row] = total(<const real *>powers + row * width, width) + <real>0
            each(log, <const real *>sums, sums, some)
            for row in range(some):
                each_with(subtract, <const real *>out, sums[row], out, width)
                out += width
            x += some * width
            done += some
        free(powers)
    return 0


cdef int exponentials_backward(const real *grad, const real *y, real *out, Rows rows, int typenum) except -1:
    cdef cnp.npy_intp row, i, width = rows.width
    cdef real s
    with nogil:
        for row in range(rows.count):
            for i in range(width):
                out[i] = grad[i] * y[i]
            s = total(<const real *>out, width) + <real>0
            for i in range(width):
                out[i] = (grad[i] - s) * y[i]
            grad += width
            y += width
            out += width
    return 0


cdef int logarithms_backward(const real *grad, const real *y, real *out, Rows rows, int typenum) except -1:
    cdef cnp.npy_intp row, i, some, width = rows.width, done = 0, at_once = CHUNK // width + 1
    cdef Step exp = step_of(EXP, typenum)
    cdef real s
    with nogil:
        while done < rows.count:
            some = min(at_once, rows.count - done)
            each(exp, y, out, some * width)
            for row in range(some):
                s = total(grad, width) + <real>0
                for i in range(width):
                    out[i] = grad[i] - out[i] * s
                grad += width
                out += width
            y += some * width
            done += some
    return 0


cdef cnp.ndarray new_like(cnp.ndarray array):
    return cnp.PyArray_EMPTY(cnp.PyArray_NDIM(array), cnp.PyArray_DIMS(array), cnp.PyArray_TYPE(array), 0)


cdef int normalized(const real *x, real *out, Rows rows, int typenum, bint logarithm) except -1:
    return logarithms(x, out, rows, typenum) if logarithm else exponentials(x, out, rows, typenum)


cdef int normalized_backward(
        const real *grad, const real *y, real *out, Rows rows, int typenum, bint logarithm) except -1:
    if logarithm:
        return logarithms_backward(grad, y, out, rows, typenum)
    return exponentials_backward(grad, y, out, rows, typenum)


@cython.auto_pickle(False)
cdef class Softmax(Complete):
    """``exp(self)`` over its sum along a dimension; arguments are ``self, dim, half_to_float``."""

    cdef bint logarithm(self) noexcept:
        return False

    cdef run(self, list args):
        cdef Rows rows
        cdef cnp.ndarray array, out
        if args[2] or not last_of(args[0], args[1], &rows):
            return None
        array = args[0]
        out = new_like(array)
        if cnp.PyArray_TYPE(out) == cnp.NPY_FLOAT32:
            normalized(
                <const float *>cnp.PyArray_DATA(array), <float *>cnp.PyArray_DATA(out), rows, cnp.NPY_FLOAT32,
                self.logarithm())
        else:
            normalized(
                <const double *>cnp.PyArray_DATA(array), <double *>cnp.PyArray_DATA(out), rows, cnp.NPY_FLOAT64,
                self.logarithm())
        return out


@cython.auto_pickle(False)
cdef class LogSoftmax(Softmax):
    """The logarithm of softmax."""

    cdef bint logarithm(self) noexcept:
        return True


@cython.auto_pickle(False)
cdef class SoftmaxBackward(Complete):
    """The gradient of softmax; arguments are ``grad_output, output, dim, input_dtype``."""

    cdef bint logarithm(self) noexcept:
        return False

    cdef run(self, list args):
        cdef Rows rows
        cdef cnp.ndarray grad, output, out
        if not last_of(args[1], args[2], &rows) or not alike(args[0], args[1]):
            return None
        grad, output = args[0], args[1]
        out = new_like(output)
        if cnp.PyArray_TYPE(out) == cnp.NPY_FLOAT32:
            normalized_backward(
                <const float *>cnp.PyArray_DATA(grad), <const float *>cnp.PyArray_DATA(output),
                <float *>cnp.PyArray_DATA(out), rows, cnp.NPY_FLOAT32, self.logarithm())
        else:
            normalized_backward(
                <const double *>cnp.PyArray_DATA(grad), <const double *>cnp.PyArray_DATA(output),
                <double *>cnp.PyArray_DATA(out), rows, cnp.NPY_FLOAT64, self.logarithm())
        return out


@cython.auto_pickle(False)
cdef class LogSoftmaxBackward(SoftmaxBackward):
    """The gradient of the logarithm of softmax."""

    cdef bint logarithm(self) noexcept:
        return True


softmax = Softmax(shared.softmax, 3)
log_softmax = LogSoftmax(shared.log_softmax, 3)
softmax_backward_data = SoftmaxBackward(shared.softmax_backward_data, 4)
log_softmax_backward_data = LogSoftmaxBackward(shared.log_softmax_backward_data, 4)
