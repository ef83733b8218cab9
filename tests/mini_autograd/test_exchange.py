"""Memory that goes to other libraries and comes from them, by DLPack and by numpy's operators, against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import assert_same_outcome, attempt

LIBRARIES = (mini_autograd, torch)


def opened_twice(lib):
    capsule = lib.ones(2).__dlpack__()
    lib.from_dlpack(capsule)
    return lib.from_dlpack(capsule)


def read_only():
    array = np.ones(2)
    array.flags.writeable = False
    return array


CALLS = [
    lambda lib: lib.ones(2).__dlpack_device__(),
    lambda lib: type(lib.ones(2).__dlpack__()).__name__,
    lambda lib: repr(lib.ones(2).__dlpack__())[:18],
    lambda lib: repr(lib.ones(2).__dlpack__(max_version=(1, 0)))[:28],
    lambda lib: repr(lib.ones(2).__dlpack__(max_version=(0, 5)))[:18],
    lambda lib: lib.ones(2, requires_grad=True).__dlpack__(),
    lambda lib: (lib.ones(2, requires_grad=True) * 2).__dlpack__(),
    lambda lib: lib.ones(2, dtype=lib.complex64).conj().__dlpack__(),
    lambda lib: lib.ones(2).__dlpack__(stream=1),
    lambda lib: lib.ones(2).__dlpack__(stream="a"),
    lambda lib: lib.ones(2).__dlpack__(None),
    lambda lib: lib.ones(2).__dlpack__(copy=3),
    lambda lib: lib.ones(2).__dlpack__(nothing=3),
    lambda lib: np.from_dlpack(lib.ones(2, 3).t()),
    lambda lib: np.from_dlpack(lib.ones(2, 3)[:, 1]),
    lambda lib: np.from_dlpack(lib.ones(2).expand(3, 2)),
    lambda lib: np.from_dlpack(lib.tensor(3.0)),
    lambda lib: np.from_dlpack(lib.ones(0)),
    lambda lib: np.from_dlpack(lib.tensor([True, False])),
    lambda lib: np.from_dlpack(lib.tensor([1 + 2j]).conj().imag),
    lambda lib: np.from_dlpack(lib.ones(2, requires_grad=True)),
    lambda lib: lib.from_dlpack(np.ones(2)),
    lambda lib: lib.from_dlpack(np.ones((2, 3)).T),
    lambda lib: lib.from_dlpack(np.ones(4)[::2]),
    lambda lib: lib.from_dlpack(np.array(3.0)),
    lambda lib: lib.from_dlpack(np.ones((2, 0))),
    lambda lib: lib.from_dlpack(np.ones(2, dtype="complex64")),
    lambda lib: lib.from_dlpack(np.ones(2, dtype="u2")),
    lambda lib: lib.from_dlpack(np.ones(2), copy=True),
    lambda lib: lib.from_dlpack(np.ones(2), device="cpu"),
    lambda lib: lib.from_dlpack(np.array(["a"])),
    lambda lib: lib.from_dlpack(np.ones(2, dtype=">f4")),
    lambda lib: lib.from_dlpack(lib.ones(2, 3)[:, 1:]),
    lambda lib: lib.from_dlpack(lib.ones(2, dtype=lib.bfloat16)),
    lambda lib: lib.from_dlpack(lib.ones(2, dtype=lib.bfloat16), copy=True),
    lambda lib: lib.from_dlpack(lib.tensor([1 + 2j]).conj().imag),
    lambda lib: lib.from_dlpack(lib.ones(2, requires_grad=True)),
    lambda lib: lib.from_dlpack(lib.ones(2).__dlpack__()),
    lambda lib: lib.from_dlpack(lib.to_dlpack(lib.ones(2, requires_grad=True))),
    lambda lib: lib.from_dlpack(3),
    lambda lib: lib.from_dlpack([1]),
    lambda lib: lib.from_dlpack(),
    lambda lib: lib.to_dlpack(3),
    lambda lib: [(kind.name, kind.value) for kind in type(lib.ones(2).__dlpack_device__()[0])],
    opened_twice,
    # What numpy and tensors make of each other as operands.
    lambda lib: lib.ones(2) == np.ones(2),
    lambda lib: np.ones(2) == lib.ones(2),
    lambda lib: np.ones((2, 2)) == lib.ones(2),
    lambda lib: lib.ones(3) == np.ones(2),
    lambda lib: lib.ones(2) == np.ones(2)[::-1],
    lambda lib: lib.ones(2) == np.array(["a"]),
    lambda lib: lib.ones(2) == read_only(),
    lambda lib: lib.ones(2) == [1, 1],
    lambda lib: lib.ones(2, requires_grad=True) == np.ones(2),
    lambda lib: lib.ones(2) != np.ones(2),
    lambda lib: lib.ones(2) < np.ones(2),
    lambda lib: lib.ones(2).__eq__("a"),
    lambda lib: np.ones(2) / lib.ones(2),
    lambda lib: np.ones(2) - lib.ones(2),
    lambda lib: "a" / lib.ones(2),
    lambda lib: lib.ones(2).__rtruediv__([1.0]),
    lambda lib: lib.ones(2, requires_grad=True).__rtruediv__(np.ones(2)),
    lambda lib: lib.ones(2).__array__(copy=True),
    lambda lib: lib.ones(2).__array_wrap__(np.ones(2), None, False),
]


def shown(value):
    if isinstance(value, (mini_autograd.Tensor, torch.Tensor)):
        return (
            repr(value),
            value.stride(),
            value.storage_offset(),
            value._version,
            value._is_view(),
            value.is_leaf,
        )
    if isinstance(value, np.ndarray):
        return value.tolist(), value.dtype, value.strides, value.flags.writeable
    return repr(value)


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    ours, theirs = (attempt(lambda lib=lib: CALLS[index](lib)) for lib in LIBRARIES)
    assert_same_outcome(ours, theirs)
    assert shown(ours.result) == shown(theirs.result)


def test_memory_is_shared_and_counted_apart() -> None:
    for lib in LIBRARIES:
        array = np.ones(2)
        lib.from_dlpack(array).mul_(3)
        assert array.tolist() == [3, 3]
        tensor = lib.ones(2)
        lib.from_dlpack(tensor).mul_(3)
        assert tensor.tolist() == [3, 3]
        assert tensor._version == 0
        np.from_dlpack(tensor)[0] = 7
        assert tensor.tolist() == [7, 3]
