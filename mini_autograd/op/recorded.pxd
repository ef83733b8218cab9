cimport cython
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport c_copyreg as copyreg
from mini_autograd.graph cimport saved as saving
from mini_autograd.graph cimport view
from mini_autograd.graph.node cimport Node
from mini_autograd.graph.saved cimport SavedTensor
from mini_autograd.kernels.host cimport memory
from mini_autograd.op.row cimport Formula, Op, Save
from mini_autograd.tensor cimport TensorBase

cdef class RecordedOp(Node):
    cdef public Op op
    cdef public list saved
    cdef public object spans
    @cython.locals(op=Op, nodes=tuple, formulas=tuple, results=list, index=Py_ssize_t, order=tuple)
    cpdef list apply(self, list grads)
    @cython.locals(op=Op, values=list, saved=list, held=SavedTensor, slot=Py_ssize_t)
    cpdef values(self, list grads)
    cpdef tuple needs(self)
    cpdef shown(self, Py_ssize_t slot)
    cpdef list flat(self, Op op, list results)
    @cython.locals(saved=list, slot=Py_ssize_t)
    cpdef release(self)

@cython.locals(slots=tuple, n=Py_ssize_t, first=Py_ssize_t)
cdef call(Formula formula, list values, list grads, object needs)
@cython.locals(save=Save)
cpdef finish_one(RecordedOp node, Op op, TensorBase output)
@cython.locals(node_class=type, node=RecordedOp, next_nodes=list, next_nrs=tuple, tensor=TensorBase, save=Save, saves=tuple, saved=list, slot=Py_ssize_t, position=Py_ssize_t, argument=object)
cpdef RecordedOp record(Op op, list args, bint in_place)
@cython.locals(kind=int, tensor=TensorBase)
cdef keep(Save save, list args, bint in_place)
@cython.locals(metadata=list, output=TensorBase, kind=dtype)
cpdef finish(RecordedOp node, Op op, list outputs)
@cython.locals(saves=tuple, slot=Py_ssize_t, save=Save, output=TensorBase)
cpdef save_outputs(RecordedOp node, Op op, list outputs)
