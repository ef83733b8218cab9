cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport c_sys as sys
from mini_autograd.graph cimport c_weakref as weakref
from mini_autograd.graph cimport anomaly, modes
from mini_autograd.graph.node cimport Node
from mini_autograd.kernels.host cimport direct as filling
from mini_autograd.kernels.host cimport memory
from mini_autograd.tensor cimport TensorBase, wrap

cdef int ZERO_BIT

cdef class AccumulateGrad(Node):
    cdef public TensorBase variable
    cdef list _apply(self, list grads)

@cython.locals(node=AccumulateGrad)
cpdef AccumulateGrad accumulator_of(TensorBase tensor)
@cython.locals(switches=modes.Modes, counter=tensors.Version)
cpdef TensorBase add_in_place(TensorBase held, TensorBase grad)
@cython.locals(grad=TensorBase)
cpdef bint is_ours(list buffer, Py_ssize_t index)
cpdef Py_ssize_t holders(list buffer, Py_ssize_t index)
@cython.locals(grad=TensorBase)
cpdef Py_ssize_t array_holders(list buffer, Py_ssize_t index)
@cython.locals(grad=TensorBase)
cpdef Py_ssize_t base_holders(list buffer, Py_ssize_t index)
cdef Py_ssize_t _ALONE
cdef Py_ssize_t _ARRAY_ALONE
cdef Py_ssize_t _BASE_ALONE
cpdef bint owned_alone(list grads)
@cython.locals(copy=TensorBase, counter=tensors.Version)
cpdef TensorBase clone_like(TensorBase grad, TensorBase variable, bint recording)
@cython.locals(switches=modes.Modes)
cpdef bint is_simple(TensorBase grad, TensorBase variable)
cpdef run_after_hooks(TensorBase variable)
cpdef bint same_layout(TensorBase grad, TensorBase variable)
cpdef bint is_dense(object array)
cdef bint is_stolen(TensorBase grad, TensorBase variable)
@cython.locals(held=TensorBase, grad=TensorBase)
cpdef accumulate(TensorBase variable, list grads)
@cython.locals(alias=TensorBase)
cpdef TensorBase stolen(TensorBase grad)
