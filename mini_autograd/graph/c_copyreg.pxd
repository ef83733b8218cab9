# The C function behind ``copyreg.__newobj__``: ``cls.__new__(cls)`` of a class that has none of its own.
from cpython.object cimport PyObject, PyTypeObject

cdef inline object __newobj__(object cls):
    return (<PyTypeObject *>cls).tp_new(<type>cls, <PyObject *>(), NULL)
