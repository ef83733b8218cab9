cimport cython
from mini_autograd.dtypes cimport dtype
from mini_autograd.graph cimport c_copyreg as copyreg
from mini_autograd.kernels.host cimport memory

cdef class Version:
    cdef public Py_ssize_t value

cdef class Storage:
    cdef public object memory

cdef class View:
    cdef public TensorBase base
    cdef public int creation
    cdef public Py_ssize_t attr_version
    cdef public object made_by
    cdef public tuple steps

cdef class Apart(View):
    cdef public TensorBase top

cdef class TensorBase:
    cdef public object _array
    cdef public dtype _dtype
    cdef public bint _requires
    cdef public object _node
    cdef public Py_ssize_t _nr
    cdef public object _gradient
    cdef public Version _counter
    cdef public View _view
    cdef public Storage _storage
    cdef public object _accumulator
    cdef public object _hooks
    cdef public object _after_hooks
    cdef public object _tangent
    cdef public int _marks
    cdef public bint _inference
    cdef public bint _retains
    cpdef void _init(self, object array, dtype dtype)

cdef bint FILLED
cdef dtype FLOAT64
cdef object ndarray

@cython.locals(tensor=TensorBase)
cpdef TensorBase wrap(object array, dtype dtype)
cpdef TensorBase twin(TensorBase tensor)
@cython.locals(tensor=TensorBase, dtype=dtype)
cpdef TensorBase wrap_number(object value)
cpdef bint requires_grad(TensorBase tensor)
cpdef tuple metadata_of(TensorBase tensor)
cpdef Py_ssize_t version_of(TensorBase tensor)
@cython.locals(counter=Version)
cpdef Version counter_of(TensorBase tensor)
@cython.locals(storage=Storage)
cpdef Storage storage_of(TensorBase tensor)
@cython.locals(alias=TensorBase)
cpdef TensorBase alias_of(TensorBase tensor)
