cimport cython
from mini_autograd.graph cimport c_thread as thread

cdef class Modes:
    cdef public bint grad
    cdef public unsigned long ident
    cdef public bint inference
    cdef public int level
    cdef public int beneath
    cdef public tuple layers
    cdef public list duals
    cdef public Py_ssize_t sequence
    cdef public int depth
    cdef public object evaluating
    cdef public bint layout
    cdef public bint multithreading
    cdef public object run
    cdef public list packing
    cdef public object packing_refused
    cdef public bint plain_calls
    cdef public object recorder
    cdef public object task
    cdef public object written

@cython.locals(modes=Modes)
cpdef Modes current()
@cython.locals(found=Modes)
cdef Modes of_this_thread()
cdef Modes _last
cdef bint _withheld
