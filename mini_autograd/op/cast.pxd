from mini_autograd.dtypes cimport dtype

cdef object ndarray

cpdef cast(object array, dtype kind)
cpdef overwrite(object array, object result, dtype kind)
cdef converted(object array, dtype kind)
