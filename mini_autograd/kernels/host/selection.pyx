# cython: cdivision=True
"""Elements chosen from rows by rank, among equal ones as C++ chooses: shared's selection, on keys in one type."""

cimport cython
cimport numpy as cnp
from libc.stdint cimport INT64_MAX
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

import numpy as np

from mini_autograd.kernels.shared import selection as twin
from mini_autograd.kernels.shared import sorting as shared
from mini_autograd.kernels.shared.reduction import plain as contiguous
from mini_autograd.kernels.shared.reduction import selected

cnp.import_array()

cdef Py_ssize_t SHORT_SORT = twin.SHORT_SORT
cdef Py_ssize_t SHORT_SELECTION = twin.SHORT_SELECTION
cdef Py_ssize_t FEW = twin.FEW

ctypedef fused number:
    float
    double
    cnp.int64_t


cdef struct Ranked:
    cnp.int64_t key
    cnp.int64_t place


ctypedef Py_ssize_t (*Choice)(Ranked *row, Py_ssize_t count, Py_ssize_t rank) noexcept nogil


cdef inline cnp.int64_t key_of(number value) noexcept nogil:
    """What orders as the elements do: NaN ranks above everything, and zeros are equal."""
    cdef double wide
    cdef cnp.int64_t bits
    if number is cnp.int64_t:
        return value
    else:
        if value != value:
            return INT64_MAX
        wide = <double>value + 0.0
        memcpy(&bits, &wide, sizeof(double))
        return bits if bits >= 0 else bits ^ INT64_MAX


cdef void load(const number *row, Ranked *out, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        out[i].key = key_of(row[i])
        out[i].place = i


cdef inline void exchange(Ranked *row, Py_ssize_t one, Py_ssize_t other) noexcept nogil:
    row[one], row[other] = row[other], row[one]


cdef inline void in_order(Ranked *row, Py_ssize_t one, Py_ssize_t other) noexcept nogil:
    if row[one].key > row[other].key:
        exchange(row, one, other)


# Selection of one -------------------------------------------------------------------------------------------------


cdef Py_ssize_t quickselect(Ranked *row, Py_ssize_t count, Py_ssize_t kth) noexcept nogil:
    """The place of the ``kth`` smallest."""
    cdef Py_ssize_t low, high, left = 0, right = count - 1
    cdef cnp.int64_t pivot
    while right > left + 1:
        exchange(row, (left + right) // 2, left + 1)
        in_order(row, left + 1, right)
        in_order(row, left, right)
        in_order(row, left + 1, left)
        low, high, pivot = left + 1, right, row[left].key
        while True:
            low += 1
            while pivot > row[low].key:
                low += 1
            high -= 1
            while row[high].key > pivot:
                high -= 1
            if high < low:
                break
            exchange(row, low, high)
        exchange(row, left, high)
        if high <= kth:
            left = low
        if high >= kth:
            right = high - 1
    if right == left + 1:
        in_order(row, left, right)
    return row[kth].place


# Sorting ----------------------------------------------------------------------------------------------------------


cdef inline Py_ssize_t middle_of_three(
    Ranked *row, Py_ssize_t low, Py_ssize_t middle, Py_ssize_t high
) noexcept nogil:
    cdef cnp.int64_t a = row[low].key, b = row[middle].key, c = row[high].key
    if a < b:
        return middle if b < c else high if a < c else low
    return low if a < c else high if b < c else middle


cdef Py_ssize_t partition(Ranked *row, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
    """Bring what comes before a median of three to the left of it; where the right part begins."""
    cdef Py_ssize_t left = first + 1, right = last
    cdef cnp.int64_t pivot
    exchange(row, first, middle_of_three(row, first + 1, (first + last) // 2, last - 1))
    pivot = row[first].key
    while True:
        while row[left].key < pivot:
            left += 1
        right -= 1
        while pivot < row[right].key:
            right -= 1
        if left >= right:
            return left
        exchange(row, left, right)
        left += 1


cdef void partition_all(Ranked *row, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
    """Partition until no part is long; the shorter part first, since the order of parts changes nothing."""
    cdef Py_ssize_t cut
    while last - first > SHORT_SORT:
        cut = partition(row, first, last)
        if last - cut < cut - first:
            partition_all(row, cut, last)
            last = cut
        else:
            partition_all(row, first, cut)
            first = cut


cdef void insert_all(Ranked *row, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
    cdef Py_ssize_t i, at
    cdef Ranked moved
    for i in range(first + 1, last):
        moved, at = row[i], i
        while at > first and row[at - 1].key > moved.key:
            row[at] = row[at - 1]
            at -= 1
        row[at] = moved


cdef void sort_all(Ranked *row, Py_ssize_t count) noexcept nogil:
    partition_all(row, 0, count)
    insert_all(row, 0, count)


cdef Py_ssize_t most_frequent(Ranked *row, Py_ssize_t count, Py_ssize_t whole) noexcept nogil:
    """The last place of the first of the longest runs; of what ranks above everything no two are equal unless all
    elements are ``whole`` numbers."""
    cdef Py_ssize_t i, run = 0, most = 0, found = 0
    sort_all(row, count)
    for i in range(1, count):
        run = run + 1 if row[i].key == row[i - 1].key and (whole or row[i].key != INT64_MAX) else 0
        if run > most:
            most, found = run, i
    return row[found].place


# Selection of the first -------------------------------------------------------------------------------------------


cdef void search(Ranked *row, Py_ssize_t count, Py_ssize_t nth) noexcept nogil:
    """Rearrange the row so that what is at ``nth`` is in its order, the earlier before it."""
    cdef Py_ssize_t cut, first = 0, last = count
    while last - first > SHORT_SELECTION:
        cut = partition(row, first, last)
        if cut <= nth:
            first = cut
        else:
            last = cut
    insert_all(row, first, last)


cdef void sift(Ranked *row, Py_ssize_t top, Py_ssize_t size, Ranked moved) noexcept nogil:
    """Put ``moved`` into the heap of ``size`` below ``top``, where there is a hole."""
    cdef Py_ssize_t hole = top, child = 2 * top + 2
    while child < size:
        if row[child].key < row[child - 1].key:
            child -= 1
        row[hole] = row[child]
        hole, child = child, 2 * child + 2
    if child == size:
        row[hole] = row[child - 1]
        hole = child - 1
    while hole > top and row[(hole - 1) // 2].key < moved.key:
        row[hole] = row[(hole - 1) // 2]
        hole = (hole - 1) // 2
    row[hole] = moved


cdef void sort_first(Ranked *row, Py_ssize_t count, Py_ssize_t first) noexcept nogil:
    """Bring the ``first`` to the front in order by a heap."""
    cdef Py_ssize_t at
    cdef Ranked moved
    for at in range(first // 2 - 1, -1, -1):
        sift(row, at, first, row[at])
    for at in range(first, count):
        if row[at].key < row[0].key:
            moved = row[at]
            row[at] = row[0]
            sift(row, 0, first, moved)
    for at in range(first - 1, 0, -1):
        moved = row[at]
        row[at] = row[0]
        sift(row, 0, at, moved)


cdef void first_of(Ranked *row, Py_ssize_t count, Py_ssize_t first, bint ordered) noexcept nogil:
    if first * FEW <= count:
        sort_first(row, count, first)
        return
    search(row, count, first - 1)
    if ordered:
        sort_all(row, first - 1)


cdef int choose_first(const number *rows, cnp.int64_t *places, Py_ssize_t count, Py_ssize_t width, Py_ssize_t first,
                      bint largest, bint ordered) except -1:
    """The places of the first of each row."""
    cdef Py_ssize_t i, j
    cdef Ranked *row = <Ranked *>malloc(width * sizeof(Ranked))
    if row == NULL:
        raise MemoryError
    with nogil:
        for i in range(count):
            load(rows + i * width, row, width)
            if largest:
                for j in range(width):
                    row[j].key = ~row[j].key
            first_of(row, width, first, ordered)
            for j in range(first):
                places[i * first + j] = row[j].place
    free(row)
    return 0


# Rows -------------------------------------------------------------------------------------------------------------


cdef int choose(const number *rows, cnp.int64_t *places, Py_ssize_t count, Py_ssize_t width, Choice choice,
                Py_ssize_t told) except -1:
    """The place that is chosen in each of ``count`` rows."""
    cdef Py_ssize_t i
    cdef Ranked *row = <Ranked *>malloc(width * sizeof(Ranked))
    if row == NULL:
        raise MemoryError
    with nogil:
        for i in range(count):
            load(rows + i * width, row, width)
            places[i] = choice(row, width, told)
    free(row)
    return 0


cdef rows_of(self, Py_ssize_t dim):
    """The rows along ``dim`` as contiguous ones, in a type that there is a loop for; None for other arrays."""
    if not cnp.PyArray_CheckExact(self) or not self.ndim or not self.size or self.dtype == np.uint64:
        return None
    kind = self.dtype.kind
    if kind not in "biufV":
        return None
    wanted = np.int64 if kind in "biu" else np.float64 if self.itemsize == 8 else np.float32
    return np.ascontiguousarray(np.moveaxis(self, dim, -1), wanted)


cdef places_in(cnp.ndarray rows, Py_ssize_t dim, Choice choice, Py_ssize_t told):
    """The place chosen in each row, with ``dim`` kept."""
    cdef int last = cnp.PyArray_NDIM(rows) - 1, typenum = cnp.PyArray_TYPE(rows)
    cdef Py_ssize_t width = cnp.PyArray_DIM(rows, last)
    cdef Py_ssize_t count = cnp.PyArray_SIZE(rows) // width
    cdef tuple shape = (<object>rows).shape
    cdef cnp.ndarray out = np.empty((*shape[:last], 1), np.int64)
    cdef cnp.int64_t *places = <cnp.int64_t *>cnp.PyArray_DATA(out)
    if typenum == cnp.NPY_FLOAT32:
        choose(<const float *>cnp.PyArray_DATA(rows), places, count, width, choice, told)
    elif typenum == cnp.NPY_FLOAT64:
        choose(<const double *>cnp.PyArray_DATA(rows), places, count, width, choice, told)
    else:
        choose(<const cnp.int64_t *>cnp.PyArray_DATA(rows), places, count, width, choice, told)
    return np.moveaxis(out, -1, dim)


def kthvalue(self, k, dim, keepdim):
    rows = rows_of(self, dim)
    if rows is None or not 1 <= k <= rows.shape[-1]:
        return shared.kthvalue(self, k, dim, keepdim)
    return selected(self, places_in(rows, dim, quickselect, k - 1), dim, keepdim)


def mode(self, dim, keepdim):
    rows = rows_of(self, dim)
    if rows is None:
        return shared.mode(self, dim, keepdim)
    return selected(self, places_in(rows, dim, most_frequent, rows.dtype == np.int64), dim, keepdim)


def topk(self, k, dim, largest, sorted):
    cdef cnp.ndarray rows, out
    cdef cnp.int64_t *places
    cdef Py_ssize_t width, count, first = k
    cdef bint most = largest, ordered = sorted
    cdef int typenum
    found = rows_of(self, dim)
    if found is None or not 1 <= k <= found.shape[-1]:
        return shared.topk(self, k, dim, largest, sorted)
    rows, out = found, np.empty((*found.shape[:-1], k), np.int64)
    places, typenum = <cnp.int64_t *>cnp.PyArray_DATA(out), cnp.PyArray_TYPE(rows)
    width = found.shape[-1]
    count = cnp.PyArray_SIZE(rows) // width
    if typenum == cnp.NPY_FLOAT32:
        choose_first(<const float *>cnp.PyArray_DATA(rows), places, count, width, first, most, ordered)
    elif typenum == cnp.NPY_FLOAT64:
        choose_first(<const double *>cnp.PyArray_DATA(rows), places, count, width, first, most, ordered)
    else:
        choose_first(<const cnp.int64_t *>cnp.PyArray_DATA(rows), places, count, width, first, most, ordered)
    order = np.moveaxis(out, -1, dim)
    return contiguous(np.take_along_axis(self, order, dim)), contiguous(order)
