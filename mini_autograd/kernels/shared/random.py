"""Random numbers: the streams of torch's generator on the CPU, number for number.

NOTE [Streams]: the source is a Mersenne twister of 32-bit words, seeded as numpy's legacy generator is. A
float32 takes the lower 24 bits of a word, a float64 the lower 53 of two; small integers take one word,
others two. Sixteen or more contiguous normals are made in blocks of 16 from as many uniforms, fewer one by
one from two float64 uniforms each, whose second normal is kept for the next call.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared import cephes
from mini_autograd.kernels.shared.creation import new_array
from mini_autograd.kernels.shared.memory import allocate
from mini_autograd.kernels.shared.rounding import fused

DEFAULT_SEED = 67280421310721
WORDS = 624
BLOCK = 16
# From this many values on, an integer takes two words.
WIDE = 1 << 28
STATE = xp.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "words", "normal", "has_normal"],
        "formats": ["u8", "i4", "i4", "u8", ("u8", WORDS), "f8", "i4"],
        "offsets": [0, 8, 12, 16, 24, 24 + 8 * WORDS + 8, 24 + 8 * WORDS + 24],
        "itemsize": 5056,
    }
)


class Twister:
    """The source of random words, with the normal that is left over from the last call.

    ``_held``: the state, with that normal, where nothing was drawn since it was set or asked for: checkpoints do both
    whenever they run a function again, and most functions draw nothing.
    """

    __slots__ = ("_held", "_source", "fresh", "normal", "seed")

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.restart(seed)

    def restart(self, seed: int) -> None:
        """Begin the stream of ``seed``, a number below 2 ** 64 of which the lower 32 bits count."""
        self.seed = seed
        self.normal: float | None = None
        self.fresh = True
        self._source: Any = None
        self._held: tuple[Array, float | None] | None = None

    @property
    def source(self) -> Any:
        """numpy's generator of words, made on first use."""
        if self._source is None:
            from numpy.random import MT19937  # here, for its import takes long and few programs need it

            self._source = MT19937()
            if self._held is None:
                self._source._legacy_seeding(self.seed & 0xFFFFFFFF)
            else:
                self._source.state = {"bit_generator": "MT19937", "state": words_of(self._held[0])}
        return self._source

    def words(self, count: int) -> Array:
        """The next 32-bit words, as uint64."""
        self.fresh = self.fresh and not count
        source = self.source
        self._held = None
        return source.random_raw(count)

    def double_words(self, count: int) -> Array:
        """The next 64-bit words, the upper half drawn first."""
        words = self.words(2 * count)
        return (words[0::2] << xp.uint64(32)) | words[1::2]

    def doubles(self, count: int) -> Array:
        """Uniform float64 numbers in [0, 1)."""
        return (self.double_words(count) & xp.uint64((1 << 53) - 1)) * 2.0**-53

    def floats(self, count: int) -> Array:
        """Uniform float32 numbers in [0, 1)."""
        return (self.words(count) & xp.uint64((1 << 24) - 1)).astype(xp.float32) * xp.float32(2.0**-24)

    def uniforms(self, count: int, dtype: xp.dtype) -> Array:
        """float64 numbers for float64, float32 ones for the narrower types."""
        return self.doubles(count) if dtype == xp.float64 else self.floats(count)

    def state(self) -> Array:
        """The state as the bytes in which torch lays it out."""
        if self._held is not None and self._held[1] == self.normal:
            return self._held[0].copy()
        record = xp.zeros((), STATE)
        inner = self.source.state["state"]
        position = int(inner["pos"])
        record["seed"], record["words"], record["seeded"] = self.seed, inner["key"], 1
        record["left"] = 1 if self.fresh else WORDS + 1 - position
        record["next"] = 0 if self.fresh else position
        if self.normal is not None:
            record["normal"], record["has_normal"] = self.normal, 1
        self._held = xp.frombuffer(record.tobytes(), xp.uint8).copy(), self.normal
        return self._held[0].copy()

    def set_state(self, state: Array) -> None:
        """Continue from a state; RuntimeError for bytes that are none."""
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} but found the input RNG state "
                f"size to be {state.size}"
            )
        record = xp.frombuffer(state.tobytes(), STATE)[0]
        left, position = int(record["left"]), int(record["next"])
        if not record["seeded"] or not 0 < left <= WORDS or not 0 <= position <= WORDS:
            raise RuntimeError("Invalid mt19937 state")
        self.restart(int(record["seed"]))
        self.fresh = left == 1 and position == 0
        self.normal = float(record["normal"]) if record["has_normal"] else None
        self._held = state.copy(), self.normal


def words_of(state: Array) -> dict[str, Any]:
    """The words of a state and the place of the next, as numpy's generator has them."""
    record = xp.frombuffer(state.tobytes(), STATE)[0]
    position = WORDS if record["left"] == 1 else int(record["next"])
    return {"key": record["words"].astype(xp.uint32), "pos": position}


def all_between(array: Array, low: float, high: float) -> bool:
    """Whether every element lies in a closed interval; NaN does not."""
    return bool(xp.all((array >= low) & (array <= high)))


def are_probabilities(p: Array) -> bool:
    return all_between(p, 0, 1)


def have_weight(array: Array) -> bool:
    """Whether each row has a positive element."""
    return bool((array.max(axis=-1) > 0).all()) if array.size else True


def laid_out(values: Array, like: Array) -> Array:
    """``values``, drawn in the order of memory, in the shape of ``like``."""
    if like.flags.c_contiguous:
        return values.reshape(like.shape)
    order = sorted(range(like.ndim), key=lambda dim: -like.strides[dim])
    placed = values.reshape([like.shape[dim] for dim in order])
    return placed.transpose(sorted(range(like.ndim), key=order.__getitem__))


# NOTE [Last bits]: numpy's loops of elementary functions may differ from the C library's in the last bit,
# which Python's functions do not.


def exact(function: Any, values: Array) -> Array:
    """A function of Python's ``math`` on every element."""
    return xp.fromiter(map(function, values.reshape(-1).tolist()), xp.float64, values.size).reshape(
        values.shape
    )


# Real numbers.


def uniform(self: Array, start: float, to: float, source: Twister) -> Array:
    """Uniform between ``start`` and ``to``, which itself is never given."""
    kind = xp.dtype(xp.float64) if self.dtype in (xp.float64, xp.complex128) else xp.dtype(xp.float32)
    count = self.size * (2 if self.dtype.kind == "c" else 1)
    values = source.uniforms(count, kind)
    if start != 0 or to != 1:
        values = fused(values, to - start, start)
    if self.dtype.kind == "c":
        return laid_out(values.view(self.dtype), self)
    if self.dtype.itemsize == 2:
        rounded = values.astype(self.dtype)
        values = xp.where(rounded == rounded.dtype.type(to), rounded.dtype.type(start), rounded)
    return laid_out(values, self)


def blocks_of_normals(uniforms: Array) -> Array:
    """Sixteen normals from each sixteen uniforms: the first eight give radii, the others angles."""
    kind = uniforms.dtype.type
    pairs = uniforms.reshape(-1, 2, BLOCK // 2)
    beyond, angle = 1 - pairs[:, 0], kind(2 * math.pi) * pairs[:, 1]
    if uniforms.dtype == xp.float32:
        logarithm, (sine, cosine) = cephes.logarithm(beyond), cephes.sincos(angle)
    else:
        logarithm, sine, cosine = exact(math.log, beyond), exact(math.sin, angle), exact(math.cos, angle)
    radius = xp.sqrt(kind(-2) * logarithm)
    return xp.stack([radius * cosine, radius * sine], 1).reshape(-1)


Blocks = Callable[[Array], Array]


def normal(
    self: Array, mean: complex, std: float, source: Twister, blocks: Blocks = blocks_of_normals
) -> Array:
    """Normally distributed; of complex numbers each part, with half of the variance."""
    if self.dtype.kind == "c":
        parts = xp.empty(2 * self.size, self.real.dtype)
        values = normals(parts, mean, std / math.sqrt(2), source, self.flags.c_contiguous, blocks)
        return laid_out(values.astype(parts.dtype).view(self.dtype), self)
    values = normals(self, mean, std, source, self.flags.c_contiguous, blocks)
    return laid_out(values.astype(self.dtype), self)


def normal_around(mean: Array, std: float, source: Twister, blocks: Blocks = blocks_of_normals) -> Array:
    """A normal number for each mean."""
    return normal(xp.empty(mean.shape, mean.dtype), 0.0, std, source, blocks) + mean


def normal_scaled(mean: float, std: Array, source: Twister, blocks: Blocks = blocks_of_normals) -> Array:
    """A normal number for each deviation."""
    return normal(xp.empty(std.shape, std.dtype), 0.0, 1.0, source, blocks) * std + std.dtype.type(mean)


def normal_each(mean: Array, std: Array, source: Twister, blocks: Blocks = blocks_of_normals) -> Array:
    """A normal number for each mean and deviation, which broadcast."""
    like = xp.empty(xp.broadcast_shapes(mean.shape, std.shape), mean.dtype)
    return normal(like, 0.0, 1.0, source, blocks) * std.astype(mean.real.dtype) + mean


def normals(like: Array, mean: Any, std: float, source: Twister, contiguous: bool, blocks: Blocks) -> Array:
    if like.size < BLOCK or not contiguous:
        values = normals_one_by_one(like.size, source)
        return values if std == 1 and mean == 0 else fused(values, std, mean)
    kind = xp.dtype(xp.float64) if like.dtype == xp.float64 else xp.dtype(xp.float32)
    whole = like.size - like.size % BLOCK
    # Before the last block a narrow type draws for the whole ones alone, the others for the rest as well.
    uniforms = source.uniforms(whole if like.dtype.itemsize == 2 else like.size, kind)
    values = xp.empty(like.size, kind)
    values[:whole] = blocks(uniforms[:whole])
    if whole < like.size:
        values[-BLOCK:] = blocks(source.uniforms(BLOCK, kind))
    if std == 1 and mean == 0:
        return xp.add(values, 0, out=values)  # which leaves no -0, as the sum of a product would not
    return fused(values, std, mean)


def normals_one_by_one(count: int, source: Twister) -> Array:
    """float64 normals, two for each two uniforms; the last one may be left over for the next call."""
    made = []
    if source.normal is not None and count:
        made, source.normal = [source.normal], None
    pairs = (count - len(made) + 1) // 2
    uniforms = source.doubles(2 * pairs).tolist() if pairs else []
    for pair in range(pairs):
        radius = math.sqrt(-2.0 * math.log1p(-uniforms[2 * pair + 1]))
        angle = 2.0 * math.pi * uniforms[2 * pair]
        made += (radius * math.cos(angle), radius * math.sin(angle))
    if len(made) > count:
        source.normal = made.pop()
    return xp.array(made)


def exponential(self: Array, lambd: float, source: Twister) -> Array:
    return laid_out(-1.0 / lambd * exact(math.log1p, -source.doubles(self.size)), self)


def cauchy(self: Array, median: float, sigma: float, source: Twister) -> Array:
    return laid_out(fused(exact(math.tan, math.pi * (source.doubles(self.size) - 0.5)), sigma, median), self)


def geometric(self: Array, p: float, source: Twister) -> Array:
    return laid_out(xp.ceil(exact(math.log, source.doubles(self.size)) / math.log1p(-p)), self)


def log_normal(self: Array, mean: float, std: float, source: Twister) -> Array:
    return laid_out(exact(math.exp, fused(normals_one_by_one(self.size, source), std, mean)), self)


def rrelu_noise(self: Array, lower: float, upper: float, source: Twister) -> Array:
    """For every element that is not positive a slope drawn from between the bounds, 1 for the others."""
    noise = allocate(self.shape, self.dtype)
    noise.fill(1)
    drawn = self <= 0
    noise[drawn] = source.doubles(int(xp.count_nonzero(drawn))) * (upper - lower) + lower
    return noise


# Choices.


def bernoulli_float(self: Array, p: float, source: Twister) -> Array:
    return laid_out(source.doubles(self.size) < p, self)


def bernoulli_tensor(self: Array, p: Array, source: Twister) -> Array:
    """1 with the probability ``p``, element by element."""
    chances = xp.broadcast_to(p, self.shape)
    return laid_out(source.uniforms(self.size, p.dtype), self) < chances


def bernoulli_self(self: Array, source: Twister) -> Array:
    drawn = new_array(self.shape, dtypes.of_numpy(self.dtype))
    drawn[...] = bernoulli_tensor(drawn, self, source)
    return drawn


def integers(self: Array, start: int, to: int, source: Twister) -> Array:
    """Integers from ``start`` on and below ``to``."""
    start, to = representable(start, to, self.dtype)
    count = to - start
    words = source.double_words(self.size) if count >= WIDE else source.words(self.size)
    return laid_out(shifted(words % xp.uint64(count), start), self)


def representable(start: int, to: int, dtype: xp.dtype) -> tuple[int, int]:
    """The bounds moved inwards where a floating type would round the first or the last integer outwards."""
    digits = DIGITS.get(dtype.name)
    if digits is None:
        return start, to
    first, last = start, to - 1
    if int(dtype.type(start + 1)) < start:
        first = start + (1 << max((start + 1).bit_length() - 1 - digits + 1, 0))
    if int(dtype.type(last)) >= to:
        last -= 1 << last.bit_length() - 1 - digits + 1
    return first, last + 1


# How many binary digits of an integer a floating type holds.
DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


def integer_limit(dtype: xp.dtype) -> int:
    """One more than the largest integer that a type holds, or that a floating type tells apart."""
    digits = DIGITS.get(dtype.name)
    if digits is not None:
        return (1 << digits) + 1
    return 2 if dtype.kind == "b" else int(xp.iinfo(dtype).max) + 1


def every_integer(self: Array, source: Twister) -> Array:
    """Integers of 64 bits."""
    return laid_out(source.double_words(self.size).view(xp.int64), self)


def integers_of_type(self: Array, source: Twister) -> Array:
    """Integers from 0 on, all that the type of ``self`` holds, or tells apart."""
    if not self.size:
        return self  # of any type
    count = integer_limit(self.dtype)
    wide = self.dtype in (xp.float64, xp.int64, xp.uint64)
    words = source.double_words(self.size) if wide else source.words(self.size)
    return laid_out(shifted(words % xp.uint64(count) if count < 1 << 64 else words, 0), self)


def shifted(words: Array, start: int) -> Array:
    """``words + start`` as int64, modulo 2 ** 64."""
    return (words + xp.uint64(start & (1 << 64) - 1)).view(xp.int64)


def randperm(n: int, source: Twister) -> Array:
    """The numbers below ``n``, each exchanged with one of those after it."""
    order = xp.arange(n)
    draws = source.words(max(n - 1, 0)) % xp.arange(n, 1, -1).astype(xp.uint64)
    for at, draw in enumerate(draws.tolist()):
        other = at + draw
        order[at], order[other] = order[other], order[at]
    return order


def multinomial(self: Array, num_samples: int, replacement: bool, source: Twister) -> Array:
    """Indices along the last dimension, chosen with the weights ``self``."""
    if replacement:
        rows = self.reshape(-1, self.shape[-1])
        bounds = xp.cumsum(rows, axis=1, dtype=xp.float64).astype(self.dtype)
        bounds = bounds / bounds[:, -1:]
        bounds[:, -1] = 1
        uniforms = source.doubles(len(rows) * num_samples).reshape(len(rows), num_samples)
        chosen = [xp.searchsorted(bound, row) for bound, row in zip(bounds, uniforms, strict=True)]
        return xp.array(chosen, xp.int64).reshape(*self.shape[:-1], num_samples)
    race = self / exponential(self, 1.0, source).astype(self.dtype)
    if num_samples == 1:
        return xp.argmax(race, axis=-1, keepdims=True)
    order = xp.flip(self.shape[-1] - 1 - xp.argsort(xp.flip(race, -1), axis=-1, kind="stable"), -1)
    return order[..., :num_samples].copy()
