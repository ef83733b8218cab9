cimport cython
from mini_autograd.graph.modes cimport Modes
from mini_autograd.op.recorded cimport RecordedOp
from mini_autograd.op.row cimport Op
from mini_autograd.tensor cimport TensorBase, View

@cython.locals(tensors=list, tensor=TensorBase, recording=bint, dual=bint, switches=Modes, outputs=list, output=TensorBase)
cpdef execute(Op op, list args)
@cython.locals(rule=int, tensor=TensorBase)
cdef computing_dtype(Op op, list args, list tensors)
@cython.locals(arrays=list, count=Py_ssize_t)
cdef run_kernel(Op op, list args, object dtype)
cdef TensorBase output_of(Op op, object result, object dtype, Py_ssize_t index, list args)
@cython.locals(output=TensorBase)
cdef mark_views(Op op, list outputs, TensorBase source, Modes switches)
@cython.locals(tensors=list, tensor=TensorBase, recording=bint, switches=Modes, target=TensorBase, node=RecordedOp)
cpdef TensorBase execute_in_place(Op op, list args)
