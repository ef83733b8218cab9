cimport numpy as cnp

ctypedef fused real:
    float
    double

cdef real total(const real *x, Py_ssize_t n) noexcept nogil
cdef real largest(const real *x, Py_ssize_t n) noexcept nogil
cdef bint simple(array) noexcept
