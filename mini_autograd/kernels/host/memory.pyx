"""Arrays placed on the memory of another, without the cost of building them in Python."""

cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF

from mini_autograd.kernels.shared import view as shared

cnp.import_array()


cdef extern from "numpy/arrayobject.h":
    object PyArray_NewFromDescr(
        PyTypeObject *subtype, cnp.PyArray_Descr *descr, int nd, const cnp.npy_intp *dims, const cnp.npy_intp *strides, void *data,
        int flags, PyObject *obj)
    int PyArray_SetBaseObject(cnp.ndarray array, object base) except -1


cdef placed(cnp.ndarray array, int ndim, cnp.npy_intp *dims, cnp.npy_intp *strides, Py_ssize_t offset):
    """A view of ``array``'s memory ``offset`` bytes after its first element; the caller vouches for the bounds."""
    cdef cnp.PyArray_Descr *descr = cnp.PyArray_DESCR(array)
    cdef int flags = cnp.PyArray_FLAGS(array) & cnp.NPY_ARRAY_WRITEABLE
    Py_INCREF(<object>descr)
    out = PyArray_NewFromDescr(
        <PyTypeObject *>cnp.ndarray, descr, ndim, dims, strides, cnp.PyArray_BYTES(array) + offset, flags, NULL)
    Py_INCREF(array)
    PyArray_SetBaseObject(out, array)
    return out


def expand(cnp.ndarray self not None, size, implicit=False):
    """``self`` repeated along its dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    cdef cnp.npy_intp dims[64]
    cdef cnp.npy_intp strides[64]
    cdef int dim, ndim = len(size), added = ndim - cnp.PyArray_NDIM(self)
    cdef cnp.npy_intp wanted, have, step
    if added < 0 or ndim > 64:
        return shared.expand(self, size, implicit)
    for dim in range(ndim - 1, -1, -1):
        wanted = size[dim]
        if dim >= added:
            have = cnp.PyArray_DIM(self, dim - added)
            step = cnp.PyArray_STRIDE(self, dim - added)
        else:
            have = 1
            step = dims[dim + 1] * strides[dim + 1] if dim + 1 < ndim else 0
        if wanted == -1 and dim >= added:
            wanted = have
        if (have != wanted and have != 1) or wanted < 0:
            return shared.expand(self, size, implicit)
        dims[dim] = wanted
        strides[dim] = step if have == wanted else 0
    return placed(self, ndim, dims, strides, 0)


def unsqueeze(cnp.ndarray self not None, dim):
    """A dimension of size 1 before dimension ``dim``; its stride is that of a step over what follows."""
    cdef cnp.npy_intp dims[64]
    cdef cnp.npy_intp strides[64]
    cdef int i, ndim = cnp.PyArray_NDIM(self)
    cdef int at = dim + ndim + 1 if dim < 0 else dim
    if not 0 <= at <= ndim or ndim >= 63:
        return shared.unsqueeze(self, dim)
    for i in range(ndim):
        dims[i + (i >= at)] = cnp.PyArray_DIM(self, i)
        strides[i + (i >= at)] = cnp.PyArray_STRIDE(self, i)
    dims[at] = 1
    strides[at] = cnp.PyArray_DIM(self, at) * cnp.PyArray_STRIDE(self, at) if at < ndim else cnp.PyArray_ITEMSIZE(self)
    return placed(self, ndim + 1, dims, strides, 0)


def laid_like(cnp.ndarray left not None, cnp.ndarray right not None):
    """Whether two arrays of one shape lie alike in memory; a stride of 0 is unlike any, even where it does not count."""
    cdef int dim
    for dim in range(cnp.PyArray_NDIM(left)):
        if cnp.PyArray_DIM(left, dim) == 1:
            if cnp.PyArray_STRIDE(left, dim) == 0:
                return False
        elif cnp.PyArray_STRIDE(left, dim) != cnp.PyArray_STRIDE(right, dim):
            return False
    return True
