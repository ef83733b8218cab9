"""What is timed on a GPU: the ten programs, the sizes at which a GPU is used, and small programs as a CUDA graph.

Data of many elements are a few rows, repeated on the device. In a `smoke` all is small, and no figure means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..workload import SEED, WORKLOADS, Task, Workload, elementwise, from_scalar, leaf, matmul, normal

LAUNCH_BOUND = ("mul-sum-4", "mul-chain-4", "tanh-33-0d", "mlp-8-16-1")
EAGER, CAPTURED, BOTH = "eager", "captured", "both captured"
Arrays = Callable[[np.random.Generator], Sequence[np.ndarray]]


@dataclass(frozen=True, slots=True)
class GpuWorkload:
    """A workload with the name of its goal, how it is run, and how near the results have to be.

    `manner`: eager, captured beside the eager reference, or captured on both sides.
    """

    workload: Workload
    goal: str | None = None
    manner: str = EAGER
    rtol: float = 1e-3
    atol_of_scale: float = 1e-3

    @property
    def name(self) -> str:
        """The name of its record."""
        return self.workload.name

    def data(self) -> Sequence[np.ndarray]:
        """Its arrays, which all libraries get."""
        return self.workload.arrays(np.random.default_rng(SEED))

    def task(self, lib: Any, data: Sequence[np.ndarray]) -> Task:
        """The program on a library, with its own copy of the data."""
        return self.workload.bind(lib, *(lib.from_numpy(array).clone() for array in data))


def workloads(smoke: bool = False) -> list[GpuWorkload]:
    """All of them, the most telling first."""
    by_name = {one.name: one for one in WORKLOADS}
    small = [by_name[name] for name in LAUNCH_BOUND]
    eager = [GpuWorkload(one, "launch-bound, eager") for one in small]
    captured = [GpuWorkload(_named(one, "captured"), "launch-bound, captured", CAPTURED) for one in small]
    both = [GpuWorkload(_named(one, "both-captured"), None, BOTH) for one in small]
    rest = [GpuWorkload(one) for one in WORKLOADS if one.name not in LAUNCH_BOUND]
    return [*_sized(smoke), *eager, *captured, *(rest if not smoke else rest[-1:]), *both]


def _named(one: Workload, manner: str) -> Workload:
    title = f"{one.title}, {manner.replace('-', ' ')}"
    return Workload(f"{one.name}-{manner}", title, None, one.arrays, one.bind)


def _sized(smoke: bool) -> list[GpuWorkload]:
    """The ops at the sizes at which a GPU is used."""
    many = 1000 if smoke else 10**7
    batch, rows, width = (2, 3, 8) if smoke else (64, 4096, 1024)
    side = 8 if smoke else 4096
    images = ((2, 3, 8, 8), (4, 3, 3, 3), (4,)) if smoke else ((32, 64, 56, 56), (64, 64, 3, 3), (64,))
    heads = (1, 2, 8, 4) if smoke else (8, 16, 1024, 64)
    shape, square = f"{batch} x {rows} x {width}", f"{side} x {side}"
    row = normal((rows, width), (rows, width))
    attention = "x".join(map(str, heads))

    def made(name: str, title: str, arrays: Arrays, bind: Callable[..., Task]) -> Workload:
        return Workload(name, title, None, arrays, bind)

    return [
        GpuWorkload(
            made(
                "pointwise-1e7", f"(sin(x)*exp(-x*x)+tanh(x)).sum(), n={many:g}", normal((many,)), elementwise
            ),
            "pointwise",
        ),
        GpuWorkload(made("softmax-64", f"softmax, {shape}", row, _repeated("softmax", batch)), "softmax"),
        GpuWorkload(
            made("layer-norm-64", f"layer_norm, {shape}", row, _repeated("layer_norm", batch)), "layer norm"
        ),
        GpuWorkload(made("gelu-64", f"gelu, {shape}", row, _repeated("gelu", batch)), "gelu"),
        GpuWorkload(
            made("matmul-4096", f"matmul {square}, float32", normal(*[(side, side)] * 3), matmul), "matmul"
        ),
        GpuWorkload(
            made(
                "matmul-4096-bfloat16",
                f"matmul {square}, bfloat16",
                normal(*[(side, side)] * 3),
                _half(matmul),
            ),
            "matmul",
            rtol=2e-2,
            atol_of_scale=2e-2,
        ),
        GpuWorkload(
            made("conv2d-64", "conv2d 32x64x56x56, 64 filters 3x3", normal(*images, scale=0.3), _convolution),
            "conv2d",
            atol_of_scale=5e-3,  # torch lets convolutions round to ten bits
        ),
        GpuWorkload(
            made("sdpa-8", f"scaled_dot_product_attention {attention}", normal(*[heads] * 4), _attention),
            "attention",
        ),
        GpuWorkload(
            made(
                "sdpa-8-bfloat16",
                f"the same in bfloat16, {attention}",
                normal(*[heads] * 4),
                _half(_attention),
            ),
            rtol=2e-2,
            atol_of_scale=2e-2,
        ),
    ]


def _repeated(name: str, batch: int) -> Callable[..., Task]:
    """A function of the last dimension, on rows that are repeated so often."""

    def bind(lib: Any, rows: Any, weights: Any) -> Task:
        (x,) = leaf(rows.repeat(batch, 1, 1))
        cotangent, functional, width = weights.repeat(batch, 1, 1), lib.nn.functional, rows.shape[-1]
        calls: dict[str, Callable[[], Any]] = {
            "softmax": lambda: lib.softmax(x, -1),
            "layer_norm": lambda: functional.layer_norm(x, (width,)),
            "gelu": lambda: functional.gelu(x),
        }
        return Task((x,), calls[name], lambda output: output.backward(cotangent))

    return bind


def _half(bind: Callable[..., Task]) -> Callable[..., Task]:
    return lambda lib, *tensors: bind(lib, *(one.to(lib.bfloat16) for one in tensors))


def _convolution(lib: Any, x: Any, weight: Any, bias: Any) -> Task:
    leaves = x, weight, bias = leaf(x, weight, bias)
    conv2d = lib.nn.functional.conv2d
    return Task(leaves, lambda: conv2d(x, weight, bias, padding=1).square().sum(), from_scalar)


def _attention(lib: Any, query: Any, key: Any, value: Any, cotangent: Any) -> Task:
    leaves = query, key, value = leaf(query, key, value)
    attend = lib.nn.functional.scaled_dot_product_attention
    return Task(leaves, lambda: attend(query, key, value), lambda output: output.backward(cotangent))


def captured(lib: Any, task: Task) -> Task:
    """A task that replays both passes as a CUDA graph; its gradients stay where they were when it was captured."""
    aside = lib.cuda.Stream()
    aside.wait_stream(lib.cuda.current_stream())
    with lib.cuda.stream(aside):
        for _ in range(3):  # what is made at first use is made before
            task.reset()
            task.backward(task.forward())
    lib.cuda.current_stream().wait_stream(aside)
    task.reset()
    graph = lib.cuda.CUDAGraph()
    with lib.cuda.graph(graph):
        output = task.forward()
        task.backward(output)
    gradients = [one.grad for one in task.leaves]

    def replay() -> Any:
        graph.replay()
        for one, grad in zip(task.leaves, gradients, strict=True):
            one.grad = grad
        return output

    return Task(task.leaves, replay, lambda output: None)
