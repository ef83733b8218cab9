# cython: cdivision=True
"""Samples of images by a grid and their gradients, one sample at a time, with the arithmetic of the shared functions."""

cimport numpy as cnp
from libc.math cimport fabs, floor, fmod, isfinite, rint

import numpy as np

from mini_autograd.kernels.host.reduction cimport real, simple, total
from mini_autograd.kernels.shared import grid as shared

cnp.import_array()

cdef enum:
    NEAREST = 1
    BICUBIC = 2
    BORDER = 1
    REFLECTION = 2
    # Taps along a dimension, and corners, at most.
    TAPS = 4
    CORNERS = 64


cdef struct Sampling:
    int spatial
    int mode
    int padding
    bint align
    # How many taps there are along each dimension, and corners in all.
    int taps
    int corners
    cnp.npy_intp size[3]
    # Images, their channels, the elements and the samples of each.
    cnp.npy_intp count
    cnp.npy_intp channels
    cnp.npy_intp whole
    cnp.npy_intp samples


cdef real kept_inside(real at, cnp.npy_intp size, int padding, bint align, real *turned) noexcept nogil:
    cdef real low, span, far, extra, last = <real>(size - 1)
    cdef bint odd
    turned[0] = 1
    if padding == REFLECTION and align and size == 1:
        at = turned[0] = 0
    elif padding == REFLECTION:
        low = <real>0 if align else <real>-0.5
        span = <real>(size - 1) if align else <real>size
        far = <real>fabs(at - low)
        extra, odd = <real>fmod(far, span), fmod(floor(far / span), 2) == 1
        turned[0] = (-1 if at - low < 0 else 1) * (-1 if odd else 1)
        at = (span - extra if odd else extra) + low
    if padding == BORDER or padding == REFLECTION:
        if at <= 0 or at >= last:
            turned[0] = 0
        at = <real>0 if at <= 0 else (last if at >= last else at)
    return at if isfinite(at) and fabs(at) < 2147483648.0 else <real>-100


cdef inline cnp.int64_t inside_or_not(real place, cnp.npy_intp size) noexcept nogil:
    return <cnp.int64_t>place if 0 <= place < size else -1


cdef void taps_of(
    real given, int dim, const Sampling *s, cnp.int64_t *place, real *weight, real *slope
) noexcept nogil:
    """The elements along a dimension, -1 for one outside, with their weights and the derivatives of these."""
    cdef cnp.npy_intp size = s.size[dim]
    cdef real at, first, part, turned, scale, x, sign, unused, a = <real>-0.75
    # Numbers of the type itself: beside literals it would be doubles that are computed with.
    cdef real one = 1, two = 2, three = 3, four = 4, five = 5, eight = 8, ten = 10
    cdef int k
    if s.align:
        at, scale = (given + one) / two * <real>(size - 1), <real>(<double>(size - 1) / 2)
    else:
        at, scale = ((given + one) * <real>size - one) / two, <real>(<double>size / 2)
    if s.mode != BICUBIC:
        at = kept_inside(at, size, s.padding, s.align, &turned)
        scale = scale * turned
        if s.mode == NEAREST:
            place[0], weight[0], slope[0] = inside_or_not(<real>rint(at), size), 1, 0
            return
        first = <real>floor(at)
        part = at - first
        place[0], weight[0], slope[0] = inside_or_not(first, size), one - part, -scale
        place[1], weight[1], slope[1] = inside_or_not(first + one, size), part, scale
        return
    first = <real>floor(at)
    part = at - first
    for k in range(TAPS):
        x = <real>fabs(part - (k - 1))
        sign = -1 if part - (k - 1) < 0 else (1 if part - (k - 1) > 0 else 0)
        if k == 1 or k == 2:
            weight[k] = ((a + two) * x - (a + three)) * x * x + one
            slope[k] = (three * (a + two) * x - two * (a + three)) * x
        else:
            weight[k] = ((a * x - five * a) * x + eight * a) * x - four * a
            slope[k] = (three * a * x - ten * a) * x + eight * a
        slope[k] = slope[k] * sign * scale
        place[k] = inside_or_not(<real>rint(kept_inside(first + (k - 1), size, s.padding, s.align, &unused)), size)


cdef void corners_of(
    const real *grid, const Sampling *s, cnp.int64_t *places, real *weights, real *slopes
) noexcept nogil:
    """The corners of a sample: places in memory's order, -1 for one outside, whose weight and derivatives are 0; of
    these there are ``spatial`` for each."""
    cdef cnp.int64_t place[3 * 4]
    cdef real weight[3 * 4]
    cdef real slope[3 * 4]
    cdef int at[3]
    cdef int dim, other, corner, rest
    cdef cnp.int64_t found
    cdef real product
    for dim in range(s.spatial):
        taps_of(grid[s.spatial - 1 - dim], dim, s, place + dim * TAPS, weight + dim * TAPS, slope + dim * TAPS)
    for corner in range(s.corners):
        rest = corner
        for dim in range(s.spatial - 1, -1, -1):
            at[dim] = dim * TAPS + rest % s.taps
            rest //= s.taps
        found, product = 0, 1
        for dim in range(s.spatial):
            if place[at[dim]] < 0:
                found = -1
                break
            found = found * s.size[dim] + place[at[dim]]
            product = product * weight[at[dim]]
        places[corner], weights[corner] = found, 0 if found < 0 else product
        if slopes == NULL:
            continue
        for dim in range(s.spatial):
            product = 1
            for other in range(s.spatial):
                product = product * (slope[at[other]] if other == dim else weight[at[other]])
            slopes[corner * s.spatial + dim] = 0 if found < 0 else product


cdef void sample(const real *image, const real *grid, real *out, const Sampling *s) noexcept nogil:
    cdef cnp.int64_t places[CORNERS]
    cdef real weights[CORNERS]
    cdef real *none = NULL
    cdef const real *channel
    cdef cnp.npy_intp n, c, p
    cdef int corner
    cdef real sum
    for n in range(s.count):
        for p in range(s.samples):
            corners_of(grid, s, places, weights, none)
            channel = image
            for c in range(s.channels):
                sum = 0
                for corner in range(s.corners):
                    if places[corner] >= 0:
                        sum += channel[places[corner]] * weights[corner]
                out[c * s.samples + p] = sum
                channel += s.whole
            grid += s.spatial
        image += s.channels * s.whole
        out += s.channels * s.samples


cdef void sample_backward(
    const real *grad, const real *image, const real *grid, real *to_image, real *to_grid, const Sampling *s,
    cnp.int64_t *places, real *weights, real *seen
) noexcept nogil:
    """Set the gradient of the grid and add to that of images, if it is not NULL: to all first corners before all
    second ones. ``seen`` has room for an element of each channel."""
    cdef real slopes[3 * 64]
    cdef real product
    cdef cnp.npy_intp n, c, p, place
    cdef int corner, dim
    for n in range(s.count):
        for p in range(s.samples):
            corners_of(grid, s, places + p * s.corners, weights + p * s.corners, slopes)
            for corner in range(s.corners if s.mode != NEAREST else 0):
                place, product = places[p * s.corners + corner], 0
                if place < 0 and s.spatial != 2:
                    continue
                for c in range(s.channels):
                    seen[c] = (image[c * s.whole + place] if place >= 0 else 0) * grad[c * s.samples + p]
                    product += seen[c]
                if s.samples == 1:
                    product = total(<const real *>seen, s.channels)
                for dim in range(s.spatial):
                    to_grid[s.spatial - 1 - dim] += product * slopes[corner * s.spatial + dim]
            grid += s.spatial
            to_grid += s.spatial
        if to_image != NULL:
            for corner in range(s.corners):
                for c in range(s.channels):
                    for p in range(s.samples):
                        place = places[p * s.corners + corner]
                        if place >= 0:
                            to_image[c * s.whole + place] += grad[c * s.samples + p] * weights[p * s.corners + corner]
            to_image += s.channels * s.whole
        image += s.channels * s.whole
        grad += s.channels * s.samples


cdef bint sampling_of(Sampling *s, image, grid, mode, padding, align) except -1:
    """Set ``s``; whether the arrays are contiguous and of one type, and there is something to sample."""
    cdef int dim
    if not simple(image) or not simple(grid) or cnp.PyArray_TYPE(image) != cnp.PyArray_TYPE(grid):
        return False
    s.spatial = cnp.PyArray_NDIM(image) - 2
    if not 1 <= s.spatial <= 3 or cnp.PyArray_NDIM(grid) != s.spatial + 2 or grid.shape[s.spatial + 1] != s.spatial:
        return False
    s.mode, s.padding, s.align = mode, padding, align
    s.taps = 1 if s.mode == NEAREST else (TAPS if s.mode == BICUBIC else 2)
    s.corners = s.taps ** s.spatial
    s.count, s.channels = image.shape[:2]
    if grid.shape[0] != s.count:
        return False
    s.whole = 1
    for dim in range(s.spatial):
        s.size[dim] = image.shape[dim + 2]
        s.whole *= s.size[dim]
    s.samples = cnp.PyArray_SIZE(grid) // (s.count * s.spatial)
    return True


def grid_sampler(input, grid, mode, padding, align):
    cdef Sampling s
    cdef cnp.ndarray image = np.ascontiguousarray(input), where = np.ascontiguousarray(grid), out
    if not sampling_of(&s, image, where, mode, padding, align):
        return shared.grid_sampler(input, grid, mode, padding, align)
    out = np.empty((*input.shape[:2], *grid.shape[1:-1]), input.dtype)
    if cnp.PyArray_TYPE(image) == cnp.NPY_FLOAT32:
        with nogil:
            sample(<const float *>cnp.PyArray_DATA(image), <const float *>cnp.PyArray_DATA(where),
                <float *>cnp.PyArray_DATA(out), &s)
    else:
        with nogil:
            sample(<const double *>cnp.PyArray_DATA(image), <const double *>cnp.PyArray_DATA(where),
                <double *>cnp.PyArray_DATA(out), &s)
    return out


def grid_sampler_backward(grad_output, input, grid, mode, padding, align, output_mask):
    cdef Sampling s
    cdef cnp.ndarray image = np.ascontiguousarray(input), where = np.ascontiguousarray(grid)
    cdef cnp.ndarray grad = np.ascontiguousarray(grad_output), to_grid, places, room
    cdef void *to_image = NULL
    fits = sampling_of(&s, image, where, mode, padding, align) and simple(grad)
    if not fits or cnp.PyArray_TYPE(grad) != cnp.PyArray_TYPE(image) or grad.size != s.count * s.channels * s.samples:
        return shared.grid_sampler_backward(grad_output, input, grid, mode, padding, align, output_mask)
    filled = np.zeros(input.shape, input.dtype) if output_mask[0] else None
    if filled is not None:
        to_image = cnp.PyArray_DATA(filled)
    to_grid = np.zeros(grid.shape, grid.dtype)
    places = np.empty(s.samples * s.corners, np.int64)
    room = np.empty(s.samples * s.corners + s.channels, input.dtype)
    if cnp.PyArray_TYPE(image) == cnp.NPY_FLOAT32:
        with nogil:
            sample_backward(
                <const float *>cnp.PyArray_DATA(grad), <const float *>cnp.PyArray_DATA(image),
                <const float *>cnp.PyArray_DATA(where), <float *>to_image, <float *>cnp.PyArray_DATA(to_grid), &s,
                <cnp.int64_t *>cnp.PyArray_DATA(places), <float *>cnp.PyArray_DATA(room),
                <float *>cnp.PyArray_DATA(room) + s.samples * s.corners)
    else:
        with nogil:
            sample_backward(
                <const double *>cnp.PyArray_DATA(grad), <const double *>cnp.PyArray_DATA(image),
                <const double *>cnp.PyArray_DATA(where), <double *>to_image, <double *>cnp.PyArray_DATA(to_grid), &s,
                <cnp.int64_t *>cnp.PyArray_DATA(places), <double *>cnp.PyArray_DATA(room),
                <double *>cnp.PyArray_DATA(room) + s.samples * s.corners)
    return filled, to_grid
