"""Activations made of straight lines, and their derivatives, in one pass over the arrays.

What may be chosen is computed before it is, so that the loops have no branches.
"""

cimport numpy as cnp

from mini_autograd.kernels.host.direct cimport Direct, own_loops
from mini_autograd.kernels.host.slope cimport Limited
from mini_autograd.kernels.shared import activation as shared

cnp.import_array()

cdef double SIXTH = shared.SIXTH

ctypedef fused real:
    float
    double


cdef inline real between(real x) noexcept nogil:
    """``x + 3``, from 0 to 6; NaN stays what it is."""
    cdef real shifted = x + 3
    shifted = 0 if shifted < 0 else shifted
    return 6 if shifted > 6 else shifted


# Of a gradient, an input and a number; what has no gradient is given the input in its place. -------------------------


cdef inline real hardsigmoid_at(real grad, real x, real number) noexcept nogil:
    return between(x) / <real>6


cdef inline real hardsigmoid_slope(real grad, real x, real number) noexcept nogil:
    cdef real inside = grad * <real>SIXTH
    return inside if (x > -3) & (x < 3) else 0


cdef inline real hardswish_at(real grad, real x, real number) noexcept nogil:
    return x * between(x) / <real>6


cdef inline real hardswish_slope(real grad, real x, real number) noexcept nogil:
    cdef real inside = grad * (x / <real>3 + <real>0.5)
    inside = inside if x < 3 else grad
    return 0 if x <= -3 else inside


cdef inline real leaky_relu_slope(real grad, real x, real slope) noexcept nogil:
    cdef real below = grad * slope
    return grad if x > 0 else below


cdef inline real hardshrink_slope(real grad, real x, real edge) noexcept nogil:
    return 0 if (x >= -edge) & (x <= edge) else grad


cdef inline real softshrink_at(real grad, real x, real edge) noexcept nogil:
    cdef real above = x - edge, below = x + edge, inside = x * 0
    inside = below if x < -edge else inside
    return above if x > edge else inside


# As numpy's ufuncs have their loops: which of the arguments are the gradient, the input and the output. -------------

ctypedef const cnp.npy_intp *Sizes


cdef inline void walk(
    real (*f)(real, real, real) noexcept nogil, char **args, Sizes n, Sizes steps, int g, int x, int o, real number
) noexcept nogil:
    cdef cnp.npy_intp i, a = steps[g], b = steps[x], c = steps[o]
    cdef char *grad = args[g]
    cdef char *given = args[x]
    cdef char *out = args[o]
    if a == sizeof(real) and b == sizeof(real) and c == sizeof(real):
        for i in range(n[0]):
            (<real *>out)[i] = f((<real *>grad)[i], (<real *>given)[i], number)
    else:
        for i in range(n[0]):
            (<real *>(out + i * c))[0] = f((<real *>(grad + i * a))[0], (<real *>(given + i * b))[0], number)


cdef void hardsigmoid_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardsigmoid_at[float], args, n, steps, 0, 0, 1, 0)


cdef void hardsigmoid_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardsigmoid_at[double], args, n, steps, 0, 0, 1, 0)


cdef void hardsigmoid_backward_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardsigmoid_slope[float], args, n, steps, 0, 1, 2, 0)


cdef void hardsigmoid_backward_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardsigmoid_slope[double], args, n, steps, 0, 1, 2, 0)


cdef void hardswish_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardswish_at[float], args, n, steps, 0, 0, 1, 0)


cdef void hardswish_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardswish_at[double], args, n, steps, 0, 0, 1, 0)


cdef void hardswish_backward_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardswish_slope[float], args, n, steps, 0, 1, 2, 0)


cdef void hardswish_backward_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardswish_slope[double], args, n, steps, 0, 1, 2, 0)


cdef void leaky_relu_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](leaky_relu_slope[float], args, n, steps, 0, 0, 2, (<float *>args[1])[0])


cdef void leaky_relu_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](leaky_relu_slope[double], args, n, steps, 0, 0, 2, (<double *>args[1])[0])


cdef void leaky_relu_backward_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](leaky_relu_slope[float], args, n, steps, 0, 1, 2, (<float *>data)[0])


cdef void leaky_relu_backward_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](leaky_relu_slope[double], args, n, steps, 0, 1, 2, (<double *>data)[0])


cdef void hardshrink_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardshrink_slope[float], args, n, steps, 0, 0, 2, (<float *>args[1])[0])


cdef void hardshrink_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardshrink_slope[double], args, n, steps, 0, 0, 2, (<double *>args[1])[0])


cdef void softshrink_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](softshrink_at[float], args, n, steps, 0, 0, 2, (<float *>args[1])[0])


cdef void softshrink_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](softshrink_at[double], args, n, steps, 0, 0, 2, (<double *>args[1])[0])


cdef void shrink_backward_float(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[float](hardshrink_slope[float], args, n, steps, 0, 1, 2, (<float *>data)[0])


cdef void shrink_backward_double(char **args, Sizes n, Sizes steps, void *data) noexcept nogil:
    walk[double](hardshrink_slope[double], args, n, steps, 0, 1, 2, (<double *>data)[0])


hardsigmoid = own_loops(Direct(shared.hardsigmoid, 1), hardsigmoid_float, hardsigmoid_double)
hardsigmoid_backward = own_loops(
    Direct(shared.hardsigmoid_backward, 2), hardsigmoid_backward_float, hardsigmoid_backward_double)
hardswish = own_loops(Direct(shared.hardswish, 1), hardswish_float, hardswish_double)
hardswish_backward = own_loops(
    Direct(shared.hardswish_backward, 2), hardswish_backward_float, hardswish_backward_double)
leaky_relu = own_loops(Direct(shared.leaky_relu, 1, True), leaky_relu_float, leaky_relu_double)
hardshrink = own_loops(Direct(shared.hardshrink, 1, True), hardshrink_float, hardshrink_double)
softshrink = own_loops(Direct(shared.softshrink, 1, True), softshrink_float, softshrink_double)
shrink_backward = own_loops(Limited(shared.shrink_backward, 2, True), shrink_backward_float, shrink_backward_double)
leaky_relu_backward = own_loops(
    Limited(shared.leaky_relu_backward, 2, True), leaky_relu_backward_float, leaky_relu_backward_double)
