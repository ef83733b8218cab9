cimport cython
from mini_autograd.graph cimport c_collector as collector
from mini_autograd.graph cimport anomaly, modes

# The engine calls what is ``cdef`` here without looking whether a class of Python's overrides it: a subclass that does is
# declared in a .pxd of its own.
cdef class Node:
    cdef public tuple _next_nodes
    cdef public tuple _next_nrs
    cdef public tuple _outputs
    cdef public Py_ssize_t _sequence
    cdef public object _pre_hooks
    cdef public object _post_hooks
    cdef public object _tensor_hooks
    cdef public object _retained
    cdef public object _extra
    cdef Py_ssize_t _at_pass
    cdef Py_ssize_t _waiting
    cdef list _buffer
    cdef bint _cyclic
    cdef object __weakref__
    cdef list _apply(self, list grads)
    cdef list _apply_within(self, list grads, dict plan)
    cdef tuple _reached(self, dict plan)
    cdef _release(self)
    @cython.locals(switches=modes.Modes)
    cdef _link(self, tuple next_nodes, tuple next_nrs, tuple outputs)
    cdef _place(self, tuple next_nodes, tuple next_nrs, tuple outputs, Py_ssize_t sequence_nr)

cpdef list watched_apply(Node node, list grads, dict plan)
