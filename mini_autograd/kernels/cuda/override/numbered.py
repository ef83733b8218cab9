"""Slices picked and added by a vector of numbers, whose range the device itself looks after."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import fault, gathering
from mini_autograd.kernels.cuda.instance import current, shared_kernel
from mini_autograd.kernels.cuda.override import scattering


def is_within(index: Any, size: int) -> bool:
    """Yes: one that is not is noted on the device, where the shared kernel would wait for the answer."""
    fault.watch("index", index, 0, size)
    return True


def check_places(index: Any, dim: int, least: int, size: int, name: str = "") -> None:
    """Note a place that is out of range on the device."""
    fault.watch("index", fault.from_front(index, size) if least else index, dim, size)


def check_taken(index: Any, size: int) -> None:
    """The same of the elements of one list."""
    fault.watch("index", fault.from_front(index, size), 0, size)


def index_select(self: Any, dim: int, index: Any) -> Any:
    return shared_kernel("numbered", "index_select")(self, dim, index, scattering.pick_at)


def index_fill_into(self: Any, dim: int, index: Any, value: Any) -> Any:
    """Write ``value``, unread where it lies on the device, over the slices that ``index`` names."""
    fill = shared_kernel("numbered", "index_fill_into")
    unread = isinstance(value, current().library.array) and not value.ndim
    if not unread:
        return fill(self, dim, index, value)
    numbered = current().module("numbered")
    fill(self, dim, index, 0)  # which looks after all that may be wrong
    target = numbered.at_least_1d(self)
    at = numbered.position(dim, self.ndim)
    if self.size:
        target[numbered.along(target.ndim, at, numbered.at_least_1d(index))] = value.astype(self.dtype)
    return self


def index_add_into(self: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Any:
    return shared_kernel("numbered", "index_add_into")(self, dim, index, source, alpha, scattering.combine_at)


def index_add(self: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Any:
    return index_add_into(self.copy(), dim, index, source, alpha)


def add_multiples(target: Any, dim: int, index: Any, source: Any, alpha: Any) -> None:
    """Add ``alpha`` times each slice."""
    gathering.add(target, dim, index, source * target.dtype.type(alpha))
