cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport modes
from mini_autograd.op cimport recorded
from mini_autograd.op.recorded cimport RecordedOp
from mini_autograd.op.row cimport Op
from mini_autograd.tensor cimport TensorBase

@cython.locals(given=list, recording=bint, switches=modes.Modes, output=TensorBase)
cpdef execute(Op op, list args)
cdef list tensors_in(Op op, list args)
@cython.locals(tensor=TensorBase)
cdef bint any_requires_grad(list given)
@cython.locals(rule=int, tensor=TensorBase, first=dtype)
cdef dtype computing_dtype(Op op, list args, list given)
@cython.locals(arrays=list, count=Py_ssize_t, target=dtype)
cdef run_kernel(Op op, list args, dtype kind, object run)
@cython.locals(tensor=TensorBase)
cdef arrange(object result, list given)
cpdef cast(object array, dtype kind)
cdef TensorBase output_of(Op op, object result, dtype kind, Py_ssize_t index, list args)
@cython.locals(given=list, recording=bint, switches=modes.Modes, target=TensorBase, node=RecordedOp, counter=tensors.Version)
cpdef TensorBase execute_in_place(Op op, list args)
