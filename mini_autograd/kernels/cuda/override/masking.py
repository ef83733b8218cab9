"""Writes where a mask is set: a value that lies on the GPU is written from there, unread."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import current, shared_kernel

Array = Any
instance: Any = current()
xp = instance.xp


def masked_fill_into(self: Array, mask: Array, value: Any) -> Array:
    """Write ``value``, a number or a 0-d array, where ``mask`` is set."""
    onto_device = isinstance(value, instance.library.array) and value.ndim == 0
    masking = instance.module("masking")
    if not onto_device or mask.dtype != xp.bool_:
        filled: Array = shared_kernel("masking", "masked_fill_into")(self, mask, value)
        return filled
    masking.warn_expanded("masked_fill_", self, "tensor[mask] = scalar")
    masking.check_apart(self, mask)
    xp.copyto(self, value.astype(self.dtype), where=masking.spread(mask, self.shape))
    return self
