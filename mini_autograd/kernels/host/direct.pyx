"""numpy's own inner loops, called without numpy's preparations, for arrays that need none.

A ufunc spends most of its time on a small array deciding how to go about it. For float32, float64 and int64 arrays
of one shape, or 0-d beside one, whose elements lie evenly spaced there is nothing to decide: the loop is called at
once on a fresh array. What it computes is numpy's to the bit. Everything else goes through the ufunc.
"""

cimport numpy as cnp

import numpy as np

from mini_autograd.kernels.shared import arithmetic

cnp.import_array()
cnp.import_ufunc()

cdef int SLOTS = 32


cdef class Direct:
    """A ufunc with one or two inputs and one output, as a kernel."""

    def __cinit__(self, cnp.ufunc ufunc):
        cdef int i, typenum, nargs = ufunc.nargs
        if ufunc.nin not in (1, 2) or ufunc.nout != 1:
            raise ValueError(f"{ufunc!r} has not one or two inputs and one output")
        self.ufunc = ufunc
        self.nin = ufunc.nin
        for i in range(32):
            self.loops[i] = NULL
        for i in range(ufunc.ntypes):
            typenum = ufunc.types[i * nargs]
            if typenum not in (cnp.NPY_FLOAT32, cnp.NPY_FLOAT64, cnp.NPY_INT64):
                continue
            if self.nin == 2 and ufunc.types[i * nargs + 1] != typenum:
                continue
            if self.loops[typenum] == NULL:
                self.loops[typenum] = ufunc.functions[i]
                self.data[typenum] = ufunc.data[i]
                self.result[typenum] = ufunc.types[i * nargs + nargs - 1]

    def __call__(self, left, right=None):
        if self.nin == 1:
            if right is not None:
                raise TypeError("one array expected, got two")
            return self.unary(left)
        return self.binary(left, right)

    cdef run(self, list arrays):
        """The loop's result on the arrays of a list; None where they take the ufunc, which may warn."""
        return self.plain(arrays[0], None if self.nin == 1 else arrays[1])

    cdef plain(self, left, right):
        """The loop's result on arrays that it may walk over as they lie, ``right`` None for one; None for others."""
        if not cnp.PyArray_CheckExact(left):
            return None
        if self.nin == 1:
            return self.walk_one(left)
        return self.walk_two(left, right) if cnp.PyArray_CheckExact(right) else None

    cdef unary(self, left):
        found = self.plain(left, None)
        return self.ufunc(left) if found is None else found

    cdef binary(self, left, right):
        found = self.plain(left, right)
        return self.ufunc(left, right) if found is None else found

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
        self.loops[typenum](args, &count, steps, self.data[typenum])
        return out

    cdef walk_two(self, cnp.ndarray a, cnp.ndarray b):
        cdef int typenum = cnp.PyArray_TYPE(a)
        cdef char *args[3]
        cdef cnp.npy_intp count, steps[3]
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
        self.loops[typenum](args, &count, steps, self.data[typenum])
        return out


cdef inline bint canonical(cnp.ndarray array):
    """Whether the strides are those of a new array, also along dimensions of size 1; a result takes after them."""
    cdef int dim
    cdef cnp.npy_intp step = cnp.PyArray_ITEMSIZE(array)
    for dim in range(cnp.PyArray_NDIM(array) - 1, -1, -1):
        if cnp.PyArray_STRIDE(array, dim) != step:
            return False
        step *= cnp.PyArray_DIM(array, dim)
    return True


cdef inline bint evenly_spaced(cnp.ndarray array, cnp.npy_intp *step):
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


cdef class Scaled(Direct):
    """``self + alpha * other`` or ``self - alpha * other``, which with ``alpha=1`` is the ufunc's own loop."""

    def __call__(self, left, right=None, alpha=1):
        return self.binary(left, scaled(right, alpha))

    cdef run(self, list arrays):
        return self.plain(arrays[0], arrays[1]) if arrays[2] is ONE else None


cdef inline scaled(other, alpha):
    return other if alpha is ONE else arithmetic.scaled(other, alpha)


ONE = 1
add = Scaled(np.add)
sub = Scaled(np.subtract)
