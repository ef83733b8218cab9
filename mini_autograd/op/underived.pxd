from mini_autograd.graph cimport anomaly
from mini_autograd.op.recorded cimport RecordedOp

cdef class UnderivedOp(RecordedOp):
    cdef list _apply(self, list grads)
    cdef list _apply_within(self, list grads, dict plan)
    cdef _link(self, tuple next_nodes, tuple next_nrs, tuple outputs)
    cdef list refuse(self, list grads)
