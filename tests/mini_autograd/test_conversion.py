"""What Python and numpy make of tensors, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import attempt

LIBRARIES = (mini_autograd, torch)

torch.set_warn_always(True)  # what torch warns of once a process would depend on the order of tests

CALLS = [
    lambda lib: lib.tensor([1.0, 2]).numpy(),
    lambda lib: lib.tensor([1.0, 2], requires_grad=True).numpy(),
    lambda lib: lib.tensor([1.0, 2], requires_grad=True).numpy(force=True),
    lambda lib: lib.tensor(1.0).numpy(),
    lambda lib: lib.tensor([1.0], dtype=lib.bfloat16).numpy(),
    lambda lib: lib.tensor([1.0]).numpy(True),
    lambda lib: lib.tensor([1.0]).numpy(force=1),
    lambda lib: lib.tensor([1.0]).numpy(foo=1),
    lambda lib: lib.tensor([1.0, 2]).item(),
    lambda lib: lib.tensor([1.0]).item(),
    lambda lib: lib.tensor([]).item(),
    lambda lib: lib.tensor([[1]]).item(),
    lambda lib: lib.tensor(True).item(),
    lambda lib: lib.tensor(1j).item(),
    lambda lib: lib.tensor(1.5, requires_grad=True).item(),
    lambda lib: lib.tensor([1.0, 2]).item(0),
    lambda lib: float(lib.tensor([1.0])),
    lambda lib: float(lib.tensor(1.5, requires_grad=True)),
    lambda lib: float(lib.tensor([1.0, 2])),
    lambda lib: float(lib.tensor(1j)),
    lambda lib: float(lib.tensor([])),
    lambda lib: int(lib.tensor(1.5)),
    lambda lib: int(lib.tensor([1, 2])),
    lambda lib: int(lib.tensor(float("nan"))),
    lambda lib: int(lib.tensor(float("inf"))),
    lambda lib: int(lib.tensor(1j)),
    lambda lib: int(lib.tensor(1.5, requires_grad=True)),
    lambda lib: complex(lib.tensor(1j)),
    lambda lib: complex(lib.tensor(1.0)),
    lambda lib: complex(lib.tensor([1.0, 2])),
    lambda lib: complex(lib.tensor(1.5, requires_grad=True)),
    lambda lib: bool(lib.tensor(1.0)),
    lambda lib: bool(lib.tensor([1.0])),
    lambda lib: bool(lib.tensor([1.0, 2])),
    lambda lib: bool(lib.tensor([])),
    lambda lib: bool(lib.tensor(float("nan"))),
    lambda lib: bool(lib.tensor(1j)),
    lambda lib: bool(lib.tensor(1.5, requires_grad=True)),
    lambda lib: len(lib.tensor(1.0)),
    lambda lib: len(lib.tensor([1, 2])),
    lambda lib: len(lib.zeros(0, 3)),
    lambda lib: list(lib.tensor(1.0)),
    lambda lib: list(lib.tensor([1, 2])),
    lambda lib: iter(lib.tensor(1.0)),
    lambda lib: [*lib.zeros(0, 3)],
    lambda lib: lib.tensor(1).__index__(),
    lambda lib: lib.tensor(1.0).__index__(),
    lambda lib: lib.tensor([1]).__index__(),
    lambda lib: lib.tensor([1, 2]).__index__(),
    lambda lib: lib.tensor(True).__index__(),
    lambda lib: lib.tensor([1.0, 2.0]).tolist(),
    lambda lib: lib.tensor([1.0, 2.0]).tolist(1),
    lambda lib: lib.tensor([[1, 2], [3, 4]]).tolist(),
    lambda lib: lib.tensor(1.5).tolist(),
    lambda lib: lib.tensor([]).tolist(),
    lambda lib: lib.zeros(2, 0).tolist(),
    lambda lib: lib.tensor([True]).tolist(),
    lambda lib: lib.tensor([1j]).tolist(),
    lambda lib: lib.tensor([0.1]).tolist(),
    lambda lib: lib.tensor([0.1], dtype=lib.float16).tolist(),
    lambda lib: lib.tensor([0.1], dtype=lib.bfloat16).tolist(),
    lambda lib: lib.tensor(0.1, dtype=lib.bfloat16).item(),
    lambda lib: lib.tensor(0.1, dtype=lib.bfloat16).tolist(),
    lambda lib: lib.tensor([1.0], requires_grad=True).tolist(),
    lambda lib: np.asarray(lib.tensor([1.0, 2])),
    lambda lib: np.array(lib.tensor([1.0, 2])),
    lambda lib: np.array(lib.tensor([1.0, 2]), dtype=np.int64),
    lambda lib: np.asarray(lib.tensor([1.0, 2], requires_grad=True)),
    lambda lib: np.asarray(lib.tensor([1.0], dtype=lib.bfloat16)),
    lambda lib: np.array(lib.tensor(1.0)),
    lambda lib: np.array([lib.tensor(1.0), lib.tensor(2.0)]),
    lambda lib: lib.tensor([1.0, 2]).__array__(),
    lambda lib: lib.tensor([1.0, 2]).__array__(np.float64),
    lambda lib: np.ones(2) * lib.tensor([1.0, 2]),
    lambda lib: np.sin(lib.tensor([1.0, 2])),
    lambda lib: np.add(lib.tensor([1.0, 2]), np.ones(2)),
    lambda lib: np.multiply(lib.tensor([1.0, 2]), 2),
    lambda lib: np.ones(2, dtype=np.float32) + lib.tensor([1.0, 2], requires_grad=True),
    lambda lib: lib.tensor([1.0, 2]) * np.ones(2),
    lambda lib: lib.tensor([1, 2]) + np.ones(2),
    lambda lib: np.sum(lib.tensor([1.0, 2])),
    lambda lib: np.max(lib.tensor([1.0, 2])),
    lambda lib: 1 in lib.tensor([1, 2]),
    lambda lib: lib.tensor([1]) in lib.tensor([1, 2]),
    lambda lib: "a" in lib.tensor([1, 2]),
    lambda lib: None in lib.tensor([1, 2]),
    lambda lib: [0, 1][lib.tensor(1)],
    lambda lib: range(lib.tensor(3)),
    lambda lib: lib.tensor([1, 2]).__contains__([1]),
    lambda lib: reversed(lib.tensor([1, 2])),
    lambda lib: lib.tensor(1.0).__len__(),
    lambda lib: format(lib.tensor(1.5), ".2f"),
    lambda lib: format(lib.tensor([1.5]), ".2f"),
    lambda lib: lib.tensor(5).is_nonzero(),
    lambda lib: lib.tensor([5, 1]).is_nonzero(),
    lambda lib: lib.tensor([]).is_nonzero(),
    lambda lib: lib.tensor([1.5]).__float__(),
    lambda lib: lib.tensor(1.0).__array_wrap__(np.ones(2)),
    lambda lib: lib.tensor(1.0).__array_wrap__(np.ones(2, dtype=bool)),
    lambda lib: lib.tensor(1.0).__array_priority__,
    lambda lib: lib.tensor(2**63, dtype=lib.uint64).item(),
    lambda lib: int(lib.tensor(2**63, dtype=lib.uint64)),
    lambda lib: int(lib.tensor(1e30)),
    lambda lib: int(lib.tensor([True])),
    lambda lib: float(lib.tensor(2**62 + 1)),
    lambda lib: hex(lib.tensor(1)),
    lambda lib: "ab" * lib.tensor(2),
    lambda lib: [1] * lib.tensor(2),
    lambda lib: lib.tensor(2) * [1],
    lambda lib: np.equal(lib.tensor([1.0]), lib.tensor([1.0])),
    lambda lib: lib.ones(1).expand(3).numpy().flags["WRITEABLE"],
]


def shown(value: object) -> object:
    """A value in a form that compares: tensors and arrays by their elements, types and strides."""
    if isinstance(value, (mini_autograd.Tensor, torch.Tensor)):
        return (value.tolist(), str(value.dtype), tuple(value.shape), tuple(value.stride()))
    if isinstance(value, np.ndarray):
        return (value.tolist(), value.dtype, value.shape, value.strides, value.flags.writeable)
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value if value == value else "nan"


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    ours, theirs = [attempt(lambda lib=lib: CALLS[index](lib)) for lib in LIBRARIES]
    assert (type(ours.error), str(ours.error)) == (type(theirs.error), str(theirs.error))
    assert shown(ours.result) == shown(theirs.result)
    assert type(ours.result).__name__ == type(theirs.result).__name__
    assert ours.warned == theirs.warned


def test_numpy_shares_memory() -> None:
    for lib in LIBRARIES:
        tensor = lib.zeros(2, 3)
        array = tensor.t().numpy()
        array[0, 0] = 5
        assert tensor[0, 0].item() == 5
        tensor[1, 2] = 7
        assert array[2, 1] == 7
        array.shape = (3, 2)
        assert tensor.requires_grad_().detach().numpy().base is not None


def test_numpy_without_recording() -> None:
    for lib in LIBRARIES:
        tensor = lib.ones(2, requires_grad=True)
        with lib.no_grad():
            assert tensor.numpy().tolist() == [1.0, 1.0]


def test_iteration_is_unbind() -> None:
    for lib in LIBRARIES:
        tensor = lib.ones(2, 3, requires_grad=True)
        rows = list(tensor)
        assert [row.grad_fn.name() for row in rows] == ["UnbindBackward0"] * 2
        assert rows[0].grad_fn is rows[1].grad_fn
