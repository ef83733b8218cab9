"""Calls are taken and refused as torch's argument parser does, with every value and for every op declared."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from mini_autograd.op.declare import FUNCTIONS, METHODS
from mini_autograd.op.rejection import native
from mini_autograd.op.schema import Schema, parse
from mini_autograd.op.signature import signatures
from tests.mini_autograd import native as torchs
from tests.mini_autograd.sample import mirror

SPACES = (torch._C._VariableFunctions, torch._C._nn, torch._C._linalg, torch._C._fft, torch._C._special)
# Not bound from their schemas: written by hand in torch, or wrapped in Python.
BY_HAND = {
    "copy_",
    "istft",
    "nonzero",
    "to",
    "range",
    "norm",
    "split",
    "stft",
    "unflatten",
    "unique",
    "unique_consecutive",
}
# Left out of random calls, which would ask them for memory without bounds or leave it as it was.
UNCALLED = ("resize", "empty", "set_")


class Indexed:
    def __index__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "Indexed()"


class Foreign:
    """Nothing that a parameter takes."""

    def __repr__(self) -> str:
        return "Foreign()"


def values() -> list[Any]:
    tensor = torch.ones(2, 3)
    numbers = [1, 0, -1, 1.5, 3.0, True, 1j, np.float32(1), np.int64(0), np.bool_(True)]
    lists = [
        [1, 0],
        [1, "a"],
        ("a", 1),
        (0,),
        [],
        (),
        [1.5, "a"],
        [True],
        [None],
        [[1]],
        (1, 2.5),
        [Indexed()],
    ]
    tensors = [torch.tensor(1), torch.tensor(1.0), torch.tensor(1.0, requires_grad=True), [tensor, 1]]
    objects = [
        torch.float32,
        float,
        torch.Size([1]),
        torch.contiguous_format,
        torch.strided,
        torch.device("cpu"),
    ]
    others = ["a", b"x", None, Foreign(), Indexed(), slice(1), np.ones(2), {}, {1}]
    return [*(tensor,) * 4, [tensor, tensor], *numbers, *lists, *tensors, *objects, *others]


def ours(value: Any) -> Any:
    """The counterpart of a value in mini_autograd."""
    if isinstance(value, torch.device):
        return mini_autograd.device(str(value))
    if isinstance(value, torch.memory_format | torch.layout):
        return getattr(mini_autograd, str(value).removeprefix("torch."))
    if isinstance(value, torch.Size):
        return mini_autograd.Size(value)
    return value if isinstance(value, dict) else mirror(value)


def torch_function(name: str) -> Any:
    return next((getattr(space, name) for space in SPACES if hasattr(space, name)), None)


def declared() -> list[tuple[str, bool]]:
    """Every function and method that has rows here and a binding made from schemas in torch."""
    functions = [name for name in FUNCTIONS if name in torchs.FUNCTIONS and torch_function(name)]
    methods = [name for name in METHODS if name in torchs.METHODS and hasattr(torch.Tensor, name)]
    found = [(name, False) for name in functions] + [(name, True) for name in methods]
    return [each for each in found if each[0] not in BY_HAND and not each[0].startswith("_")]


def parsed(texts: list[str]) -> list[Schema]:
    schemas = []
    for text in texts:
        try:
            schemas.append(parse(text))
        except ValueError:  # of named dimensions and other types that are not here
            continue
    return schemas


# The copying variants of views take ``out`` too, and so does a write to a part, by schemas that torch makes of these
# when it is built.
LISTED = [each for each in declared() if not each[0].endswith("_copy") and each[0] != "slice_scatter"]


@pytest.mark.parametrize(("name", "method"), LISTED, ids=str)
def test_rows_list_torchs_signatures(name: str, method: bool):
    texts = (torchs.METHODS if method else torchs.FUNCTIONS)[name]
    packet = (METHODS if method else FUNCTIONS)[name]
    wanted = [str(each) for each in signatures(parsed(texts), method=method) if not each.hidden]
    found = [str(each) for each in signatures(native(packet), method=method) if not each.hidden]
    assert found == wanted


def refusal(function: Any, args: list, kwargs: dict) -> str | None:
    """The text of the TypeError of a call; None where there is none."""
    try:
        function(*args, **kwargs)
    except TypeError as error:
        return str(error)
    except (RuntimeError, IndexError, ValueError, NotImplementedError, AssertionError, AttributeError):
        return None
    return None


def random_call(choose: random.Random, name: str, method: bool) -> tuple[list, dict]:
    packet = (METHODS if method else FUNCTIONS)[name]
    names = [each.name for each in choose.choice(packet.overloads).kinds][method:]
    count = choose.choice([0, 1, 2, len(names), len(names) + 1, choose.randint(0, 6)])
    keys = choose.choices(
        [*names, "foo", "axis", "out", "input", "self", "keepdims", "x"], k=choose.choice([0, 0, 1, 2])
    )
    args = [choose.choice(values()) for _ in range(count)]
    return args, {key: choose.choice(values()) for key in keys if key not in ("device", "pin_memory")}


@pytest.mark.parametrize("seed", range(2))
def test_random_calls(seed: int):
    choose = random.Random(seed)
    names = [each for each in declared() if not any(part in each[0] for part in UNCALLED)]
    wrong, refused = [], 0
    for _ in range(1000):
        name, method = choose.choice(names)
        args, kwargs = random_call(choose, name, method)
        mirrored = [ours(value) for value in args], {key: ours(value) for key, value in kwargs.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self = torch.ones(2, 3)
            expected = refusal(getattr(self, name) if method else torch_function(name), args, kwargs)
            got = refusal(getattr(ours(self), name) if method else FUNCTIONS[name], *mirrored)
        refused += expected is not None
        if got != expected and "INTERNAL ASSERT" not in str(expected):
            wrong.append((name, args, kwargs, got, expected))
    assert refused > 300
    assert wrong == []


T = torch.ones(2, 3)
CALLS: list[tuple[str, list, dict]] = [
    ("sum", [T], {"dim": None}),
    ("sum", [T, torch.tensor([0])], {}),
    ("sum", [T, [torch.tensor(0)]], {}),
    ("sum", [T], {"axis": 0, "keepdims": True}),
    ("amax", [T, None], {}),
    ("amax", [T], {"dim": []}),
    ("zeros", [np.int64(2)], {}),
    ("zeros", [Indexed()], {}),
    ("zeros", [[2, True]], {}),
    ("zeros", [torch.tensor(2)], {}),
    ("zeros", [[torch.tensor([2]), 1]], {}),
    ("zeros", [2], {"device": b"cpu"}),
    ("zeros", [2], {"dtype": float}),
    ("ones", [2], {"requires_grad": None, "dtype": None, "pin_memory": None}),
    ("full", [(2,), np.float32(2)], {}),
    ("full", [(2,), torch.tensor(3)], {}),
    ("eye", [torch.tensor([2])], {}),
    ("arange", [torch.tensor(3)], {}),
    ("transpose", [T, torch.tensor(1), 0], {}),
    ("add", [T, True], {}),
    ("add", [T, np.bool_(True)], {}),
    ("add", [T, T], {"alpha": np.int64(2)}),
    ("sub", [T, np.int32(1)], {}),
    ("pow", [np.float32(2), T], {}),
    ("mul", [], {"x": T, "x2": T}),
    ("div", [T, T], {"rounding_mode": b"floor"}),
]
METHOD_CALLS: list[tuple[str, list, dict]] = [
    ("view", [torch.tensor(6)], {}),
    ("view", [torch.tensor([6])], {}),
    ("view", [Indexed(), 6], {}),
    ("view", [6, True], {}),
    ("view", [np.int64(3), 2], {}),
    ("view", [-1, torch.tensor(2)], {}),
    ("view", [torch.Size([3, 2])], {}),
    ("permute", [1, 0], {}),
    ("permute", [[1, 0]], {}),
    ("expand", [2, 2, 3], {}),
    ("narrow", [0, Indexed(), 1], {}),
    ("narrow", [0, torch.tensor(0), 1], {}),
    ("size", [np.int64(1)], {}),
    ("size", [torch.tensor(1)], {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS, ids=str)
def test_function_takes(name: str, args: list, kwargs: dict):
    expected = getattr(torch, name)(*args, **kwargs)
    got = getattr(mini_autograd, name)(
        *map(ours, args), **{key: ours(value) for key, value in kwargs.items()}
    )
    assert repr(got) == repr(expected)


@pytest.mark.parametrize(("name", "args", "kwargs"), METHOD_CALLS, ids=str)
def test_method_takes(name: str, args: list, kwargs: dict):
    expected = getattr(T, name)(*args, **kwargs)
    got = getattr(ours(T), name)(*map(ours, args), **{key: ours(value) for key, value in kwargs.items()})
    assert repr(got) == repr(expected)


SQUARE = torch.eye(3)
DEPRECATED: list[tuple[str, list, bool]] = [
    ("add", [T, 2, T], False),
    ("add", [2, T], True),
    ("add_", [2, T], True),
    ("sub", [T, 2, T], False),
    ("addcmul", [T, 2, T, T], False),
    ("addcmul_", [True, torch.tensor(1.0), T], True),
    ("addcdiv", [T, torch.tensor(2.0), T, T], False),
    ("addmm", [2, SQUARE, 3, SQUARE, SQUARE], False),
    ("addmm", [2, SQUARE, SQUARE, SQUARE], False),
    ("addmv", [1, SQUARE[0], SQUARE, SQUARE[0]], False),
    ("addr", [1, SQUARE, SQUARE[0], SQUARE[0]], False),
]


@pytest.mark.parametrize(("name", "args", "method"), DEPRECATED, ids=range(len(DEPRECATED)))
def test_a_scale_by_position_is_taken_with_a_warning(name: str, args: list, method: bool):
    def outcome(lib: Any, args: list, self: Any) -> tuple[str, str]:
        always = lib.is_warn_always_enabled()
        lib.set_warn_always(True)
        try:
            with pytest.warns(UserWarning, match="is deprecated") as caught:
                result = getattr(self if method else lib, name)(*args)
        finally:
            lib.set_warn_always(always)
        return repr(result), str(caught[0].message).split(" (Triggered")[0]

    assert outcome(mini_autograd, [ours(value) for value in args], ours(T)) == outcome(torch, args, T.clone())
