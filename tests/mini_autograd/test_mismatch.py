"""Every wrong call gets the TypeError that torch raises for it, word for word."""

from __future__ import annotations

import functools
import random
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from mini_autograd.op.acceptance import HostTypes
from mini_autograd.op.keyword_order import keyword_order
from mini_autograd.op.mismatch import mismatch
from mini_autograd.op.schema import Schema, parse
from mini_autograd.op.signature import signatures
from mini_autograd.typename import type_name
from tests.mini_autograd.native import FUNCTIONS, METHODS

TYPES = HostTypes(lambda value: isinstance(value, torch.Tensor))
SPACES = (torch._C._VariableFunctions, torch._C._nn, torch._C._linalg, torch._C._fft, torch._C._special)
# Not bound from their schemas: written by hand in torch, or wrapped in Python.
BY_HAND = {"copy_", "nonzero", "to", "range", "is_contiguous", "norm", "split", "unflatten", "stft", "istft"}
# Not for a call with whatever arguments: they abort, resize, or need a build that this torch is not.
LEFT_OUT = re.compile(
    r"^_|sparse|quant|cudnn|mkldnn|miopen|rnn|gru|lstm|resize|set_|cuda|_copy$|fbgemm|share_memory"
)


def schemas(name: str, method: bool) -> list[Schema]:
    return [parse(text) for text in (METHODS if method else FUNCTIONS)[name]]


@functools.cache
def public_functions() -> dict[str, Callable[..., Any]]:
    found = {}
    for name in FUNCTIONS:
        owner = next((space for space in SPACES if hasattr(space, name)), None)
        if owner is not None and name not in BY_HAND and not LEFT_OUT.search(name):
            found[name] = getattr(owner, name)
    return found


def public_methods() -> list[str]:
    names = [name for name in METHODS if name not in BY_HAND and not LEFT_OUT.search(name)]
    return [name for name in names if callable(getattr(torch._C.TensorBase, name, None))]


def torch_error(name: str, method: bool, args: tuple, kwargs: dict) -> str | None:
    """The text of torch's TypeError; None where it raises none."""
    call = getattr(torch.ones(2, 3), name) if method else public_functions()[name]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(*args, **kwargs)
    except TypeError as error:
        return str(error)
    except Exception:
        return None
    return None


class Foreign:
    def __repr__(self) -> str:
        return "Foreign()"


class Indexed:
    def __index__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "Indexed()"


T = torch.ones(2, 3)
CALLS: list[tuple[str, tuple, dict]] = [
    ("add", (T, "a"), {}),
    ("add", (T,), {}),
    ("add", (), {}),
    ("add", ("a", T), {}),
    ("add", (T, T, T), {}),
    ("add", (T, T), {"foo": 3}),
    ("add", (), {"foo": 3, "bar": 4}),
    ("add", (T, T), {"alpha": "a"}),
    ("add", (T,), {"x2": "a"}),
    ("sub", (T, [1]), {}),
    ("mul", (T, Foreign()), {}),
    ("div", (T, T), {"rounding_mode": 3}),
    ("exp", (), {}),
    ("exp", (T, T), {}),
    ("exp", (T,), {"input": T}),
    ("exp", (T,), {"foo": 1}),
    ("transpose", (T,), {}),
    ("transpose", (T, 0), {}),
    ("transpose", (T, 0, 1.5), {}),
    ("transpose", (T, 0), {"dim0": 1}),
    ("sum", ("a",), {}),
    ("sum", (T,), {"dim": "a"}),
    ("sum", (), {"input": T, "dim": 1.5}),
    ("sum", (T, [1, "a"]), {}),
    ("sum", (T, 0), {"keepdims": 1}),
    ("max", (T, "a"), {}),
    ("max", (T, 1, 2, 3), {}),
    ("max", (T, 1), {"out": 3}),
    ("max", (T, 1), {"out": [T, 3]}),
    ("max", (T,), {"foo": 1, "bar": 2, "baz": 3, "a": 4, "b": 5}),
    ("cat", (T,), {}),
    ("cat", ([T, 1],), {}),
    ("cat", ([T], "a"), {}),
    ("cat", ([T], 0, 0), {}),
    ("stack", (3,), {}),
    ("where", (T, "a", 3), {}),
    ("where", ([[1], "a"], (1,), ()), {}),
    ("clamp", (T, "a"), {}),
    ("clamp", (T,), {"min": "a"}),
    ("softmax", (T,), {}),
    ("softmax", (), {}),
    ("softmax", (T, True), {}),
    ("softmax", (T, torch.tensor(1.0)), {}),
    ("softmax", (T, 0), {"dtype": "float32"}),
    ("softmax", (T, np.float32(1)), {}),
    ("conv2d", (T,), {}),
    ("layer_norm", (T, [3], 1), {}),
    ("layer_norm", (T, [3], None, None, Indexed()), {}),
    ("zeros", ("a",), {}),
    ("zeros", (2, "a"), {}),
    ("zeros", (["a"], 2), {}),
    ("zeros", (2,), {"dtype": 3}),
    ("zeros", (2,), {"device": 3.5}),
    ("ones", ([2, torch.tensor(3.0)],), {}),
    ("full", ((2, 3),), {}),
    ("full", ((2, 3), "a"), {}),
    ("histogram", (T, 3), {"range": [1, "a"]}),
    ("upsample_nearest2d", (T, [2, 2], ["a", 1.0]), {}),
    ("addmm", (1, 2, T, T), {}),
    ("linspace", (0, 1), {}),
    ("ctc_loss", (T, T, "a", "b"), {}),
    ("linalg_matrix_norm", (T, []), {}),
]
METHOD_CALLS: list[tuple[str, tuple, dict]] = [
    ("add", (), {}),
    ("add", ("a",), {}),
    ("add", (T, T, T, T), {}),
    ("mul_", ("a",), {}),
    ("sum", ("a",), {}),
    ("sum", (), {"foo": 1}),
    ("sum", (0, 1), {}),
    ("sum", (0,), {"dim": 1}),
    ("max", (), {"foo": 1}),
    ("exp", (1,), {}),
    ("exp", (1, 2), {}),
    ("exp", (), {"foo": 1}),
    ("view", ("a",), {}),
    ("view", (), {}),
    ("view", (1.5,), {}),
    ("reshape", ("a",), {}),
    ("reshape", ([1.5],), {}),
    ("reshape", (1,), {"foo": 1}),
    ("permute", ("a", 1), {}),
    ("permute", (1, "a"), {}),
    ("permute", (1, 0), {"dims": (1, 0)}),
    ("permute", (), {"dims": ["a"]}),
    ("expand", (2, 3.0), {}),
    ("count_nonzero", (), {"dim": torch.tensor(1.0, requires_grad=True)}),
    ("requires_grad_", ("a",), {}),
    ("amin", (None, 1), {}),
    ("bernoulli", (1, [1, "a"], 1.5), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_function(name: str, args: tuple, kwargs: dict):
    expected = torch_error(name, False, args, kwargs)
    assert expected is not None
    assert str(mismatch(name, schemas(name, False), args, kwargs, TYPES)) == expected


@pytest.mark.parametrize(("name", "args", "kwargs"), METHOD_CALLS)
def test_method(name: str, args: tuple, kwargs: dict):
    expected = torch_error(name, True, args, kwargs)
    assert expected is not None
    assert str(mismatch(name, schemas(name, True), args, kwargs, TYPES, method=True)) == expected


def values() -> list[Any]:
    tensor = torch.ones(2, 3)
    return [
        *(
            tensor,
            tensor,
            tensor,
            1,
            0,
            "a",
            None,
            1.5,
            True,
            [tensor, tensor],
            [tensor, 1],
            [1, 0],
            [1, "a"],
        ),
        *(("a", 1), (0,), [], (), Foreign(), torch.float32, 1j, np.float32(1), np.int64(0), np.ones(2), {}),
        *(
            torch.tensor(1),
            torch.tensor(1.0),
            torch.tensor(1.0, requires_grad=True),
            [1.5, "a"],
            float,
            [True],
        ),
        *(
            torch.device("cpu"),
            [None],
            torch.nn.Parameter(tensor),
            torch.Size([1]),
            np.bool_(True),
            [[1]],
            b"x",
        ),
        *(torch.contiguous_format, Indexed(), [Indexed()], 3.0, {1}, (1, 2.5), torch.strided, slice(1)),
    ]


def random_call(choose: random.Random, overload: Schema) -> tuple[tuple, dict]:
    names = [argument.name for argument in overload.arguments]
    count = choose.choice([0, 1, 2, len(names), len(names) + 1, choose.randint(0, 6)])
    extra = ["foo", "bar", "dim", "axis", "out", "input", "dtype", "self", "keepdims", "x"]
    keys = [choose.choice(names + extra) for _ in range(choose.choice([0, 0, 0, 1, 1, 2, 3]))]
    args = tuple(choose.choice(values()) for _ in range(count))
    return args, {key: choose.choice(values()) for key in keys}


@pytest.mark.parametrize("seed", range(4))
def test_random_calls(seed: int):
    choose = random.Random(seed)
    callables = [(name, False) for name in public_functions()] + [(name, True) for name in public_methods()]
    parsed = {each: schemas(*each) for each in callables}
    compared, wrong = 0, []
    for _ in range(3000):
        name, method = choose.choice(callables)
        overloads = parsed[name, method]
        args, kwargs = random_call(choose, choose.choice(overloads))
        expected = torch_error(name, method, args, kwargs)
        if expected is None or "INTERNAL ASSERT" in expected:
            continue
        compared += 1
        got = str(mismatch(name, overloads, args, kwargs, TYPES, method=method))
        if got != expected:
            wrong.append((name, got, expected))
    assert compared > 2000
    assert wrong == []


def listed(text: str) -> list[str]:
    if "but expected (" in text:
        return [text.partition("but expected ")[2]]
    return [line[3:] for line in text.splitlines() if line.startswith(" * ")]


def test_every_overloaded_function_lists_torchs_signatures():
    wrong, compared = [], 0
    for name in public_functions():
        expected = listed(torch_error(name, False, (Foreign(),) * 40, {}) or "")
        if expected:
            compared += 1
            found = [str(each) for each in signatures(schemas(name, False)) if not each.hidden]
            wrong += [(name, found, expected)] if found != expected else []
    assert compared > 100
    assert wrong == []


def test_keyword_order_past_the_first_growth():
    choose = random.Random(0)
    for count in (2, 5, 13, 14, 29, 30, 60):
        names = list({"".join(choose.choices("abcdefgh_xyz", k=choose.randint(1, 20))) for _ in range(count)})
        text = torch_error("max", False, (T, "a", "b", "c"), dict.fromkeys(names, 1)) or ""
        got = re.search(r"got \(Tensor, str, str, str, (.*?)\), but", text)
        assert got is not None
        assert [each.split("=")[0] for each in got[1].split(", ")] == keyword_order(names)


NO_DTYPES = [value for value in values() if not isinstance(value, torch.Tensor | torch.dtype | type | None)]


@pytest.mark.parametrize("value", NO_DTYPES, ids=repr)
def test_type_name(value: object):
    text = torch_error("softmax", False, (T, 0), {"dtype": value})
    assert text == f"softmax(): argument 'dtype' must be torch.dtype, not {type_name(value)}"


def test_what_torch_takes_is_said_to_be_unsupported():
    error = mismatch("exp", schemas("exp", False), (T,), {}, TYPES)
    assert str(error) == "exp() does not support (Tensor)"
