cdef bint enabled
cdef bint check_nan
cdef bint watched
