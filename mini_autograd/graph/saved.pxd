from mini_autograd.graph.node cimport Node
from mini_autograd.tensor cimport TensorBase

cdef class SavedTensor:
    cdef public Py_ssize_t output_nr
    cdef public TensorBase tensor
    cdef public Py_ssize_t version
    cpdef void _hold(self, TensorBase tensor, Py_ssize_t output_nr)
    cpdef TensorBase unpack(self, Node node)

cpdef SavedTensor hold(TensorBase tensor, Py_ssize_t output_nr)
