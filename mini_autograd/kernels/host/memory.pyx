"""Arrays placed on the memory of another, without the cost of building them in Python."""

cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF

cnp.import_array()


cdef extern from "numpy/arrayobject.h":
    object PyArray_NewFromDescr(
        PyTypeObject *subtype, cnp.PyArray_Descr *descr, int nd, const cnp.npy_intp *dims,
        const cnp.npy_intp *strides, void *data, int flags, PyObject *obj)
    int PyArray_SetBaseObject(cnp.ndarray array, object base) except -1


cdef placed(cnp.ndarray array, Layout *layout, Py_ssize_t offset):
    """A view of ``array``'s memory ``offset`` bytes after its first element; the caller vouches for the bounds."""
    cdef cnp.PyArray_Descr *descr = cnp.PyArray_DESCR(array)
    cdef int flags = cnp.PyArray_FLAGS(array) & cnp.NPY_ARRAY_WRITEABLE
    Py_INCREF(<object>descr)
    out = PyArray_NewFromDescr(
        <PyTypeObject *>cnp.ndarray, descr, layout.ndim, layout.dims, layout.strides,
        cnp.PyArray_BYTES(array) + offset, flags, NULL)
    Py_INCREF(array)
    PyArray_SetBaseObject(out, array)
    return out


def laid_like(cnp.ndarray left not None, cnp.ndarray right not None):
    """Whether two arrays of one shape lie alike in memory; a stride of 0 is unlike any, even where it does not
    count. Of another number of dimensions none does."""
    cdef int dim
    if cnp.PyArray_NDIM(left) != cnp.PyArray_NDIM(right):
        return False
    for dim in range(cnp.PyArray_NDIM(left)):
        if cnp.PyArray_DIM(left, dim) == 1:
            if cnp.PyArray_STRIDE(left, dim) == 0:
                return False
        elif cnp.PyArray_STRIDE(left, dim) != cnp.PyArray_STRIDE(right, dim):
            return False
    return True
