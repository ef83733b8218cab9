"""finfo and iinfo give torch's numbers, texts and errors."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import mini_autograd

NAMES = (
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
    *("bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"),
)
FIELDS = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")


def described(lib: Any, kind: str, argument: Any) -> Any:
    try:
        made = getattr(lib, kind)(argument)
    except TypeError as error:
        return str(error)
    return [repr(made), *[getattr(made, field, None) for field in FIELDS]]


@pytest.mark.parametrize("kind", ["finfo", "iinfo"])
@pytest.mark.parametrize("name", NAMES)
def test_dtype(kind: str, name: str):
    expected = described(torch, kind, getattr(torch, name))
    assert described(mini_autograd, kind, getattr(mini_autograd, name)) == expected


@pytest.mark.parametrize("kind", ["finfo", "iinfo"])
@pytest.mark.parametrize("value", [int, float, bool, complex, None, 3, "float32", str], ids=repr)
def test_other_argument(kind: str, value: Any):
    assert described(mini_autograd, kind, value) == described(torch, kind, value)


def test_default_and_equality():
    for lib in (torch, mini_autograd):
        assert repr(lib.finfo()) == repr(torch.finfo(torch.float32))
        assert lib.finfo(lib.complex64) == lib.finfo(lib.float32) != lib.finfo(lib.float64)
        assert lib.iinfo(lib.int8) == lib.iinfo(type=lib.int8) != lib.iinfo(lib.int16)
        with pytest.raises(TypeError, match="unhashable type"):
            hash(lib.finfo())
        assert repr(lib.finfo) == "<class 'torch.finfo'>"
