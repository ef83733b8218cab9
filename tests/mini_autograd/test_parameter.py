"""Parameters are torch's: how they are made, what ops make of them, how they print and are copied."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import assert_same_outcome, attempt

LIBRARIES = (mini_autograd, torch)


def parameter(lib, **attributes):
    made = lib.nn.Parameter(lib.ones(2))
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def described(value):
    return (
        repr(value),
        type(value).__name__,
        value.requires_grad,
        value._version,
        value.is_leaf,
        value.grad,
        vars(value),
    )


def marked(lib):
    tensor = lib.ones(2)
    tensor._is_param = True
    return isinstance(tensor, lib.nn.Parameter), repr(tensor)


CALLS = [
    lambda lib: described(lib.nn.Parameter(lib.ones(2))),
    lambda lib: described(lib.nn.Parameter(lib.ones(2), requires_grad=False)),
    lambda lib: described(lib.nn.Parameter(data=lib.ones(2), requires_grad=True)),
    lambda lib: described(lib.nn.Parameter(lib.ones(2, requires_grad=True) * 2)),
    lambda lib: described(lib.nn.Parameter(lib.nn.Parameter(lib.ones(2)))),
    lambda lib: described(lib.nn.Parameter()),
    lambda lib: described(lib.nn.Parameter(None)),
    lambda lib: described(lib.nn.Parameter(lib.ones(2, dtype=lib.complex64))),
    lambda lib: lib.nn.Parameter(3),
    lambda lib: lib.nn.Parameter([1.0]),
    lambda lib: lib.nn.Parameter(lib.ones(2), True, 3),
    lambda lib: lib.nn.Parameter(lib.tensor([1])),
    lambda lib: lib.nn.Parameter(lib.tensor([1]), requires_grad=False),
    lambda lib: (lib.nn.Parameter.__module__, type(lib.nn.Parameter).__name__),
    lambda lib: lib.nn.parameter.Parameter is lib.nn.Parameter,
    lambda lib: (isinstance(parameter(lib), lib.Tensor), isinstance(parameter(lib), lib.nn.Parameter)),
    lambda lib: (
        isinstance(lib.ones(2), lib.nn.Parameter),
        isinstance(parameter(lib), lib.autograd.Variable),
    ),
    marked,
    lambda lib: [
        type(one).__name__
        for p in [parameter(lib)]
        for one in (p * 2, 2 - p, p.data, p.detach(), p.clone(), p[0], p.view(2), p.sum(), lib.stack([p, p]))
    ],
    lambda lib: [type(parameter(lib).to(dtype)).__name__ for dtype in (lib.float32, lib.float64)],
    lambda lib: type(parameter(lib).requires_grad_(False)).__name__,
    lambda lib: parameter(lib).mul_(2),
    lambda lib: f"{lib.nn.Parameter(lib.tensor(3.0))}",
    lambda lib: f"{lib.nn.Parameter(lib.tensor(3.0)):.2f}",
    lambda lib: str(lib.nn.Parameter(lib.zeros(2, 2))),
    lambda lib: (lib.typename(parameter(lib)), lib.typename(lib.nn.Parameter)),
    lambda lib: np.asarray(parameter(lib)),
    lambda lib: np.asarray(lib.nn.Parameter(lib.ones(2), False)),
    lambda lib: described(copy.deepcopy(parameter(lib, grad=lib.ones(2), note=3))),
    lambda lib: described(copy.copy(parameter(lib, note=3))),
    lambda lib: described(pickle.loads(pickle.dumps(parameter(lib, note=3)))),
    lambda lib: described(pickle.loads(pickle.dumps(lib.nn.Parameter(lib.ones(2), False)))),
    lambda lib: copy.deepcopy(parameter(lib) * 2),
]


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    ours, theirs = (attempt(lambda lib=lib: CALLS[index](lib)) for lib in LIBRARIES)
    assert_same_outcome(ours, theirs)
    assert repr(ours.result) == repr(theirs.result)


def test_memory_and_version_are_those_of_the_data() -> None:
    for lib in LIBRARIES:
        data = lib.ones(2)
        made = lib.nn.Parameter(data)
        data.mul_(2)
        assert made.tolist() == [2, 2]
        assert (made._version, made._is_view(), data.requires_grad) == (1, False, False)
        assert copy.copy(made).data_ptr() == made.data_ptr()
        first, second = copy.deepcopy([made, made])
        assert first is second


def test_gradients_come_to_the_parameter() -> None:
    for lib in LIBRARIES:
        made = parameter(lib)
        out = (made * made).sum()
        assert out.grad_fn.next_functions[0][0].next_functions[0][0].variable is made
        out.backward()
        assert made.grad.tolist() == [2, 2]
        assert hash(made) == id(made)
