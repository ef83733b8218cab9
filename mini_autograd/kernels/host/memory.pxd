cimport numpy as cnp

cdef struct Layout:
    int ndim
    cnp.npy_intp dims[64]
    cnp.npy_intp strides[64]

cdef placed(cnp.ndarray array, Layout *layout, Py_ssize_t offset)
