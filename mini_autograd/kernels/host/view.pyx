"""Views of an array, placed at once where numpy or Python would take its time; what is wrong or odd is shared's."""

cimport numpy as cnp
from cpython.tuple cimport PyTuple_CheckExact
from libc.limits cimport LLONG_MIN

from mini_autograd.kernels.host.memory cimport Layout, placed
from mini_autograd.kernels.shared import part as shared_part
from mini_autograd.kernels.shared import view as shared

cnp.import_array()

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object, int *) except? -1

cdef int MOST = 64


cdef inline void same(cnp.ndarray array, Layout *layout) noexcept:
    cdef int dim
    layout.ndim = cnp.PyArray_NDIM(array)
    for dim in range(layout.ndim):
        layout.dims[dim] = cnp.PyArray_DIM(array, dim)
        layout.strides[dim] = cnp.PyArray_STRIDE(array, dim)


cdef inline void without(Layout *layout, Py_ssize_t gone) noexcept:
    cdef Py_ssize_t dim
    layout.ndim -= 1
    for dim in range(gone, layout.ndim):
        layout.dims[dim] = layout.dims[dim + 1]
        layout.strides[dim] = layout.strides[dim + 1]


cdef inline long long whole(object number) except? -2:
    """An int as one of C's; one that has no room in any array for what does not fit."""
    cdef int overflow
    cdef long long result
    if type(number) is not int:
        return LLONG_MIN
    result = PyLong_AsLongLongAndOverflow(number, &overflow)
    return LLONG_MIN if overflow else result


cdef inline Py_ssize_t position(object dim, Py_ssize_t ndim) except? -2:
    """``dim`` counted from the front; -1 where there is none or where it is no int."""
    cdef long long at = whole(dim)
    if -ndim <= at < 0:
        at += ndim
    return at if 0 <= at < ndim else -1


# Shape ---------------------------------------------------------------------------------------------------------


cdef bint inferred(object size, cnp.npy_intp count, Layout *layout) except -1:
    """Set the dimensions to ``size`` with its -1 replaced; whether they are right for ``count`` elements."""
    cdef int dim, unknown = -1
    cdef cnp.npy_intp known = 1, wanted
    if not PyTuple_CheckExact(size) or len(size) > MOST or not count:
        return False
    layout.ndim = <int>len(<tuple>size)
    for dim in range(layout.ndim):
        wanted = whole((<tuple>size)[dim])
        layout.dims[dim] = wanted
        if wanted == -1 and unknown < 0:
            unknown = dim
        elif wanted <= 0 or wanted > count:
            return False
        else:
            known *= wanted
            if known > count:
                return False
    if unknown >= 0 and count % known == 0:
        layout.dims[unknown] = count // known
        return True
    return unknown < 0 and known == count


cdef bint strides_for(cnp.ndarray array, Layout *layout) noexcept:
    """Set the strides with which the elements, at least one, are seen in the dimensions; whether there are any."""
    cdef int dim, at = layout.ndim - 1, ndim = cnp.PyArray_NDIM(array)
    cdef cnp.npy_intp count = 1, have = 1, chunk = cnp.PyArray_ITEMSIZE(array)
    if ndim == 0:
        for dim in range(layout.ndim):
            layout.strides[dim] = chunk
        return True
    chunk = cnp.PyArray_STRIDE(array, ndim - 1)
    for dim in range(ndim - 1, -1, -1):
        have *= cnp.PyArray_DIM(array, dim)
        if dim and (cnp.PyArray_DIM(array, dim - 1) == 1 or cnp.PyArray_STRIDE(array, dim - 1) == have * chunk):
            continue
        while at >= 0 and (count < have or layout.dims[at] == 1):
            layout.strides[at] = count * chunk
            count *= layout.dims[at]
            at -= 1
        if count != have:
            return False
        if dim:
            chunk = cnp.PyArray_STRIDE(array, dim - 1)
            count = have = 1
    return at == -1


def view(cnp.ndarray self not None, size):
    """``self`` in another shape of as many elements, sharing memory; RuntimeError where strides forbid it."""
    cdef Layout layout
    if inferred(size, cnp.PyArray_SIZE(self), &layout) and strides_for(self, &layout):
        return placed(self, &layout, 0)
    return shared.view(self, size)


def infer_size(size, count):
    """``size`` with its -1 replaced; RuntimeError where ``count`` elements do not fit it."""
    cdef Layout layout
    cdef int dim
    if inferred(size, count, &layout):
        return tuple([layout.dims[dim] for dim in range(layout.ndim)])
    return shared.infer_size(size, count)


def expand(cnp.ndarray self not None, size, implicit=False):
    """``self`` repeated along its dimensions of size 1 and new leading ones, without a copy; -1 keeps a size."""
    cdef Layout layout
    cdef int dim, ndim = len(size), added = ndim - cnp.PyArray_NDIM(self)
    cdef cnp.npy_intp wanted, have, step
    if added < 0 or ndim > MOST:
        return shared.expand(self, size, implicit)
    layout.ndim = ndim
    for dim in range(ndim - 1, -1, -1):
        wanted = whole(size[dim])
        if dim >= added:
            have = cnp.PyArray_DIM(self, dim - added)
            step = cnp.PyArray_STRIDE(self, dim - added)
            if wanted == -1:
                wanted = have
        else:
            have = 1
            step = layout.dims[dim + 1] * layout.strides[dim + 1] if dim + 1 < ndim else 0
        if (have != wanted and have != 1) or wanted < 0:
            return shared.expand(self, size, implicit)
        layout.dims[dim] = wanted
        layout.strides[dim] = step if have == wanted else 0
    return placed(self, &layout, 0)


# Order of dimensions ---------------------------------------------------------------------------------------------


def transpose(cnp.ndarray self not None, dim0, dim1):
    cdef Layout layout
    cdef Py_ssize_t first = position(dim0, cnp.PyArray_NDIM(self))
    cdef Py_ssize_t second = position(dim1, cnp.PyArray_NDIM(self))
    if first < 0 or second < 0:
        return shared.transpose(self, dim0, dim1)
    same(self, &layout)
    layout.dims[first], layout.dims[second] = layout.dims[second], layout.dims[first]
    layout.strides[first], layout.strides[second] = layout.strides[second], layout.strides[first]
    return placed(self, &layout, 0)


def t(cnp.ndarray self not None):
    if cnp.PyArray_NDIM(self) == 2:
        return transpose(self, 0, 1)
    return shared.t(self)


def permute(cnp.ndarray self not None, dims):
    cdef Layout layout
    cdef int at, ndim = cnp.PyArray_NDIM(self)
    cdef Py_ssize_t dim
    cdef unsigned long long seen = 0
    if not PyTuple_CheckExact(dims) or len(dims) != ndim:
        return shared.permute(self, dims)
    layout.ndim = ndim
    for at in range(ndim):
        dim = position((<tuple>dims)[at], ndim)
        if dim < 0 or seen >> dim & 1:
            return shared.permute(self, dims)
        seen |= 1ULL << dim
        layout.dims[at] = cnp.PyArray_DIM(self, dim)
        layout.strides[at] = cnp.PyArray_STRIDE(self, dim)
    return placed(self, &layout, 0)


# Dimensions of size 1 -----------------------------------------------------------------------------------------------


def unsqueeze(cnp.ndarray self not None, dim):
    """A dimension of size 1 before dimension ``dim``; its stride is that of a step over what follows."""
    cdef Layout layout
    cdef int i, ndim = cnp.PyArray_NDIM(self)
    cdef Py_ssize_t at = position(dim, ndim + 1)
    if at < 0 or ndim == MOST:
        return shared.unsqueeze(self, dim)
    layout.ndim = ndim + 1
    for i in range(ndim):
        layout.dims[i + (i >= at)] = cnp.PyArray_DIM(self, i)
        layout.strides[i + (i >= at)] = cnp.PyArray_STRIDE(self, i)
    layout.dims[at] = 1
    layout.strides[at] = cnp.PyArray_ITEMSIZE(self)
    if at < ndim:
        layout.strides[at] = cnp.PyArray_DIM(self, at) * cnp.PyArray_STRIDE(self, at)
    return placed(self, &layout, 0)


def squeeze(cnp.ndarray self not None):
    """``self`` without its dimensions of size 1."""
    cdef Layout layout
    cdef int dim
    same(self, &layout)
    for dim in range(layout.ndim - 1, -1, -1):
        if layout.dims[dim] == 1:
            without(&layout, dim)
    return placed(self, &layout, 0)


def squeeze_dim(cnp.ndarray self not None, dim):
    cdef Layout layout
    cdef Py_ssize_t at = position(dim, cnp.PyArray_NDIM(self))
    if at < 0:
        return shared.squeeze_dim(self, dim)
    same(self, &layout)
    if layout.dims[at] == 1:
        without(&layout, at)
    return placed(self, &layout, 0)


# Parts ---------------------------------------------------------------------------------------------------------------


def select(cnp.ndarray self not None, dim, index):
    """The part at ``index`` of dimension ``dim``, without that dimension."""
    cdef Layout layout
    cdef Py_ssize_t at = position(dim, cnp.PyArray_NDIM(self))
    cdef Py_ssize_t chosen = -1
    if at >= 0:
        chosen = position(index, cnp.PyArray_DIM(self, at))
    if chosen < 0:
        return shared_part.select(self, dim, index)
    same(self, &layout)
    without(&layout, at)
    return placed(self, &layout, chosen * cnp.PyArray_STRIDE(self, at))


def slice_tensor(cnp.ndarray self not None, dim, start, end, step):
    """Every ``step``-th part of dimension ``dim`` from ``start`` up to ``end``."""
    cdef Layout layout
    cdef Py_ssize_t size, first = 0, last
    cdef long long by = whole(step)
    cdef Py_ssize_t at = position(dim, cnp.PyArray_NDIM(self))
    if at < 0:
        return shared_part.slice_tensor(self, dim, start, end, step)
    size = last = cnp.PyArray_DIM(self, at)
    if start is not None:
        first = clamped(start, size)
    if end is not None:
        last = clamped(end, size)
    if first >= last or not 0 < by <= size:
        return shared_part.slice_tensor(self, dim, start, end, step)
    same(self, &layout)
    layout.dims[at] = (last - first - 1) // by + 1
    layout.strides[at] *= by
    return placed(self, &layout, first * cnp.PyArray_STRIDE(self, at))


cdef inline Py_ssize_t clamped(object bound, Py_ssize_t size) except -1:
    """A bound counted from the front and kept inside."""
    cdef Py_ssize_t at
    if not -size <= bound <= size:
        return 0 if bound < 0 else size
    at = bound
    return at + size if at < 0 else at
