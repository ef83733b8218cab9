"""Tensors from data of every kind, against torch: inference, sharing, errors and warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import same

CALLS = [
    lambda lib: lib.tensor(3),
    lambda lib: lib.tensor(3.0),
    lambda lib: lib.tensor(True),
    lambda lib: lib.tensor(1j),
    lambda lib: lib.tensor([]),
    lambda lib: lib.tensor([[], []]),
    lambda lib: lib.tensor([1, 2.5]),
    lambda lib: lib.tensor([1, True]),
    lambda lib: lib.tensor([True, False]),
    lambda lib: lib.tensor([1, 1j]),
    lambda lib: lib.tensor([[1, 2], [3]]),
    lambda lib: lib.tensor([[1, 2], 3]),
    lambda lib: lib.tensor([1, [2]]),
    lambda lib: lib.tensor(["a"]),
    lambda lib: lib.tensor("a"),
    lambda lib: lib.tensor(None),
    lambda lib: lib.tensor([None]),
    lambda lib: lib.tensor({}),
    lambda lib: lib.tensor({1: 2}),
    lambda lib: lib.tensor({1, 2}),
    lambda lib: lib.tensor(object()),
    lambda lib: lib.tensor(range(3)),
    lambda lib: lib.tensor((1, 2)),
    lambda lib: lib.tensor([(1, 2), (3, 4)]),
    lambda lib: lib.tensor(np.float32(1)),
    lambda lib: lib.tensor(np.float64(1)),
    lambda lib: lib.tensor([np.float32(1)]),
    lambda lib: lib.tensor([np.float64(1)]),
    lambda lib: lib.tensor([np.float32(1), np.float64(2)]),
    lambda lib: lib.tensor([np.int32(1)]),
    lambda lib: lib.tensor(np.int32(1)),
    lambda lib: lib.tensor([np.int64(1), 2.0]),
    lambda lib: lib.tensor([np.bool_(1)]),
    lambda lib: lib.tensor(np.bool_(1)),
    lambda lib: lib.tensor([np.complex64(1)]),
    lambda lib: lib.tensor(np.array([1, 2])),
    lambda lib: lib.tensor(np.array(1.5)),
    lambda lib: lib.tensor([np.array([1, 2]), np.array([3, 4])]),
    lambda lib: lib.tensor([np.array([1.0, 2]), [3, 4]]),
    lambda lib: lib.tensor(np.array(["a"])),
    lambda lib: lib.tensor(np.array([1, 2], dtype=object)),
    lambda lib: lib.tensor(np.array([1, 2], dtype=">f4")),
    lambda lib: lib.tensor(np.arange(6)[::-1]),
    lambda lib: lib.tensor(np.arange(6, dtype=np.uint16)),
    lambda lib: lib.tensor(lib.tensor([1.0, 2.0])),
    lambda lib: lib.tensor(lib.tensor([1.0, 2.0], requires_grad=True)),
    lambda lib: lib.tensor(lib.tensor([1.0, 2.0]), dtype=lib.int64),
    lambda lib: lib.tensor([lib.tensor(1.0), lib.tensor(2.0)]),
    lambda lib: lib.tensor([lib.tensor([1.0, 2.0]), lib.tensor([2.0, 3.0])]),
    lambda lib: lib.tensor([lib.tensor([1]), lib.tensor([2.0])]),
    lambda lib: lib.tensor([lib.tensor(1.0, requires_grad=True), 2.0]),
    lambda lib: lib.tensor([lib.tensor(1.5), 2]),
    lambda lib: lib.tensor([lib.tensor(1), 2.5]),
    lambda lib: lib.tensor([lib.tensor(1), lib.tensor(2.5)]),
    lambda lib: lib.tensor([lib.tensor([1, 2]), [3, 4]]),
    lambda lib: lib.tensor(2**63),
    lambda lib: lib.tensor(2**63 - 1),
    lambda lib: lib.tensor(-(2**63) - 1),
    lambda lib: lib.tensor([2**63]),
    lambda lib: lib.tensor(2**64),
    lambda lib: lib.tensor(2**63, dtype=lib.uint64),
    lambda lib: lib.tensor(300, dtype=lib.uint8),
    lambda lib: lib.tensor(-1, dtype=lib.uint8),
    lambda lib: lib.tensor([300], dtype=lib.uint8),
    lambda lib: lib.tensor([-1], dtype=lib.uint8),
    lambda lib: lib.tensor([1.5], dtype=lib.int64),
    lambda lib: lib.tensor([1j], dtype=lib.float32),
    lambda lib: lib.tensor([float("nan")], dtype=lib.int64),
    lambda lib: lib.tensor([1e40]),
    lambda lib: lib.tensor([1e40], dtype=lib.float32),
    lambda lib: lib.tensor([1e10], dtype=lib.float16),
    lambda lib: lib.tensor([2], dtype=lib.bool),
    lambda lib: lib.tensor(["a"], dtype=lib.float32),
    lambda lib: lib.tensor([1.0], dtype=lib.complex64),
    lambda lib: lib.tensor([1.0], dtype=lib.bfloat16),
    lambda lib: lib.tensor([1], requires_grad=True),
    lambda lib: lib.tensor([1.0], requires_grad=True),
    lambda lib: lib.tensor(),
    lambda lib: lib.tensor(1, 2),
    lambda lib: lib.tensor(data=[1]),
    lambda lib: lib.tensor([1], foo=1),
    lambda lib: lib.tensor([1], dtype="float32"),
    lambda lib: lib.tensor([1], dtype=float),
    lambda lib: lib.tensor([1], pin_memory=True),
    lambda lib: lib.tensor([[[1]], [[2]]]),
    lambda lib: lib.tensor([[1, 2], [3, 4]]).stride(),
    lambda lib: lib.tensor([[], [1]]),
    lambda lib: lib.tensor([1, 2, [3]]),
    lambda lib: lib.tensor([[1, 2], [3, "a"]]),
    lambda lib: lib.tensor([b"a"]),
    lambda lib: lib.tensor(b"a"),
    lambda lib: lib.tensor(bytearray(b"abc")),
    lambda lib: lib.tensor(memoryview(b"abc")),
    lambda lib: lib.tensor([1, 2] * 0),
    lambda lib: lib.tensor(()),
    lambda lib: lib.tensor(((),)),
    lambda lib: lib.tensor([True, 1.5]),
    lambda lib: lib.tensor([True, 2]),
    lambda lib: lib.tensor([1.5, 1j]),
    lambda lib: lib.tensor(float("inf")),
    lambda lib: lib.tensor([[[[1.0]]]]),
    lambda lib: lib.tensor([lib.ones(())] * 2),
    lambda lib: lib.tensor([lib.ones(1)] * 2),
    lambda lib: lib.tensor([lib.ones(1, 2)] * 2),
    lambda lib: lib.tensor([lib.ones(2), lib.ones(3)]),
    lambda lib: lib.tensor([1], requires_grad=None),
    lambda lib: lib.tensor([1.0], requires_grad=1),
    lambda lib: lib.tensor(iter([1])),
    lambda lib: lib.tensor(x for x in [1]),
    lambda lib: lib.tensor(slice(1)),
    lambda lib: lib.tensor([...]),
    lambda lib: lib.tensor(int),
    lambda lib: lib.tensor([int]),
    lambda lib: lib.tensor(3.7, dtype=lib.int32),
    lambda lib: lib.tensor(float("nan"), dtype=lib.int32),
    lambda lib: lib.tensor(1 + 2j, dtype=lib.float32),
    lambda lib: lib.tensor(2**31, dtype=lib.int32),
    lambda lib: lib.tensor([2**31], dtype=lib.int32),
    lambda lib: lib.tensor([128], dtype=lib.int8),
    lambda lib: lib.tensor([-129], dtype=lib.int8),
    lambda lib: lib.tensor([65536], dtype=lib.uint16),
    lambda lib: lib.tensor([255], dtype=lib.uint8),
    lambda lib: lib.tensor([1e10], dtype=lib.int32),
    lambda lib: lib.tensor([True], dtype=lib.float16),
    lambda lib: lib.tensor([[1], [2]], dtype=lib.uint32),
    lambda lib: lib.as_tensor([1, 2]),
    lambda lib: lib.as_tensor(lib.tensor([1, 2])),
    lambda lib: lib.as_tensor(lib.tensor([1.0, 2], requires_grad=True)),
    lambda lib: lib.as_tensor(lib.tensor([1.0, 2], requires_grad=True), dtype=lib.float64),
    lambda lib: lib.as_tensor(np.array([1, 2])),
    lambda lib: lib.as_tensor(np.array([1, 2]), dtype=lib.float32),
    lambda lib: lib.as_tensor(np.array([1, 2])[::-1]),
    lambda lib: lib.as_tensor(np.float32(3)),
    lambda lib: lib.as_tensor(3.0),
    lambda lib: lib.as_tensor("a"),
    lambda lib: lib.as_tensor(),
    lambda lib: lib.as_tensor(None),
    lambda lib: lib.from_numpy([1]),
    lambda lib: lib.from_numpy(lib.tensor(1)),
    lambda lib: lib.from_numpy(np.array(["a"])),
    lambda lib: lib.from_numpy(np.array([1], dtype=object)),
    lambda lib: lib.from_numpy(np.array([1], dtype=">f4")),
    lambda lib: lib.from_numpy(np.arange(3)[::-1]),
    lambda lib: lib.from_numpy(np.array(1.0)),
    lambda lib: lib.from_numpy(np.float32(1)),
    lambda lib: lib.from_numpy(np.broadcast_to(np.arange(3), (2, 3))),
    lambda lib: lib.from_numpy(np.arange(6.0).reshape(2, 3).T),
    lambda lib: lib.from_numpy(np.zeros(3, dtype="datetime64[s]")),
    lambda lib: lib.from_numpy(np.zeros(3, dtype=np.longdouble)),
    lambda lib: lib.from_numpy(np.zeros(3, dtype=[("a", "i4"), ("b", "f4")])["b"]),
    lambda lib: lib.from_numpy(np.zeros(3, dtype=np.longlong)),
    lambda lib: lib.from_numpy(np.zeros(3, dtype=np.uint64)),
    lambda lib: lib.from_numpy(),
    lambda lib: lib.from_numpy(np.zeros(1), 1),
    lambda lib: lib.tensor([[np.array([1, 2])], [np.array([1, 2])]]),
    lambda lib: lib.tensor((np.array([1.0, 2]), np.array([3, 4]))),
    lambda lib: lib.tensor([np.array(1.0), np.array(2.0)]),
    lambda lib: lib.tensor([1.0, np.array(2.0)]),
    lambda lib: lib.tensor([np.array([1.0, 2]), (3, 4)]),
    lambda lib: lib.tensor([1j], dtype=lib.int64),
    lambda lib: lib.tensor(1j, dtype=lib.int64),
    lambda lib: lib.tensor(1j, dtype=lib.bool),
    lambda lib: lib.tensor([1j], dtype=lib.bool),
    lambda lib: lib.tensor(["a"], dtype=lib.int64),
    lambda lib: lib.tensor([None], dtype=lib.float32),
    lambda lib: lib.tensor([None], dtype=lib.int64),
    lambda lib: lib.tensor([None], dtype=lib.bool),
    lambda lib: lib.tensor([object()], dtype=lib.int64),
    lambda lib: lib.tensor([object()], dtype=lib.float32),
    lambda lib: lib.tensor([object()], dtype=lib.bool),
    lambda lib: lib.tensor([object()], dtype=lib.complex64),
    lambda lib: lib.tensor(None, dtype=lib.float32),
    lambda lib: lib.tensor(None, dtype=lib.int64),
    lambda lib: lib.tensor([1.0, [2.0]]),
    lambda lib: lib.tensor([1.0, [2.0]], dtype=lib.float64),
    lambda lib: lib.tensor([True, [2.0]]),
    lambda lib: lib.tensor([1j, [2.0]]),
    lambda lib: lib.tensor([[1.0], 2.0]),
    lambda lib: lib.tensor([10**400]),
    lambda lib: lib.tensor([10**400], dtype=lib.float32),
    lambda lib: lib.tensor([10**30], dtype=lib.float32),
    lambda lib: lib.tensor([2**64 - 1], dtype=lib.uint64),
    lambda lib: lib.tensor([2**64], dtype=lib.uint64),
    lambda lib: lib.tensor([-1], dtype=lib.uint64),
    lambda lib: lib.tensor([-1], dtype=lib.uint16),
    lambda lib: lib.tensor([-256], dtype=lib.uint8),
    lambda lib: lib.tensor([1.5], dtype=lib.uint8),
    lambda lib: lib.tensor([-1.5], dtype=lib.uint8),
    lambda lib: lib.tensor([300.0], dtype=lib.uint8),
    lambda lib: lib.tensor([float("inf")], dtype=lib.int32),
    lambda lib: lib.tensor([9.3e18], dtype=lib.int64),
    lambda lib: lib.tensor(9.3e18, dtype=lib.int64),
    lambda lib: lib.tensor(float("inf"), dtype=lib.int64),
    lambda lib: lib.tensor([True], dtype=lib.int64),
    lambda lib: lib.tensor(np.array([1.5, 2.5]), dtype=lib.int64),
    lambda lib: lib.tensor(np.array([300]), dtype=lib.uint8),
    lambda lib: lib.tensor(np.array([1j]), dtype=lib.float32),
    lambda lib: lib.tensor(np.float64(2.5), dtype=lib.int64),
    lambda lib: lib.tensor(np.float64("nan"), dtype=lib.int64),
    lambda lib: lib.tensor([np.float64(2.5)], dtype=lib.int64),
    lambda lib: lib.tensor([np.array([1.5])], dtype=lib.int64),
    lambda lib: lib.tensor(np.ma.array([1, 2])),
    lambda lib: lib.tensor(lib.tensor([1]), dtype=lib.float32, requires_grad=True),
    lambda lib: lib.tensor(lib.tensor([1.0]), requires_grad=True),
    lambda lib: lib.tensor([lib.tensor(1.5)], dtype=lib.int64),
    lambda lib: lib.tensor([lib.tensor(1 + 1j)]),
    lambda lib: lib.tensor([lib.tensor(1 + 1j)], dtype=lib.float32),
    lambda lib: lib.tensor([lib.tensor(True)]),
    lambda lib: lib.tensor([lib.tensor(1.5, dtype=lib.float64)]),
    lambda lib: lib.tensor([lib.tensor(1.5, dtype=lib.float16), 1.0]),
    lambda lib: lib.tensor([lib.tensor([])]),
    lambda lib: lib.tensor([lib.tensor([[1.0]])]),
    lambda lib: lib.tensor([[lib.tensor(1.0), lib.tensor(2.0)], [lib.tensor(3.0), 4.0]]),
    lambda lib: lib.tensor([[lib.tensor([1.0]), lib.tensor(2.0)]]),
    lambda lib: lib.tensor([""]),
    lambda lib: lib.tensor([[]], dtype=lib.int64),
    lambda lib: lib.tensor([range(2), range(2)]),
    lambda lib: lib.tensor([range(2), (1, 2)]),
    lambda lib: lib.tensor([[1, 2], [3, 4, 5]]),
    lambda lib: lib.tensor([[1, 2], [3, 4], [5]]),
    lambda lib: lib.tensor([[[1], [2]], [[1]]]),
    lambda lib: lib.tensor([[[1], [2]], [[1], [1, 2]]]),
    lambda lib: lib.as_tensor([1.0], dtype=lib.int64),
    lambda lib: lib.as_tensor([1], requires_grad=True),
    lambda lib: lib.as_tensor([1], device="cpu"),
    lambda lib: lib.as_tensor(1, 2, 3),
    lambda lib: lib.as_tensor(np.float64(2)),
    lambda lib: lib.tensor([1.0]).new_tensor([1], dtype=lib.int64),
    lambda lib: lib.tensor([1.0]).new_tensor(np.array([1, 2])),
    lambda lib: lib.tensor([1.0]).new_tensor(3),
    lambda lib: lib.tensor([1], dtype=lib.int64).new_tensor(3.7),
    lambda lib: lib.tensor([1.0]).new_tensor([1j]),
    lambda lib: lib.tensor([1.0]).new_tensor(lib.tensor([1.0], requires_grad=True)),
    lambda lib: lib.tensor([1.0], names=["a"]),
    lambda lib: lib.tensor(1.0, dtype=lib.complex64),
    lambda lib: lib.tensor([[1, 2], [3, 4]], dtype=lib.bfloat16),
    lambda lib: lib.tensor([16777217.0]),
    lambda lib: lib.tensor([16777217], dtype=lib.float32),
    lambda lib: lib.tensor([0.1], dtype=lib.bfloat16),
    lambda lib: lib.tensor([65519.99], dtype=lib.float16),
    lambda lib: lib.tensor([65520.0], dtype=lib.float16),
    lambda lib: lib.ones(2, dtype=lib.int64).new_tensor(lib.ones(2)),
    lambda lib: lib.ones(2).new_tensor(),
    lambda lib: lib.ones(2).new_tensor("a"),
    lambda lib: lib.ones(2).new_tensor([[1], [1, 2]]),
    lambda lib: lib.tensor(np.ones((2, 3)).T).stride(),
    lambda lib: lib.tensor(lib.zeros(2, 3).t()).stride(),
]


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    same(CALLS[index], grad=False, ulp=0)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_, np.complex64])
def test_memory_is_shared(dtype: Any) -> None:
    for lib in (mini_autograd, torch):
        array = np.zeros((2, 3), dtype)
        for tensor in (lib.from_numpy(array), lib.as_tensor(array)):
            array[0, 0] = 1
            assert tensor[0, 0].item() == 1
            tensor[1, 1] = 1
            assert array[1, 1] == 1
            assert np.shares_memory(tensor.numpy(), array)
            array[:] = 0
        copied = lib.tensor(array)
        array[0, 0] = 1
        assert copied[0, 0].item() == 0


def test_the_array_may_change_its_shape_in_place() -> None:
    array = np.zeros(6, np.float32)
    tensor = mini_autograd.from_numpy(array)
    array.shape = (2, 3)
    assert tuple(tensor.shape) == (6,)


def test_as_tensor_gives_the_tensor_itself() -> None:
    for lib in (mini_autograd, torch):
        tensor = lib.ones(2)
        assert lib.as_tensor(tensor) is tensor
        assert lib.as_tensor(tensor, dtype=lib.float32) is tensor
        assert lib.as_tensor(tensor, dtype=lib.float64) is not tensor


def test_default_dtype() -> None:
    for lib in (mini_autograd, torch):
        lib.set_default_dtype(lib.float64)
        try:
            assert lib.tensor(1.5).dtype is lib.float64
            assert lib.tensor([1j]).dtype is lib.complex128
            assert lib.arange(2.0).dtype is lib.float64
            assert lib.zeros(2).dtype is lib.float64
        finally:
            lib.set_default_dtype(lib.float32)
