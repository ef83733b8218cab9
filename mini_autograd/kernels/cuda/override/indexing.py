"""Values added where an index says, as the gradient of picking does."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.kernels.cuda import fault, gathering, module
from mini_autograd.kernels.cuda.instance import shared_kernel


def check_bounds(self: Any, expanded: list) -> None:
    """Note a place that is outside its dimension on the device, where the shared kernel would wait for it."""
    shared_kernel("indexing", "check_empty")(self, expanded)
    for dim, (places, size) in enumerate(zip(expanded, self.shape, strict=False)):
        if places is not None and size:
            fault.watch("index", fault.from_front(places, size), dim, size)


def take_along_one(self: Any, indices: list) -> Any:
    """None: what is out of range is looked after by the general way."""
    return None


def add_at(self: Any, place: Any, values: Any) -> None:
    """Add each value at its place: of a single tensor of numbers along one dimension, by the device's own kernels."""
    found = _single(place)
    halves = self.dtype.itemsize == 2 and self.dtype.kind in "fV"
    xp = module.device_module()
    if found is None or self.dtype != values.dtype or not (halves or self.dtype in gathering.ATOMIC):
        wide = self.astype(xp.float32) if halves else self
        shared_kernel("indexing", "add_at")(wide, place, values.astype(wide.dtype))
        if halves:
            self[...] = wide.astype(self.dtype)
        return
    dim, index = found
    size = self.shape[dim]
    before, after = self.shape[:dim], self.shape[dim + 1 :]
    spread = xp.broadcast_to(values, (*before, *index.shape, *after))
    places = xp.ascontiguousarray(xp.where(index < 0, index + size, index).reshape(-1))
    flat = xp.ascontiguousarray(spread).reshape(math.prod(before), places.size, math.prod(after))
    target = xp.ascontiguousarray(self).reshape(math.prod(before), size, math.prod(after))
    if not halves:
        gathering.add(target, 1, places, flat)
    else:
        wide = target.astype(xp.float32)
        gathering.add(wide, 1, places, flat.astype(xp.float32))
        target[...] = wide.astype(self.dtype)
    if not self.flags.c_contiguous:
        self[...] = target.reshape(self.shape)


def _single(place: Any) -> tuple[int, Any] | None:
    """The dimension and the only tensor of an index, if it is of numbers and takes all of the other dimensions."""
    entries = place if isinstance(place, tuple) else (place,)
    tensors = [(at, one) for at, one in enumerate(entries) if hasattr(one, "dtype")]
    whole = all(one is Ellipsis or one == slice(None) for one in entries if not hasattr(one, "dtype"))
    if len(tensors) != 1 or not whole or any(one is Ellipsis for one in entries[: tensors[0][0]]):
        return None
    return tensors[0] if gathering.takes(tensors[0][1]) else None
