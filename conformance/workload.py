"""The ten programs whose speed is measured: one function over the library each, the same for all sides.

A workload binds a library to its data: the leaves, the forward pass and the backward pass. The data are numpy
arrays drawn on the harness's side and handed to every library alike.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

SEED = 20190725


@dataclass(frozen=True, slots=True)
class Task:
    """A workload bound to a library: `backward(forward())` leaves the gradients in `leaves`."""

    leaves: tuple[Any, ...]
    forward: Callable[[], Any]
    backward: Callable[[Any], object]

    def reset(self) -> None:
        """Drop the gradients, as an optimizer's `zero_grad(set_to_none=True)` does."""
        for leaf in self.leaves:
            leaf.grad = None


@dataclass(frozen=True, slots=True)
class Workload:
    """A program to time. `goal` is the ratio to the reference aimed at: displayed, never asserted."""

    name: str
    title: str
    goal: float | None
    arrays: Callable[[np.random.Generator], Sequence[np.ndarray]]
    bind: Callable[..., Task]

    def task(self, lib: ModuleType) -> Task:
        """The program on `lib`, with its own copy of the data."""
        drawn = self.arrays(np.random.default_rng(SEED))
        return self.bind(lib, *(lib.from_numpy(array).clone() for array in drawn))


def normal(*shapes: tuple[int, ...], scale: float = 1.0) -> Callable[[np.random.Generator], list[np.ndarray]]:
    """Arrays of float32 drawn from a normal distribution."""
    return lambda rng: [np.asarray(scale * rng.standard_normal(shape), dtype=np.float32) for shape in shapes]


def leaf(*tensors: Any) -> tuple[Any, ...]:
    """The same tensors, requiring gradients."""
    return tuple(tensor.requires_grad_() for tensor in tensors)


def from_scalar(output: Any) -> None:
    output.backward()


def mul_sum(lib: ModuleType, a: Any, b: Any) -> Task:
    leaves = a, b = leaf(a, b)
    return Task(leaves, lambda: (a * b).sum(), from_scalar)


def mul_chain(lib: ModuleType, a: Any, b: Any, cotangent: Any) -> Task:
    leaves = a, b = leaf(a, b)

    def forward() -> Any:
        y = a
        for _ in range(10):
            y = y * b
        return y

    return Task(leaves, forward, lambda output: output.backward(cotangent))


def tanh_recurrence(lib: ModuleType, a: Any, b: Any) -> Task:
    leaves = a, b = leaf(a, b)

    def forward() -> Any:
        y = a
        for _ in range(33):
            y = (y * b + a).tanh()
        return y

    return Task(leaves, forward, from_scalar)


def tanh_perceptron(lib: ModuleType, x: Any, target: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Task:
    leaves = w1, b1, w2, b2 = leaf(w1, b1, w2, b2)
    linear, mse_loss = lib.nn.functional.linear, lib.nn.functional.mse_loss
    return Task(leaves, lambda: mse_loss(linear(lib.tanh(linear(x, w1, b1)), w2, b2), target), from_scalar)


def digit_classifier(lib: ModuleType, x: Any, target: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Task:
    leaves = w1, b1, w2, b2 = leaf(w1, b1, w2, b2)
    linear, cross_entropy = lib.nn.functional.linear, lib.nn.functional.cross_entropy
    return Task(
        leaves, lambda: cross_entropy(linear(lib.relu(linear(x, w1, b1)), w2, b2), target), from_scalar
    )


def digits(rng: np.random.Generator) -> list[np.ndarray]:
    x, w1, b1, w2, b2 = normal((128, 784), (256, 784), (256,), (10, 256), (10,))(rng)
    return [x, rng.integers(0, 10, 128), w1 / 28, b1, w2 / 16, b2]


def elementwise(lib: ModuleType, x: Any) -> Task:
    leaves = (x,) = leaf(x)
    return Task(leaves, lambda: (lib.sin(x) * lib.exp(-x * x) + lib.tanh(x)).sum(), from_scalar)


def matmul(lib: ModuleType, a: Any, b: Any, cotangent: Any) -> Task:
    leaves = a, b = leaf(a, b)
    return Task(leaves, lambda: a @ b, lambda output: output.backward(cotangent))


def convolution(lib: ModuleType, x: Any, weight: Any, bias: Any, cotangent: Any) -> Task:
    leaves = x, weight, bias = leaf(x, weight, bias)
    conv2d = lib.nn.functional.conv2d
    return Task(
        leaves,
        lambda: lib.relu(conv2d(x, weight, bias, padding=1)),
        lambda output: output.backward(cotangent),
    )


def attention(lib: ModuleType, query: Any, key: Any, value: Any, cotangent: Any) -> Task:
    leaves = query, key, value = leaf(query, key, value)
    scale = 1 / math.sqrt(query.shape[-1])

    def forward() -> Any:
        return lib.softmax(query @ key.transpose(-2, -1) * scale, dim=-1) @ value

    return Task(leaves, forward, lambda output: output.backward(cotangent))


def double_backward(lib: ModuleType, x: Any) -> Task:
    leaves = (x,) = leaf(x)

    def backward(output: Any) -> None:
        (first,) = lib.autograd.grad(output, x, create_graph=True)
        first.sum().backward()

    return Task(leaves, lambda: (x**3).sum(), backward)


HEADS = (4, 128, 32)
SQUARE = (512, 512)
PERCEPTRON = normal((16, 8), (16, 1), (16, 8), (16,), (1, 16), (1,))
IMAGES = normal((8, 16, 32, 32), (32, 16, 3, 3), (32,), (8, 32, 32, 32), scale=0.3)

WORKLOADS = (
    Workload("mul-sum-4", "(a*b).sum(), n=4", 0.35, normal((4,), (4,)), mul_sum),
    Workload("mul-chain-4", "chain of 10 mul, n=4", 0.35, normal((4,), (4,), (4,)), mul_chain),
    Workload("tanh-33-0d", "33 x (y*b+a).tanh(), 0-d", 0.35, normal((), ()), tanh_recurrence),
    Workload("mlp-8-16-1", "MLP 8-16-1 tanh, mse, batch 16", 0.45, PERCEPTRON, tanh_perceptron),
    Workload(
        "mlp-784-256-10", "MLP 784-256-10 relu, cross-entropy, batch 128", 1.2, digits, digit_classifier
    ),
    Workload(
        "elementwise-1e6", "(sin(x)*exp(-x*x)+tanh(x)).sum(), n=1e6", 0.9, normal((10**6,)), elementwise
    ),
    Workload("matmul-512", "matmul 512 x 512", 1.2, normal(SQUARE, SQUARE, SQUARE), matmul),
    Workload("conv2d-32", "conv2d 8x16x32x32, 32 filters 3x3, relu", None, IMAGES, convolution),
    Workload(
        "attention-4", "attention, 4 heads x 128 x 32", 1.2, normal(HEADS, HEADS, HEADS, HEADS), attention
    ),
    Workload(
        "double-backward-1000", "(x**3).sum() twice backward, n=1000", 0.40, normal((1000,)), double_backward
    ),
)
