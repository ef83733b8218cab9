"""Likelihoods and cross entropies against torch: sizes, targets, weights, derivatives, errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import EVERY, make, of, same

Call = Callable[..., Any]
REDUCTIONS = ("none", "mean", "sum")
# Numbers of classes, sizes of the input, sizes of the target.
SIZES = [
    ((4,), ()),
    ((4,), (1,)),
    ((3, 4), (3,)),
    ((0, 4), (0,)),
    ((2, 4, 3), (2, 3)),
    ((2, 4, 0), (2, 0)),
    ((2, 4, 2, 3), (2, 2, 3)),
    ((2, 4, 2, 1, 3), (2, 2, 1, 3)),
    ((0, 4, 2, 1, 3), (0, 2, 1, 3)),
]
# Sums are taken in another order than in torch, and some come out near 0.
LOOSE = {"ulp": 16, "grad_ulp": 1024}


def classes(*shape: int, dtype: str = "int64", count: int = 4) -> Any:
    return make(*shape, dtype=dtype, low=0, high=count - 1, seed=3)


def loss(name: str, reduction: str = "mean", **options: Any) -> Call:
    def call(lib: Any, input: Any, target: Any, weight: Any = None) -> Any:
        return getattr(lib.nn.functional, name)(input, target, weight, reduction=reduction, **options)

    return call


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_classes(name: str, reduction: str, sizes: tuple) -> None:
    shape, wanted = sizes
    input, target = make(*shape, dtype="float64"), classes(*wanted)
    same(loss(name, reduction), input, target, **LOOSE)
    same(loss(name, reduction, ignore_index=1), input, target, **LOOSE)
    same(loss(name, reduction, ignore_index=2), input, target, make(4, low=0.5).double(), grad=False)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_weight(name: str, reduction: str, sizes: tuple) -> None:
    shape, wanted = sizes
    input, target = make(*shape, dtype="float64"), classes(*wanted)

    def call(lib: Any, input: Any, target: Any, ignore_index: int) -> Any:
        weight = lib.tensor([0.5, 1.0, 2.0, 0.25], dtype=lib.float64)
        function = getattr(lib.nn.functional, name)
        return function(input, target, weight, reduction=reduction, ignore_index=ignore_index)

    for ignore_index in (-100, 1):
        same(call, input, target, ignore_index, **LOOSE)


@pytest.mark.parametrize("sizes", [sizes for sizes in SIZES if 0 not in sizes[0]], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_label_smoothing(reduction: str, sizes: tuple) -> None:
    shape, wanted = sizes
    input, target = make(*shape, dtype="float64"), classes(*wanted)

    def call(lib: Any, input: Any, target: Any) -> Any:
        weight = lib.tensor([0.5, 1.0, 2.0, 0.25], dtype=lib.float64)
        return lib.nn.functional.cross_entropy(
            input, target, weight, reduction=reduction, ignore_index=1, label_smoothing=0.2
        )

    same(call, input, target, **LOOSE)
    same(loss("cross_entropy", reduction, label_smoothing=0.1), input, target, **LOOSE)
    same(loss("cross_entropy", reduction, label_smoothing=1.0), input, target, **LOOSE)


@pytest.mark.parametrize("shape", [(4,), (3, 4), (0, 4), (3, 0), (2, 4, 3), (2, 4, 1, 2)])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_probabilities(reduction: str, shape: tuple) -> None:
    input = make(*shape, dtype="float64")
    target = make(*shape, dtype="float64", low=0.1, high=0.9, seed=1)
    same(loss("cross_entropy", reduction), input, target, **LOOSE)
    same(loss("cross_entropy", reduction, label_smoothing=0.3), input, target, **LOOSE)
    weight = make(4, dtype="float64", low=0.5, seed=2)
    same(loss("cross_entropy", reduction, label_smoothing=0.3), input, target, weight, **LOOSE)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_dtypes(name: str, dtype: str) -> None:
    second = dtype not in ("float16", "bfloat16")
    for shape, wanted in (((3, 4), (3,)), ((2, 4, 2, 2), (2, 2, 2))):
        same(loss(name), make(*shape, dtype=dtype), classes(*wanted), second=second, **LOOSE)
        same(loss(name), make(*shape), classes(*wanted, dtype=dtype), grad=False)
        weight = make(4, dtype=dtype, low=0.5)
        same(loss(name), make(*shape), classes(*wanted), weight, grad=False)
    same(loss("cross_entropy"), make(3, 4), make(3, 4, dtype=dtype), second=False, forward=False, **LOOSE)


def test_many_rows() -> None:
    same(loss("cross_entropy"), make(128, 10), classes(128, count=10), second=False, **LOOSE)
    same(loss("nll_loss"), make(128, 10).t().contiguous().t(), classes(128, count=10))


BAD = [
    ((3, 4), [0, 2, 5]),
    ((3, 4), [0, 2, -1]),
    ((3, 4), [0, 2]),
    ((3, 4), [[0], [1], [2]]),
    ((3, 4), [[0, 1, 2]]),
    ((3, 4), 1),
    ((3, 0), [0, 0, 0]),
    ((), 0),
    ((4,), [1, 2]),
    ((2, 4, 3), [[0] * 4] * 2),
    ((2, 4, 3), [[0] * 3] * 3),
    ((2, 4, 1, 2), [[[7, 1]], [[0, 0]]]),
    ((2, 4, 1, 2), [[0, 0], [0, 0]]),
    ((2, 4, 1, 2), [[[0]], [[0]]]),
    ((2, 4, 1, 2), [[[0, 0]]] * 3),
]


@pytest.mark.parametrize("case", BAD, ids=str)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_bad_targets(name: str, case: tuple) -> None:
    shape, values = case

    def call(lib: Any, input: Any, reduction: str) -> Any:
        return getattr(lib.nn.functional, name)(input, lib.tensor(values), reduction=reduction)

    for reduction in REDUCTIONS:
        same(call, make(*shape), reduction)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, t: lib.nn.functional.nll_loss(x, t, lib.ones(3)),
        lambda lib, x, t: lib.nn.functional.nll_loss(x, t, lib.ones(4, 1)),
        lambda lib, x, t: lib.nn.functional.nll_loss(x, t, lib.ones(4, requires_grad=True)),
        lambda lib, x, t: lib.nn.functional.nll_loss(x.view(3, 4, 1, 1), t.view(3, 1, 1), lib.ones(3)),
        lambda lib, x, t: lib.nn.functional.nll_loss(x, 1),
        lambda lib, x, t: lib.nn.functional.nll_loss(1, t),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, 1),
        lambda lib, x, t: lib.nn.functional.cross_entropy(1, t),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, t, label_smoothing=1.5),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, t, label_smoothing=-0.5),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, x, label_smoothing=1.5),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, x, ignore_index=1),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, x, lib.ones(3)),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, x[:, :3]),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x.sum(), t.sum()),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x.sum(), x.sum()),
        lambda lib, x, t: lib.nn.functional.cross_entropy(x, t, reduction="batchmean"),
    ],
)
def test_arguments(call: Call) -> None:
    same(call, make(3, 4), classes(3), grad=False)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_nothing_counts(reduction: str) -> None:
    for shape in ((2, 4), (4,), (2, 4, 1, 1)):
        wanted = shape[:1] + shape[2:] if len(shape) > 1 else ()

        def call(lib: Any, input: Any, wanted: tuple = wanted) -> Any:
            target = lib.ones(wanted, dtype=lib.int64)
            return lib.nn.functional.nll_loss(input, target, ignore_index=1, reduction=reduction)

        same(call, make(*shape))


# Of probabilities.


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (0, 4), (2, 1, 3)])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_binary(name: str, reduction: str, shape: tuple) -> None:
    input = make(*shape, dtype="float64", low=0.1, high=0.9)
    target = make(*shape, dtype="float64", low=0.1, high=0.9, seed=1)
    same(loss(name, reduction), input, target, **LOOSE)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("which", ["weight", "pos_weight", "both"])
def test_binary_weights(which: str, reduction: str) -> None:
    def call(lib: Any, input: Any, target: Any) -> Any:
        options = {} if which == "pos_weight" else {"weight": lib.tensor([0.5, 2.0, 1.0, 3.0]).double()}
        logits = lib.nn.functional.binary_cross_entropy_with_logits
        if which == "weight":
            return lib.nn.functional.binary_cross_entropy(
                input, target, reduction=reduction, **options
            ), logits(input, target, reduction=reduction, **options)
        options["pos_weight"] = lib.tensor([1.5, 0.2, 1.0, 3.0]).double()
        return logits(input, target, reduction=reduction, **options)

    input = make(3, 4, dtype="float64", low=0.1, high=0.9)
    same(call, input, make(3, 4, dtype="float64", low=0.1, high=0.9, seed=1), **LOOSE)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_binary_dtypes(name: str, dtype: str) -> None:
    bounds = {"low": 0.1, "high": 0.9}
    one = make(3, 4, dtype=dtype, **bounds)
    same(loss(name), one, make(3, 4, dtype=dtype, seed=1, **bounds), second=False, **LOOSE)
    for other in ("float32", "float64", "int64", "float16"):
        # Of two types, torch takes some steps in the narrower one: no more digits of them are alike.
        def rounded(lib: Any, input: Any, target: Any) -> Any:
            result = loss(name, "none")(lib, input, target)
            return result.dtype, result.to(lib.bfloat16)

        two = make(3, 4, dtype=other, seed=1, **bounds)
        same(rounded, one, two, grad=False, ulp=1)
        same(rounded, two, one, grad=False, ulp=1)


def test_binary_at_the_ends() -> None:
    input, target = of(0.0, 1.0, 0.0, 1.0, 0.5), of(0.0, 1.0, 1.0, 0.0, 0.0)
    for reduction in REDUCTIONS:
        same(loss("binary_cross_entropy", reduction), input, target, second=False)
    extreme = of(-200.0, 200.0, 0.0, -90.0, math.inf, -math.inf, math.nan)
    same(loss("binary_cross_entropy_with_logits", "none"), extreme, of(0.0, 1.0, 0.5, 1.0, 1.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x, x[0]),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x * 3, x),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x, x * 3),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x * math.nan, x),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x, x, weight=lib.ones(3)),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(x, x, weight=lib.ones(4, requires_grad=True)),
        lambda lib, x: lib.nn.functional.binary_cross_entropy(1.0, x),
        lambda lib, x: lib.nn.functional.binary_cross_entropy_with_logits(x, x[0]),
        lambda lib, x: lib.nn.functional.binary_cross_entropy_with_logits(x, x, weight=lib.ones(3)),
        lambda lib, x: lib.nn.functional.binary_cross_entropy_with_logits(x, x, pos_weight=lib.ones(3)),
        lambda lib, x: lib.nn.functional.binary_cross_entropy_with_logits(
            x, x, pos_weight=lib.ones(4, requires_grad=True)
        ),
        lambda lib, x: lib.binary_cross_entropy_with_logits(x, x),
        lambda lib, x: lib.binary_cross_entropy_with_logits(x, x[0]),
        lambda lib, x: lib.kl_div(x, x * x),
        lambda lib, x: lib.kl_div(x, x, 7),
        lambda lib, x: lib.kl_div(x, x[:, :2]),
    ],
)
def test_binary_arguments(call: Call) -> None:
    same(call, make(3, 4, low=0.4, high=0.9), grad=False)


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
def test_divergence(reduction: str, log_target: bool) -> None:
    def call(lib: Any, input: Any, target: Any) -> Any:
        return lib.nn.functional.kl_div(input, target, reduction=reduction, log_target=log_target)

    for shape in ((3, 4), (), (0, 4)):
        target = make(*shape, dtype="float64", low=0.1, high=0.9, seed=1)
        same(call, make(*shape, dtype="float64", low=-3, high=-1), target, **LOOSE)
    same(call, make(3, 4), of(0.0, 0.0, -1.0, 1.0), grad=False)
    same(call, make(3, 4), make(3, 4, dtype="float64"), **LOOSE)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("log_input", [False, True])
@pytest.mark.parametrize("reduction", [*REDUCTIONS, "elementwise_mean", "foo"])
def test_poisson(reduction: str, log_input: bool, full: bool) -> None:
    def call(lib: Any, input: Any, target: Any) -> Any:
        return lib.nn.functional.poisson_nll_loss(input, target, log_input, full, reduction=reduction)

    target = make(3, 4, dtype="float64", low=0.5, high=9, seed=1)
    same(call, make(3, 4, dtype="float64", low=0.5), target, **LOOSE)
    same(call, make(3, 4, dtype="int64", low=1), make(3, 4, dtype="int64", low=1), grad=False)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("reduction", [*REDUCTIONS, "foo"])
@pytest.mark.parametrize("shape", [(3, 4), (3, 1), (3,), (4,), ()])
def test_gaussian(shape: tuple, reduction: str, full: bool) -> None:
    def call(lib: Any, input: Any, target: Any, var: Any) -> Any:
        return lib.nn.functional.gaussian_nll_loss(input, target, var, full, reduction=reduction)

    one, two = make(3, 4, dtype="float64"), make(3, 4, dtype="float64", seed=1)
    same(call, one, two, make(*shape, dtype="float64", low=0.5, seed=2), **LOOSE)
    same(call, one, two, 1.5, **LOOSE)
    same(call, one, two, -1.5)
    same(call, one, two, make(3, 4, dtype="float64", seed=2))
    same(call, one, two, of(0.0, 1.0, 0.0, dtype="float64"), second=False, **LOOSE)
