"""The derivative of shortening to a norm: of ``m x / (|x| + e)``, by the quotient rule."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.backward.norm import norm_backward, norm_jvp
from mini_autograd.graph.operations import F

# What torch adds to the norm before it divides by it, and the types that it adds up in where it goes back.
SMALL = 1e-7
HALF = (dtypes.float16, dtypes.bfloat16)
WIDER = {
    **dict.fromkeys(HALF, dtypes.float32),
    dtypes.float32: dtypes.float64,
    dtypes.complex64: dtypes.complex128,
}


def others(self: Any, dim: int) -> tuple[int, ...]:
    return tuple(one for one in range(self.ndim) if one != dim % self.ndim)


def renorm(grad: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    dims, wider = others(self, dim), WIDER.get(self.dtype)
    norm = F.linalg_vector_norm(self, p, dims, True, dtype=wider)
    along = F.sum(F.real(F.mul(F.conj(self), grad)), dims, True, dtype=norm.dtype if wider else None)
    slope = norm_backward(along, self, p, norm, dims, True)
    inverse = F.reciprocal(F.add_scalar(norm, SMALL))
    rest = F.sub(grad, F.mul(inverse, slope))
    shorter = F.mul(F.mul_scalar(inverse, maxnorm), rest)
    return F.where(F.gt(norm, maxnorm), F.to(shorter, grad.dtype), grad)


def renorm_jvp(self_t: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    dims, p = others(self, dim), float(p)
    norm = F.linalg_vector_norm(self, p, dims, True, dtype=WIDER[self.dtype] if self.dtype in HALF else None)
    inverse = F.reciprocal(F.add_scalar(norm, SMALL))
    scale = F.mul_scalar(inverse, float(maxnorm))
    change = norm_jvp(self_t, self, p, norm, dims, True)
    shorter = F.mul(scale, F.sub(self_t, F.mul(F.mul(self, inverse), change)))
    return F.where(F.gt(norm, maxnorm), shorter, self_t)
