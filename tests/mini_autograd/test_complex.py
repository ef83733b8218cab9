"""Parts, conjugates, angles and real views of complex tensors against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import COMPLEX, layouts, make, of, same
from tests.mini_autograd.elementwise import check_dtypes, check_layouts, check_special, check_special_complex

Call = Callable[..., Any]

# fmt: off
UNARY: dict[str, Call] = {
    "real":           lambda lib, x: lib.real(x),
    "x.real":         lambda lib, x: x.real,
    "imag":           lambda lib, x: lib.imag(x),
    "x.imag":         lambda lib, x: x.imag,
    "conj_physical":  lambda lib, x: x.conj_physical(),
    "conj_physical_": lambda lib, x: x.clone().conj_physical_(),
    "resolve_conj":   lambda lib, x: x.resolve_conj(),
    "resolve_neg":    lambda lib, x: lib.resolve_neg(x),
    "angle":          lambda lib, x: x.angle(),
    "view_as_real":   lambda lib, x: lib.view_as_real(x),
    "round trip":     lambda lib, x: lib.view_as_complex(lib.view_as_real(x)),
    "is_complex":     lambda lib, x: (lib.is_complex(x), x.is_complex()),
    "x * conj(x)":    lambda lib, x: x * x.conj(),
    "abs squared":    lambda lib, x: x.abs() ** 2,
}
# fmt: on


@pytest.mark.parametrize("dtype", [*COMPLEX, "float32"])
@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str, dtype: str) -> None:
    check_layouts(UNARY[name], 1, dtype)


@pytest.mark.parametrize("name", UNARY)
def test_dtypes(name: str) -> None:
    check_dtypes(UNARY[name], 1)
    check_special_complex(UNARY[name], 1)
    check_special(UNARY[name], 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["complex", "polar"])
def test_from_parts(name: str, dtype: str) -> None:
    check_layouts(lambda lib, x, y: getattr(lib, name)(x, y), 2, dtype)


def test_conjugate() -> None:
    """Values and derivatives; torch's conjugate shares memory with its argument, which this one does not."""
    for tensor in layouts("complex128").values():
        same(lambda lib, x: x.conj() * 1, tensor, forward=0 not in tensor.stride())
    same(lambda lib, x: x.conj() is x, make(3))


def test_parts_share_memory() -> None:
    def written(lib: Any, x: Any) -> Any:
        y = x.clone()
        y.real.mul_(2)
        y.imag.add_(1)
        return y

    same(written, make(2, 3, dtype="complex128"), grad=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, c, i: lib.view_as_complex(x),
        lambda lib, x, c, i: lib.view_as_complex(i),
        lambda lib, x, c, i: lib.view_as_complex(c),
        lambda lib, x, c, i: lib.view_as_complex(x.new_zeros(())),
        lambda lib, x, c, i: lib.view_as_complex(x.new_zeros(2, 3).t()),
        lambda lib, x, c, i: lib.view_as_real(x),
        lambda lib, x, c, i: x.imag,
        lambda lib, x, c, i: lib.complex(x, i),
        lambda lib, x, c, i: lib.complex(x, x.double()),
        lambda lib, x, c, i: lib.polar(i, i),
        lambda lib, x, c, i: c.abs_(),
        lambda lib, x, c, i: c < c,
        lambda lib, x, c, i: lib.maximum(c, c),
        lambda lib, x, c, i: c.clamp(min=c),
        lambda lib, x, c, i: c.sign(),
        lambda lib, x, c, i: c.floor(),
    ],
)
def test_errors(call: Call) -> None:
    same(call, make(2, 3), make(2, 3, dtype="complex64"), make(2, 3, dtype="int64"), grad=False)


def test_zero_and_axes() -> None:
    values = of(0j, 1, -1, 1j, -1j, dtype="complex128")
    same(lambda lib, c: (c.abs(), c.angle(), c.sgn()), values, second=False)
