cimport cython
from mini_autograd.graph.node cimport Node

cdef class ReadyQueue:
    cdef public list heap
    cdef public Py_ssize_t size
    cdef void push(self, Node node)
    @cython.locals(heap=list, last=Node, first=Node)
    cdef Node pop(self)
    @cython.locals(heap=list, parent=Py_ssize_t, above=Node)
    cdef void _rise(self, Py_ssize_t hole, Node node)
    @cython.locals(heap=list, child=Py_ssize_t, hole=Py_ssize_t, node=Node, other=Node)
    cdef Py_ssize_t _sink(self, Py_ssize_t size)
