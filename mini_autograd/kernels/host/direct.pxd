cimport numpy as cnp

cdef class Direct:
    cdef readonly object ufunc
    cdef cnp.PyUFuncGenericFunction loops[32]
    cdef void *data[32]
    cdef int result[32]
    cdef run(self, list arrays)
    cdef readonly int nin
    cdef plain(self, left, right)
    cdef unary(self, left)
    cdef binary(self, left, right)
    cdef walk_one(self, cnp.ndarray a)
    cdef walk_two(self, cnp.ndarray a, cnp.ndarray b)
