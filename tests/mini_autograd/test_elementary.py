"""Elementary and special functions against torch: shapes, dtypes, special values, derivatives, in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, of, same
from tests.mini_autograd.elementwise import check_dtypes, check_layouts, check_special, check_special_complex

Call = Callable[..., Any]

NAMES = [
    "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "sin", "cos", "tan",
    "asin", "arcsin", "acos", "arccos", "atan", "arctan", "sinh", "cosh", "tanh", "asinh", "arcsinh",
    "acosh", "arccosh", "atanh", "arctanh", "sigmoid", "sinc", "deg2rad", "rad2deg", "logit", "floor",
    "ceil", "trunc", "fix", "round", "frac", "nan_to_num", "erf", "erfc", "erfinv", "lgamma", "digamma",
    "i0",
]  # fmt: skip
SPECIAL_NAMES = ["i0e", "i1", "i1e", "erfcx", "entr", "log_ndtr", "ndtri", "ndtr", "xlog1py"]
OPTIONS: dict[str, Call] = {
    "logit":             lambda lib, x: x.logit(0.2),
    "round decimals":    lambda lib, x: lib.round(x, decimals=1),
    "round negative":    lambda lib, x: (x * 300).round(decimals=-1),
    "nan_to_num":        lambda lib, x: x.nan_to_num(0.5, posinf=2.0, neginf=-3.0),
    "polygamma 0":       lambda lib, x: lib.polygamma(0, x),
    "polygamma 1":       lambda lib, x: lib.polygamma(1, x),
    "polygamma 3":       lambda lib, x: lib.polygamma(3, x),
}  # fmt: skip
# Near their zeros these lose digits, other ones in torch than here.
BOUNDS = {
    "lgamma": {"low": 2.5, "high": 4.5}, "digamma": {"low": 2.5, "high": 4.5},
    "acosh": {"low": 1.2, "high": 3.0}, "arccosh": {"low": 1.2, "high": 3.0},
}  # fmt: skip
UNIT = {"low": 0.1, "high": 0.9}
# torch computes the Bessel functions and the inverse of the normal distribution by approximations of its own.
LOOSE = {"ulp": 16, "grad_ulp": 64}
BESSEL = ("i0", "i0e", "i1", "i1e", "ndtri", "log_ndtr", "digamma", "lgamma", "erfinv", "sinc", "polygamma 3")
NO_COMPLEX = (
    "lgamma",
    "digamma",
    "i0",
    "erf",
    "erfc",
    "erfinv",
    "logit",
    "floor",
    "ceil",
    "trunc",
    "fix",
    "round",
)


def options(name: str) -> dict[str, int]:
    return LOOSE if name in BESSEL else {}


def function(name: str) -> Call:
    return lambda lib, x: getattr(lib, name)(x)


def special(name: str) -> Call:
    if name == "xlog1py":
        return lambda lib, x: lib.special.xlog1py(x, x * x)
    return lambda lib, x: getattr(lib.special, name)(x)


@pytest.mark.parametrize("name", NAMES)
def test_function(name: str) -> None:
    bounds = BOUNDS.get(name, UNIT)
    check_layouts(function(name), 1, **bounds, **options(name))
    check_dtypes(function(name), 1, **bounds, **options(name))


@pytest.mark.parametrize("name", NAMES)
def test_method_in_place(name: str) -> None:
    bounds = BOUNDS.get(name, UNIT)
    check_layouts(lambda lib, x: getattr(x.clone(), f"{name}_")(), 1, **bounds, **options(name))
    same(lambda lib, x: getattr(x, f"{name}_")(), make(3, **bounds))
    same(lambda lib, x: getattr(x, f"{name}_")(), make(3, dtype="int64", **bounds))


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name: str) -> None:
    check_special(function(name), 1, **options(name))
    if name not in NO_COMPLEX:
        check_special_complex(function(name), 1)


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str) -> None:
    check_layouts(OPTIONS[name], 1, **UNIT, **options(name))
    check_dtypes(OPTIONS[name], 1, **UNIT, **options(name))
    check_special(OPTIONS[name], 1, **options(name))


@pytest.mark.parametrize("name", SPECIAL_NAMES)
def test_function_of_special(name: str) -> None:
    bounds = {"low": 1.5, "high": 3.0} if name in ("i1", "i1e") else UNIT
    # Second derivatives of the Bessel function of order 1 nearly cancel.
    check_layouts(special(name), 1, **bounds, **LOOSE, second=name != "i1e")
    check_dtypes(special(name), 1, **bounds, **LOOSE)
    check_special(special(name), 1, **LOOSE)


RENAMED: dict[str, Call] = {
    "expit":        lambda lib, x: lib.special.expit(x),
    "psi":          lambda lib, x: lib.special.psi(x + 2),
    "gammaln":      lambda lib, x: lib.special.gammaln(x + 2),
    "gammaincc":    lambda lib, x: lib.special.gammaincc(x.detach() + 2.5, x),
    "igamma":       lambda lib, x: lib.igamma(x.detach() + 2.5, x),
    "multigammaln": lambda lib, x: lib.special.multigammaln(x + 3, 2),
    "polygamma":    lambda lib, x: x.polygamma(1),
    "polygamma_":   lambda lib, x: x.clone().polygamma_(2),
    "logit":        lambda lib, x: lib.special.logit(x, 0.2),
    "round":        lambda lib, x: lib.special.round(x * 10, decimals=1),
    "xlogy":        lambda lib, x: lib.special.xlogy(2, x),
    "logsumexp":    lambda lib, x: lib.special.logsumexp(x, 0),
    "log_softmax":  lambda lib, x: lib.special.log_softmax(x, -1, dtype=lib.float64),
    "zeta":         lambda lib, x: lib.special.zeta(2.5, x + 2),
    "zeta other":   lambda lib, x: lib.special.zeta(x + 2, 3.0),
    "sinc":         lambda lib, x: lib.special.sinc(x),
}  # fmt: skip


@pytest.mark.parametrize("name", RENAMED)
def test_other_names(name: str) -> None:
    check_layouts(RENAMED[name], 1, **UNIT, **LOOSE)
    check_dtypes(RENAMED[name], 1, **UNIT, **LOOSE)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, i, b: lib.igamma(x, x),
        lambda lib, x, i, b: lib.special.zeta(x + 2, x + 2),
        lambda lib, x, i, b: lib.mvlgamma(x + 2, 0),
        lambda lib, x, i, b: lib.mvlgamma(b, 1),
        lambda lib, x, i, b: lib.special.expit("a"),
        lambda lib, x, i, b: lib.special.zeta(i + 2, i + 2),
    ],
)
def test_errors(call: Call) -> None:
    same(call, make(3, **UNIT), make(3, dtype="int64"), make(3, dtype="bool"), **LOOSE)


def test_softmax_of_special() -> None:
    same(lambda lib, x: lib.special.softmax(x, -1), make(2, 3), second=False)


def test_mvlgamma_in_place() -> None:
    check_layouts(lambda lib, x: (x + 3).mvlgamma_(3), 1, **UNIT, **LOOSE)


def test_one_sided_bounds_of_probability() -> None:
    same(lambda lib, x: x.logit(0.6), of(-1, 0.2, 0.5, 0.7, 2), second=False)
    same(lambda lib, x: x.logit(0.0), of(-1, 0.0, 0.5, 1.0, 2), second=False)


def test_polygamma_of_negative_order() -> None:
    same(lambda lib, x: lib.polygamma(-1, x), make(3))
