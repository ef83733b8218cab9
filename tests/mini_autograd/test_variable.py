"""Variable, and what tensors still answer to of what Variables had before torch 0.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import assert_same_outcome, attempt

LIBRARIES = (mini_autograd, torch)

CALLS: list[Callable[[Any], Any]] = [
    lambda lib: lib.autograd.Variable(lib.ones(2)),
    lambda lib: lib.autograd.Variable(lib.ones(2), True).requires_grad,
    lambda lib: lib.autograd.Variable(data=lib.ones(2), requires_grad=1).requires_grad,
    lambda lib: lib.autograd.Variable(lib.ones(2), requires_grad="a"),
    lambda lib: lib.autograd.Variable(lib.ones(2), requires_grad=None),
    lambda lib: lib.autograd.Variable(lib.ones(2), volatile=True).requires_grad,
    lambda lib: lib.autograd.Variable(lib.ones(2), False, True),
    lambda lib: lib.autograd.Variable(lib.ones(2), True, True),
    lambda lib: lib.autograd.Variable(lib.ones(2), nothing=1),
    lambda lib: lib.autograd.Variable(lib.ones(2, requires_grad=True) * 2),
    lambda lib: lib.autograd.Variable(lib.ones(2, dtype=lib.int64)),
    lambda lib: lib.autograd.Variable(lib.ones(2, dtype=lib.int64), requires_grad=True),
    lambda lib: lib.autograd.Variable(),
    lambda lib: lib.autograd.Variable(None, requires_grad=True),
    lambda lib: lib.autograd.Variable([1.0]),
    lambda lib: lib.autograd.Variable(np.ones(2)),
    lambda lib: lib.autograd.Variable.backward,
    lambda lib: (type(lib.autograd.Variable).__name__, type(lib.autograd.Variable).__module__),
    lambda lib: isinstance(lib.ones(2), lib.autograd.Variable),
    lambda lib: isinstance(2, lib.autograd.Variable),
    lambda lib: issubclass(lib.Tensor, lib.autograd.Variable),
    lambda lib: lib.ones(2).volatile,
    lambda lib: setattr(lib.ones(2), "volatile", True),
    lambda lib: delattr(lib.ones(2), "volatile"),
    lambda lib: lib.ones(2).reinforce(1),
    lambda lib: lib.ones(2).reinforce(),
    lambda lib: lib.ones(2).creator,
    lambda lib: lib.ones(2).name,
    lambda lib: setattr(lib.ones(2), "name", "a"),
    lambda lib: lib.ones(2)._grad,
    lambda lib: setattr(lib.ones(2), "_grad", lib.ones(3)),
    lambda lib: setattr(lib.ones(2), "data", np.ones(2)),
    lambda lib: lib.ones((), requires_grad=True).backward(retain_variables=True),
    lambda lib: lib.ones((), requires_grad=True).backward(None, None, False, None, 1),
    lambda lib: [lib.is_tensor(one) for one in (lib.ones(2), lib.Tensor, 3, np.ones(2))],
    lambda lib: lib.is_tensor(),
]


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    ours, theirs = (attempt(lambda lib=lib: CALLS[index](lib)) for lib in LIBRARIES)
    assert_same_outcome(ours, theirs)
    assert repr(ours.result) == repr(theirs.result)


def test_the_gradient_is_one_by_both_names() -> None:
    for lib in LIBRARIES:
        leaf = lib.ones(2, requires_grad=True)
        leaf._grad = lib.zeros(2)
        assert leaf.grad is leaf._grad
        del leaf._grad
        assert leaf.grad is None
