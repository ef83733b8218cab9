# cython: cdivision=True
"""Arrays beside Python numbers: the loops of :mod:`direct`, given the number where it lies."""

cimport cython
cimport numpy as cnp

import numpy as np

from mini_autograd.kernels.host.direct cimport Direct, evenly_spaced, in_type_of, own_loops
from mini_autograd.kernels.shared import activation, arithmetic, comparison, elementary

cnp.import_array()

ctypedef fused real:
    float
    double


cdef Direct numbered(general, ufunc):
    """The kernel of an array and a number that ``general`` is, by the loops of a ufunc of two arrays."""
    cdef Direct made = Direct(general, 1, True)
    made.take_loops(ufunc)
    return made


@cython.auto_pickle(False)
cdef class Reflected(Direct):
    """The number is the first operand, and an ``alpha`` after it."""

    cdef plain(self, left, right, number):
        cdef double cell
        if right is not None or number is None or not cnp.PyArray_CheckExact(left):
            return None
        return self.beside(left, <char *>&cell, True) if in_type_of(left, number, <char *>&cell) else None

    cdef run(self, list arrays):
        return self.plain(arrays[0], None, arrays[1]) if arrays[2] is ONE else None


@cython.auto_pickle(False)
cdef class Power(Direct):
    """An array to the power of a number; small ones are products, the square root is a root."""

    cdef plain(self, left, right, number):
        if right is not None or number is None or not cnp.PyArray_CheckExact(left):
            return None
        if cnp.PyArray_TYPE(left) not in (cnp.NPY_FLOAT32, cnp.NPY_FLOAT64) or type(number) not in (int, float):
            return None
        if number == 2:
            return SQUARE.plain(left, None, None)
        if number == 3:
            return CUBE.plain(left, None, None)
        if number == 1:
            return ITSELF.plain(left, None, None)
        if number == 0.5:
            return ROOT.plain(left, None, None)
        if number in (0, -0.5, -1, -2):
            return None
        return self.with_number(left, number)


@cython.auto_pickle(False)
cdef class Logistic(Direct):
    """``1 / (1 + exp(-x))``, with numpy's exponentials."""

    cdef call(self, int typenum, char **args, cnp.npy_intp count, cnp.npy_intp *steps):
        cdef char *inside[2]
        cdef cnp.npy_intp dense[2]
        dense[0] = dense[1] = steps[1]
        inside[0] = inside[1] = args[1]
        with nogil:
            if typenum == cnp.NPY_FLOAT32:
                negated[float](args, count, steps, 1)
                self.loops[typenum](inside, &count, dense, self.data[typenum])
                one_over_more[float](<float *>args[1], count)
            else:
                negated[double](args, count, steps, 1)
                self.loops[typenum](inside, &count, dense, self.data[typenum])
                one_over_more[double](<double *>args[1], count)


cdef inline void negated(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real unit) noexcept nogil:
    cdef cnp.npy_intp i
    for i in range(n):
        (<real *>args[1])[i] = -(<real *>(args[0] + i * steps[0]))[0]


cdef inline void one_over_more(real *x, cnp.npy_intp n) noexcept nogil:
    cdef cnp.npy_intp i
    for i in range(n):
        x[i] = <real>1 / (<real>1 + x[i])


cdef inline void clipped(char **args, cnp.npy_intp n, const cnp.npy_intp *steps, real zero) noexcept nogil:
    cdef real *given = <real *>args[0]
    cdef real *out = <real *>args[1]
    cdef real x
    cdef cnp.npy_intp i
    if steps[0] == sizeof(real):
        for i in range(n):
            out[i] = zero if given[i] <= zero else given[i]
        return
    for i in range(n):
        x = (<real *>(args[0] + i * steps[0]))[0]
        out[i] = zero if x <= zero else x


cdef void relu_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    clipped[float](args, n[0], steps, 0)


cdef void relu_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    clipped[double](args, n[0], steps, 0)


# Powers that are products, as numpy's ufuncs have their loops.


cdef inline void power(
    char **args, cnp.npy_intp n, const cnp.npy_intp *steps, int exponent, real unit
) noexcept nogil:
    cdef real *given = <real *>args[0]
    cdef real *out = <real *>args[1]
    cdef real x
    cdef cnp.npy_intp i
    if steps[0] == sizeof(real):
        for i in range(n):
            x = given[i]
            out[i] = x if exponent == 1 else x * x if exponent == 2 else x * x * x
        return
    for i in range(n):
        x = (<real *>(args[0] + i * steps[0]))[0]
        out[i] = x if exponent == 1 else x * x if exponent == 2 else x * x * x


cdef void itself_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[float](args, n[0], steps, 1, 1)


cdef void itself_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[double](args, n[0], steps, 1, 1)


cdef void square_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[float](args, n[0], steps, 2, 1)


cdef void square_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[double](args, n[0], steps, 2, 1)


cdef void cube_float(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[float](args, n[0], steps, 3, 1)


cdef void cube_double(char **args, const cnp.npy_intp *n, const cnp.npy_intp *steps, void *data) noexcept nogil:
    power[double](args, n[0], steps, 3, 1)


cdef Direct ITSELF = own_loops(Direct(None, 1), itself_float, itself_double)
cdef Direct SQUARE = own_loops(Direct(None, 1), square_float, square_double)
cdef Direct CUBE = own_loops(Direct(None, 1), cube_float, cube_double)
cdef Direct ROOT = Direct(np.sqrt)
ONE = 1

add_scalar = numbered(arithmetic.add_scalar, np.add)
sub_scalar = numbered(arithmetic.sub_scalar, np.subtract)
mul_scalar = numbered(arithmetic.mul_scalar, np.multiply)
div_scalar = numbered(arithmetic.div_scalar, np.true_divide)
rsub_scalar = Reflected(arithmetic.rsub_scalar, 1, True)
(<Direct>rsub_scalar).take_loops(np.subtract)
pow_scalar = Power(arithmetic.pow_scalar, 1, True)
(<Direct>pow_scalar).take_loops(np.power)
relu = own_loops(Direct(activation.relu, 1), relu_float, relu_double)
sigmoid = Logistic(elementary.sigmoid, 1)
(<Direct>sigmoid).take_loops(np.exp)
div = Direct(arithmetic.div, 2)
(<Direct>div).take_loops(np.true_divide)
eq_scalar = numbered(comparison.eq_scalar, np.equal)
ne_scalar = numbered(comparison.ne_scalar, np.not_equal)
lt_scalar = numbered(comparison.lt_scalar, np.less)
le_scalar = numbered(comparison.le_scalar, np.less_equal)
gt_scalar = numbered(comparison.gt_scalar, np.greater)
ge_scalar = numbered(comparison.ge_scalar, np.greater_equal)
