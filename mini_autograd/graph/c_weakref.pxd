# The C function behind ``weakref.ref``.
from cpython.weakref cimport PyWeakref_NewRef

cdef inline object ref(object target):
    return PyWeakref_NewRef(target, None)
