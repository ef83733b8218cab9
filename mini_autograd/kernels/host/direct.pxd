cimport numpy as cnp

cdef class Direct:
    cdef readonly object ufunc
    cdef int nin
    cdef cnp.PyUFuncGenericFunction loops[32]
    cdef void *data[32]
    cdef int result[32]
    cdef run(self, list arrays)
    cdef unary(self, left)
    cdef binary(self, left, right)
