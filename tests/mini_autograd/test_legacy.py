"""Tensor(...), FloatTensor(...) and Tensor.type(...) make what torch makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd

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


def test_a_subclass_is_made_of_numbers():
    for lib in (torch, mini_autograd):
        named = type("Named", (lib.Tensor,), {})
        assert repr(named([1, 2])) == "Named([1., 2.])"
