from mini_autograd.graph.node cimport Node

cdef class CustomNode(Node):
    cdef public object dirty_tensors
    cdef public object needs_input_grad
    cdef public object non_differentiable
    cdef public object saved_for_forward
    cdef public object to_save
    cdef public tuple _are_tensors
    cdef public bint _fills
    cdef public bint _fills_all
    cdef public bint _freed
    cdef public bint _pure_view
    cdef public object _saved
    cdef public tuple _zeros
    cdef list _apply(self, list grads)
    cdef list _apply_within(self, list grads, dict plan)
    cdef _release(self)
