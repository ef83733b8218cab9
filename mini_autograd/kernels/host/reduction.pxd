cimport numpy as cnp

ctypedef fused real:
    float
    double

cdef struct Span:
    # A dimension, and the sizes before, in and after it.
    int at
    Py_ssize_t before
    Py_ssize_t count
    Py_ssize_t after

cdef void set_span(Span *span, cnp.ndarray a, int at) noexcept
cdef real total(const real *x, Py_ssize_t n) noexcept nogil
cdef real largest(const real *x, Py_ssize_t n) noexcept nogil
cdef bint simple(array) noexcept
