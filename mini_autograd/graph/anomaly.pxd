cdef bint enabled
cdef bint check_nan
