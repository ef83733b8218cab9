"""Derivatives that are ops of their own, in one pass over the arrays where numpy takes one for each operation."""

cimport numpy as cnp

from mini_autograd.kernels.host.direct cimport own_loops
from mini_autograd.kernels.shared import elementary as shared

cnp.import_array()

ctypedef fused real:
    float
    double


cdef inline bint contiguous(const cnp.npy_intp *steps, cnp.npy_intp size) noexcept nogil:
    return steps[0] == size and steps[1] == size


cdef inline real at(char *start, cnp.npy_intp i, cnp.npy_intp step, real unit) noexcept nogil:
    return (<real *>(start + i * step))[0]


cdef inline void through_tanh(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real one) noexcept nogil:
    cdef real *grad = <real *>args[0]
    cdef real *y = <real *>args[1]
    cdef real *out = <real *>args[2]
    cdef real value
    cdef cnp.npy_intp i
    if contiguous(steps, sizeof(real)):
        for i in range(n):
            out[i] = grad[i] * (one - y[i] * y[i])
    else:
        for i in range(n):
            value = at(args[1], i, steps[1], one)
            out[i] = at(args[0], i, steps[0], one) * (one - value * value)


cdef inline void through_sigmoid(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real one) noexcept nogil:
    cdef real *grad = <real *>args[0]
    cdef real *y = <real *>args[1]
    cdef real *out = <real *>args[2]
    cdef real value
    cdef cnp.npy_intp i
    if contiguous(steps, sizeof(real)):
        for i in range(n):
            out[i] = grad[i] * (one - y[i]) * y[i]
    else:
        for i in range(n):
            value = at(args[1], i, steps[1], one)
            out[i] = at(args[0], i, steps[0], one) * (one - value) * value


cdef void tanh_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_tanh[float](args, n[0], steps, 1)


cdef void tanh_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_tanh[double](args, n[0], steps, 1)


cdef void sigmoid_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_sigmoid[float](args, n[0], steps, 1)


cdef void sigmoid_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    through_sigmoid[double](args, n[0], steps, 1)


tanh_backward = own_loops(shared.tanh_backward, 2, tanh_float, tanh_double)
sigmoid_backward = own_loops(shared.sigmoid_backward, 2, sigmoid_float, sigmoid_double)
