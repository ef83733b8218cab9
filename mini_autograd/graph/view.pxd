cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport accumulate
from mini_autograd.graph.node cimport Node, watched_apply
from mini_autograd.tensor cimport Apart, TensorBase, View

@cython.locals(view=View, version=Py_ssize_t)
cpdef Node grad_fn(TensorBase tensor)
@cython.locals(node=Node)
cpdef Node edge_node(TensorBase tensor)
@cython.locals(node=Node)
cpdef tuple gradient_edge(TensorBase tensor)
@cython.locals(above=View, base=TensorBase, view=View)
cpdef void mark_view(TensorBase tensor, TensorBase source, int creation, object made_by)
@cython.locals(copy_slices=CopySlices)
cpdef rebase_history(TensorBase tensor, Node node)

cdef class CopySlices(Node):
    cdef public object base_shape
    cdef public object base_stride
    cdef public object offset
    cdef public object shape
    cdef public object steps
    cdef public object stride
    cdef public Node written
    cdef list _apply(self, list grads)
    cdef _release(self)
