cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport modes, packing
from mini_autograd.graph.node cimport Node
from mini_autograd.tensor cimport TensorBase

cdef class SavedTensor:
    cdef public bint leaf
    cdef public object made_by
    cdef public Py_ssize_t output_nr
    cdef public object packed
    cdef public TensorBase tensor
    cdef public Py_ssize_t version
    @cython.locals(alias=TensorBase)
    cpdef _hold(self, TensorBase tensor, Py_ssize_t output_nr)
    @cython.locals(tensor=TensorBase, switches=modes.Modes)
    cpdef TensorBase unpack(self, Node node)
    cdef bint is_cut_off(self)
    cdef TensorBase restored(self)
    cpdef pack(self, Node node, tuple hooks)
    cpdef TensorBase shown(self, Node node)
    @cython.locals(tensor=TensorBase, whole=TensorBase)
    cpdef TensorBase whole(self, Node node)
    cpdef Node maker(self, Node node)

@cython.locals(saved=SavedTensor)
cpdef SavedTensor hold_written(TensorBase tensor)

@cython.locals(saved=SavedTensor)
cpdef SavedTensor hold(TensorBase tensor, Py_ssize_t output_nr)
