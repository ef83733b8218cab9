"""Compiled loops called with whatever their twins' signatures allow, and with what they do not.

`python -m tests.mini_autograd.kernel_fuzz 100000` tells of each call that does not come to what its twin comes to.
Where a loop reads or writes beyond its arrays only a sanitizer sees it; see `make sanitize`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from mini_autograd.kernels import host, shared
from mini_autograd.kernels.shared.window import Windows

Array = np.ndarray[Any, Any]
DTYPES = ("float32", "float32", "float64", "int64", "complex64", "float16", "bool", "uint8")
NUMBERS = (0, 1, -1, 2, 3, 0.5, -0.0, 1e30, float("nan"), float("inf"), True, 2**53 + 1, -(2**40))
CHOSEN: dict[str, tuple[Any, ...]] = {
    "reduction": (0, 1, 2),
    "reduce": ("sum", "prod", "mean", "amax", "amin"),
    "count": (0, 1, 2, 12),
    "mode": (0, 1, 2),
    "padding": (0, 1, 2),
    "approximate": ("none", "tanh"),
}
LARGEST = 1 << 20
SIZES = (0, 1, 1, 2, 2, 3, 4, 5, 8, 17)
# Of matrices the library that multiplies them rounds by itself, as the order of operations is its own.
ROUNDED = ("mm", "mv", "addmm")
# Their indices were looked at on the way forward.
OF_INDICES = ("embedding_bag_backward", "embedding_dense_backward")
# What the first gives is of the array itself; who calls the second knows that its arrays are dense and of one shape;
# the third makes functions; the fourth needs one place to read at least, and is called through paddings.
LEFT_OUT = ("address", "copy_laid_like", "resampling", "read", *OF_INDICES)


def twins() -> dict[str, tuple[Callable[..., Any], Callable[..., Any]]]:
    """Each compiled kernel, with what it stands in for."""
    found: dict[str, Any] = {}
    several: set[str] = set(LEFT_OUT)
    for entry in pkgutil.iter_modules(shared.__path__):
        module = importlib.import_module(f"{shared.__name__}.{entry.name}")
        for name, value in vars(module).items():
            made = inspect.isfunction(value) or inspect.ismethod(value)
            own = made and value.__module__ == module.__name__
            if own and found.setdefault(name, value) is not value:
                several.add(name)
    kernels = {name: one for module in host.modules() for name, one in vars(module).items() if callable(one)}
    both = {name: (kernels[name], found[name]) for name in sorted(kernels.keys() & found.keys() - several)}
    return {name: pair for name, pair in both.items() if drawable(pair[1])}


class Draw:
    """The arguments of one call."""

    def __init__(self, seed: object) -> None:
        self.random = Random(str(seed))
        self.dtype = self.random.choice(DTYPES)
        self.shape = self.sizes()
        self.numpy = np.random.default_rng(self.random.getrandbits(32))

    def sizes(self, ndim: int | None = None) -> tuple[int, ...]:
        if ndim is None and self.random.random() < 0.05:
            return self.random.choice(((70, 40), (2, 9000), (1000, 3), (1,) * 32))
        return tuple(
            self.random.choice(SIZES) for _ in range(self.random.randrange(5) if ndim is None else ndim)
        )

    def array(self) -> Array:
        """Most often of one dtype and one shape, in any layout."""
        chance = self.random.random()
        shape = self.shape if chance < 0.7 else self.sizes()
        if chance > 0.9 and self.shape:  # of one that broadcasts
            shape = tuple(size if self.random.random() < 0.6 else 1 for size in self.shape)
        dtype = self.dtype if self.random.random() < 0.9 else self.random.choice(DTYPES)
        return self.laid_out(shape, dtype)

    def laid_out(self, shape: tuple[int, ...], dtype: str) -> Array:
        steps = [self.random.choice((1, 1, 1, 2, -1)) for _ in shape]
        whole = self.values([size * abs(step) for size, step in zip(shape, steps, strict=True)], dtype)
        order = list(range(len(shape)))
        if self.random.random() < 0.3:
            self.random.shuffle(order)
        laid = np.array(whole.transpose(order), order="C").transpose(np.argsort(order).tolist())
        part: Array = laid[(*(slice(None, None, step) for step in steps), ...)]
        if part.ndim and self.random.random() < 0.1:
            part = np.broadcast_to(part[:1], part.shape) if part.shape[0] else part
        return part

    def values(self, shape: list[int], dtype: str) -> Array:
        made: Array = np.asarray(self.numpy.standard_normal(shape) * 3)
        if self.random.random() < 0.2 and made.size:
            made.reshape(-1)[self.numpy.integers(made.size)] = self.random.choice(NUMBERS[-6:-3])
        with np.errstate(all="ignore"):
            return np.asarray(np.nan_to_num(made) if dtype in ("int64", "uint8", "bool") else made).astype(
                dtype
            )

    def index(self) -> Array:
        """Places, some of which there are not."""
        shape = self.random.choice((self.shape[:1], self.shape, self.shape[:-1], self.sizes()))
        high = max(self.shape[-1:] or (1,)) + self.random.choice((0, 0, 1, 9))
        low = self.random.choice((0, 0, 0, -1, -9))
        return self.numpy.integers(low, max(high, low + 1), shape)

    def windows(self) -> Windows:
        """Of one to three dimensions, places outside and beyond among them."""
        sizes = tuple(max(size, 1) for size in self.shape[-3:]) or (3,)
        beyond = [self.random.random() < 0.1 for _ in sizes]
        along = tuple(
            self.numpy.integers(-1, size + far, self.sizes(2))
            for size, far in zip(sizes, beyond, strict=True)
        )
        return Windows(sizes, along)

    def integer(self) -> int:
        return self.random.choice((*range(-5, 6), 0, 0, 1, 2**62, -(2**62)))

    def of(self, name: str, kind: str) -> Any:
        """An argument, by its name and its annotation."""
        if name in ("target", "index", "indices", "places", "offsets"):
            return self.index() if self.random.random() < 0.8 else self.array()
        if name == "dtype" or name == "input_dtype":
            chosen = np.dtype(self.random.choice(DTYPES))
            return self.random.choice((None, None, chosen)) if kind == "object" else chosen
        if name in CHOSEN and kind in ("int", "str"):
            return self.random.choice(CHOSEN[name])
        if name == "uniforms":
            return self.numpy.random(
                (self.random.randrange(5), 16), self.random.choice(("float32", "float64"))
            )
        if name in ("rows", "given"):  # numpy does not live through others in the twins
            return self.laid_out(self.sizes(2), self.dtype)
        if kind == "Windows":
            return self.windows()
        if name == "size" and kind == "int":
            return self.random.choice((*SIZES, -1, 100))
        if name in ("size", "shape", "dims", "dim") and kind != "int":
            return tuple(self.integer() for _ in range(self.random.randrange(4)))
        if "Array" in kind:
            return None if "None" in kind and self.random.random() < 0.3 else self.array()
        if kind == "int" or kind.startswith("int "):
            return None if "None" in kind and self.random.random() < 0.3 else self.integer()
        if "tuple" in kind or "Sizes" in kind:
            if name.endswith("_size"):
                return tuple(self.random.choice((1, 2, 3, 0, -1)) for _ in range(self.random.randrange(1, 4)))
            near = [self.random.choice((1, 2, 3, 0, -1)) for _ in range(self.random.randrange(1, 5))]
            return self.random.choice((tuple(near), self.shape, self.shape[::-1]))
        if kind == "bool":
            return self.random.random() < 0.5
        if kind in ("complex", "float", "Any", "object"):
            return self.random.choice(NUMBERS)
        raise LookupError(f"no way to draw {name}: {kind}")


def outcome(function: Callable[..., Any], arguments: list[Any]) -> Any:
    """What a call gives: arrays with dtype and shape, or the type of an error."""
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as error:
        return type(error)


def alike(got: Any, wanted: Any, rounded: bool) -> bool:
    """Whether both are one; what the twin refuses no op hands to a kernel, and the loop has only to live through it."""
    if isinstance(wanted, type) and issubclass(wanted, Exception):
        return True
    if isinstance(wanted, tuple):
        both = isinstance(got, tuple) and len(got) == len(wanted)
        return both and all(alike(one, two, rounded) for one, two in zip(got, wanted, strict=True))
    if isinstance(wanted, np.ndarray | np.generic):
        one, two = np.asarray(got), np.asarray(wanted)
        if one.dtype != two.dtype or one.shape != two.shape:
            return False
        if two.size > LARGEST:  # expanded
            return one.strides == two.strides
        if rounded and two.dtype.kind in "fc":
            return bool(np.allclose(one, two, 1e-2, 1e-2, equal_nan=True))
        return bool(np.array_equal(one, two, equal_nan=two.dtype.kind in "fc"))
    return type(got) is type(wanted) and bool(got == wanted)


def drawable(twin: Callable[..., Any]) -> bool:
    """Whether all that it takes can be drawn; loops that are handed other things have tests of their own."""
    try:
        return bool(call(twin, 0))
    except LookupError:
        return False


def call(twin: Callable[..., Any], seed: object) -> list[Any]:
    """The arguments of a call."""
    draw, given = Draw(seed), []
    for one in inspect.signature(twin).parameters.values():
        try:
            given.append(draw.of(one.name, str(one.annotation).strip("'")))
        except LookupError:
            if one.default is one.empty:
                raise
            break
    return given


def differing(count: int, seed: int = 0) -> list[str]:
    """Of so many calls those that do not come to what their twins come to."""
    both, found = twins(), []
    names = list(both)
    for at in range(count):
        name = names[at % len(names)]
        ours, twin = both[name]
        got, wanted = (outcome(one, call(twin, f"{seed} {at}")) for one in (ours, twin))
        if not alike(got, wanted, name in ROUNDED):
            found.append(f"{name} {seed} {at}: {got!r} instead of {wanted!r}")
    return found


if __name__ == "__main__":
    told = differing(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(*told[:20], f"{len(told)} of {sys.argv[1]} calls differ, of {len(twins())} loops", sep="\n")
    sys.exit(bool(told))
