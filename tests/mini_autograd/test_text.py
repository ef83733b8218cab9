"""What tensors, nodes, types and functions print is torch's text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd

ADDRESS = re.compile(r"0x[0-9a-f]+")


def leaf(lib: Any) -> Any:
    return lib.tensor([1.0, 2.5, -3.0], requires_grad=True)


def written(lib: Any) -> Any:
    base = leaf(lib) * 1
    base.narrow(0, 0, 1).mul_(2)
    return base


def invalid(lib: Any) -> Any:
    base = leaf(lib) * 1
    part = base.unbind()[0]
    base.mul_(2)
    return part


def made_without_grad(lib: Any) -> Any:
    with lib.no_grad():
        return leaf(lib).view(3)


def dual(lib: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, of what it imports
        mode = lib.autograd.forward_ad
        with mode.dual_level():
            return repr(mode.make_dual(lib.ones(2), lib.tensor([2.0, 3.0])) * 2)


TEXTS: list[Callable[[Any], Any]] = [
    lambda lib: repr(leaf(lib)),
    lambda lib: str(leaf(lib) * 2),
    lambda lib: repr(leaf(lib).detach()),
    lambda lib: repr(written(lib)),
    lambda lib: repr(invalid(lib)),
    lambda lib: repr(made_without_grad(lib)),
    dual,
    lambda lib: leaf(lib).__repr__(tensor_contents="contents"),
    lambda lib: repr(lib.tensor([[1, 2], [3, 4]], dtype=lib.int32)),
    lambda lib: repr(lib.tensor([1.5, 2], dtype=lib.bfloat16)),
    lambda lib: repr(lib.zeros(0, 3)),
    lambda lib: f"{lib.tensor(2.5):.1f} {lib.tensor(2.5)} {lib.tensor(3)} {lib.tensor(True)}",
    lambda lib: f"{lib.tensor(2.5, requires_grad=True):.3f} {lib.tensor(1.5, dtype=lib.bfloat16):.2f}",
    lambda lib: f"{leaf(lib)}",
    lambda lib: format(leaf(lib), ".2f"),
    lambda lib: repr((leaf(lib) * 2).grad_fn),
    lambda lib: repr((leaf(lib) * 2).grad_fn.next_functions),
    lambda lib: repr(written(lib).grad_fn),
    lambda lib: repr(lib.Tensor),
    lambda lib: repr(lib.device),
    lambda lib: repr(lib.device("cpu")) + str(lib.device("cpu")),
    lambda lib: repr([lib.float32, lib.half, lib.strided, lib.contiguous_format, lib.channels_last]),
    lambda lib: repr([lib.layout, lib.memory_format, lib.Size]),
    lambda lib: repr(leaf(lib).shape),
    lambda lib: repr(lib.get_default_dtype()),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text(text: Callable[[Any], str]):
    def outcome(lib: Any) -> str:
        try:
            return ADDRESS.sub("0x", text(lib))
        except TypeError as error:
            return repr(error)

    assert outcome(mini_autograd) == outcome(torch)


def test_print_options():
    for lib in (torch, mini_autograd):
        try:
            lib.set_printoptions(precision=2, linewidth=20)
            assert str(lib.tensor([1 / 3, 2, 3])) == "tensor([0.33, 2.00,\n        3.00])"
        finally:
            lib.set_printoptions(profile="default")


def test_metadata_of_nodes():
    def described(lib: Any) -> list:
        node = (leaf(lib) * 2).grad_fn
        accumulator = node.next_functions[0][0]
        found: list[Any] = [accumulator.variable.tolist(), node.metadata, node.requires_grad]
        for each in (node, accumulator):
            (metadata,) = each._input_metadata
            found += [tuple(metadata.shape), str(metadata.dtype), str(metadata.device), each.name()]
        return found

    assert described(mini_autograd) == described(torch)


def test_dir_lists_what_is_public():
    tensor = mini_autograd.ones(2)
    tensor.note = 1
    names = dir(tensor)
    assert {"note", "shape", "grad", "add_", "backward"} <= set(names)
    assert not {"_array", "_node", "_gradient"} & set(names)


def test_hash_is_identity():
    for lib in (torch, mini_autograd):
        tensor = lib.ones(2)
        assert hash(tensor) == id(tensor)
        assert {tensor: 1}[tensor] == 1
