cimport cython
from mini_autograd cimport tensor as tensors
from mini_autograd.graph cimport engine, view
from mini_autograd.tensor cimport TensorBase

@cython.locals(edges=list, edge=tuple, index=Py_ssize_t)
cpdef list run_from(tuple roots, list cotangents, bint keep_graph, bint create_graph, object targets, bint accumulate)
cpdef tuple as_tuple(object tensors)
cpdef object cotangent(Py_ssize_t index, TensorBase root, object given)
