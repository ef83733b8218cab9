cimport cython
from mini_autograd.kernels.host.direct cimport Direct
from mini_autograd.op cimport dispatch
from mini_autograd.op.row cimport Op
from mini_autograd.tensor cimport TensorBase

cdef class Packet:
    cdef public object event
    cdef public object name
    cdef public list overloads
    cdef public bint method
    cdef public Op numbered
    cdef public Op plain
    cdef public bint settled

cdef class Parameter:
    cdef public object argument
    cdef public object default
    cdef public object exact
    cdef public bint is_ints
    cdef public bint is_tensor
    cdef public bint is_tensors
    cdef public object name
    cdef public object none
    cdef public bint numbers
    cdef public object refused
    cdef public Py_ssize_t spread
    cpdef convert(self, value)

cdef object before
cpdef bint is_asked()

@cython.locals(direct=Direct, given=Py_ssize_t)
cdef call_plain(Op op, tuple args)
@cython.locals(op=Op)
cpdef call_pair(Packet packet, TensorBase left, TensorBase right)
@cython.locals(op=Op, bound=list)
cpdef call(Packet packet, tuple args, dict kwargs)
@cython.locals(given=Py_ssize_t, bound=list, parameters=tuple, index=Py_ssize_t, parameter=Parameter)
cpdef list bind(Op op, tuple args, dict kwargs, bint method)
cpdef bint is_spread(object value)
cpdef bint is_number(object value)
cdef bint all_int(tuple values)
cdef bint all_tensors(object values)
