"""Derivatives of what is not holomorphic: parts and angles of complex numbers."""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import COMPLEX
from mini_autograd.graph.operations import F


def angle(grad: Any, self: Any) -> Any:
    """At right angles to the number, the smaller the larger it is; 0 at 0 and for reals."""
    if self._dtype.category != COMPLEX:
        return F.zeros_like(grad)
    turned = F.mul_scalar(grad * self / F.pow(F.abs(self), 2), 1j)
    return F.where(F.eq(self, 0.0), 0.0, turned)


def angle_jvp(self_t: Any, self: Any) -> Any:
    if self._dtype.category != COMPLEX:
        return F.zeros_like(self_t)
    real, imag = F.real(self), F.imag(self)
    size = F.abs(self)
    across = F.imag(self_t) * (real / size) - F.real(self_t) * (imag / size)
    return F.where(F.eq(size, 0), 0, across / size)


def polar(grad: Any, result: Any) -> tuple:
    """Of the magnitude and the angle: the parts of ``grad`` along the result and at right angles to it."""
    along = F.conj(grad)
    return F.real(along * F.sgn(result)), F.real(along * F.mul_scalar(result, 1j))


def polar_jvp(abs_t: Any, angle_t: Any, angle: Any, result: Any) -> Any:
    tangent = None
    if abs_t is not None:
        tangent = F.polar(F.ones_like(angle), angle) * abs_t
    if angle_t is not None:
        turned = F.mul_scalar(result, 1j) * angle_t
        tangent = turned if tangent is None else tangent + turned
    return tangent


def complex_jvp(real: Any, imag: Any, real_t: Any, imag_t: Any) -> Any:
    parts = (
        F.zeros_like(real) if real_t is None else real_t,
        F.zeros_like(imag) if imag_t is None else imag_t,
    )
    return F.complex(*parts)
