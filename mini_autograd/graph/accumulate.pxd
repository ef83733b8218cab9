cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport modes
from mini_autograd.graph.node cimport Node
from mini_autograd.tensor cimport TensorBase

cdef class AccumulateGrad(Node):
    cdef public TensorBase variable
    cpdef list apply(self, list grads)

cpdef AccumulateGrad accumulator_of(TensorBase tensor)
@cython.locals(switches=modes.Modes, counter=tensors.Version)
cpdef add_in_place(TensorBase held, TensorBase grad)
cpdef bint is_ours(list buffer, Py_ssize_t index)
@cython.locals(held=TensorBase, grad=TensorBase)
cpdef accumulate(TensorBase variable, list grads)
@cython.locals(alias=TensorBase)
cpdef TensorBase stolen(TensorBase grad)
