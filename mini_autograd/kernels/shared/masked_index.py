"""Elements by indices of which some do not count: those may be out of bounds."""

from __future__ import annotations

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.indexing import Indices, index
from mini_autograd.kernels.shared.masking import index_put
from mini_autograd.kernels.shared.number import element


def within(self: Array, indices: Indices) -> Indices:
    """The indices with those that are out of bounds moved to the nearest that is not."""
    sizes = zip(indices, self.shape, strict=False)
    return [None if one is None else xp.clip(one, -size, size - 1) for one, size in sizes]


def masked_index(self: Array, mask: Array, indices: Indices, fill: complex) -> Array:
    """The elements at ``indices`` where ``mask`` holds, ``fill`` elsewhere."""
    found = index(self, within(self, indices))
    other = element(fill, dtypes.of_numpy(self.dtype))
    shape = xp.broadcast_shapes(found.shape, mask.shape)
    result: Array = xp.where(xp.broadcast_to(mask, shape), found, other)
    return result


def masked_index_put(self: Array, mask: Array, indices: Indices, values: Array) -> Array:
    """``self`` with ``values`` added at ``indices``, where ``mask`` holds."""
    kept = xp.where(mask, values, values.dtype.type(0))
    return index_put(self, within(self, indices), kept, True)
