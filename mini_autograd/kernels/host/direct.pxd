cimport numpy as cnp

cdef extern from "numpy/ufuncobject.h":
    ctypedef void (*Loop "PyUFuncGenericFunction")(
        char **, const cnp.npy_intp *, const cnp.npy_intp *, void *) noexcept nogil

    ctypedef struct PyUFuncObject:
        int nin, nout, nargs, ntypes
        Loop *functions
        void **data
        char *types

cdef class Direct:
    cdef readonly object general
    cdef readonly int nin
    cdef readonly bint numbered
    cdef readonly bint complete
    cdef Loop loops[16]
    cdef void *data[16]
    cdef int result[16]
    cdef take_loops(self, ufunc)
    cdef run(self, list arrays)
    cdef plain(self, left, right, number)
    cdef with_number(self, cnp.ndarray array, number)
    cdef mixed(self, array, number, bint first)
    cdef bint over(self, target, right)
    cdef walk_one(self, cnp.ndarray a)
    cdef walk_two(self, cnp.ndarray a, cnp.ndarray b)
    cdef spread(self, cnp.ndarray a, cnp.ndarray b)
    cdef beside(self, cnp.ndarray a, char *cell, bint first)
    cdef call(self, int typenum, char **args, cnp.npy_intp count, cnp.npy_intp *steps)

cdef class Complete(Direct):
    pass

cdef bint add_at_once(array, other) except -1
cdef Direct own_loops(Direct made, Loop single, Loop double)
cdef bint evenly_spaced(cnp.ndarray array, cnp.npy_intp *step) noexcept
cdef bint evenly_spaced_both(cnp.ndarray a, cnp.ndarray b, cnp.npy_intp *steps) noexcept
cdef bint canonical(cnp.ndarray array) noexcept
cdef bint in_type_of(cnp.ndarray array, object number, char *cell) except -1
