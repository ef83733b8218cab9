"""Tensor(...), FloatTensor(...) and Tensor.type(...) make what torch makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import assert_same_outcome, attempt

CALLS: list[Callable[[Any], Any]] = [
    lambda lib: lib.Tensor(),
    lambda lib: lib.Tensor(2, 3).shape,
    lambda lib: lib.Tensor(lib.Size([2])).shape,
    lambda lib: lib.Tensor(size=(2,)).shape,
    lambda lib: lib.Tensor(2, device="cpu").shape,
    lambda lib: lib.Tensor((2, 3)),
    lambda lib: lib.Tensor([[1, 2], [3, 4]]),
    lambda lib: lib.Tensor([True, False]),
    lambda lib: lib.Tensor([]),
    lambda lib: lib.Tensor(data=[1]),
    lambda lib: lib.Tensor(range(3)),
    lambda lib: lib.Tensor(np.ones(2)),
    lambda lib: lib.Tensor([lib.tensor(3.0), 2]),
    lambda lib: lib.Tensor(lib.ones(2, dtype=lib.float64)),
    lambda lib: lib.Tensor(lib.ones(2, requires_grad=True)),
    lambda lib: lib.Tensor(lib.ones(2, requires_grad=True) * 2),
    lambda lib: lib.Tensor("a"),
    lambda lib: lib.Tensor(2.5),
    lambda lib: lib.Tensor(None),
    lambda lib: lib.Tensor({}),
    lambda lib: lib.Tensor(True),
    lambda lib: lib.Tensor(-1),
    lambda lib: lib.FloatTensor([1, 2]),
    lambda lib: lib.FloatTensor(2).shape,
    lambda lib: lib.LongTensor([1.5, 2]),
    lambda lib: lib.DoubleTensor(lib.ones(2, dtype=lib.float64)),
    lambda lib: [
        lib.ByteTensor([1, 2]),
        lib.BoolTensor([0, 1]),
        lib.HalfTensor([1]),
        lib.BFloat16Tensor([1]),
    ],
    lambda lib: [isinstance(lib.ones(2), lib.FloatTensor), isinstance(lib.ones(2), lib.DoubleTensor)],
    lambda lib: isinstance(3, lib.FloatTensor),
    lambda lib: lib.FloatTensor,
    lambda lib: lib.ones(2).type(),
    lambda lib: lib.ones(2, requires_grad=True).type(lib.DoubleTensor),
    lambda lib: lib.ones(2, requires_grad=True).type("torch.DoubleTensor"),
    lambda lib: lib.ones(2).type(lib.int64),
    lambda lib: lib.ones(2).type("foo"),
    lambda lib: lib.ones(2).type(3),
    lambda lib: lib.FloatTensor.is_cuda,
    lambda lib: type(lib.FloatTensor).__name__,
    lambda lib: lib.ones(2, dtype=lib.float64).new(2, 3).shape,
    lambda lib: lib.ones(2, dtype=lib.float64).new([1, 2]),
    lambda lib: lib.ones(2, dtype=lib.complex64).new([1, 2]),
    lambda lib: lib.ones(2, dtype=lib.bool).new([1, 0]),
    lambda lib: lib.ones(2, requires_grad=True).new(),
    lambda lib: lib.ones(2).new(lib.ones(3, requires_grad=True)),
    lambda lib: lib.ones(2).new(np.ones(3)),
    lambda lib: lib.ones(2).new("a"),
    lambda lib: lib.ones(2).new(2.5),
    *(
        lambda lib, dtype=dtype: lib.ones(2).new(lib.ones(2, dtype=getattr(lib, dtype)))
        for dtype in ("float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
    ),
    lambda lib: lib.DoubleTensor(lib.ones(2, dtype=lib.complex64)),
    lambda lib: [
        lib.typename(one) for one in (lib.ones(2), lib.ones(2, dtype=lib.int64), lib.Tensor, lib.FloatTensor)
    ],
    lambda lib: [lib.typename(one) for one in (3, "a", None, int, np, np.ones(2), lib.Size([1]))],
    lambda lib: lib.typename(lib.autograd.Variable),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_call(call: Callable[[Any], Any]):
    def outcome(lib: Any) -> str:
        try:
            return repr(call(lib))
        except (TypeError, ValueError, RuntimeError) as error:
            return repr(error)

    assert outcome(mini_autograd) == outcome(torch)


def test_an_alias_shares_memory_and_history():
    for lib in (torch, mini_autograd):
        base = lib.ones(2, requires_grad=True) * 1
        alias = lib.Tensor(base)
        alias.mul_(2)
        assert base.tolist() == [2, 2]
        assert base.grad_fn.name() == "torch::autograd::CopySlices"


TYPES = (
    "torch.DoubleTensor",
    "torch.HalfTensor",
    "torch.LongTensor",
    "torch.Nothing",
    "nothing",
    "numpy.float32",
    3,
)


@pytest.mark.parametrize("kind", TYPES)
def test_the_default_type(kind: Any):
    def outcome(lib: Any) -> Any:
        always = lib.is_warn_always_enabled()
        lib.set_warn_always(True)
        try:
            lib.set_default_tensor_type(getattr(lib, kind.partition(".")[2]) if kind == TYPES[1] else kind)
            return [str(one.dtype) for one in (lib.Tensor([1]), lib.ones(1), lib.tensor(1.0))]
        finally:
            lib.set_default_dtype(lib.float32)
            lib.set_warn_always(always)

    ours, theirs = (attempt(lambda lib=lib: outcome(lib)) for lib in (mini_autograd, torch))
    assert_same_outcome(ours, theirs)
    assert ours.result == theirs.result


def test_a_subclass_is_made_of_numbers():
    for lib in (torch, mini_autograd):
        named = type("Named", (lib.Tensor,), {})
        assert repr(named([1, 2])) == "Named([1., 2.])"
