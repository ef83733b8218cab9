"""Windows, by which a signal is multiplied before it is transformed.

See Harris, "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform" (1978), and for the last
one Nuttall, "Some Windows with Very Good Sidelobe Behavior" (1981). A window that is not symmetric is one element short
of a symmetric one, so that it can be repeated.
"""

from __future__ import annotations

import math
from typing import Any

from mini_autograd import dtypes
from mini_autograd.data import tensor
from mini_autograd.graph.operations import F
from mini_autograd.layouts import strided

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


def options(name: str, M: int, dtype: Any, layout: Any, device: Any, requires_grad: bool) -> dict[str, Any]:
    """How the window is made; ValueError for what it is not made of."""
    if dtype is None:
        dtype = dtypes.get_default_dtype()
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    return {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}


def period(M: int, sym: bool) -> int:
    """From the first element to where the window begins anew."""
    return M - 1 if sym else M


def places(start: Any, step: float, M: int, made: dict[str, Any]) -> Any:
    """Multiples of the step, from that of ``start`` on."""
    return F.linspace(start=start * step, end=(start + (M - 1)) * step, steps=M, **made)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Falls off on both sides of the centre by a factor of e over ``tau`` elements."""
    made = options("exponential", M, dtype, layout, device, requires_grad)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if M == 0:
        return F.empty((0,), **made)
    if center is None:
        center = period(M, sym or M == 1) / 2.0
    return F.exp(F.neg(F.abs(places(-center, 1 / tau, M, made))))


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Half a wave of the sine."""
    made = options("cosine", M, dtype, layout, device, requires_grad)
    if M == 0:
        return F.empty((0,), **made)
    return F.sin(places(0.5, math.pi / (period(M, sym or M == 1) + 1), M, made))


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """The density of a normal distribution, 1 in the middle."""
    made = options("gaussian", M, dtype, layout, device, requires_grad)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    if M == 0:
        return F.empty((0,), **made)
    far = places(-period(M, sym or M == 1) / 2.0, 1 / (std * math.sqrt(2)), M, made)
    return F.exp(F.neg(F.pow(far, 2)))


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """The modified Bessel function of half an ellipse, which is as high as ``beta``."""
    made = options("kaiser", M, dtype, layout, device, requires_grad)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M == 0:
        return F.empty((0,), **made)
    if M == 1:
        return F.ones((1,), **made)
    height = tensor(beta, dtype=made["dtype"])
    step = 2.0 * height / period(M, sym)
    end = F.minimum(height, -height + (M - 1) * step)
    far = F.linspace(start=-height, end=end, steps=M, **made)
    return F.i0(F.sqrt(height * height - F.pow(far, 2))) / F.i0(height)


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """A triangle."""
    made = options("bartlett", M, dtype, layout, device, requires_grad)
    if M == 0:
        return F.empty((0,), **made)
    if M == 1:
        return F.ones((1,), **made)
    step = 2 / period(M, sym)
    return 1 - F.abs(F.linspace(start=-1, end=-1 + (M - 1) * step, steps=M, **made))


def general_cosine(
    M: int,
    *,
    a: Any,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """The sum of the waves with the coefficients ``a``, of alternating signs."""
    made = options("general_cosine", M, dtype, layout, device, requires_grad)
    if M == 0:
        return F.empty((0,), **made)
    if M == 1:
        return F.ones((1,), **made)
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    step = 2 * math.pi / period(M, sym)
    angle = F.linspace(start=0, end=(M - 1) * step, steps=M, **made)
    signed = tensor(
        [(-1) ** i * weight for i, weight in enumerate(a)],
        dtype=made["dtype"],
        device=device,
        requires_grad=requires_grad,
    )
    order = F.arange(len(a), dtype=made["dtype"], device=device, requires_grad=requires_grad)
    return F.sum(F.unsqueeze(signed, -1) * F.cos(F.unsqueeze(order, -1) * angle), 0)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """A wave on a base."""
    return general_cosine(
        M,
        a=[alpha, 1.0 - alpha],
        sym=sym,
        dtype=dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )


def hamming(M: int, *, sym: bool = True, **made: Any) -> Any:
    """The one with the lowest side lobes of those."""
    return general_hamming(M, sym=sym, **made)


def hann(M: int, *, sym: bool = True, **made: Any) -> Any:
    """The one that falls off to 0."""
    return general_hamming(M, alpha=0.5, sym=sym, **made)


def blackman(
    M: int,
    *,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Of two waves."""
    made = options("blackman", M, dtype, layout, device, requires_grad)
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, **made)


def nuttall(M: int, *, sym: bool = True, **made: Any) -> Any:
    """Of three waves."""
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, **made)
