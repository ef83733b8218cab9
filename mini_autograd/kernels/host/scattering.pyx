"""Elements and slices picked and combined by places along a dimension: the loops, one for all layouts, of which numpy
has quick ones for few. Checks are shared's, and each loop still looks whether a place is one."""

cimport cython
cimport numpy as cnp

from functools import partial

import numpy as np

from mini_autograd.kernels.shared import embedding as table
from mini_autograd.kernels.shared import numbered
from mini_autograd.kernels.shared import scattering as shared

cnp.import_array()

cdef enum:
    MOST = 64
    SHORT = 8

cdef enum Way:
    WRITE
    ADD
    MULTIPLY
    MAXIMUM
    MINIMUM

WAYS = {None: WRITE, np.add: ADD, np.multiply: MULTIPLY, np.maximum: MAXIMUM, np.minimum: MINIMUM}

ctypedef fused number:
    float
    double
    cnp.int64_t

ctypedef fused unit:
    cnp.uint8_t
    cnp.uint16_t
    cnp.uint32_t
    cnp.uint64_t


cdef struct Walk:
    # Over places and what belongs to each; the table is what they are places in, ``size`` of them ``along`` apart.
    int ndim
    cnp.npy_intp dims[MOST]
    cnp.npy_intp steps[MOST][3]
    char *table
    char *places
    char *values
    cnp.npy_intp along
    cnp.npy_intp size


cdef bint settled(cnp.ndarray table, int dim, cnp.ndarray places, cnp.ndarray values, Walk *walk) noexcept:
    """Set the walk, the last dimension first unless it is short; whether the shapes allow of it."""
    cdef int ndim = cnp.PyArray_NDIM(table), at, own, i, longest = 0
    cdef bint each = cnp.PyArray_NDIM(places) == ndim
    if not 0 <= dim < ndim <= MOST or cnp.PyArray_NDIM(values) != ndim or not cnp.PyArray_SIZE(values):
        return False
    if not each and cnp.PyArray_NDIM(places) != 1:
        return False
    walk.ndim = ndim
    walk.table, walk.places, walk.values = table.data, places.data, values.data
    walk.along, walk.size = cnp.PyArray_STRIDE(table, dim), cnp.PyArray_DIM(table, dim)
    for at in range(ndim):
        own = ndim - 1 - at
        walk.dims[at] = cnp.PyArray_DIM(values, own)
        if own != dim and walk.dims[at] > cnp.PyArray_DIM(table, own):
            return False
        if (each or own == dim) and walk.dims[at] != cnp.PyArray_DIM(places, own if each else 0):
            return False
        walk.steps[at][0] = 0 if own == dim else cnp.PyArray_STRIDE(table, own)
        walk.steps[at][1] = cnp.PyArray_STRIDE(places, own if each else 0) if each or own == dim else 0
        walk.steps[at][2] = cnp.PyArray_STRIDE(values, own)
        if walk.dims[at] > walk.dims[longest]:
            longest = at
    # What goes to one place comes from one line along ``dim``, in whose order it is met whichever dimension is first.
    if walk.dims[0] < SHORT and longest:
        walk.dims[0], walk.dims[longest] = walk.dims[longest], walk.dims[0]
        for i in range(3):
            walk.steps[0][i], walk.steps[longest][i] = walk.steps[longest][i], walk.steps[0][i]
    return True


cdef bint advanced(Walk *walk, cnp.npy_intp *at) noexcept nogil:
    """Go on to the next line along the first dimension; whether there is one."""
    cdef int dim
    for dim in range(1, walk.ndim):
        at[dim] += 1
        walk.table += walk.steps[dim][0]
        walk.places += walk.steps[dim][1]
        walk.values += walk.steps[dim][2]
        if at[dim] < walk.dims[dim]:
            return True
        at[dim] = 0
        walk.table -= walk.steps[dim][0] * walk.dims[dim]
        walk.places -= walk.steps[dim][1] * walk.dims[dim]
        walk.values -= walk.steps[dim][2] * walk.dims[dim]
    return False


# Combining --------------------------------------------------------------------------------------------------------


cdef inline number combined(number old, number new, Way way) noexcept nogil:
    """As numpy combines two: NaN is the largest and the smallest, of zeros the new one is taken."""
    if way == ADD:
        if number is cnp.int64_t:
            return <cnp.int64_t>(<cnp.uint64_t>old + <cnp.uint64_t>new)
        else:
            return old + new
    if way == MULTIPLY:
        if number is cnp.int64_t:
            return <cnp.int64_t>(<cnp.uint64_t>old * <cnp.uint64_t>new)
        else:
            return old * new
    if number is not cnp.int64_t:
        if old != old and way != WRITE:
            return old
    if way == MAXIMUM:
        return old if old > new else new
    if way == MINIMUM:
        return old if old < new else new
    return new


cdef bint combine_line(Walk *walk, Way way, number one) noexcept nogil:
    """Combine the values of a line with what is at their places; whether all of those are some."""
    cdef char *table = walk.table
    cdef char *places = walk.places
    cdef char *values = walk.values
    cdef cnp.npy_intp i, place, over = walk.steps[0][0], on = walk.steps[0][1], by = walk.steps[0][2]
    cdef number *cells
    cdef number *given
    if on == 0:
        place = (<cnp.int64_t *>places)[0]
        if not 0 <= place < walk.size:
            return False
        table += place * walk.along
        if over == sizeof(number) and by == sizeof(number):
            cells, given = <number *>table, <number *>values
            for i in range(walk.dims[0]):
                cells[i] = combined(cells[i], given[i], way)
            return True
        for i in range(walk.dims[0]):
            cells = <number *>(table + i * over)
            cells[0] = combined(cells[0], (<number *>(values + i * by))[0], way)
        return True
    for i in range(walk.dims[0]):
        place = (<cnp.int64_t *>(places + i * on))[0]
        if not 0 <= place < walk.size:
            return False
        cells = <number *>(table + i * over + place * walk.along)
        cells[0] = combined(cells[0], (<number *>(values + i * by))[0], way)
    return True


cdef bint combine_all(Walk *walk, Way way, number one) noexcept nogil:
    cdef cnp.npy_intp at[MOST]
    cdef int dim
    for dim in range(walk.ndim):
        at[dim] = 0
    while combine_line(walk, way, one):
        if not advanced(walk, at):
            return True
    return False


cdef bint walkable(array) noexcept:
    return (
        cnp.PyArray_CheckExact(array) and cnp.PyArray_ISALIGNED(array) and cnp.PyArray_ISNOTSWAPPED(array))


cdef long_places(places):
    return places if places.dtype == np.int64 else places.astype(np.int64)


def combine(ufunc, target, dim, places, values):
    """Combine each value with what is at its place, one after the other where places repeat; write it if the function
    is None."""
    if not isinstance(values, np.ndarray):
        values = np.asarray(values, target.dtype)
    if values.ndim == 0 and places.ndim == target.ndim:
        values = np.broadcast_to(values, places.shape)
    if not combine_at_once(WAYS.get(ufunc, -1), target, dim, long_places(places), values):
        shared.combine_at(ufunc, target, dim, places, values)


cdef bint combine_at_once(int way, target, int dim, places, values) except -1:
    cdef Walk walk
    cdef int typenum
    cdef bint whole
    if way < 0 or not walkable(target) or not walkable(places) or not walkable(values):
        return False
    typenum = cnp.PyArray_TYPE(target)
    if typenum != cnp.PyArray_TYPE(values) or not cnp.PyArray_ISWRITEABLE(target):
        return False
    if np.may_share_memory(target, values) or np.may_share_memory(target, places):
        return False
    if not settled(target, dim, places, values, &walk):
        return False
    if typenum == cnp.NPY_FLOAT32:
        whole = combine_all[float](&walk, <Way>way, 0)
    elif typenum == cnp.NPY_FLOAT64:
        whole = combine_all[double](&walk, <Way>way, 0)
    elif typenum == cnp.NPY_INT64:
        whole = combine_all[cnp.int64_t](&walk, <Way>way, 0)
    else:
        return False
    if not whole:
        raise IndexError("a place is out of bounds")
    return True


# Picking ----------------------------------------------------------------------------------------------------------


cdef bint pick_line(Walk *walk, unit one) noexcept nogil:
    """Copy what is at the places of a line; whether all of those are some."""
    cdef char *table = walk.table
    cdef char *places = walk.places
    cdef char *values = walk.values
    cdef cnp.npy_intp i, place, over = walk.steps[0][0], on = walk.steps[0][1], by = walk.steps[0][2]
    if on == 0:
        place = (<cnp.int64_t *>places)[0]
        if not 0 <= place < walk.size:
            return False
        table += place * walk.along
        if over == sizeof(unit) and by == sizeof(unit):
            for i in range(walk.dims[0]):
                (<unit *>values)[i] = (<unit *>table)[i]
            return True
        for i in range(walk.dims[0]):
            (<unit *>(values + i * by))[0] = (<unit *>(table + i * over))[0]
        return True
    for i in range(walk.dims[0]):
        place = (<cnp.int64_t *>(places + i * on))[0]
        if not 0 <= place < walk.size:
            return False
        (<unit *>(values + i * by))[0] = (<unit *>(table + i * over + place * walk.along))[0]
    return True


cdef bint pick_all(Walk *walk, unit one) noexcept nogil:
    cdef cnp.npy_intp at[MOST]
    cdef int dim
    for dim in range(walk.ndim):
        at[dim] = 0
    while pick_line(walk, one):
        if not advanced(walk, at):
            return True
    return False


def pick(cnp.ndarray source not None, int dim, cnp.ndarray places not None):
    """The elements or slices at the places."""
    cdef Walk walk
    cdef cnp.ndarray out
    cdef bint whole
    cdef int size = cnp.PyArray_ITEMSIZE(source)
    if size not in (1, 2, 4, 8) or not walkable(source) or not walkable(places):
        return shared.pick_at(source, dim, places)
    places = long_places(places)
    if places.ndim == source.ndim:
        out = np.empty((<object>places).shape, source.dtype)
    else:
        shape = (<object>source).shape
        out = np.empty((*shape[:dim], places.size, *shape[dim + 1 :]), source.dtype)
    if not settled(source, dim, places, out, &walk):
        return shared.pick_at(source, dim, places)
    if size == 1:
        whole = pick_all[cnp.uint8_t](&walk, 0)
    elif size == 2:
        whole = pick_all[cnp.uint16_t](&walk, 0)
    elif size == 4:
        whole = pick_all[cnp.uint32_t](&walk, 0)
    else:
        whole = pick_all[cnp.uint64_t](&walk, 0)
    if not whole:
        raise IndexError("a place is out of bounds")
    return out


# The kernels: shared's, with these loops ------------------------------------------------------------------------------


gather, index_select = [partial(one, pick=pick) for one in (shared.gather, numbered.index_select)]
scatter, scatter_add, scatter_reduce, index_add, index_reduce = [
    partial(one, combine=combine)
    for one in (
        shared.scatter, shared.scatter_add, shared.scatter_reduce, numbered.index_add, numbered.index_reduce)
]
scatter_into, scatter_add_into, scatter_reduce_into, index_add_into, index_reduce_into = [
    partial(one, combine=combine)
    for one in (
        shared.scatter_into, shared.scatter_add_into, shared.scatter_reduce_into, numbered.index_add_into,
        numbered.index_reduce_into)
]
embedding_dense_backward, embedding_bag, embedding_bag_backward = [
    partial(one, combine=combine)
    for one in (table.embedding_dense_backward, table.embedding_bag, table.embedding_bag_backward)
]
