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

from mini_autograd.kernels.shared import arithmetic

cnp.import_array()
cnp.import_ufunc()

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object, int *) except? -1

cdef int SLOTS = 16
# From so many elements on, other threads of Python's run meanwhile.
cdef cnp.npy_intp LONG = 4096
# Up to this size every integer is a float64, so that it does not matter by which way it becomes a float32.
cdef long long EXACT = 1LL << 53


@cython.auto_pickle(False)
cdef class Direct:
    """A function of one or two arrays, with one result, as a kernel; a ufunc brings its loops along."""

    def __cinit__(self, general, int nin=0):
        cdef PyUFuncObject *ufunc
        cdef int i, typenum
        self.general = general
        self.nin = nin
        for i in range(SLOTS):
            self.loops[i] = NULL
        if not isinstance(general, np.ufunc):
            return
        ufunc = <PyUFuncObject *>general
        if ufunc.nin not in (1, 2) or ufunc.nout != 1:
            raise ValueError(f"{general!r} has not one or two inputs and one output")
        self.nin = ufunc.nin
        for i in range(ufunc.ntypes):
            typenum = ufunc.types[i * ufunc.nargs]
            if typenum not in (cnp.NPY_FLOAT32, cnp.NPY_FLOAT64, cnp.NPY_INT64):
                continue
            if self.nin == 2 and ufunc.types[i * ufunc.nargs + 1] != typenum:
                continue
            if self.loops[typenum] == NULL:
                self.loops[typenum] = ufunc.functions[i]
                self.data[typenum] = ufunc.data[i]
                self.result[typenum] = ufunc.types[i * ufunc.nargs + ufunc.nargs - 1]

    def __call__(self, left, right=None):
        found = self.plain(left, right)
        if found is not None:
            return found
        if self.nin == 2:
            return self.general(left, right)
        if right is not None:
            raise TypeError("one array expected, got two")
        return self.general(left)

    cdef run(self, list arrays):
        """The loop's result on the arrays of a list; None where they take the function, which may warn."""
        return self.plain(arrays[0], None if self.nin == 1 else arrays[1])

    cdef plain(self, left, right):
        """The loop's result on arrays that it may walk over as they lie, ``right`` None for one; None for others."""
        if not cnp.PyArray_CheckExact(left):
            return None
        if self.nin == 1:
            return self.walk_one(left) if right is None else None
        return self.walk_two(left, right) if cnp.PyArray_CheckExact(right) else None

    cdef mixed(self, array, number, bint first):
        """The same on an array and a 0-d one to be taken in its type, the ``first`` operand or the second."""
        cdef double cell
        if self.nin != 2 or not cnp.PyArray_CheckExact(array) or not cnp.PyArray_CheckExact(number):
            return None
        if not canonical(array) or not number_in_type_of(array, number, <char *>&cell):
            return None
        return self.beside(array, <char *>&cell, first)

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
        cdef cnp.npy_intp count
        cdef cnp.npy_intp steps[3]
        cdef cnp.ndarray wide = a, out
        if typenum >= SLOTS or typenum != cnp.PyArray_TYPE(b) or self.loops[typenum] == NULL:
            return None
        if not evenly_spaced(a, steps) or not evenly_spaced(b, steps + 1):
            return None
        if not cnp.PyArray_SAMESHAPE(a, b):
            if cnp.PyArray_NDIM(b) == 0:
                steps[1] = 0
            elif cnp.PyArray_NDIM(a) == 0:
                steps[0] = 0
                wide = b
            else:
                return None
            if not canonical(wide):
                return None
        count = cnp.PyArray_SIZE(wide)
        if not count:
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(wide), cnp.PyArray_DIMS(wide), self.result[typenum], 0)
        args[0] = cnp.PyArray_BYTES(a)
        args[1] = cnp.PyArray_BYTES(b)
        args[2] = cnp.PyArray_BYTES(out)
        steps[2] = cnp.PyArray_ITEMSIZE(out)
        self.call(typenum, args, count, steps)
        return out

    cdef beside(self, cnp.ndarray a, char *cell, bint first):
        """The loop's result on an array and one number in its type, which is the ``first`` operand or the second."""
        cdef int typenum = cnp.PyArray_TYPE(a)
        cdef char *args[3]
        cdef cnp.npy_intp count = cnp.PyArray_SIZE(a)
        cdef cnp.npy_intp steps[3]
        cdef cnp.ndarray out
        if typenum >= SLOTS or self.loops[typenum] == NULL or not count or not evenly_spaced(a, steps + first):
            return None
        out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), self.result[typenum], 0)
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


cdef Direct own_loops(object general, int nin, Loop single, Loop double):
    """A kernel with loops of one's own; ``general`` computes the same, on any arrays."""
    cdef Direct made = Direct(general, nin)
    made.loops[<int>cnp.NPY_FLOAT32] = single
    made.loops[<int>cnp.NPY_FLOAT64] = double
    made.result[<int>cnp.NPY_FLOAT32] = cnp.NPY_FLOAT32
    made.result[<int>cnp.NPY_FLOAT64] = cnp.NPY_FLOAT64
    return made


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


cdef bint overlapping(cnp.ndarray a, cnp.ndarray b, cnp.npy_intp step, cnp.npy_intp count) noexcept:
    """Whether writing over the contiguous ``a`` changes elements of ``b`` that are still to be read."""
    cdef char *start = cnp.PyArray_BYTES(b)
    cdef char *last = start + (count - 1) * step
    if start == cnp.PyArray_BYTES(a) and step == cnp.PyArray_ITEMSIZE(a):
        return False
    if step < 0:
        start, last = last, start
    return start < cnp.PyArray_BYTES(a) + cnp.PyArray_NBYTES(a) and cnp.PyArray_BYTES(a) < last + cnp.PyArray_ITEMSIZE(b)


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
    """``self + alpha * other`` or ``self - alpha * other``, which with ``alpha=1`` is the ufunc's own loop."""

    def __call__(self, left, right=None, alpha=1):
        if alpha is not ONE:
            right = arithmetic.scaled(right, alpha)
        found = self.plain(left, right)
        return self.general(left, right) if found is None else found

    cdef run(self, list arrays):
        return self.plain(arrays[0], arrays[1]) if arrays[2] is ONE else None


ONE = 1
add = Scaled(np.add)
sub = Scaled(np.subtract)


def add_into(cnp.ndarray self not None, cnp.ndarray other not None):
    """Add ``other`` to ``self`` in its memory; both have one shape and dtype."""
    if not (<Direct>add).over(self, other):
        np.add(self, other, out=self)
