"""Arrays placed on the memory of another, without the cost of building them in Python.

What the engine and the dispatch ask of every array they may ask of one of a GPU too, which tells it as Python does.
"""

cimport numpy as cnp
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM

import numpy as np

from mini_autograd.kernels.shared import memory as python

cnp.import_array()

cdef extern from "Python.h":
    object PyLong_FromSsize_t(Py_ssize_t)
    Py_ssize_t PyLong_AsSsize_t(object) except? -1


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


cdef tuple shape_of(array):
    if not cnp.PyArray_CheckExact(array):
        return array.shape
    cdef int dim, ndim = cnp.PyArray_NDIM(array)
    cdef tuple shape = PyTuple_New(ndim)
    for dim in range(ndim):
        size = PyLong_FromSsize_t(cnp.PyArray_DIM(array, dim))
        Py_INCREF(size)
        PyTuple_SET_ITEM(shape, dim, size)
    return shape


cdef tuple steps_of(array):
    if not cnp.PyArray_CheckExact(array):
        return python.steps_of(array)
    cdef int dim, ndim = cnp.PyArray_NDIM(array)
    cdef Py_ssize_t itemsize = cnp.PyArray_ITEMSIZE(array)
    cdef tuple steps = PyTuple_New(ndim)
    for dim in range(ndim):
        step = PyLong_FromSsize_t(cnp.PyArray_STRIDE(array, dim) // itemsize)
        Py_INCREF(step)
        PyTuple_SET_ITEM(steps, dim, step)
    return steps


cdef bint has_shape(array, tuple shape) except -1:
    if not cnp.PyArray_CheckExact(array):
        return array.shape == shape
    cdef int dim, ndim = cnp.PyArray_NDIM(array)
    if len(shape) != ndim:
        return False
    for dim in range(ndim):
        if PyLong_AsSsize_t(<object>PyTuple_GET_ITEM(shape, dim)) != cnp.PyArray_DIM(array, dim):
            return False
    return True


cdef bint same_shape(one, other) except -1:
    if not cnp.PyArray_CheckExact(one) or not cnp.PyArray_CheckExact(other):
        return one.shape == other.shape
    return cnp.PyArray_SAMESHAPE(one, other)


cdef bint is_whole(array) except -1:
    if not cnp.PyArray_CheckExact(array):
        return python.is_whole(array)
    return cnp.PyArray_BASE(array) == NULL and cnp.PyArray_ISONESEGMENT(array)


cdef bint owns_memory(array) except -1:
    if not cnp.PyArray_CheckExact(array):
        return array.base is None
    return cnp.PyArray_BASE(array) == NULL


cdef bint is_one_segment(array) except -1:
    if not cnp.PyArray_CheckExact(array):
        return python.is_one_segment(array)
    return cnp.PyArray_ISONESEGMENT(array)


def address(cnp.ndarray array not None):
    """Where the first element lies."""
    return <size_t>cnp.PyArray_DATA(array)


def copy_laid_like(cnp.ndarray array not None, cnp.ndarray like not None):
    """A copy of ``array`` with the strides of ``like``, which is of its shape and type and has no gaps or
    overlaps."""
    cdef cnp.PyArray_Descr *descr = cnp.PyArray_DESCR(array)
    Py_INCREF(<object>descr)
    out = PyArray_NewFromDescr(
        <PyTypeObject *>cnp.ndarray, descr, cnp.PyArray_NDIM(like), cnp.PyArray_DIMS(like),
        cnp.PyArray_STRIDES(like), NULL, 0, NULL)
    cnp.PyArray_CopyInto(out, array)
    return out


def ones(tuple shape not None, dtype):
    """An array of ones; a 0-d one, the cotangent of most passes, at less than the cost of the general way."""
    cdef cnp.ndarray one
    cdef int typenum
    if shape or not isinstance(dtype, cnp.dtype):
        return np.ones(shape, dtype)
    typenum = (<cnp.dtype>dtype).type_num
    if typenum != cnp.NPY_FLOAT32 and typenum != cnp.NPY_FLOAT64:
        return np.ones((), dtype)
    one = cnp.PyArray_EMPTY(0, NULL, typenum, 0)
    if typenum == cnp.NPY_FLOAT32:
        (<float *>cnp.PyArray_DATA(one))[0] = 1
    else:
        (<double *>cnp.PyArray_DATA(one))[0] = 1
    return one


cdef cell(double value):
    """A 0-d array of one float64, at a fraction of the cost of ``numpy.array``, which first asks what it is given."""
    array = cnp.PyArray_EMPTY(0, NULL, cnp.NPY_FLOAT64, 0)
    (<double *>cnp.PyArray_DATA(array))[0] = value
    return array


cpdef bint laid_like(left, right) except -1:
    """Whether ``left`` lies in memory as ``right`` does, which may have been given another shape: only
    strides along dimensions of ``left`` that do not have size 1 count, but a stride of 0 is unlike any also
    along a dimension that ``right`` has not."""
    cdef int dim
    if not cnp.PyArray_CheckExact(left) or not cnp.PyArray_CheckExact(right):
        return python.laid_like(left, right)
    for dim in range(cnp.PyArray_NDIM(left)):
        if cnp.PyArray_DIM(left, dim) == 1 or dim >= cnp.PyArray_NDIM(right):
            if cnp.PyArray_STRIDE(left, dim) == 0:
                return False
        elif cnp.PyArray_STRIDE(left, dim) != cnp.PyArray_STRIDE(right, dim):
            return False
    return True
