cimport cython
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport c_copyreg as copyreg
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport packing, view
from mini_autograd.graph cimport saved as saving
from mini_autograd.graph.node cimport Node
from mini_autograd.graph.saved cimport SavedTensor
from mini_autograd.kernels.host cimport memory
from mini_autograd.op.row cimport Formula, Op, Save
from mini_autograd.tensor cimport TensorBase, metadata_of, requires_grad

cdef int ARGSIZE, FROM_END, INFO, NDIM, NUMEL, OUTPUT, OUTPUT_SIZE, PLAIN, SIZES, STRIDES, TENSOR, TENSORS, WRAPPED
cdef object ndarray

cdef class RecordedOp(Node):
    cdef public Op op
    cdef public list saved
    cdef public object spans
    cdef list _apply(self, list grads)
    cdef list _apply_within(self, list grads, dict plan)
    @cython.locals(op=Op, formulas=tuple, results=list, index=Py_ssize_t, order=tuple)
    cdef list gradients(self, list grads, tuple nodes)
    @cython.locals(op=Op, values=list, saved=list, held=SavedTensor, slot=Py_ssize_t)
    cdef list values(self, list grads)
    cdef tuple needs(self, tuple nodes)
    cpdef shown(self, Py_ssize_t slot)
    cdef list flat(self, Op op, list results)
    @cython.locals(saved=list, slot=Py_ssize_t)
    cdef _release(self)

@cython.locals(slots=tuple, n=Py_ssize_t, first=Py_ssize_t)
cdef call(Formula formula, list values, list grads, object needs)
@cython.locals(saves=tuple, save=Save)
cpdef finish_one(RecordedOp node, Op op, TensorBase output)
cdef link_lists(RecordedOp node, Op op, list args)
cdef link_needed(RecordedOp node, Op op, list args)
cdef Node edge_of(object argument)
@cython.locals(count=Py_ssize_t, first=Py_ssize_t, second=Py_ssize_t)
cdef tuple edges_of(tuple positions, list args)
@cython.locals(tensor=TensorBase, position=Py_ssize_t)
cdef bint all_first(tuple positions, list args)
@cython.locals(outputs=tuple, following=Node, wanted=tuple)
cdef tuple metadata_of_one(RecordedOp node, TensorBase output)
@cython.locals(node_class=type, node=RecordedOp, next_nodes=tuple, save=Save, saves=tuple, saved=list, slot=Py_ssize_t)
cpdef RecordedOp record(Op op, list args, bint in_place)
@cython.locals(following=Node, held=SavedTensor)
cdef bint is_hidden(RecordedOp node, list saved)
cdef hide(RecordedOp node, list saved)
cdef hide_saved(SavedTensor saved)
@cython.locals(kind=int, tensor=TensorBase)
cdef keep(Save save, list args, bint in_place)
@cython.locals(tensor=TensorBase)
cpdef layout_of(object value, int kind)
@cython.locals(metadata=list, output=TensorBase, kind=dtype)
cpdef finish(RecordedOp node, Op op, list outputs)
cpdef tie(RecordedOp node, Op op, list outputs)
@cython.locals(saves=tuple, slot=Py_ssize_t, save=Save, output=TensorBase)
cpdef save_outputs(RecordedOp node, Op op, list outputs)
