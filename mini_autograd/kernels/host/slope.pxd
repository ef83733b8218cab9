from mini_autograd.kernels.host.direct cimport Direct


cdef class Limited(Direct):
    pass
