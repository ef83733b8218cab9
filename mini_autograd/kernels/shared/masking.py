"""Elements selected, filled and replaced where a mask is set, and the places of those that are not zero."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.copying import clone, spread
from mini_autograd.kernels.shared.indexing import check_count, places_of, put_at
from mini_autograd.kernels.shared.memory import allocate, contiguous, over
from mini_autograd.kernels.shared.number import C_NAMES, element
from mini_autograd.kernels.shared.overlap import (
    are_disjoint,
    check_apart,
    check_disjoint,
    check_single,
    warn_expanded,
)
from mini_autograd.kernels.shared.scattering import legacy
from mini_autograd.kernels.shared.view import expand

MASK_NAMES = {"uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int64": "long int"}
MASK_NAMES |= {"float32": "float", "float64": "double", "bool": "bool", "int32": "int"}


def together(self: Array, mask: Array) -> tuple[int, ...]:
    """The shape of both, broadcast; RuntimeError in torch's words, the mask first, where there is none."""
    if self.shape == mask.shape:
        return self.shape
    try:
        return xp.broadcast_shapes(self.shape, mask.shape)
    except ValueError:
        spread(self, mask.shape)
        raise


def masked_fill_into(self: Array, mask: Array, value: Any) -> Array:
    """Write ``value``, a number or a 0-d array, where ``mask`` is set."""
    if isinstance(value, xp.ndarray):
        if value.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        value = float(value) if value.dtype.kind == "V" else value.item()
    if mask.dtype != xp.bool_:
        name = dtypes.of_numpy(mask.dtype).name
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {MASK_NAMES.get(name, C_NAMES[name])}"
        )
    warn_expanded("masked_fill_", self, "tensor[mask] = scalar")
    check_apart(self, mask)
    xp.copyto(self, element(value, dtypes.of_numpy(self.dtype)), where=spread(mask, self.shape))
    return self


def masked_fill(self: Array, mask: Array, value: Any) -> Array:
    return masked_fill_into(expanded_copy(self, mask), mask, value)


def expanded_copy(self: Array, mask: Array) -> Array:
    shape = together(self, mask)
    result = allocate(shape, self.dtype)
    result[...] = self
    return result


def index_put(self: Array, indices: list, values: Array, accumulate: bool, unsafe: bool = False) -> Array:
    """A copy of ``self`` with ``values`` at ``indices``, added up with ``accumulate``."""
    return index_put_into(clone(self), indices, values, accumulate)


def index_put_into(
    self: Array, indices: list, values: Array, accumulate: bool, unsafe: bool = False
) -> Array:
    """``index_put`` in place; a single value at a single mask is filled in, whatever its type."""
    warn_expanded("index_put_", self, "tensor[indices] = tensor")
    if is_filled(indices, values, accumulate):
        mask, start = next(one for one in indices if one is not None), len(indices) - 1
        check_count(self, indices)
        places_of(self, mask, start)
        trailing = (1,) * (self.ndim - start - mask.ndim)
        return masked_fill_into(self, mask.reshape(mask.shape + trailing), values.reshape(()))
    check_disjoint(self, *indices, values)
    return put_at(self, indices, values, accumulate)


def is_filled(indices: list, values: Array, accumulate: bool) -> bool:
    """Whether it is a single value and a single mask."""
    if values.size != 1 or accumulate:
        return False
    given = [one for one in indices if one is not None]
    return len(given) == 1 and given[0].dtype in (xp.bool_, xp.uint8)


def reads_what_it_puts(self: Array, indices: list, values: Array, accumulate: bool) -> bool:
    """Whether :func:`index_put_into` refuses memory that is both read and written."""
    return not (is_filled(indices, values, accumulate) or are_disjoint(self, *indices, values))


def masked_select(self: Array, mask: Array) -> Array:
    """The elements where ``mask`` is set, as one list."""
    if mask.dtype != xp.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    if self.shape != mask.shape:
        shape = together(self, mask)
        self, mask = xp.broadcast_to(self, shape), xp.broadcast_to(mask, shape)
    return contiguous(xp.atleast_1d(self)[xp.atleast_1d(mask)])


def masked_scatter_into(self: Array, mask: Array, source: Array) -> Array:
    """Write the elements of ``source``, one after the other, where ``mask`` is set."""
    if self.dtype != source.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{legacy(self)} and {legacy(source)}"
        )
    if mask.dtype != xp.bool_:
        raise RuntimeError(
            f"masked_scatter_ only supports boolean masks, but got mask with dtype {legacy(mask)}"
        )
    check_single(self)
    where = expand(mask, self.shape)
    count = int(xp.count_nonzero(where))
    if source.size < count:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    self[where] = source.reshape(-1)[:count] if self.ndim or count else self
    return self


def masked_scatter(self: Array, mask: Array, source: Array) -> Array:
    return masked_scatter_into(expanded_copy(self, mask), mask, source)


def masked_scatter_backward(grad_output: Array, mask: Array, sizes: tuple[int, ...]) -> Array:
    """The gradient of what was scattered: the elements where ``mask`` is set, then zeros, in its shape."""
    selected = masked_select(grad_output, mask)
    result = xp.zeros(math.prod(sizes), grad_output.dtype)
    result[: selected.size] = selected
    return contiguous(result.reshape(sizes))


def nonzero(self: Array) -> Array:
    """The position of every element that is not zero, a row each; torch lays the columns out one by one."""
    found = xp.nonzero(self) if self.ndim else ()
    count = found[0].size if found else int(bool(self))
    columns = xp.empty(self.ndim * count, xp.int64)
    for dim, places in enumerate(found):
        columns[dim * count : (dim + 1) * count] = places
    return over(columns, xp.int64, (count, self.ndim), (8, 8 * count))


def nonzero_static(self: Array, size: int, fill_value: int) -> Array:
    """The first ``size`` rows of :func:`nonzero`, filled up with ``fill_value``."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    found = nonzero(self)[:size]
    result = allocate((size, self.ndim), xp.dtype(xp.int64))
    result[...] = fill_value
    result[: found.shape[0]] = found
    return result
