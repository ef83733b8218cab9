"""Derivatives of Fourier transforms, which are linear: the adjoint is a transform the other way, by the same norm.

Of reals and of half transforms the adjoint counts what the missing half mirrors; see Plonka, Potts, Steidl and Tasche,
"Numerical Fourier Analysis" (2018), chapter 3.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F


def r2c(grad: Any, self: Any, dim: tuple, normalization: int, onesided: bool) -> Any:
    """Of reals: the real part, where what half a transform leaves out has no gradient."""
    last = dim[-1]
    missing = self.shape[last] - grad.shape[last] if onesided else 0
    if missing > 0:
        whole = F.new_zeros(grad, (*grad.shape[:last], self.shape[last], *grad.shape[last + 1 :]))
        F.copy_(F.narrow(whole, last, 0, grad.shape[last]), grad)
        grad = whole
    return F.real(F._fft_c2c(grad, dim, normalization, False))


def c2r(grad: Any, dim: tuple, normalization: int) -> Any:
    """Of half a transform: every term that stands for its mirror image too counts twice."""
    last = dim[-1]
    result = F._fft_r2c(grad, dim, normalization, True)
    twice = grad.shape[last] - result.shape[last]
    if twice > 0:
        F.mul_(F.narrow(result, last, 1, twice), 2)
    return result
