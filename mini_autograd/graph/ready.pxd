from mini_autograd.graph.node cimport Node

cdef class ReadyQueue:
    cdef public list heap
    cdef public Py_ssize_t size
    cpdef void push(self, Node node)
    cpdef Node pop(self)
    cdef void _rise(self, Py_ssize_t hole, Node node)
    cdef Py_ssize_t _sink(self, Py_ssize_t size)
