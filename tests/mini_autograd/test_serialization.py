"""Copies and pickles of tensors are torch's: what they keep, what they share, and which cannot be made."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd

LIBRARIES = (torch, mini_autograd)
WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
}


def described(tensor: Any) -> Any:
    """Everything that a copy may or may not keep."""
    if tensor is None:
        return None
    return (
        repr(tensor),
        tuple(tensor.shape),
        tensor.stride(),
        tensor.storage_offset(),
        str(tensor.dtype),
        tensor.requires_grad,
        tensor.is_leaf,
        tensor._version,
        tensor._base is None,
        tensor.is_inference(),
        tensor.untyped_storage().nbytes(),
        described(tensor.grad),
        vars(tensor),
    )


def samples(lib: Any) -> dict[str, Any]:
    leaf = lib.ones(4, requires_grad=True)
    leaf.grad = lib.ones(4)
    leaf.note = ["kept"]
    written = lib.zeros(3)
    written.add_(1)
    return {
        "leaf": leaf,
        "plain": written,
        "part": lib.ones(2, 3).as_strided((1, 2), (3, 2), 3),
        "expanded": lib.ones(3).expand(2, 3),
        "empty": lib.ones(0, 3),
        "number": lib.ones((), dtype=lib.float64),
        "bfloat16": lib.ones(2, dtype=lib.bfloat16),
        "complex": lib.ones(2, dtype=lib.complex64),
        "bool": lib.ones(2, dtype=lib.bool),
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", samples(torch))
def test_copy(name: str, way: str):
    theirs, ours = (described(WAYS[way](samples(lib)[name])) for lib in LIBRARIES)
    assert ours == theirs


@pytest.mark.parametrize("way", WAYS)
def test_memory_is_shared_as_it_was(way: str):
    def shared(lib: Any) -> list[Any]:
        whole = lib.ones(4)
        pair = [whole, whole.narrow(0, 1, 3), whole]
        first, second, third = WAYS[way](pair)
        first.add_(1)
        pointers = [one.untyped_storage().data_ptr() for one in (first, second, third, whole)]
        return [first is third, *[one == pointers[0] for one in pointers], second.tolist()]

    assert shared(mini_autograd) == shared(torch)


@pytest.mark.parametrize("way", WAYS)
def test_computed(way: str):
    def outcome(lib: Any) -> Any:
        leaf = lib.ones(3, requires_grad=True)
        found = []
        for tensor in (leaf * 2, leaf.narrow(0, 1, 2)):
            try:
                found.append(described(WAYS[way](tensor)))
            except RuntimeError as error:
                found.append(str(error))
        return found

    assert outcome(mini_autograd) == outcome(torch)


@pytest.mark.parametrize("way", WAYS)
def test_inference_tensor(way: str):
    def outcome(lib: Any) -> list[bool]:
        with lib.inference_mode():
            made = lib.ones(2)
            inside = WAYS[way](made)
        return [inside.is_inference(), WAYS[way](made).is_inference()]

    assert outcome(mini_autograd) == outcome(torch)


@pytest.mark.parametrize("name", ["copy", "pickle"])
def test_hooks_stay_behind(name: str):
    def hook(grad: Any) -> None:
        """Nothing."""

    def outcome(lib: Any) -> str:
        leaf = lib.ones(2, requires_grad=True)
        leaf.register_hook(hook)
        with pytest.warns(UserWarning, match="will not be serialized") as caught:
            WAYS[name](leaf)
        return str(caught[0].message)

    assert outcome(mini_autograd) == outcome(torch)


def test_subclass():
    for lib in LIBRARIES:
        named = type("Named", (lib.Tensor,), {})
        made = lib.ones(2).as_subclass(named)
        made.note = 1
        again = copy.copy(made)
        assert type(again) is named
        assert again.note == 1
        with pytest.raises(RuntimeError, match="only works for subclass types that implement new_empty"):
            copy.deepcopy(made)


@pytest.mark.parametrize("name", ["float32", "bool", "strided", "channels_last", "preserve_format"])
def test_named_value(name: str):
    for lib in LIBRARIES:
        value = getattr(lib, name)
        assert WAYS["pickle"](value) is value
        assert WAYS["deepcopy"](value) is value


def test_device():
    device = mini_autograd.device("cpu", 0)
    assert WAYS["pickle"](device) == device
