"""New tensors against torch: sizes, dtypes, layouts, ranges, ``out``, errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, layouts, make, same

CALLS = [
    lambda lib: lib.zeros_like(lib.ones(2, 3).t()),
    lambda lib: lib.zeros_like(lib.ones(2, 3, 4).permute(2, 0, 1)),
    lambda lib: lib.zeros_like(lib.ones(6, 4)[::2, ::2]),
    lambda lib: lib.zeros_like(lib.ones(6, 4).t()[::2, ::2]),
    lambda lib: lib.zeros_like(lib.ones(3, 1).expand(3, 4)),
    lambda lib: lib.zeros_like(lib.ones(1, 4).expand(3, 4)),
    lambda lib: lib.zeros_like(lib.ones(4, 3).t().unsqueeze(0).expand(5, 3, 4)),
    lambda lib: lib.zeros_like(lib.ones(2, 3).t(), memory_format=lib.contiguous_format),
    lambda lib: lib.zeros_like(lib.ones(2, 3), memory_format=lib.channels_last),
    lambda lib: lib.zeros_like(lib.ones(2, 3, 2, 2), memory_format=lib.channels_last),
    lambda lib: lib.zeros_like(lib.ones(2, 3), dtype=lib.int64),
    lambda lib: lib.zeros_like(lib.ones(2, 3), dtype=lib.int64, requires_grad=True),
    lambda lib: lib.zeros_like(lib.ones(2, 3), requires_grad=True),
    lambda lib: lib.zeros_like(lib.ones(2, 3, requires_grad=True)),
    lambda lib: lib.zeros_like([1]),
    lambda lib: lib.ones_like(lib.ones(2, dtype=lib.bool)),
    lambda lib: lib.full_like(lib.ones(2, dtype=lib.int64), 2.5),
    lambda lib: lib.full_like(lib.ones(2), 2),
    lambda lib: lib.full_like(lib.ones(2), 1j),
    lambda lib: lib.full_like(lib.ones(2, dtype=lib.bool), 1j),
    lambda lib: lib.zeros_like(lib.empty_strided((1, 3), (7, 1))).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((3, 1), (1, 7))).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((0, 3), (3, 1))).stride(),
    lambda lib: lib.zeros_like(lib.empty(3, 0, 2).permute(2, 0, 1)).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((2, 3), (1, 1))).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((2, 3, 4), (0, 8, 2))).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((2, 3, 4), (1, 16, 4))).stride(),
    lambda lib: lib.zeros_like(lib.empty_strided((2, 1, 4), (1, 99, 4))).stride(),
    lambda lib: lib.ones(2).new_zeros(2, 3),
    lambda lib: lib.ones(2).new_zeros((2, 3), dtype=lib.int64),
    lambda lib: lib.ones(2).new_full((2, 3), 3),
    lambda lib: lib.ones(2, dtype=lib.int64).new_full((2,), 3.5),
    lambda lib: lib.ones(2).new_full((2,), 1j),
    lambda lib: lib.ones(2).new_ones(2, requires_grad=True),
    lambda lib: lib.ones(2).new_empty(2, 3).shape,
    lambda lib: lib.ones(2).new_empty((2, 3)).shape,
    lambda lib: lib.ones(2).new_empty(size=(2, 3)).shape,
    lambda lib: lib.ones(2).new_empty_strided((2, 3), (1, 2)).stride(),
    lambda lib: lib.ones(2).new_zeros(),
    lambda lib: lib.empty(2, memory_format=lib.channels_last),
    lambda lib: lib.empty(2, 3, 4, 5, memory_format=lib.channels_last).stride(),
    lambda lib: lib.empty(2, memory_format=lib.preserve_format),
    lambda lib: lib.empty((2, 3), out=lib.zeros(1)).shape,
    lambda lib: lib.empty_strided((2, 3), (1, 2)).stride(),
    lambda lib: lib.empty_strided((2, 3), (1,)),
    lambda lib: lib.empty_strided((2, 3), (-1, 2)),
    lambda lib: lib.empty_strided((-2, 3), (1, 2)),
    lambda lib: lib.empty_permuted((2, 3), (1, 0)).stride(),
    lambda lib: lib.zeros(-1),
    lambda lib: lib.zeros(2, -3),
    lambda lib: lib.zeros((2, 3), dtype=lib.int64, requires_grad=True),
    lambda lib: lib.zeros(2, 3, requires_grad=True),
    lambda lib: lib.zeros(),
    lambda lib: lib.zeros(2.5),
    lambda lib: lib.zeros("a"),
    lambda lib: lib.zeros([]),
    lambda lib: lib.zeros(2, pin_memory=True),
    lambda lib: lib.zeros(2, device="cpu:1"),
    lambda lib: lib.zeros(2, out=lib.empty(2, dtype=lib.int64)),
    lambda lib: lib.zeros(2, out=lib.ones(3)),
    lambda lib: lib.zeros(2, out=lib.ones(0)),
    lambda lib: lib.zeros(2, out=lib.ones(2), dtype=lib.int64),
    lambda lib: lib.zeros(2, out=lib.ones(2), requires_grad=True),
    lambda lib: lib.zeros(2, out=lib.ones(2, requires_grad=True)),
    lambda lib: lib.full((2,), 3),
    lambda lib: lib.full((2,), 3.5),
    lambda lib: lib.full((2,), True),
    lambda lib: lib.full((2,), 1j),
    lambda lib: lib.full((2,), 3.7, dtype=lib.int64),
    lambda lib: lib.full((2,), 300, dtype=lib.uint8),
    lambda lib: lib.full((2,), 1 + 1j, dtype=lib.float32),
    lambda lib: lib.full((2,), lib.tensor(3)),
    lambda lib: lib.full((2,), 1e40, dtype=lib.float32),
    lambda lib: lib.full((2,), float("nan"), dtype=lib.int32),
    lambda lib: lib.full((2,), 2, dtype=lib.bool),
    lambda lib: lib.full((2,), -1, dtype=lib.uint8),
    lambda lib: lib.full((2,), 2**63, dtype=lib.uint64),
    lambda lib: lib.full((2,), 1e10, dtype=lib.int32),
    lambda lib: lib.full((2,), True, requires_grad=True),
    lambda lib: lib.full((2,), lib.ones((), requires_grad=True)),
    lambda lib: lib.arange(5),
    lambda lib: lib.arange(5.0),
    lambda lib: lib.arange(2, 5),
    lambda lib: lib.arange(2, 5, 2),
    lambda lib: lib.arange(0, 1, 0.3),
    lambda lib: lib.arange(0, 1, -0.3),
    lambda lib: lib.arange(1, 0, -0.3),
    lambda lib: lib.arange(5, 0),
    lambda lib: lib.arange(0, 5, 0),
    lambda lib: lib.arange(True),
    lambda lib: lib.arange(0, float("inf")),
    lambda lib: lib.arange(0, float("nan")),
    lambda lib: lib.arange(3, dtype=lib.bool),
    lambda lib: lib.arange(3, dtype=lib.complex64),
    lambda lib: lib.arange(3, dtype=lib.float16),
    lambda lib: lib.arange(3, dtype=lib.bfloat16),
    lambda lib: lib.arange(2.9, dtype=lib.int64),
    lambda lib: lib.arange(0.5, 3.6, 0.7, dtype=lib.int64),
    lambda lib: lib.arange(lib.tensor(3)),
    lambda lib: lib.arange(lib.tensor(3.0)),
    lambda lib: lib.arange(1j),
    lambda lib: lib.arange(3, requires_grad=True),
    lambda lib: lib.arange(3.0, requires_grad=True),
    lambda lib: lib.arange(0, 3, 1, out=lib.empty(3)),
    lambda lib: lib.arange(0, 3, 1, out=lib.empty(0)),
    lambda lib: lib.arange(300, dtype=lib.uint8)[-3:],
    lambda lib: lib.arange(end=4),
    lambda lib: lib.arange(start=1, end=4),
    lambda lib: lib.arange(),
    lambda lib: lib.arange(-3),
    lambda lib: lib.range(0, 3),
    lambda lib: lib.range(0, 3, dtype=lib.int64),
    lambda lib: lib.range(3, 0),
    lambda lib: lib.linspace(0, 1, 5),
    lambda lib: lib.linspace(0, 10, 5, dtype=lib.int64),
    lambda lib: lib.linspace(0, 1, 1),
    lambda lib: lib.linspace(0, 1, 0),
    lambda lib: lib.linspace(0, 1, -1),
    lambda lib: lib.linspace(0, 1j, 3),
    lambda lib: lib.linspace(0, 1j, 3, dtype=lib.float32),
    lambda lib: lib.linspace(lib.tensor(0.0), 1, 3),
    lambda lib: lib.linspace(lib.tensor([0.0]), 1, 3),
    lambda lib: lib.linspace(lib.tensor([0.0]), lib.tensor([0.0]), 3),
    lambda lib: lib.linspace(lib.tensor(0.0), lib.tensor([0.0]), 3),
    lambda lib: lib.linspace(lib.tensor(0, dtype=lib.float64), 1, 3),
    lambda lib: lib.linspace(0, 1, 3, dtype=lib.bool),
    lambda lib: lib.linspace(0, 1, 3, dtype=lib.float16),
    lambda lib: lib.linspace(0, 7, 4, dtype=lib.uint8),
    lambda lib: lib.linspace(0, 1),
    lambda lib: lib.linspace(0, 1, 3, requires_grad=True),
    lambda lib: lib.logspace(0, 2, 3),
    lambda lib: lib.logspace(0, 2, 3, base=2),
    lambda lib: lib.logspace(0, 2, 3, dtype=lib.int64),
    lambda lib: lib.logspace(0, 2, 3, dtype=lib.complex64),
    lambda lib: lib.logspace(0, 2, -3),
    lambda lib: lib.logspace(0, 2, 1),
    lambda lib: lib.logspace(0, 2, 3, 2, dtype=lib.float16),
    lambda lib: lib.eye(3),
    lambda lib: lib.eye(2, 3),
    lambda lib: lib.eye(-1),
    lambda lib: lib.eye(2, -1),
    lambda lib: lib.eye(2, dtype=lib.bool),
    lambda lib: lib.eye(2, dtype=lib.int64, requires_grad=True),
    lambda lib: lib.eye(2, dtype=lib.bfloat16),
    lambda lib: lib.eye(2, 2, out=lib.ones(3)),
    lambda lib: lib.eye(0),
    lambda lib: lib.tril_indices(3, 3),
    lambda lib: lib.tril_indices(3, 3, -1),
    lambda lib: lib.triu_indices(3, 4, 1),
    lambda lib: lib.tril_indices(-3, 3),
    lambda lib: lib.tril_indices(3, 3, dtype=lib.float32),
    lambda lib: lib.tril_indices(3, 3, dtype=lib.int32),
    lambda lib: lib.scalar_tensor(3),
    lambda lib: lib.scalar_tensor(True),
    lambda lib: lib.scalar_tensor(3.5, dtype=lib.int64),
    lambda lib: lib.scalar_tensor(1j),
    lambda lib: lib.arange(0, 2.5, 1, dtype=lib.int64),
    lambda lib: lib.arange(0.5, 2.5, 1, dtype=lib.int64),
    lambda lib: lib.arange(0, 2.5, 1, dtype=lib.int32),
    lambda lib: lib.arange(0.5, 3.6, 1, dtype=lib.int32),
    lambda lib: lib.arange(0.5, 3.6, 0.7, dtype=lib.int32),
    lambda lib: lib.arange(0, 1e3, 1e30),
    lambda lib: lib.arange(0, 3, 1e-30),
    lambda lib: lib.arange(0, 3, float("inf")),
    lambda lib: lib.arange(0, 3, float("nan")),
    lambda lib: lib.arange(0, True, dtype=lib.int64),
    lambda lib: lib.arange(2**63 - 3, 2**63 - 1),
    lambda lib: lib.arange(0, 5, -1),
    lambda lib: lib.arange(5, 5),
    lambda lib: lib.arange(5, 5, -1),
    lambda lib: lib.arange(0, -5, -2),
    lambda lib: lib.arange(5, 0, -2),
    lambda lib: lib.arange(0, 3, 1, dtype=lib.uint16),
    lambda lib: lib.arange(-2, 3, 1, dtype=lib.uint8),
    lambda lib: lib.linspace(-3, 4, 6, dtype=lib.int32),
    lambda lib: lib.linspace(1.5, 4.7, 4, dtype=lib.int32),
    lambda lib: lib.linspace(0, 300, 4, dtype=lib.uint8),
    lambda lib: lib.linspace(5, 0, 4, dtype=lib.uint8),
    lambda lib: lib.linspace(0, 1, 2, dtype=lib.complex64),
    lambda lib: lib.linspace(1j, 2, 1),
    lambda lib: lib.linspace(1e40, 2, 1),
    lambda lib: lib.linspace(1e40, 2, 3),
    lambda lib: lib.linspace(0, 1, 3, out=lib.zeros(5)),
    lambda lib: lib.linspace(0, 1, 3, out=lib.zeros(3, dtype=lib.int64)),
    lambda lib: lib.linspace(0, 1j, 3, out=lib.zeros(3)),
    lambda lib: lib.linspace(lib.tensor(1j), 2, 3),
    lambda lib: lib.linspace(lib.tensor(1.0, requires_grad=True), 2, 3),
    lambda lib: lib.logspace(1j, 2, 3),
    lambda lib: lib.logspace(1j, 2, 1),
    lambda lib: lib.logspace(0, 1, 4, base=-2),
    lambda lib: lib.logspace(0, 1, 4, base=0),
    lambda lib: lib.logspace(0, 3, 4, dtype=lib.int32),
    lambda lib: lib.logspace(0, 3.5, 4, dtype=lib.int32),
    lambda lib: lib.logspace(0, 1, 3, dtype=lib.bool),
    lambda lib: lib.logspace(0, 40, 3),
    lambda lib: lib.logspace(0, 3, 3, dtype=lib.uint8),
    lambda lib: lib.range(0, 3.5),
    lambda lib: lib.range(0, 2, 3),
    lambda lib: lib.range(0, -2, 3),
    lambda lib: lib.range(0, 2, 0),
    lambda lib: lib.range(0, float("inf")),
    lambda lib: lib.range(0, 2, 1, dtype=lib.bool),
    lambda lib: lib.range(0.5, 2.9, 1, dtype=lib.int64),
    lambda lib: lib.eye(3, 2, out=lib.zeros(3, 2, dtype=lib.int64)),
    lambda lib: lib.arange(3, out=lib.zeros(3)),
    lambda lib: lib.full((2,), 1, out=lib.zeros(3)),
    lambda lib: lib.full((2,), 1.5, out=lib.zeros(3, dtype=lib.int64)),
    lambda lib: lib.full((2,), 1j, out=lib.zeros(3)),
    lambda lib: lib.ones(2, out=lib.zeros(3)),
    lambda lib: lib.ones(2, out=lib.zeros(3)[::2]),
    lambda lib: lib.ones(2, out=lib.zeros(6)[::2]),
    lambda lib: lib.ones(2, out=3),
    lambda lib: lib.ones(2, out=None),
    lambda lib: lib.ones(2, out=lib.zeros(2), dtype=lib.float32, device="cpu"),
    lambda lib: lib.ones(-1),
    lambda lib: lib.full((-1,), 1),
    lambda lib: lib.ones(2).new_full((-1,), 1),
    lambda lib: lib.full((2,), 1e39),
    lambda lib: lib.full((2,), float("inf")),
    lambda lib: lib.full((2,), 70000.0, dtype=lib.float16),
    lambda lib: lib.full((2,), -256, dtype=lib.uint8),
    lambda lib: lib.full((2,), -255, dtype=lib.uint8),
    lambda lib: lib.full((2,), -200.5, dtype=lib.uint8),
    lambda lib: lib.full((2,), 2**63),
    lambda lib: lib.full((2,), 2**63, dtype=lib.float32),
    lambda lib: lib.full((2,), 2**63 + 0.0, dtype=lib.int64),
    lambda lib: lib.full((2,), 1e300, dtype=lib.complex64),
    lambda lib: lib.full((2,), 0j + 3, dtype=lib.int64),
    lambda lib: lib.full((2,), 1e39, dtype=lib.bfloat16),
    lambda lib: lib.full((2,), 70000, dtype=lib.uint16),
    lambda lib: lib.scalar_tensor(300, dtype=lib.uint8),
    lambda lib: lib.ones(2, dtype=lib.float16, requires_grad=True),
]

DTYPES = (*EVERY, "uint16", "uint32", "uint64")


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    same(CALLS[index], grad=False, ulp=1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "call",
    [
        lambda lib, dtype: lib.zeros(2, 0, 3, dtype=dtype),
        lambda lib, dtype: lib.ones((2, 3), dtype=dtype),
        lambda lib, dtype: lib.full((2,), 1, dtype=dtype),
        lambda lib, dtype: lib.full((2,), 2.5, dtype=dtype),
        lambda lib, dtype: lib.full((2,), -1, dtype=dtype),
        lambda lib, dtype: lib.full((2,), 1 + 2j, dtype=dtype),
        lambda lib, dtype: lib.arange(5, dtype=dtype),
        lambda lib, dtype: lib.arange(0.5, 4, 0.75, dtype=dtype),
        lambda lib, dtype: lib.linspace(1, 9, 6, dtype=dtype),
        lambda lib, dtype: lib.logspace(0, 2, 5, 2, dtype=dtype),
        lambda lib, dtype: lib.eye(2, 3, dtype=dtype),
        lambda lib, dtype: lib.scalar_tensor(1.5, dtype=dtype),
        lambda lib, dtype: lib.tril_indices(3, 4, dtype=dtype),
    ],
)
def test_dtypes(call: Any, dtype: str) -> None:
    same(lambda lib: call(lib, getattr(lib, dtype)), grad=False, ulp=2)


@pytest.mark.parametrize("shape", list(layouts()))
@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "empty_like", "full_like"])
def test_like(name: str, shape: str) -> None:
    def call(lib: Any, x: Any) -> Any:
        made = lib.full_like(x, 3) if name == "full_like" else getattr(lib, name)(x)
        return made if name != "empty_like" else list(made.stride())

    same(call, layouts()[shape], grad=False)
    same(
        lambda lib, x: lib.ones_like(x, dtype=lib.int64, memory_format=lib.contiguous_format),
        layouts()[shape],
    )


@pytest.mark.parametrize("values", [(0, 1, 1000), (-3, 7.5, 777), (1e-3, 1e3, 64), (5, -5, 33)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_ranges_are_torch_s_to_the_last_bit(dtype: str, values: tuple) -> None:
    start, end, steps = values
    same(lambda lib: lib.linspace(start, end, steps, dtype=getattr(lib, dtype)), grad=False, ulp=0)
    same(
        lambda lib: lib.arange(start, end, (end - start) / steps, dtype=getattr(lib, dtype)),
        grad=False,
        ulp=0,
    )


def test_new_tensors_are_leaves_of_their_mode() -> None:
    same(lambda lib: lib.zeros(2, requires_grad=True))

    def call(lib: Any) -> Any:
        with lib.inference_mode():
            made = lib.zeros(2)
        return [made.is_inference(), lib.zeros(2).is_inference()]

    same(call)


def test_new_from_a_tensor() -> None:
    same(lambda lib, x: x.new_zeros(2, 3), make(2, dtype="float64"))
    same(lambda lib, x: x.new_full((2,), 7), make(2, dtype="complex64"))
    same(lambda lib, x: x.new_ones((2,), requires_grad=True), make(2))
