"""The text of a tensor is torch's, character by character, for every dtype, shape, scale and print option."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch

from mini_autograd.printing import format_tensor, get_printoptions, set_printoptions

DTYPES = {
    **{name: np.dtype(name) for name in ("float64", "float32", "float16", "complex128", "complex64", "bool")},
    **{
        name: np.dtype(name)
        for name in ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64")
    },
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
}
OPTIONS: dict[str, list[Any]] = {
    "precision": [0, 1, 2, 4, 6, 10],
    "threshold": [0, 5, 50, 1000, math.inf],
    "edgeitems": [0, 1, 2, 3, 5],
    "linewidth": [1, 20, 40, 80, 120, 200],
    "profile": ["default", "short", "full", "SHORT"],
    "sci_mode": [None, True, False],
}


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    yield
    torch.set_default_dtype(torch.float32)
    for library in (torch.set_printoptions, set_printoptions):
        library(profile="default")


def random_options(choose: random.Random) -> dict[str, Any]:
    return {name: choose.choice(values) for name, values in OPTIONS.items() if choose.random() < 0.4}


def random_shape(choose: random.Random) -> tuple[int, ...]:
    kind = choose.randrange(10)
    if kind < 2:
        return ()
    if kind < 4:
        return (choose.choice([0, 1, 2, 3, 7, 20, 1000, 1001, 1500]),)
    if kind == 4:
        return tuple(choose.choice([0, 1, 2, 3]) for _ in range(choose.randint(1, 4)))
    sizes = [1, 2, 3, 7, 12] if kind == 5 else [1, 2, 3, 7, 12, 40]
    return tuple(choose.choice(sizes) for _ in range(choose.randint(1, 4 if kind == 5 else 3)))


def random_floats(choose: random.Random, count: int) -> np.ndarray:
    """Of one scale or of many, integers or not, some of them zeros, infinities and NaN."""
    generator = np.random.default_rng(choose.randrange(1 << 30))
    kind = choose.randrange(4)
    values = generator.standard_normal(count) * 10.0 ** choose.choice(
        [0, 0, 1, 2, 3, 5, 8, 9, -2, -4, -5, 30, -30]
    )
    if kind == 0:
        values = np.round(values)
    elif kind == 1:
        values = np.exp(generator.standard_normal(count) * choose.choice([1, 3, 8]))
    elif kind == 2:
        values = np.round(generator.standard_normal(count) * 10)
    for special in (0.0, -0.0, math.inf, -math.inf, math.nan):
        if choose.random() < 0.2:
            values[generator.random(count) < choose.choice([0.1, 0.5, 1])] = special
    return values


def random_array(choose: random.Random, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    count = math.prod(shape)
    if dtype.kind in "iu":
        limits, bound = np.iinfo(dtype), choose.choice([1, 10, 1000, 10**6, 2**62])
        generator = np.random.default_rng(choose.randrange(1 << 30))
        low, high = max(-bound, limits.min), min(bound, limits.max)
        return generator.integers(low, high, count, dtype=dtype, endpoint=True).reshape(shape)
    values = random_floats(choose, count)
    if dtype.kind == "b":
        values = values > 0
    elif dtype.kind == "c":
        values = values.astype(dtype)
        values.imag = random_floats(choose, count)
    with np.errstate(all="ignore"):
        return values.astype(dtype).reshape(shape)


def to_torch(array: np.ndarray) -> torch.Tensor:
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.astype(np.float32)).to(torch.bfloat16)
    return torch.from_numpy(np.ascontiguousarray(array)).reshape(array.shape)


@pytest.mark.parametrize("seed", range(15))
def test_random_tensors(seed: int):
    choose = random.Random(seed)
    wrong = []
    for _ in range(120):
        name = choose.choice(list(DTYPES))
        array = random_array(choose, DTYPES[name], random_shape(choose))
        options = random_options(choose) if choose.random() < 0.5 else {}
        for library in (torch.set_printoptions, set_printoptions):
            library(profile="default")
            library(**options)
        default = choose.choice(["float32"] * 4 + ["float64", "float16", "bfloat16"])
        torch.set_default_dtype(getattr(torch, default))
        tensor, gradient = to_torch(array), choose.choice(["none", "leaf", "node"])
        shown: dict[str, Any] = {}
        if gradient != "none" and (tensor.is_floating_point() or tensor.is_complex()):
            tensor.requires_grad_()
            shown = {"requires_grad": True}
            if gradient == "node":
                tensor = tensor.view_as(tensor)
                shown["grad_fn_name"] = type(tensor.grad_fn).__name__
        expected = repr(tensor)
        got = format_tensor(array, dtype_name=name, default_dtype_name=default, **shown)
        if got != expected:
            wrong.append((name, array.shape, options, got, expected))
    assert wrong == []


def test_the_options_are_torchs_after_any_calls():
    choose = random.Random(0)
    for _ in range(300):
        options = random_options(choose)
        torch.set_printoptions(**options)
        set_printoptions(**options)
        assert get_printoptions() == torch._tensor_str.get_printoptions()


def test_dual():
    primal, tangent = np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0], np.float32)
    with warnings.catch_warnings(), torch.autograd.forward_ad.dual_level():
        warnings.simplefilter(
            "ignore"
        )  # torch's first use of forward mode compiles with its deprecated torch.jit
        dual = torch.autograd.forward_ad.make_dual(torch.from_numpy(primal), torch.from_numpy(tangent))
        expected = repr(dual)
    inner = format_tensor(tangent, dtype_name="float32")
    assert format_tensor(primal, dtype_name="float32", tangent=inner) == expected


def test_subclass():
    class Celsius(torch.Tensor):
        pass

    array = np.arange(60.0, dtype=np.float32).reshape(3, 20)
    expected = repr(torch.from_numpy(array).as_subclass(Celsius))
    assert format_tensor(array, dtype_name="float32", type_name="Celsius") == expected


def test_device():
    array = np.zeros(3, np.float32)
    assert (
        format_tensor(array, dtype_name="float32", device="cuda:0") == "tensor([0., 0., 0.], device='cuda:0')"
    )


def test_strides_do_not_show():
    array = np.arange(24.0, dtype=np.float32).reshape(4, 6)[::2, ::-2].T
    assert format_tensor(array, dtype_name="float32") == repr(torch.from_numpy(array.copy()))
