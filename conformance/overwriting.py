"""Putting the reference's bits where the subject's are, once the two have been found to agree."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy

from .reading import bits_of, in_memory, on_device
from .standin import StandIn


def overwrite(expected: Any, got: Any, dtype: str, tensor: Any, module: Any) -> None:
    """Give the subject's array the reference's bits, so that no step's rounding, or sign of zero, is the next one's.

    `tensor` is whose memory the array shows, None for an array of its own; `module` is the subject's.
    """
    if tensor is not None and on_device(tensor):
        _move(expected, tensor, module)
        return
    if isinstance(tensor, StandIn):  # which has an array and no memory
        tensor = None
    turned = tensor is not None and any(bits_of(tensor))
    if dtype == "bfloat16" and tensor is not None and not turned:
        raw = expected.view(numpy.uint32) >> 16
        got, expected = tensor.detach().view(module.int16).numpy(), raw.astype(numpy.uint16).view("i2")
    elif turned:
        got, expected = in_memory(tensor, expected)
    if got.flags.writeable:
        got[...] = expected


def _move(expected: Any, tensor: Any, module: Any) -> None:
    """Copy an array into a tensor on a device, whose version does not tell of it."""
    made = module.as_tensor(numpy.array(expected)).to(tensor.dtype)
    with contextlib.suppress(
        RuntimeError
    ):  # one that lies over itself cannot be written, and keeps its numbers
        tensor.data.copy_(made)
