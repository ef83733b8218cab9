cdef class dtype:
    cdef public object name
    cdef public object numpy
    cdef public int category
    cdef public Py_ssize_t index
    cdef public Py_ssize_t itemsize
    cdef public object legacy
    cdef public object abbr
    cdef public dtype opmath
    cdef object __weakref__
