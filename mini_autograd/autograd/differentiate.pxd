cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport engine, view
from mini_autograd.op cimport binding
from mini_autograd.tensor cimport TensorBase

@cython.locals(edges=list, edge=tuple, index=Py_ssize_t)
cpdef list run_from(tuple roots, list cotangents, bint keep_graph, bint create_graph, object targets, bint accumulate)
@cython.locals(index=Py_ssize_t)
cpdef list make_cotangents(tuple roots, tuple grads)
cpdef tuple as_cotangents(object grads, Py_ssize_t count)
cpdef tuple as_tuple(object tensors)
cpdef object cotangent(TensorBase root, object given, tuple roots, tuple grads)
