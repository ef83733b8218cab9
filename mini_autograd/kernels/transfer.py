"""Copies of arrays from one device to another, and memory of the host that a GPU can read by itself.

Elements travel as the bytes that they fill, so that what arrives lies as what was sent does.
"""

from __future__ import annotations

import math
import weakref
from contextlib import nullcontext
from typing import Any

import numpy as np

from mini_autograd.devices import device
from mini_autograd.kernels import accelerator
from mini_autograd.kernels.accelerator import number_of, place
from mini_autograd.kernels.by_array import clone, owner_of, placed
from mini_autograd.kernels.lookup import kernels_of, on_host
from mini_autograd.kernels.shared.memory import has_no_gaps

# Memory of the host that does not move, by the array that owns it.
_PINNED: dict[int, weakref.ref] = {}
# What a GPU still reads or writes there, each with an event that says when it is done.
_IN_FLIGHT: list[tuple[Any, Any]] = []


def moved(array: Any, index: int | None, non_blocking: bool = False) -> Any:
    """``array``, which has no gaps, in new memory of the GPU of that number, or of the host where that is None.

    With ``non_blocking`` the host does not wait for what it need not wait for: what is sent from memory that does not
    move, and what is written to such memory, where what is made lies then.
    """
    with where(array):
        block = bytes_of(array)
    if index is None:
        return placed(received(block, non_blocking), array.dtype, array.shape, array.strides, 0)
    xp = accelerator.start().xp
    found = sent_across(xp, block, index) if not on_host(block) else None
    with xp.cuda.Device(index):
        found = sent(xp, block, non_blocking) if found is None else found
        return placed(found, array.dtype, array.shape, array.strides, 0)


def sent(xp: Any, block: Any, non_blocking: bool) -> Any:
    """Bytes of the host in memory of the current GPU."""
    found = xp.empty(block.shape, np.uint8)
    if not block.size:
        return found
    found.set(block)
    if is_pinned(block):  # elsewhere CUDA has read them all by now
        if non_blocking:
            keep(xp, block)
        else:
            xp.cuda.get_current_stream().synchronize()
    return found


def sent_across(xp: Any, block: Any, index: int) -> Any:
    """Bytes of a GPU in new memory of a GPU, copied once they are there; they stay until they are copied."""
    with block.device:
        source = xp.cuda.get_current_stream()
        written = marked(xp, source)
    with xp.cuda.Device(index):
        stream = xp.cuda.get_current_stream()
        stream.wait_event(written)
        found = xp.empty(block.shape, np.uint8)
        if block.size:
            found.data.copy_from_device_async(block.data, block.nbytes, stream)
        copied = marked(xp, stream)
    with block.device:
        source.wait_event(copied)
    return found


def marked(xp: Any, stream: Any) -> Any:
    """An event behind all that is in ``stream``."""
    event = xp.cuda.Event(disable_timing=True)
    event.record(stream)
    return event


def received(block: Any, non_blocking: bool) -> Any:
    """Bytes of any device in memory of the host."""
    if on_host(block):
        return block.copy()
    with block.device:
        if not non_blocking:
            found = block.get()
            accelerator.check()
            return found
        found = pinned_bytes(block.size)
        if block.size:
            block.get(out=found, blocking=False)
            keep(accelerator.load().xp, found)
        return found


def where(array: Any) -> Any:
    """A context in which the GPU that holds ``array`` is the current one."""
    return nullcontext() if on_host(array) else array.device


def bytes_of(array: Any) -> Any:
    """The bytes that the elements of ``array``, which has no gaps, fill."""
    if not array.size:
        return array.reshape(-1).view(np.uint8)
    order = sorted(range(array.ndim), key=lambda dim: (-array.strides[dim], dim))
    return array.transpose(order).reshape(-1).view(np.uint8)


class CopyAcross:
    """The kernel that casts a tensor, and copies it to another device; an object, as it is the same for all arrays."""

    def __call__(
        self,
        array: Any,
        dtype: Any,
        device: device,
        _source: device,
        non_blocking: bool = False,
        memory_format: Any = None,
    ) -> Any:
        dense = has_no_gaps(array.shape, array.strides, array.itemsize)
        if not dense or memory_format is not None or array.dtype != dtype.numpy:
            with where(array):
                array = kernels_of(array).to_copy(array, dtype, non_blocking, memory_format)
        return moved(array, place(device), non_blocking)


copy_across = CopyAcross()


def put(array: Any, device: device | None) -> Any:
    """``array`` on a device, itself where it lies there already, or where None is said."""
    if device is None:
        return array
    index = place(device)
    return array if index == number_of(array) else moved(without_gaps(array), index)


def without_gaps(array: Any) -> Any:
    return array if has_no_gaps(array.shape, array.strides, array.itemsize) else clone(array)


def to_host(array: Any) -> Any:
    """The elements of ``array`` in memory of the host, ``array`` itself where it lies there."""
    return array if on_host(array) else moved(without_gaps(array), None)


# Memory that does not move -----------------------------------------------------------------------------------------


def pinned_bytes(size: int) -> Any:
    """Memory that a GPU can read and write by itself."""
    memory = accelerator.start().xp.cuda.alloc_pinned_memory(max(size, 1))
    if hasattr(
        memory, "__array_interface__"
    ):  # as the emulation has it, for what Python 3.11 cannot make a buffer
        found = np.asarray(memory)[:size]
    else:
        found = np.frombuffer(memory, np.uint8, size)
    owner = owner_of(found)
    key = id(owner)
    _PINNED[key] = weakref.ref(owner, lambda _: _PINNED.pop(key, None))
    return found


def pinned(array: Any) -> Any:
    """A copy of ``array``, strides and all, in memory that does not move."""
    last = sum((size - 1) * stride for size, stride in zip(array.shape, array.strides, strict=True))
    size = last + array.itemsize if math.prod(array.shape) else 0
    copy = placed(pinned_bytes(size), array.dtype, array.shape, array.strides, 0)
    copy[...] = array
    return copy


def is_pinned(array: Any) -> bool:
    return bool(_PINNED) and on_host(array) and id(owner_of(array)) in _PINNED


def keep(xp: Any, block: Any) -> None:
    """Keep pinned memory until the copy that has just been ordered is done."""
    _IN_FLIGHT[:] = [one for one in _IN_FLIGHT if not one[0].done]
    _IN_FLIGHT.append((marked(xp, xp.cuda.get_current_stream()), block))


def hold_for(array: Any, stream: Any) -> None:
    """Have the memory of ``array`` stay until ``stream`` has done what it has been given to do by the time that nobody
    looks into that memory any more."""
    weakref.finalize(owner_of(array), stream.synchronize)
