from mini_autograd.dtypes cimport dtype
from mini_autograd.tensor cimport TensorBase

cdef class Operations:
    cdef dict __dict__
    cpdef TensorBase conj(self, TensorBase tensor)
