"""The ops that are timed at every size, from one element to ten millions: one call over the library each.

The data are numpy arrays drawn on the harness's side; both libraries read the same memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from conformance.workload import SEED, Task

Shape = tuple[int, ...]
Call = Callable[..., Any]
ROW = 100  # elements that are normalized together, where there are as many
CHANNELS = 10


@dataclass(frozen=True, slots=True)
class Sized:
    """An op, the shapes of its float32 leaves by how many elements are asked for, and its call.

    The call is given the library, the leaves and, where the op is `indexed`, a permutation of what the first holds. It
    means nothing with fewer elements than the `least`.
    """

    name: str
    shapes: Callable[[int], Sequence[Shape]]
    call: Call
    indexed: bool = False
    least: int = 1

    def arrays(self, elements: int) -> list[np.ndarray]:
        """What the op is given at a size."""
        rng = np.random.default_rng(SEED)
        drawn: list[np.ndarray] = [
            rng.standard_normal(shape, dtype=np.float32) for shape in self.shapes(elements)
        ]
        return [*drawn, rng.permutation(len(drawn[0]))] if self.indexed else drawn

    def task(self, lib: ModuleType | Any, arrays: Sequence[np.ndarray]) -> Task:
        """The op on a library, forward and backward from a gradient for each element of its result."""
        tensors = [lib.from_numpy(array) for array in arrays]
        leaves = tuple(one.requires_grad_() for one in tensors[: len(tensors) - self.indexed])
        shape = tuple(self.call(lib, *tensors).shape)
        weights = np.cos(np.arange(math.prod(shape))).astype(np.float32)
        cotangent = lib.from_numpy(weights.reshape(shape))
        return Task(leaves, lambda: self.call(lib, *tensors), lambda output: output.backward(cotangent))


def vector(elements: int) -> list[Shape]:
    return [(elements,)]


def vectors(elements: int) -> list[Shape]:
    return [(elements,), (elements,)]


def rows(elements: int) -> list[Shape]:
    width = min(elements, ROW)
    return [(elements // width, width)]


def normalized(elements: int) -> list[Shape]:
    """Rows, and a weight and a bias for each of their places."""
    (shape,) = rows(elements)
    return [shape, shape[1:], shape[1:]]


def squares(elements: int) -> list[Shape]:
    side = math.isqrt(elements)
    return [(side, side), (side, side)]


def images(elements: int) -> list[Shape]:
    """Images of several channels, of 10 x 10 up to 100 x 100, and as many filters of 3 x 3 as there are channels."""
    channels = CHANNELS if elements >= 1000 else 1
    pixels = elements // channels
    side = math.isqrt(min(pixels, 10_000 if pixels >= 100_000 else 100))
    return [(pixels // (side * side), channels, side, side), (channels, channels, 3, 3)]


def functional(name: str, **options: Any) -> Call:
    """A function of `nn.functional`."""
    return lambda lib, *tensors: getattr(lib.nn.functional, name)(*tensors, **options)


OPS = (
    Sized("add", vectors, lambda lib, a, b: a + b),
    Sized("mul", vectors, lambda lib, a, b: a * b),
    Sized("exp", vector, lambda lib, x: lib.exp(x)),
    Sized("tanh", vector, lambda lib, x: lib.tanh(x)),
    Sized("relu", vector, lambda lib, x: lib.relu(x)),
    Sized("gelu", vector, functional("gelu")),
    Sized("sum", vector, lambda lib, x: x.sum()),
    Sized("sum over rows", rows, lambda lib, x: x.sum(-1)),
    Sized("softmax over rows", rows, lambda lib, x: lib.softmax(x, -1)),
    Sized(
        "layer_norm",
        normalized,
        lambda lib, x, weight, bias: lib.nn.functional.layer_norm(x, x.shape[1:], weight, bias),
        least=10,  # one element has no variance
    ),
    Sized("matmul", squares, lambda lib, a, b: a @ b),
    Sized("conv2d", images, functional("conv2d", padding=1)),
    Sized("cat", vectors, lambda lib, a, b: lib.cat([a, b])),
    Sized("index", vector, lambda lib, x, index: x[index], indexed=True),
)
