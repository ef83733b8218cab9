"""Derivatives of what is not holomorphic: parts and angles of complex numbers."""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import COMPLEX
from mini_autograd.graph.operations import F


def angle(grad: Any, self: Any) -> Any:
    """At right angles to the number, the smaller the larger it is; 0 at 0 and for reals."""
    if self._dtype.category != COMPLEX:
        return F.zeros_like(self)
    square = F.pow(F.abs(self), 2)
    turned = F.mul_scalar(grad * self / square, 1j)
    return F.where(F.eq(self, 0.0), 0.0, turned)


def angle_jvp(self_t: Any, self: Any) -> Any:
    if self._dtype.category != COMPLEX:
        return F.zeros_like(self)
    return F.real(F.conj(F.conj(angle(F.conj(self_t), self))))


def polar(grad: Any, result: Any) -> tuple:
    """Of the magnitude and the angle: the parts of ``grad`` along the result and at right angles to it."""
    along = F.conj(grad)
    return F.real(along * F.sgn(result)), F.real(along * F.mul_scalar(result, 1j))


def polar_jvp(abs_t: Any, angle_t: Any, abs: Any, angle: Any) -> Any:
    longer = F.zeros_like(abs) if abs_t is None else abs_t
    turned = F.zeros_like(angle) if angle_t is None else angle_t
    # NOTE [Order of operands]: the imaginary part before the real one, and each from its end.
    cos = F.cos(angle)
    across = turned * abs * cos
    imag = longer * F.sin(angle) + across
    sin = F.sin(angle)
    back = turned * abs * sin
    return F.complex(longer * F.cos(angle) - back, imag)


def complex_jvp(real: Any, imag: Any, real_t: Any, imag_t: Any) -> Any:
    parts = (
        F.zeros_like(real) if real_t is None else real_t,
        F.zeros_like(imag) if imag_t is None else imag_t,
    )
    return F.complex(*parts)
