cdef class Modes:
    cdef public bint grad
    cdef public bint inference
    cdef public int level
    cdef public list duals
    cdef public Py_ssize_t sequence
    cdef public bint anomaly
    cdef public bint check_nan
    cdef public object run

cpdef Modes current()
