"""Windows: ``M`` weights that fall off towards the ends, symmetric, or with ``sym=False`` one period of a signal.

F. J. Harris, "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform" (1978).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from mini_autograd import layouts
from mini_autograd.data import tensor
from mini_autograd.dtypes import FLOAT, dtype, get_default_dtype
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]

torch = FUNCTIONS
HALF = 2


def check(name: str, M: Any, kind: dtype, layout: Any) -> None:
    """ValueError for a length below 0, a layout that is not strided, and for other types than float32 and float64."""
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not layouts.strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if kind.category != FLOAT or kind.itemsize == HALF:
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {kind}")


def options(kind: dtype, layout: Any, device: Any, requires_grad: bool) -> dict[str, Any]:
    return {"dtype": kind, "layout": layout, "device": device, "requires_grad": requires_grad}


def period(M: int, sym: bool) -> int:
    """How many steps there are from one end to the other, or to the beginning of the next period."""
    return M - 1 if sym or M <= 1 else M


def steps(start: Any, count: int, step: float, made: dict[str, Any]) -> Tensor:
    return torch["linspace"](start, start + (count - 1) * step, count, **made)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-|n - center| / tau)``."""
    kind = dtype or get_default_dtype()
    check("exponential", M, kind, layout)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    middle = period(M, sym) / 2.0 if center is None else center
    places = torch["linspace"](-middle / tau, (-middle + M - 1) / tau, M, **made)
    return torch["exp"](-torch["abs"](places))


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Half a period of a sine."""
    kind = dtype or get_default_dtype()
    check("cosine", M, kind, layout)
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    step = math.pi / (period(M, sym) + 1)
    return torch["sin"](torch["linspace"](0.5 * step, (0.5 + M - 1) * step, M, **made))


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``exp(-(n - center) ** 2 / (2 std ** 2))``."""
    kind = dtype or get_default_dtype()
    check("gaussian", M, kind, layout)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    start, scale = -period(M, sym) / 2.0, 1 / (std * math.sqrt(2))
    places = torch["linspace"](start * scale, (start + M - 1) * scale, M, **made)
    return torch["exp"](-(places**2))


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``I0(sqrt(beta ** 2 - k ** 2)) / I0(beta)``, k from -beta to beta, I0 the modified Bessel function of order 0."""
    kind = dtype or get_default_dtype()
    check("kaiser", M, kind, layout)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    if M == 1:
        return torch["ones"]((1,), **made)
    slope = tensor(beta, dtype=kind, device=device)
    end = torch["minimum"](slope, -slope + (M - 1) * (2.0 * slope / period(M, sym)))
    places = torch["linspace"](-slope, end, M, **made)
    root = torch["sqrt"](slope * slope - torch["pow"](places, 2))
    return torch["i0"](root) / torch["i0"](slope)


def hamming(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """:func:`general_hamming` with 0.54."""
    return general_hamming(M, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hann(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """:func:`general_hamming` with 0.5, which ends at 0."""
    return general_hamming(
        M, alpha=0.5, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def blackman(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """:func:`general_cosine` with three terms."""
    kind = dtype or get_default_dtype()
    check("blackman", M, kind, layout)
    return general_cosine(
        M, a=[0.42, 0.5, 0.08], sym=sym, dtype=kind, layout=layout, device=device, requires_grad=requires_grad
    )


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A triangle."""
    kind = dtype or get_default_dtype()
    check("bartlett", M, kind, layout)
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    if M == 1:
        return torch["ones"]((1,), **made)
    places = steps(-1, M, 2 / period(M, sym), made)
    return 1 - torch["abs"](places)


def general_cosine(
    M: int,
    *,
    a: Iterable,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The sum of cosines of 0, 1, 2 ... periods with the weights ``a``, each second one turned over."""
    kind = dtype or get_default_dtype()
    check("general_cosine", M, kind, layout)
    made = options(kind, layout, device, requires_grad)
    if M == 0:
        return torch["empty"]((0,), **made)
    if M == 1:
        return torch["ones"]((1,), **made)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = list(a)
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    angles = steps(0, M, 2 * math.pi / period(M, sym), made)
    signed = tensor(
        [-weight if at % 2 else weight for at, weight in enumerate(weights)],
        device=device,
        dtype=kind,
        requires_grad=requires_grad,
    )
    numbers = torch["arange"](len(weights), dtype=kind, device=device, requires_grad=requires_grad)
    waves = torch["cos"](numbers.unsqueeze(-1) * angles)
    return (signed.unsqueeze(-1) * waves).sum(0)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``alpha - (1 - alpha) cos``."""
    return general_cosine(
        M,
        a=[alpha, 1.0 - alpha],
        sym=sym,
        dtype=dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )


def nuttall(
    M: int,
    *,
    sym: bool = True,
    dtype: dtype | None = None,
    layout: Any = layouts.strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """:func:`general_cosine` with four terms: A. Nuttall, "Some Windows with Very Good Sidelobe Behavior" (1981)."""
    return general_cosine(
        M,
        a=[0.3635819, 0.4891775, 0.1365995, 0.0106411],
        sym=sym,
        dtype=dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )
