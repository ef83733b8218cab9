"""Views of an array, placed at once where numpy or Python would take its time; what is wrong or odd is shared's."""

cimport cython
cimport numpy as cnp
from cpython.tuple cimport PyTuple_CheckExact
from libc.limits cimport LLONG_MIN

from mini_autograd.kernels.host.direct cimport Complete
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


@cython.auto_pickle(False)
cdef class View(Complete):
    """Another shape of as many elements, sharing memory; arguments are ``self, size``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        if inferred(args[1], cnp.PyArray_SIZE(array), &layout) and strides_for(array, &layout):
            return placed(array, &layout, 0)
        return None


def infer_size(size, count):
    """``size`` with its -1 replaced; RuntimeError where ``count`` elements do not fit it."""
    cdef Layout layout
    cdef int dim
    if inferred(size, count, &layout):
        return tuple([layout.dims[dim] for dim in range(layout.ndim)])
    return shared.infer_size(size, count)


@cython.auto_pickle(False)
cdef class Expand(Complete):
    """Repetition along dimensions of size 1 and new leading ones; arguments are ``self, size, implicit``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        cdef int dim, ndim, added
        cdef cnp.npy_intp wanted, have, step
        if not PyTuple_CheckExact(args[1]) or len(<tuple>args[1]) > MOST:
            return None
        ndim = <int>len(<tuple>args[1])
        added = ndim - cnp.PyArray_NDIM(array)
        if added < 0:
            return None
        layout.ndim = ndim
        for dim in range(ndim - 1, -1, -1):
            wanted = whole((<tuple>args[1])[dim])
            if dim >= added:
                have = cnp.PyArray_DIM(array, dim - added)
                step = cnp.PyArray_STRIDE(array, dim - added)
                if wanted == -1:
                    wanted = have
            else:
                have = 1
                step = layout.dims[dim + 1] * layout.strides[dim + 1] if dim + 1 < ndim else 0
            if (have != wanted and have != 1) or wanted < 0:
                return None
            layout.dims[dim] = wanted
            layout.strides[dim] = step if have == wanted else 0
        return placed(array, &layout, 0)


# Order of dimensions ---------------------------------------------------------------------------------------------


cdef turned(cnp.ndarray array, Py_ssize_t first, Py_ssize_t second):
    cdef Layout layout
    same(array, &layout)
    layout.dims[first], layout.dims[second] = layout.dims[second], layout.dims[first]
    layout.strides[first], layout.strides[second] = layout.strides[second], layout.strides[first]
    return placed(array, &layout, 0)


@cython.auto_pickle(False)
cdef class Transpose(Complete):
    """Two dimensions exchanged; arguments are ``self, dim0, dim1``."""

    cdef run(self, list args):
        cdef cnp.ndarray array = args[0]
        cdef Py_ssize_t first = position(args[1], cnp.PyArray_NDIM(array))
        cdef Py_ssize_t second = position(args[2], cnp.PyArray_NDIM(array))
        return None if first < 0 or second < 0 else turned(array, first, second)


@cython.auto_pickle(False)
cdef class MatrixTranspose(Complete):
    """A matrix turned."""

    cdef run(self, list args):
        return turned(args[0], 0, 1) if cnp.PyArray_NDIM(args[0]) == 2 else None


@cython.auto_pickle(False)
cdef class Permute(Complete):
    """Dimensions in another order; arguments are ``self, dims``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        cdef int at, ndim = cnp.PyArray_NDIM(array)
        cdef Py_ssize_t dim
        cdef unsigned long long seen = 0
        if not PyTuple_CheckExact(args[1]) or len(<tuple>args[1]) != ndim:
            return None
        layout.ndim = ndim
        for at in range(ndim):
            dim = position((<tuple>args[1])[at], ndim)
            if dim < 0 or seen >> dim & 1:
                return None
            seen |= 1ULL << dim
            layout.dims[at] = cnp.PyArray_DIM(array, dim)
            layout.strides[at] = cnp.PyArray_STRIDE(array, dim)
        return placed(array, &layout, 0)


# Dimensions of size 1 -----------------------------------------------------------------------------------------------


@cython.auto_pickle(False)
cdef class Unsqueeze(Complete):
    """A new dimension of size 1, whose stride is that of a step over what follows; arguments are ``self, dim``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        cdef int i, ndim = cnp.PyArray_NDIM(array)
        cdef Py_ssize_t at = position(args[1], ndim + 1)
        if at < 0 or ndim == MOST:
            return None
        layout.ndim = ndim + 1
        for i in range(ndim):
            layout.dims[i + (i >= at)] = cnp.PyArray_DIM(array, i)
            layout.strides[i + (i >= at)] = cnp.PyArray_STRIDE(array, i)
        layout.dims[at] = 1
        layout.strides[at] = cnp.PyArray_ITEMSIZE(array)
        if at < ndim:
            layout.strides[at] = cnp.PyArray_DIM(array, at) * cnp.PyArray_STRIDE(array, at)
        return placed(array, &layout, 0)


@cython.auto_pickle(False)
cdef class Squeeze(Complete):
    """No dimensions of size 1."""

    cdef run(self, list args):
        cdef Layout layout
        cdef int dim
        same(args[0], &layout)
        for dim in range(layout.ndim - 1, -1, -1):
            if layout.dims[dim] == 1:
                without(&layout, dim)
        return placed(args[0], &layout, 0)


@cython.auto_pickle(False)
cdef class SqueezeDim(Complete):
    """One dimension of size 1 less; arguments are ``self, dim``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef Py_ssize_t at = position(args[1], cnp.PyArray_NDIM(args[0]))
        if at < 0:
            return None
        same(args[0], &layout)
        if layout.dims[at] == 1:
            without(&layout, at)
        return placed(args[0], &layout, 0)


# Parts ---------------------------------------------------------------------------------------------------------------


@cython.auto_pickle(False)
cdef class Select(Complete):
    """The part at an index of a dimension; arguments are ``self, dim, index``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        cdef Py_ssize_t at = position(args[1], cnp.PyArray_NDIM(array))
        cdef Py_ssize_t chosen = -1
        if at >= 0:
            chosen = position(args[2], cnp.PyArray_DIM(array, at))
        if chosen < 0:
            return None
        same(array, &layout)
        without(&layout, at)
        return placed(array, &layout, chosen * cnp.PyArray_STRIDE(array, at))


@cython.auto_pickle(False)
cdef class Slice(Complete):
    """Every so many of the parts of a dimension; arguments are ``self, dim, start, end, step``."""

    cdef run(self, list args):
        cdef Layout layout
        cdef cnp.ndarray array = args[0]
        cdef Py_ssize_t size, first = 0, last
        cdef long long by = whole(args[4])
        cdef Py_ssize_t at = position(args[1], cnp.PyArray_NDIM(array))
        if at < 0:
            return None
        size = last = cnp.PyArray_DIM(array, at)
        if args[2] is not None:
            first = clamped(args[2], size)
        if args[3] is not None:
            last = clamped(args[3], size)
        if first >= last or not 0 < by <= size:
            return None
        same(array, &layout)
        layout.dims[at] = (last - first - 1) // by + 1
        layout.strides[at] *= by
        return placed(array, &layout, first * cnp.PyArray_STRIDE(array, at))


cdef inline Py_ssize_t clamped(object bound, Py_ssize_t size) except -1:
    """A bound counted from the front and kept inside."""
    cdef Py_ssize_t at
    if not -size <= bound <= size:
        return 0 if bound < 0 else size
    at = bound
    return at + size if at < 0 else at


view = View(shared.view, 2)
expand = Expand(shared.expand, 3)
transpose = Transpose(shared.transpose, 3)
t = MatrixTranspose(shared.t, 1)
permute = Permute(shared.permute, 2)
unsqueeze = Unsqueeze(shared.unsqueeze, 2)
squeeze = Squeeze(shared.squeeze, 1)
squeeze_dim = SqueezeDim(shared.squeeze_dim, 2)
select = Select(shared_part.select, 3)
slice_tensor = Slice(shared_part.slice_tensor, 5)
