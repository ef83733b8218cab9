"""Inner loops called without numpy's preparations, for arrays that need none.

A ufunc spends most of its time on a small array deciding how to go about it. For float32, float64 and int64 arrays
of one shape, or 0-d beside one, whose elements lie evenly spaced there is nothing to decide: the loop, numpy's own
and so to the bit, is called at once on a fresh array. Everything else goes to the function that the loop is part of.
"""

cimport cython
cimport numpy as cnp
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport PyLong_CheckExact

import numpy as np

from mini_autograd.kernels.shared import arithmetic, filling

cnp.import_array()
cnp.import_ufunc()

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object, int *) except? -1

cdef int SLOTS = 16
# From so many elements on, other threads of Python's run meanwhile.
cdef cnp.npy_intp LONG = 4096
# Up to this size every integer is a float64, so that it does not matter by which way it becomes a float32.
cdef long long EXACT = 1LL << 53
# A loop over fewer elements costs less than the call.
cdef cnp.npy_intp SHORT = 8

cdef enum:
    MOST = 64


cdef struct Walk:
    # Dimensions from the last to the first, and for each the steps along two inputs and the output.
    int ndim
    cnp.npy_intp dims[64]
    cnp.npy_intp steps[64][3]
    char *starts[3]



@cython.auto_pickle(False)
cdef class Direct:
    """A function with one result as a kernel: of ``nin`` arrays, and if it is ``numbered`` of a Python number after
    them. A ufunc brings its loops along."""

    def __cinit__(self, general, int nin=0, bint numbered=False):
        cdef int i
        self.general = general
        self.nin = nin
        self.numbered = numbered
        for i in range(SLOTS):
            self.loops[i] = NULL
        if isinstance(general, np.ufunc):
            self.nin = general.nin
            self.take_loops(general)

    cdef take_loops(self, ufunc):
        """Make the inner loops of a ufunc this kernel's own."""
        cdef PyUFuncObject *table = <PyUFuncObject *>ufunc
        cdef int i, typenum
        if table.nin not in (1, 2) or table.nout != 1:
            raise ValueError(f"{ufunc!r} has not one or two inputs and one output")
        for i in range(table.ntypes):
            typenum = table.types[i * table.nargs]
            if typenum not in (cnp.NPY_FLOAT32, cnp.NPY_FLOAT64, cnp.NPY_INT64):
                continue
            if table.nin == 2 and table.types[i * table.nargs + 1] != typenum:
                continue
            if self.loops[typenum] == NULL:
                self.loops[typenum] = table.functions[i]
                self.data[typenum] = table.data[i]
                self.result[typenum] = table.types[i * table.nargs + table.nargs - 1]

    def __call__(self, *args):
        found = self.run(list(args)) if len(args) == self.nin + self.numbered else None
        return self.general(*args) if found is None else found

    cdef run(self, list arrays):
        """The loop's result on the arguments of a row; None where they take the function, which may warn."""
        return self.plain(
            arrays[0], arrays[1] if self.nin == 2 else None, arrays[self.nin] if self.numbered else None)

    cdef plain(self, left, right, number):
        """The loop's result on arrays that it may walk over as they lie; None for others.

        ``right`` is None for a single array; ``number`` is a Python number that comes last, or None for none. A
        function of two arrays takes a number for the second one, in the type of the first.
        """
        if not cnp.PyArray_CheckExact(left):
            return None
        if right is None:
            if number is None:
                return self.walk_one(left) if self.nin == 1 and not self.numbered else None
            return self.with_number(left, number) if self.nin + self.numbered == 2 else None
        if self.nin != 2 or self.numbered or number is not None or not cnp.PyArray_CheckExact(right):
            return None
        return self.walk_two(left, right)

    cdef with_number(self, cnp.ndarray array, number):
        cdef double cell
        return self.beside(array, <char *>&cell, False) if in_type_of(array, number, <char *>&cell) else None

    cdef mixed(self, array, number, bint first):
        """The result on an array and a 0-d one to be taken in its type, the ``first`` operand or the second."""
        cdef double cell
        if self.nin != 2 or self.numbered or not cnp.PyArray_CheckExact(array) or not cnp.PyArray_CheckExact(number):
            return None
        return self.beside(array, <char *>&cell, first) if number_in_type_of(array, number, <char *>&cell) else None

    cdef bint over(self, target, right):
        """Write the loop's result on both over ``target``; whether that could be done, else nothing was."""
        cdef cnp.ndarray a, b
        cdef cnp.npy_intp steps[3]
        cdef char *args[3]
        cdef cnp.npy_intp count
        cdef int typenum
        if self.nin != 2 or not cnp.PyArray_CheckExact(target) or not cnp.PyArray_CheckExact(right):
            return False
        a, b = target, right
        typenum = cnp.PyArray_TYPE(a)
        if typenum >= SLOTS or typenum != cnp.PyArray_TYPE(b) or self.result[typenum] != typenum:
            return False
        if self.loops[typenum] == NULL or not cnp.PyArray_ISCARRAY(a) or not cnp.PyArray_SAMESHAPE(a, b):
            return False
        count = cnp.PyArray_SIZE(a)
        if not count or not evenly_spaced(b, steps + 1) or overlapping(a, b, steps[1], count):
            return False
        steps[0] = steps[2] = cnp.PyArray_ITEMSIZE(a)
        args[0] = args[2] = cnp.PyArray_BYTES(a)
        args[1] = cnp.PyArray_BYTES(b)
        self.call(typenum, args, count, steps)
        return True

    cdef walk_one(self, cnp.ndarray a):
        cdef int typenum = cnp.PyArray_TYPE(a)
        cdef char *args[2]
        cdef cnp.npy_intp count = cnp.PyArray_SIZE(a)
        cdef cnp.npy_intp steps[2]
        cdef cnp.ndarray out
        if typenum >= SLOTS or self.loops[typenum] == NULL or not count or not evenly_spaced(a, steps):
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), self.result[typenum], 0)
        args[0] = cnp.PyArray_BYTES(a)
        args[1] = cnp.PyArray_BYTES(out)
        steps[1] = cnp.PyArray_ITEMSIZE(out)
        self.call(typenum, args, count, steps)
        return out

    cdef walk_two(self, cnp.ndarray a, cnp.ndarray b):
        cdef int typenum = cnp.PyArray_TYPE(a)
        cdef char *args[3]
        cdef cnp.npy_intp count = cnp.PyArray_SIZE(a)
        cdef cnp.npy_intp steps[3]
        cdef cnp.ndarray out
        if typenum >= SLOTS or typenum != cnp.PyArray_TYPE(b) or self.loops[typenum] == NULL:
            return None
        if not cnp.PyArray_SAMESHAPE(a, b):
            return self.spread(a, b)
        if not count or not evenly_spaced_both(a, b, steps):
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), self.result[typenum], 0)
        args[0] = cnp.PyArray_BYTES(a)
        args[1] = cnp.PyArray_BYTES(b)
        args[2] = cnp.PyArray_BYTES(out)
        steps[2] = cnp.PyArray_ITEMSIZE(out)
        self.call(typenum, args, count, steps)
        return out

    cdef spread(self, cnp.ndarray a, cnp.ndarray b):
        """The loop's result on arrays of one type that lie like new ones and are broadcast; None for others."""
        cdef int typenum = cnp.PyArray_TYPE(a), dim
        cdef cnp.npy_intp dims[MOST]
        cdef Walk walk
        cdef cnp.ndarray out
        cdef int ndim = max(cnp.PyArray_NDIM(a), cnp.PyArray_NDIM(b))
        if not canonical(a) or not canonical(b) or not broadcast(a, b, ndim, dims, &walk):
            return None
        out = cnp.PyArray_EMPTY(ndim, dims, self.result[typenum], 0)
        walk.starts[0] = cnp.PyArray_BYTES(a)
        walk.starts[1] = cnp.PyArray_BYTES(b)
        walk.starts[2] = cnp.PyArray_BYTES(out)
        settle_output(&walk, cnp.PyArray_ITEMSIZE(out))
        if cnp.PyArray_SIZE(out) < LONG:
            walk_over(&walk, self.loops[typenum], self.data[typenum])
        else:
            with nogil:
                walk_over(&walk, self.loops[typenum], self.data[typenum])
        return out

    cdef beside(self, cnp.ndarray a, char *cell, bint first):
        """The loop's result on an array and one number in its type, which is the ``first`` operand or the second."""
        cdef int typenum = cnp.PyArray_TYPE(a)
        cdef char *args[3]
        cdef cnp.npy_intp count = cnp.PyArray_SIZE(a)
        cdef cnp.npy_intp steps[3]
        cdef cnp.ndarray out
        if typenum >= SLOTS or self.loops[typenum] == NULL or not count or not canonical(a):
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), self.result[typenum], 0)
        steps[first] = cnp.PyArray_ITEMSIZE(a)
        steps[1 - first] = 0
        steps[2] = cnp.PyArray_ITEMSIZE(out)
        args[first] = cnp.PyArray_BYTES(a)
        args[1 - first] = cell
        args[2] = cnp.PyArray_BYTES(out)
        self.call(typenum, args, count, steps)
        return out

    cdef call(self, int typenum, char **args, cnp.npy_intp count, cnp.npy_intp *steps):
        cdef Loop loop = self.loops[typenum]
        cdef void *data = self.data[typenum]
        if count < LONG:
            loop(args, &count, steps, data)
        else:
            with nogil:
                loop(args, &count, steps, data)


cdef Direct own_loops(Direct made, Loop single, Loop double):
    """The kernel, given loops of one's own that compute what its function does."""
    made.loops[<int>cnp.NPY_FLOAT32] = single
    made.loops[<int>cnp.NPY_FLOAT64] = double
    made.result[<int>cnp.NPY_FLOAT32] = cnp.NPY_FLOAT32
    made.result[<int>cnp.NPY_FLOAT64] = cnp.NPY_FLOAT64
    return made


@cython.auto_pickle(False)
cdef class Complete(Direct):
    """A kernel of ``nin`` arguments of any kind, all of which it looks at itself: what its :meth:`run` gives, if not
    None, needs no check, on floating tensors of one type."""

    def __cinit__(self, general, int nin=0, bint numbered=False):
        self.complete = True

    cdef plain(self, left, right, number):
        return None


# Layouts ----------------------------------------------------------------------------------------------------------


cdef bint evenly_spaced(cnp.ndarray array, cnp.npy_intp *step) noexcept:
    """Whether one step in bytes leads from each element to the next, as it does along a contiguous array, along
    any dimension by itself, and through a number that was expanded."""
    cdef int dim, ndim = cnp.PyArray_NDIM(array)
    step[0] = cnp.PyArray_ITEMSIZE(array)
    if cnp.PyArray_ISCARRAY_RO(array):
        return True
    if not cnp.PyArray_ISALIGNED(array) or not cnp.PyArray_ISNOTSWAPPED(array):
        return False
    if ndim == 1:
        step[0] = cnp.PyArray_STRIDE(array, 0)
        return True
    step[0] = 0
    for dim in range(ndim):
        if cnp.PyArray_STRIDE(array, dim) != 0:
            return False
    return True


cdef bint canonical(cnp.ndarray array) noexcept:
    """Whether the strides are those of a new array, also along dimensions of size 1; a result takes after them."""
    cdef int dim
    cdef cnp.npy_intp step = cnp.PyArray_ITEMSIZE(array)
    for dim in range(cnp.PyArray_NDIM(array) - 1, -1, -1):
        if cnp.PyArray_STRIDE(array, dim) != step:
            return False
        step *= cnp.PyArray_DIM(array, dim)
    return True


cdef bint evenly_spaced_both(cnp.ndarray a, cnp.ndarray b, cnp.npy_intp *steps) noexcept:
    """Whether both are, and what is computed of them lies like a new array: beside one that is not contiguous, the
    other decides that by strides which otherwise do not count."""
    if not evenly_spaced(a, steps) or not evenly_spaced(b, steps + 1):
        return False
    if cnp.PyArray_ISCARRAY_RO(a) == cnp.PyArray_ISCARRAY_RO(b):
        return True
    return canonical(a) or canonical(b)


cdef bint overlapping(cnp.ndarray a, cnp.ndarray b, cnp.npy_intp step, cnp.npy_intp count) noexcept:
    """Whether writing over the contiguous ``a`` changes elements of ``b`` that are still to be read."""
    cdef char *start = cnp.PyArray_BYTES(b)
    cdef char *last = start + (count - 1) * step
    if start == cnp.PyArray_BYTES(a) and step == cnp.PyArray_ITEMSIZE(a):
        return False
    if step < 0:
        start, last = last, start
    return start < cnp.PyArray_BYTES(a) + cnp.PyArray_NBYTES(a) and cnp.PyArray_BYTES(a) < last + cnp.PyArray_ITEMSIZE(b)


cdef bint broadcast(cnp.ndarray a, cnp.ndarray b, int ndim, cnp.npy_intp *dims, Walk *walk) noexcept:
    """Set the dimensions of both broadcast together, and the walk over them, in as few of them as it takes; whether
    they broadcast, and to any elements."""
    cdef int dim, top = -1
    cdef cnp.npy_intp one, two, size, step_a, step_b
    for dim in range(ndim - 1, -1, -1):
        one, step_a = along(a, dim - ndim)
        two, step_b = along(b, dim - ndim)
        size = two if one == 1 else one
        if (two != 1 and two != size) or not size:
            return False
        dims[dim] = size
        if size == 1:
            continue
        if top >= 0 and step_a == walk.steps[top][0] * walk.dims[top] and step_b == walk.steps[top][1] * walk.dims[top]:
            walk.dims[top] *= size
            continue
        top += 1
        walk.dims[top] = size
        walk.steps[top][0] = step_a
        walk.steps[top][1] = step_b
    walk.ndim = top + 1
    return top >= 0


cdef inline (cnp.npy_intp, cnp.npy_intp) along(cnp.ndarray array, int dim) noexcept:
    """The size of a dimension counted from the end, and the step along it where it is broadcast."""
    cdef int at = cnp.PyArray_NDIM(array) + dim
    if at < 0 or cnp.PyArray_DIM(array, at) == 1:
        return 1, 0
    return cnp.PyArray_DIM(array, at), cnp.PyArray_STRIDE(array, at)


cdef void settle_output(Walk *walk, cnp.npy_intp itemsize) noexcept:
    """Let the output be contiguous, and the loop run along the longest dimension if the last one is short."""
    cdef int dim, longest = 0
    cdef cnp.npy_intp step = itemsize
    for dim in range(walk.ndim):
        walk.steps[dim][2] = step
        step *= walk.dims[dim]
        if walk.dims[dim] > walk.dims[longest]:
            longest = dim
    if walk.dims[0] < SHORT and longest:
        walk.dims[0], walk.dims[longest] = walk.dims[longest], walk.dims[0]
        for dim in range(3):
            walk.steps[0][dim], walk.steps[longest][dim] = walk.steps[longest][dim], walk.steps[0][dim]


cdef void walk_over(Walk *walk, Loop loop, void *data) noexcept nogil:
    """Call the loop along the first dimension of the walk, from each place in the others."""
    cdef cnp.npy_intp at[MOST]
    cdef char *args[3]
    cdef int dim, i
    for i in range(3):
        args[i] = walk.starts[i]
    for dim in range(walk.ndim):
        at[dim] = 0
    while True:
        loop(args, walk.dims, walk.steps[0], data)
        dim = 1
        while dim < walk.ndim:
            at[dim] += 1
            for i in range(3):
                args[i] += walk.steps[dim][i]
            if at[dim] < walk.dims[dim]:
                break
            for i in range(3):
                args[i] -= walk.steps[dim][i] * walk.dims[dim]
            at[dim] = 0
            dim += 1
        if dim >= walk.ndim:
            return


# Numbers ----------------------------------------------------------------------------------------------------------


cdef bint number_in_type_of(cnp.ndarray array, cnp.ndarray number, char *cell) noexcept:
    """Write a 0-d array's element to ``cell`` as an element of ``array``; whether that is known to be exact or
    rounded once."""
    cdef int typenum = cnp.PyArray_TYPE(number)
    cdef long long whole
    if cnp.PyArray_NDIM(number) != 0 or not cnp.PyArray_ISCARRAY_RO(number):
        return False
    if typenum == cnp.NPY_FLOAT64:
        return set_cell(array, (<double *>cnp.PyArray_DATA(number))[0], cell)
    if typenum != cnp.NPY_INT64:
        return False
    whole = (<cnp.int64_t *>cnp.PyArray_DATA(number))[0]
    return -EXACT <= whole <= EXACT and set_cell(array, <double>whole, cell)


cdef bint in_type_of(cnp.ndarray array, object number, char *cell) except -1:
    """Write a Python number to ``cell`` as an element of ``array``; whether it is one that this is known for."""
    cdef long long whole
    cdef int overflow
    if PyFloat_CheckExact(number):
        return set_cell(array, PyFloat_AS_DOUBLE(number), cell)
    if not PyLong_CheckExact(number):
        return False
    whole = PyLong_AsLongLongAndOverflow(number, &overflow)
    return not overflow and -EXACT <= whole <= EXACT and set_cell(array, <double>whole, cell)


cdef bint set_cell(cnp.ndarray array, double value, char *cell) noexcept:
    cdef int typenum = cnp.PyArray_TYPE(array)
    if typenum == cnp.NPY_FLOAT32:
        (<float *>cell)[0] = <float>value
    elif typenum == cnp.NPY_FLOAT64:
        (<double *>cell)[0] = value
    return typenum == cnp.NPY_FLOAT32 or typenum == cnp.NPY_FLOAT64


@cython.auto_pickle(False)
cdef class Scaled(Direct):
    """``self + alpha * other`` or ``self - alpha * other``, which with ``alpha=1`` is a ufunc's own loop."""

    def __call__(self, left, right, alpha=1):
        found = None
        if alpha is ONE:
            found = self.plain(left, right, None)
        elif right.dtype.kind != "c":
            right, alpha = arithmetic.scaled(right, alpha), 1
            found = self.plain(left, right, None)
        return self.general(left, right, alpha) if found is None else found

    cdef run(self, list arrays):
        return self.plain(arrays[0], arrays[1], None) if arrays[2] is ONE else None


ONE = 1
add = Scaled(arithmetic.add, 2)
(<Direct>add).take_loops(np.add)
sub = Scaled(arithmetic.sub, 2)
(<Direct>sub).take_loops(np.subtract)


cdef bint add_at_once(array, other) except -1:
    """Add ``other`` to ``array`` in its memory if the loop may walk over both as they lie; whether it does."""
    return (<Direct>add).over(array, other)


def add_into(cnp.ndarray self not None, cnp.ndarray other not None):
    """Add ``other`` to ``self`` in its memory; both have one shape and dtype."""
    if not (<Direct>add).over(self, other):
        filling.add_into(self, other)
