"""Activation functions against torch: layouts, dtypes, kinks, infinities, both derivatives, in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, of, same
from tests.mini_autograd.elementwise import check_dtypes, check_layouts, check_special

Call = Callable[..., Any]

# fmt: off
CALLS: dict[str, Call] = {
    "relu":        lambda lib, x: lib.nn.functional.relu(x),
    "leaky_relu":  lambda lib, x: lib.nn.functional.leaky_relu(x, 0.2),
    "elu":         lambda lib, x: lib.nn.functional.elu(x, 1.5),
    "selu":        lambda lib, x: lib.selu(x),
    "celu":        lambda lib, x: lib.nn.functional.celu(x, 0.5),
    "gelu":        lambda lib, x: lib.nn.functional.gelu(x),
    "gelu tanh":   lambda lib, x: lib.nn.functional.gelu(x, approximate="tanh"),
    "silu":        lambda lib, x: lib.nn.functional.silu(x),
    "mish":        lambda lib, x: lib.nn.functional.mish(x),
    "softplus":    lambda lib, x: lib.nn.functional.softplus(x, 2.0, 1.5),
    "hardtanh":    lambda lib, x: lib.nn.functional.hardtanh(x, -0.5, 0.75),
    "relu6":       lambda lib, x: lib.nn.functional.relu6(x * 8),
    "hardsigmoid": lambda lib, x: lib.nn.functional.hardsigmoid(x * 4),
    "hardswish":   lambda lib, x: lib.nn.functional.hardswish(x * 4),
    "logsigmoid":  lambda lib, x: lib.nn.functional.logsigmoid(x),
    "softsign":    lambda lib, x: lib.nn.functional.softsign(x),
    "tanhshrink":  lambda lib, x: lib.nn.functional.tanhshrink(x),
    "softshrink":  lambda lib, x: lib.nn.functional.softshrink(x, 0.75),
    "hardshrink":  lambda lib, x: lib.hardshrink(x, 0.75),
    "threshold":   lambda lib, x: lib.threshold(x, 0.25, 2.5),
    "sigmoid":     lambda lib, x: lib.nn.functional.sigmoid(x),
    "tanh":        lambda lib, x: lib.nn.functional.tanh(x),
}
IN_PLACE: dict[str, Call] = {
    "relu":        lambda lib, x: lib.nn.functional.relu(x, inplace=True),
    "relu_":       lambda lib, x: x.relu_(),
    "leaky_relu":  lambda lib, x: lib.nn.functional.leaky_relu(x, 0.2, inplace=True),
    "elu":         lambda lib, x: lib.nn.functional.elu(x, 1.5, True),
    "selu":        lambda lib, x: lib.selu_(x),
    "celu":        lambda lib, x: lib.nn.functional.celu(x, 0.5, inplace=True),
    "silu":        lambda lib, x: lib.nn.functional.silu(x, True),
    "mish":        lambda lib, x: lib.nn.functional.mish(x, inplace=True),
    "hardtanh":    lambda lib, x: lib.nn.functional.hardtanh_(x, -0.5, 0.75),
    "relu6":       lambda lib, x: lib.nn.functional.relu6(x, inplace=True),
    "hardsigmoid": lambda lib, x: lib.nn.functional.hardsigmoid(x, inplace=True),
    "hardswish":   lambda lib, x: lib.nn.functional.hardswish(x, inplace=True),
    "threshold":   lambda lib, x: lib.nn.functional.threshold(x, 0.25, 2.5, inplace=True),
    "threshold_":  lambda lib, x: lib.threshold_(x, 0.25, 2.5),
}
PARAMETRIC: dict[str, Call] = {
    "prelu":       lambda lib, x, w: lib.prelu(x, w),
    "prelu_":      lambda lib, x, w: x.prelu(w),
}
# fmt: on


# These subtract numbers that are nearly equal, of which torch's vectorized functions have other last digits.
CANCEL = {
    "gelu": {"ulp": 32, "grad_ulp": 32},
    "gelu tanh": {"ulp": 32, "grad_ulp": 32},
    "tanhshrink": {"ulp": 64},
}


@pytest.mark.parametrize("name", CALLS)
def test_function(name: str) -> None:
    options = CANCEL.get(name, {})
    check_layouts(CALLS[name], 1, low=0.5 if name == "tanhshrink" else -2, **options)
    check_dtypes(CALLS[name], 1, **options)
    if name != "gelu":  # torch's vectorized one gives NaN at infinity, its plain one does not
        check_special(CALLS[name], 1, **options)
        check_special(CALLS[name], 1, second=True, forward=False, **options)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    check_layouts(lambda lib, x: IN_PLACE[name](lib, x.clone()), 1)
    check_dtypes(lambda lib, x: IN_PLACE[name](lib, x.clone()), 1)
    same(IN_PLACE[name], make(2, 3))


@pytest.mark.parametrize(
    "shapes", [((), ()), ((3,), ()), ((3,), (1,)), ((2, 3), (3,)), ((2, 3, 4), (3,)), ((2, 1), (1,))]
)
@pytest.mark.parametrize("name", PARAMETRIC)
def test_prelu(name: str, shapes: tuple) -> None:
    for dtype in ("float64", "float32", "bfloat16"):
        x, w = make(*shapes[0], dtype=dtype), make(*shapes[1], dtype=dtype, seed=1)
        same(PARAMETRIC[name], x, w, second=dtype != "bfloat16")
        same(lambda lib, x, w: PARAMETRIC[name](lib, x, w.detach()), x, w)
        same(lambda lib, x, w: PARAMETRIC[name](lib, x.detach(), w), x, w)


@pytest.mark.parametrize("moved", ["x", "w", "xw"])
def test_prelu_forward_over_reverse(moved: str) -> None:
    def pushed(lib: Any, x: Any, w: Any, cotangent: Any) -> list:
        dual, unpack = lib.autograd.forward_ad.make_dual, lib.autograd.forward_ad.unpack_dual
        with lib.autograd.forward_ad.dual_level():
            moving = {"x": x, "w": w} | {
                name: dual({"x": x, "w": w}[name], x.detach() * 3 if name == "x" else w.detach() * 3)
                for name in moved
            }
            y = lib.prelu(moving["x"], moving["w"])
            return [unpack(one).tangent for one in lib.autograd.grad(y, (x, w), cotangent, create_graph=True)]

    same(pushed, make(1, 3), make(3, seed=1), make(1, 3, seed=2), second=False, forward=False)


def test_rrelu_draws_torchs_slopes() -> None:
    def drawn(lib: Any, x: Any, inplace: bool = False) -> Any:
        lib.manual_seed(5)
        return lib.nn.functional.rrelu(x.clone() if inplace else x, 0.1, 0.4, True, inplace)

    for dtype in ("float32", "float64"):
        x = make(3, 5, dtype=dtype)
        same(drawn, x)
        same(lambda lib, x: drawn(lib, x, inplace=True), x)


def test_rrelu_outside_training_takes_the_mean_slope() -> None:
    """But for the noise it saves, which is memory that torch leaves as it was."""
    same(lambda lib, x: lib.rrelu(x, 0.1, 0.4).detach(), make(3, 5), forward=False)
    same(lambda lib, x: lib.autograd.grad(lib.rrelu(x, 0.1, 0.4).sum(), x), make(3, 5), forward=False)


@pytest.mark.parametrize("dim", [0, 1, -1, -3])
def test_glu(dim: int) -> None:
    for dtype in ("float64", "float32"):
        same(lambda lib, x: lib.nn.functional.glu(x, dim), make(4, 2, 6, dtype=dtype))
        same(lambda lib, x: lib.nn.functional.glu(x, dim), make(6, 4, 2, dtype=dtype).permute(1, 2, 0))


def test_recorded_derivatives_show_the_same_chain() -> None:
    """What ``create_graph`` makes of the derivatives, where torch has kernels without derivatives."""

    def chain(name: str) -> Call:
        def call(lib: Any, x: Any) -> Any:
            y = CALLS[name](lib, x)
            return lib.autograd.grad(y, x, x.detach() * 1, create_graph=True)[0]

        return call

    for name in CALLS:
        options = CANCEL.get(name, {})
        same(chain(name), make(3, dtype="float64"), forward=False, second=False, **{"ulp": 8} | options)


@pytest.mark.parametrize(
    "call",
    [
        lambda f, x, i, b: f.relu(b),
        lambda f, x, i, b: f.hardtanh(b),
        lambda f, x, i, b: f.hardtanh(x, 2, 1),
        lambda f, x, i, b: f.celu(x, 0.0),
        lambda f, x, i, b: f.gelu(x, approximate="none "),
        lambda f, x, i, b: f.gelu(x, "tanh"),
        lambda f, x, i, b: f.glu(x),
        lambda f, x, i, b: f.glu(x, 4),
        lambda f, x, i, b: f.glu(x.sum()),
        lambda f, x, i, b: f.softshrink(x, -1),
        lambda f, x, i, b: f.prelu(x, x),
        lambda f, x, i, b: f.prelu(x, x.double()),
        lambda f, x, i, b: f.prelu(x, x.new_zeros(2)),
        lambda f, x, i, b: f.elu(i),
        lambda f, x, i, b: f.logsigmoid(i),
        lambda f, x, i, b: f.relu("a"),
        lambda f, x, i, b: f.leaky_relu(None),
        lambda f, x, i, b: f.softplus(x, "a"),
        lambda f, x, i, b: f.elu_(x, -1),
    ],
)
def test_errors(call: Call) -> None:
    same(
        lambda lib, x, i, b: call(lib.nn.functional, x, i, b),
        make(2, 3),
        make(3, dtype="int64"),
        make(3, dtype="bool"),
    )


def test_unsigned_limits() -> None:
    same(lambda lib, x: lib.nn.functional.hardtanh(x), of(1, 2, dtype="uint8"))
    same(lambda lib, x: lib.nn.functional.hardtanh(x, 0, 1), of(1, 2, dtype="uint8"))
