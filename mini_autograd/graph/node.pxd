cimport cython
from mini_autograd.graph cimport modes

# The engine calls what is ``cdef`` here without looking whether a class of Python's overrides it: a subclass that does is
# declared in a .pxd of its own.
cdef class Node:
    cdef public tuple next_nodes
    cdef public tuple next_nrs
    cdef public tuple outputs
    cdef public Py_ssize_t sequence_nr
    cdef public object pre_hooks
    cdef public object post_hooks
    cdef public object tensor_hooks
    cdef public object retained
    cdef public object extra
    cdef Py_ssize_t at_pass
    cdef Py_ssize_t waiting
    cdef list buffer
    cdef object __weakref__
    cdef list apply(self, list grads)
    cdef list apply_within(self, list grads, dict plan)
    cdef tuple reached(self, dict plan)
    cdef release(self)
    @cython.locals(switches=modes.Modes)
    cdef _link(self, tuple next_nodes, tuple next_nrs, tuple outputs)
    cdef _place(self, tuple next_nodes, tuple next_nrs, tuple outputs, Py_ssize_t sequence_nr)
