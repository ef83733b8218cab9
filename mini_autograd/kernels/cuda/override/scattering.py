"""Gathering and adding by an index for each element, whose range the device itself looks after."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import fault, gathering
from mini_autograd.kernels.cuda.instance import current, shared_kernel


def check_range(index: Any, dim: int, size: int, others: tuple = ()) -> None:
    """Note an index out of range on the device, where the shared kernel would wait for it."""
    fault.watch("index", index, dim, size)


def pick_at(source: Any, dim: int, places: Any) -> Any:
    if not gathering.takes(places) or source.ndim > 8 or source.dtype.itemsize not in gathering.BITS:
        return shared_kernel("scattering", "pick_at")(source, dim, places)
    return gathering.pick(source, dim, places)


def combine_at(ufunc: Any, target: Any, dim: int, places: Any, values: Any) -> None:
    summed = getattr(ufunc, "__name__", getattr(ufunc, "name", "")).endswith("add")
    halves = target.dtype.itemsize == 2 and target.dtype.kind in "fV"
    if not summed or not (target.dtype in gathering.ATOMIC or halves) or values.dtype != target.dtype:
        shared_kernel("scattering", "combine_at")(ufunc, target, dim, places, values)
        return
    gathering.add(target, dim, places, values)


def gather(self: Any, dim: int, index: Any, sparse_grad: bool = False) -> Any:
    return shared_kernel("scattering", "gather")(self, dim, index, sparse_grad, pick_at)


def scatter_add_into(self: Any, dim: int, index: Any, src: Any) -> Any:
    return shared_kernel("scattering", "scatter_add_into")(self, dim, index, src, combine_at)


def scatter_add(self: Any, dim: int, index: Any, src: Any) -> Any:
    return scatter_add_into(self.copy(), dim, index, src)


def reduce_at(ufunc: Any, target: Any, place: Any, values: Any) -> None:
    """Apply ``ufunc`` at each place; products, which CuPy cannot add up so, turn by turn for places that repeat."""
    if getattr(ufunc, "__name__", "") != "cupy_multiply" and getattr(ufunc, "name", "") != "cupy_multiply":
        shared_kernel("scattering", "reduce_at")(ufunc, target, place, values)
        return
    xp = current().xp
    places = xp.arange(target.size).reshape(target.shape)[place]
    factors = xp.broadcast_to(xp.asarray(values), places.shape).reshape(-1).astype(target.dtype)
    places = places.reshape(-1)
    order = xp.argsort(places)
    places, factors = places[order], factors[order]
    at = xp.arange(places.size)
    starts = xp.concatenate([xp.ones(1, bool), places[1:] != places[:-1]])
    turn = at - xp.maximum.accumulate(xp.where(starts, at, 0))
    flat = target.reshape(-1)
    for number in range(int(turn.max()) + 1 if places.size else 0):
        now = turn == number
        flat[places[now]] *= factors[now]
    target[...] = flat.reshape(target.shape)
