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


def test_one_sided_bounds_of_probability() -> None:
    same(lambda lib, x: x.logit(0.6), of(-1, 0.2, 0.5, 0.7, 2), second=False)
    same(lambda lib, x: x.logit(0.0), of(-1, 0.0, 0.5, 1.0, 2), second=False)


def test_polygamma_of_negative_order() -> None:
    same(lambda lib, x: lib.polygamma(-1, x), make(3))
