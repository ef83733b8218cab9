"""numpy's own inner loops, called without numpy's preparations, for arrays that need none.

A ufunc spends most of its time on a small array deciding how to go about it. For float32, float64 and int64 arrays
that are contiguous and of one shape, or 0-d beside one, there is nothing to decide: the loop is called at once on a
fresh array. What it computes is numpy's to the bit. Everything else goes through the ufunc.
"""

cimport numpy as cnp

import numpy as np

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
        """Call the loop on the arrays of a list."""
        return self.unary(arrays[0]) if self.nin == 1 else self.binary(arrays[0], arrays[1])

    cdef unary(self, left):
        cdef int typenum
        cdef char *args[2]
        cdef cnp.npy_intp count, steps[2]
        cdef cnp.ndarray a, out
        if cnp.PyArray_CheckExact(left):
            a = left
            typenum = cnp.PyArray_TYPE(a)
            if typenum < SLOTS and self.loops[typenum] != NULL and plain(a):
                count = cnp.PyArray_SIZE(a)
                out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(a), cnp.PyArray_DIMS(a), self.result[typenum], 0)
                args[0] = cnp.PyArray_BYTES(a)
                args[1] = cnp.PyArray_BYTES(out)
                steps[0] = cnp.PyArray_ITEMSIZE(a)
                steps[1] = cnp.PyArray_ITEMSIZE(out)
                if count:
                    self.loops[typenum](args, &count, steps, self.data[typenum])
                return out
        return self.ufunc(left)

    cdef binary(self, left, right):
        cdef int typenum
        cdef char *args[3]
        cdef cnp.npy_intp count, steps[3]
        cdef cnp.ndarray a, b, wide, out
        if cnp.PyArray_CheckExact(left) and cnp.PyArray_CheckExact(right):
            a = left
            b = right
            typenum = cnp.PyArray_TYPE(a)
            if (typenum < SLOTS and typenum == cnp.PyArray_TYPE(b) and self.loops[typenum] != NULL
                    and plain(a) and plain(b)):
                steps[0] = steps[1] = cnp.PyArray_ITEMSIZE(a)
                wide = a
                if not cnp.PyArray_SAMESHAPE(a, b):
                    if cnp.PyArray_NDIM(b) == 0:
                        steps[1] = 0
                    elif cnp.PyArray_NDIM(a) == 0:
                        steps[0] = 0
                        wide = b
                    else:
                        wide = None
                if wide is not None:
                    count = cnp.PyArray_SIZE(wide)
                    out = cnp.PyArray_EMPTY(cnp.PyArray_NDIM(wide), cnp.PyArray_DIMS(wide), self.result[typenum], 0)
                    args[0] = cnp.PyArray_BYTES(a)
                    args[1] = cnp.PyArray_BYTES(b)
                    args[2] = cnp.PyArray_BYTES(out)
                    steps[2] = cnp.PyArray_ITEMSIZE(out)
                    if count:
                        self.loops[typenum](args, &count, steps, self.data[typenum])
                    return out
        return self.ufunc(left, right)


cdef inline bint plain(cnp.ndarray array):
    """Whether an inner loop may walk over the array as it lies."""
    return cnp.PyArray_ISCARRAY_RO(array)


cdef class Scaled(Direct):
    """``self + alpha * other`` or ``self - alpha * other``, which with ``alpha=1`` is the ufunc's own loop."""

    def __call__(self, left, right=None, alpha=1):
        return self.binary(left, scaled(right, alpha))

    cdef run(self, list arrays):
        return self.binary(arrays[0], scaled(arrays[1], arrays[2]))


cdef inline scaled(other, alpha):
    return other if alpha is ONE or alpha == 1 else other * other.dtype.type(alpha)


ONE = 1
add = Scaled(np.add)
sub = Scaled(np.subtract)
