from mini_autograd.dtypes cimport dtype

cpdef cast(object array, dtype kind)
