cimport cython
from mini_autograd.graph.modes cimport Modes
from mini_autograd.graph.node cimport Node
from mini_autograd.tensor cimport TensorBase

cdef class AccumulateGrad(Node):
    cdef public TensorBase variable
    cpdef list apply(self, list grads)

cpdef AccumulateGrad accumulator_of(TensorBase tensor)
@cython.locals(held=TensorBase, grad=TensorBase)
cpdef accumulate(TensorBase variable, list grads)
@cython.locals(alias=TensorBase)
cpdef TensorBase stolen(TensorBase grad)
