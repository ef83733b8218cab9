"""Random numbers on a GPU: the streams of a generator there, drawn without the host.

NOTE [Counters]: the numbers are those of J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011),
Philox4x32-10. A draw takes an offset of the generator for itself. Its word ``i`` of 32 bits is word ``i % 4`` of what
the block cipher makes of the counter ``(i // 4, offset)``, lower and upper 64 bits, under the seed as key. A float32
takes the upper 24 bits of a word. A float64 takes 53 bits of two: the upper ones are word ``i`` of the draw, the lower
ones word ``i`` of the offset with its highest bit flipped. Two normals are made of words, or float64 numbers, ``2 * i``
and ``2 * i + 1``: G. Box and M. Muller's radius and angle.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import fault, philox
from mini_autograd.kernels.cuda.instance import current, shared_kernel
from mini_autograd.kernels.cuda.module import device_module
from mini_autograd.kernels.philox import Philox

Array = Any
_LOW = 0xFFFFFFFF
_FACTORS = 0xD2511F53, 0xCD9E8D57
_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_FLIPPED = 1 << 63


def block_of(counter: tuple[Any, Any, Any, Any], key: tuple[int, int]) -> tuple[Any, Any, Any, Any]:
    """Four words of 32 bits for four of a counter: arrays of uint64, or numbers, and a key of two."""
    a, b, c, d = counter
    left, right = key
    for _ in range(_ROUNDS):
        one, other = _FACTORS[0] * a, _FACTORS[1] * c
        a, b, c, d = (other >> 32) ^ b ^ left, other & _LOW, (one >> 32) ^ d ^ right, one & _LOW
        left, right = left + _STEPS[0] & _LOW, right + _STEPS[1] & _LOW
    return a, b, c, d


def words_at(count: int, seed: int, offset: int) -> Array:
    """The first words of a draw, as uint64: NOTE [Counters]."""
    return philox.bits(count, seed, offset).astype(np.uint64)


def words_by_arrays(count: int, seed: int, offset: int) -> Array:
    """The same by functions of arrays alone: what the kernel is held to."""
    xp = device_module()
    block = xp.arange(-(-count // 4), dtype=np.uint64)
    counter = block & _LOW, block >> 32, offset & _LOW, offset >> 32
    return xp.stack(block_of(counter, (seed & _LOW, seed >> 32)), 1).reshape(-1)[:count]


class Stream:
    """A generator's numbers as the shared functions ask for them."""

    __slots__ = ("state",)

    def __init__(self, state: Philox) -> None:
        self.state = state

    def words(self, count: int) -> Array:
        """Words of 32 bits, as uint64."""
        return words_at(count, *self.state.take()) if count else device_module().empty(0, np.uint64)

    def halves(self, count: int) -> tuple[Array, Array]:
        """The upper and the lower words of numbers of 64 bits."""
        if not count:
            return self.words(0), self.words(0)
        seed, offset = self.state.take()
        return words_at(count, seed, offset), words_at(count, seed, offset ^ _FLIPPED)

    def double_words(self, count: int) -> Array:
        upper, lower = self.halves(count)
        return upper << 32 | lower

    def doubles(self, count: int) -> Array:
        """Uniform float64 numbers in [0, 1)."""
        upper, lower = self.halves(count)
        return (upper << 21 ^ lower >> 11) * 2.0**-53

    def floats(self, count: int) -> Array:
        """Uniform float32 numbers in [0, 1)."""
        return (self.words(count) >> 8).astype(np.float32) * np.float32(2.0**-24)

    def uniforms(self, count: int, dtype: np.dtype) -> Array:
        """float64 numbers for float64, float32 ones for the narrower types."""
        return self.doubles(count) if dtype == np.float64 else self.floats(count)

    def normals(self, count: int, dtype: np.dtype) -> Array:
        xp = device_module()
        even = count + count % 2
        if dtype == np.float64:
            shares = self.doubles(even).reshape(-1, 2)
            beyond, angle = 1 - shares[:, 0], 2 * math.pi * shares[:, 1]
        else:
            words = self.words(even).reshape(-1, 2)
            beyond = ((words[:, 0] + 0.5) * 2.0**-32).astype(np.float32)
            angle = (words[:, 1] * (2 * math.pi * 2.0**-32)).astype(np.float32)
        radius = xp.sqrt(-2 * xp.log(beyond))
        return xp.stack([radius * xp.cos(angle), radius * xp.sin(angle)], 1).reshape(-1)[:count]


def exact(function: Any, values: Array) -> Array:
    """A function of Python's ``math``, whose last bit nothing here depends on, on every element."""
    return getattr(device_module(), function.__name__)(values)


def normals(like: Array, mean: Any, std: float, source: Stream, contiguous: bool, blocks: Any) -> Array:
    kind = np.dtype(np.float64 if like.dtype == np.float64 else np.float32)
    return source.normals(like.size, kind) * kind.type(std) + kind.type(mean)


def normals_one_by_one(count: int, source: Stream) -> Array:
    return source.normals(count, np.dtype(np.float64))


def bernoulli_float(self: Array, p: float, source: Stream) -> Array:
    """A word decides, which ``p`` is as fine as."""
    made = source.words(self.size) < round(p * (1 << 32))
    return shared_kernel("random", "laid_out")(made, self)


def are_probabilities(p: Array) -> bool:
    """Yes, as far as the host learns without waiting; what is none is told when it next waits."""
    fault.note("bernoulli: Assertion `0 <= p4 && p4 <= 1` failed.", ~((p >= 0) & (p <= 1)))
    return True


def rrelu_noise(self: Array, lower: float, upper: float, source: Stream) -> Array:
    """For every element that is not positive a slope drawn from between the bounds, 1 for the others."""
    drawn = source.uniforms(self.size, self.dtype) * (upper - lower) + lower
    xp = device_module()
    slopes = drawn.reshape(self.shape).astype(self.dtype)
    noise = current().module("memory").allocate(self.shape, self.dtype)
    noise[...] = xp.where(self <= 0, slopes, self.dtype.type(1))
    return noise


def randperm(n: int, source: Stream) -> Array:
    """The numbers below ``n`` in the order of random keys."""
    return device_module().argsort(source.double_words(n))


def multinomial(self: Array, num_samples: int, replacement: bool, source: Stream) -> Array:
    """Indices along the last dimension, chosen with the weights ``self``."""
    xp = device_module()
    if replacement:
        rows = self.reshape(-1, self.shape[-1])
        bounds = xp.cumsum(rows.astype(np.float64), axis=1)
        uniforms = source.doubles(len(rows) * num_samples).reshape(len(rows), num_samples)
        found = first_above(bounds, uniforms * bounds[:, -1:])
        return found.reshape(*self.shape[:-1], num_samples)
    # Of exponential numbers the rates of which are the weights, the least ones come first.
    waits = -xp.log1p(-source.doubles(self.size).reshape(self.shape))
    race = self.astype(np.float64) / xp.maximum(waits, 2.0**-60)
    if num_samples == 1:
        return xp.argmax(race, axis=-1, keepdims=True)
    return xp.ascontiguousarray(xp.argsort(-race, axis=-1)[..., :num_samples])


def first_above(bounds: Array, values: Array) -> Array:
    """For each value of a row the place of the first of that row's bounds, which ascend, above it; the last if none."""
    xp = device_module()
    low = xp.zeros(values.shape, np.int64)
    high = xp.full(values.shape, bounds.shape[1] - 1, np.int64)
    for _ in range((bounds.shape[1] - 1).bit_length()):
        middle = (low + high) >> 1
        above = xp.take_along_axis(bounds, middle, 1) > values
        low, high = xp.where(above, low, xp.minimum(middle + 1, high)), xp.where(above, middle, high)
    return high
