"""Arithmetic against torch: shapes, dtypes, promotion, special values, derivatives, graphs, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import make, of, same
from tests.mini_autograd.elementwise import (
    check_dtypes,
    check_layouts,
    check_promotion,
    check_special,
    check_special_complex,
)

Call = Callable[..., Any]

# fmt: off
UNARY: dict[str, Call] = {
    "neg":           lambda lib, x: -x,
    "pos":           lambda lib, x: +x,
    "abs":           lambda lib, x: abs(x),
    "absolute":      lambda lib, x: lib.absolute(x),
    "sign":          lambda lib, x: lib.sign(x),
    "sgn":           lambda lib, x: x.sgn(),
    "square":        lambda lib, x: lib.square(x),
    "reciprocal":    lambda lib, x: x.reciprocal(),
    "x + 2":         lambda lib, x: x + 2,
    "2 + x":         lambda lib, x: 2 + x,
    "x - 2":         lambda lib, x: x - 2,
    "2 - x":         lambda lib, x: 2 - x,
    "x * 2.5":       lambda lib, x: x * 2.5,
    "2 * x":         lambda lib, x: 2 * x,
    "x / 2":         lambda lib, x: x / 2,
    "2 / x":         lambda lib, x: 2 / x,
    "x // 2":        lambda lib, x: x // 2,
    "x % 2":         lambda lib, x: x % 2,
    "2.5 % x":       lambda lib, x: 2.5 % x,
    "x ** 2":        lambda lib, x: x**2,
    "x ** 0":        lambda lib, x: x**0,
    "x ** 0.5":      lambda lib, x: x**0.5,
    "x ** 2.5":      lambda lib, x: x**2.5,
    "2 ** x":        lambda lib, x: 2**x,
    "0.5 ** x":      lambda lib, x: 0.5**x,
    "rsub":          lambda lib, x: lib.rsub(x, 2, alpha=2),
    "add number":    lambda lib, x: lib.add(2, x, alpha=2),
    "mul number":    lambda lib, x: lib.mul(2, x),
    "div number":    lambda lib, x: lib.div(2, x),
    "div trunc":     lambda lib, x: x.div(0.3, rounding_mode="trunc"),
    "fmod":          lambda lib, x: lib.fmod(x, 2),
    "float_power":   lambda lib, x: lib.float_power(x, 2),
    "clamp":         lambda lib, x: x.clamp(0.3, 0.7),
    "clamp crossed": lambda lib, x: x.clamp(0.7, 0.3),
    "clamp min":     lambda lib, x: lib.clip(x, min=0.5),
    "clamp_min":     lambda lib, x: x.clamp_min(0.5),
    "clamp_max":     lambda lib, x: lib.clamp_max(x, 0.5),
    "xlogy":         lambda lib, x: lib.xlogy(x, 2),
    "xlogy of":      lambda lib, x: lib.xlogy(2, x),
    "copysign":      lambda lib, x: x.copysign(-2),
}
BINARY: dict[str, Call] = {
    "add":           lambda lib, x, y: x + y,
    "add alpha":     lambda lib, x, y: x.add(y, alpha=2),
    "sub":           lambda lib, x, y: x - y,
    "subtract":      lambda lib, x, y: lib.subtract(x, y, alpha=2),
    "rsub":          lambda lib, x, y: lib.rsub(x, y),
    "mul":           lambda lib, x, y: x * y,
    "div":           lambda lib, x, y: x / y,
    "div None":      lambda lib, x, y: lib.div(x, y, rounding_mode=None),
    "div floor":     lambda lib, x, y: lib.divide(x, y, rounding_mode="floor"),
    "div trunc":     lambda lib, x, y: x.div(y, rounding_mode="trunc"),
    "floor_divide":  lambda lib, x, y: x // y,
    "remainder":     lambda lib, x, y: x % y,
    "fmod":          lambda lib, x, y: lib.fmod(x, y),
    "pow":           lambda lib, x, y: x**y,
    "float_power":   lambda lib, x, y: lib.float_power(x, y),
    "maximum":       lambda lib, x, y: lib.maximum(x, y),
    "minimum":       lambda lib, x, y: x.minimum(y),
    "fmax":          lambda lib, x, y: lib.fmax(x, y),
    "fmin":          lambda lib, x, y: lib.fmin(x, y),
    "hypot":         lambda lib, x, y: lib.hypot(x, y),
    "atan2":         lambda lib, x, y: lib.arctan2(x, y),
    "logaddexp":     lambda lib, x, y: lib.logaddexp(x, y),
    "logaddexp2":    lambda lib, x, y: lib.logaddexp2(x, y),
    "xlogy":         lambda lib, x, y: x.xlogy(y),
    "copysign":      lambda lib, x, y: lib.copysign(x, y),
    "nextafter":     lambda lib, x, y: lib.nextafter(x, y),
    "heaviside":     lambda lib, x, y: lib.heaviside(x, y),
    "lerp":          lambda lib, x, y: lib.lerp(x, y, 0.3),
    "clamp min":     lambda lib, x, y: x.clamp(min=y),
    "clamp max":     lambda lib, x, y: x.clamp(max=y),
    "clamp_min":     lambda lib, x, y: x.clamp_min(y),
    "clamp_max":     lambda lib, x, y: lib.clamp_max(x, y),
}
TERNARY: dict[str, Call] = {
    "lerp":          lambda lib, x, y, z: x.lerp(y, z),
    "addcmul":       lambda lib, x, y, z: lib.addcmul(x, y, z),
    "addcmul value": lambda lib, x, y, z: x.addcmul(y, z, value=2),
    "addcdiv":       lambda lib, x, y, z: lib.addcdiv(x, y, z, value=2),
    "clamp":         lambda lib, x, y, z: x.clamp(y, z),
}
IN_PLACE: dict[str, Call] = {
    "add_":          lambda lib, x, y: x.clone().add_(y, alpha=2),
    "sub_":          lambda lib, x, y: x.clone().sub_(y),
    "mul_":          lambda lib, x, y: x.clone().mul_(y),
    "div_":          lambda lib, x, y: x.clone().div_(y),
    "floor_divide_": lambda lib, x, y: x.clone().floor_divide_(y),
    "remainder_":    lambda lib, x, y: x.clone().remainder_(y),
    "pow_":          lambda lib, x, y: x.clone().pow_(y),
    "multiply_":     lambda lib, x, y: x.clone().multiply_(y),
    "hypot_":        lambda lib, x, y: x.clone().hypot_(y),
    "atan2_":        lambda lib, x, y: x.clone().atan2_(y),
    "copysign_":     lambda lib, x, y: x.clone().copysign_(y),
    "clamp_":        lambda lib, x, y: x.clone().clamp_(min=y),
    "clamp_max_":    lambda lib, x, y: x.clone().clamp_max_(y),
    "lerp_":         lambda lib, x, y: x.clone().lerp_(y, 0.3),
    "addcmul_":      lambda lib, x, y: x.clone().addcmul_(y, y, value=2),
    "neg_":          lambda lib, x, y: lib.neg_(x.clone() * y),
    "abs_":          lambda lib, x, y: (x * y).abs_(),
    "square_":       lambda lib, x, y: lib.square_(x * y),
    "+=":            lambda lib, x, y: (x * 1).__iadd__(y),
    "/=":            lambda lib, x, y: (x * 1).__itruediv__(y),
    "**=":           lambda lib, x, y: (x * 1).__ipow__(2),
    "leaf":          lambda lib, x, y: x.mul_(y),
}
# fmt: on

# The gradient of a 0-d tensor is a sum of terms that nearly cancel, in another order than torch's.
SUMS = {"hypot": {"grad_ulp": 64}}
# torch multiplies infinities of complex numbers by other rules than numpy.
HOLOMORPHIC_TANGENT = {
    "div": {"forward": False},
    "div None": {"forward": False},
    "addcdiv": {"forward": False},
}
INTEGER_ONLY: dict[str, Call] = {
    "gcd": lambda lib, x, y: lib.gcd(x, y),
    "lcm": lambda lib, x, y: x.lcm(y),
}


@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str) -> None:
    check_layouts(UNARY[name], 1, low=0.1, high=0.9)
    check_dtypes(UNARY[name], 1, low=0.1, high=0.9)
    check_special(UNARY[name], 1)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str) -> None:
    options = SUMS.get(name, {})
    check_layouts(BINARY[name], 2, low=0.1, high=0.9, **options)
    check_dtypes(BINARY[name], 2, low=0.1, high=0.9)
    check_special(BINARY[name], 2)


@pytest.mark.parametrize("name", BINARY)
def test_promotion(name: str) -> None:
    # Bounds that keep logarithms away from their zeros, where no digits are left to compare.
    check_promotion(BINARY[name], low=0.6, high=2.4)


@pytest.mark.parametrize("name", TERNARY)
def test_ternary(name: str) -> None:
    check_layouts(TERNARY[name], 3, low=0.1, high=0.9)
    check_dtypes(TERNARY[name], 3, low=0.1, high=0.9)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    check_layouts(IN_PLACE[name], 2, low=0.1, high=0.9, **SUMS.get(name.rstrip("_"), {}))
    check_dtypes(IN_PLACE[name], 2, low=0.1, high=0.9)


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_complex_numbers(name: str) -> None:
    count = 1 if name in UNARY else 2
    call = UNARY[name] if name in UNARY else BINARY[name]
    check_special_complex(call, count, **HOLOMORPHIC_TANGENT.get(name, {}))


@pytest.mark.parametrize("name", INTEGER_ONLY)
def test_integers(name: str) -> None:
    check_dtypes(INTEGER_ONLY[name], 2, low=1, high=9)
    check_promotion(INTEGER_ONLY[name])


def test_ldexp() -> None:
    check_dtypes(lambda lib, x, y: lib.ldexp(x, y), 2, low=1, high=3)
    same(lambda lib, x, i: x.ldexp(i), make(2, 3), make(2, 3, dtype="int64"))


def test_frexp() -> None:
    for dtype in ("float32", "float64"):
        same(lambda lib, x: lib.frexp(x), make(2, 3, dtype=dtype))
    same(lambda lib, x: lib.frexp(x), make(3, dtype="int64"))


def test_multiplication_of_the_gradient_by_numbers_shows_no_tensor() -> None:
    """Formulas multiply by numbers in nodes of their own, as torch's do."""

    def chain(lib: Any, x: Any) -> Any:
        y = x**3
        (grad,) = lib.autograd.grad(y, x, x.detach() * 1, create_graph=True)
        return grad

    same(chain, make(3, low=0.5, high=1.5), forward=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, i, b: x + lib.zeros(4),
        lambda lib, x, i, b: x.addcmul(x, lib.zeros(2, 2)),
        lambda lib, x, i, b: b - b,
        lambda lib, x, i, b: b - x,
        lambda lib, x, i, b: x - True,
        lambda lib, x, i, b: -b,
        lambda lib, x, i, b: +b,
        lambda lib, x, i, b: abs(b),
        lambda lib, x, i, b: i // 0,
        lambda lib, x, i, b: i % lib.zeros_like(i),
        lambda lib, x, i, b: lib.fmod(i, 0),
        lambda lib, x, i, b: i / 0,
        lambda lib, x, i, b: i**-1,
        lambda lib, x, i, b: i**-i,
        lambda lib, x, i, b: x.add(x, alpha=2j),
        lambda lib, x, i, b: i.add(i, alpha=2.5),
        lambda lib, x, i, b: x.add(x, alpha=True),
        lambda lib, x, i, b: x.div(2, rounding_mode="up"),
        lambda lib, x, i, b: x.clamp(),
        lambda lib, x, i, b: x.clamp(min=1j),
        lambda lib, x, i, b: lib.lerp(x, i, 0.5),
        lambda lib, x, i, b: lib.lerp(x, x, x.double()),
        lambda lib, x, i, b: lib.addcdiv(i, i, i),
        lambda lib, x, i, b: lib.heaviside(x, i),
        lambda lib, x, i, b: i.add_(1.5),
        lambda lib, x, i, b: i.div_(2),
        lambda lib, x, i, b: i.mul_(2).sub_(1),
        lambda lib, x, i, b: x.detach().select(0, 0).add_(lib.zeros(2, 3)),
        lambda lib, x, i, b: x.float_power_(2),
        lambda lib, x, i, b: lib.hypot(i, i),
        lambda lib, x, i, b: lib.sign(lib.complex(x, x)),
        lambda lib, x, i, b: i.to(lib.int8) + 300,
        lambda lib, x, i, b: i.to(lib.int8).clamp(-500, 5),
        lambda lib, x, i, b: i.to(lib.uint8) * 300,
        lambda lib, x, i, b: lib.addcmul(i.to(lib.int8), i.to(lib.int8), i.to(lib.int8), value=300),
    ],
)
def test_errors_and_overflow(call: Call) -> None:
    same(call, make(2, 3), make(2, 3, dtype="int64", low=1, high=3), make(2, 3, dtype="bool"), grad=False)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", "**", "@", "&", "<"])
def test_operators_with_foreign_operands(operator: str) -> None:
    calls: dict[str, Call] = {
        "+": lambda lib, x: x + "a", "-": lambda lib, x: "a" - x, "*": lambda lib, x: x * None,
        "/": lambda lib, x: [1] / x, "//": lambda lib, x: x // "a", "%": lambda lib, x: x % None,
        "**": lambda lib, x: x ** "a", "@": lambda lib, x: x @ "a", "&": lambda lib, x: x & "a",
        "<": lambda lib, x: x < "a",
    }  # fmt: skip
    same(calls[operator], make(3), grad=False)


def test_clamp_at_crossed_and_equal_bounds() -> None:
    values = (-1.0, 0.0, 1.0, float("nan"))
    columns = [
        of(*column)
        for column in zip(*[(a, b, c) for a in values for b in values for c in values], strict=True)
    ]
    same(lambda lib, x, low, high: x.clamp(low, high), *columns)
