cimport numpy as cnp

cdef struct Layout:
    int ndim
    cnp.npy_intp dims[64]
    cnp.npy_intp strides[64]

cdef tuple shape_of(array)
cdef tuple steps_of(array)
cdef bint has_shape(array, tuple shape) except -1
cdef bint same_shape(one, other) except -1
cdef bint is_whole(array) except -1
cdef bint owns_memory(array) except -1
cdef bint is_one_segment(array) except -1
cpdef bint laid_like(left, right) except -1
cdef cell(double value)
cdef placed(cnp.ndarray array, Layout *layout, Py_ssize_t offset)
