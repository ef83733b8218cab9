"""The derivative of shortening to a norm: of ``m x / (|x| + e)``, by the quotient rule."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.backward.norm import norm_backward, norm_jvp
from mini_autograd.graph.operations import F

# What torch adds to the norm before it divides by it.
SMALL = 1e-7


# What torch takes norms in for a gradient, beside double; for a tangent only those of half types are taken in another.
ACCUMULATING = {
    dtypes.float16: dtypes.float32,
    dtypes.bfloat16: dtypes.float32,
    dtypes.complex64: dtypes.complex128,
    dtypes.complex128: dtypes.complex128,
}


def others(self: Any, dim: int) -> tuple[int, ...]:
    return tuple(one for one in range(self.ndim) if one != dim % self.ndim)


def renorm(grad: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    dims = others(self, dim)
    norm = F.linalg_vector_norm(self, p, dims, True, dtype=ACCUMULATING.get(self.dtype, dtypes.float64))
    along = F.sum(F.real(F.mul(F.conj(self), grad)), dims, True, dtype=norm.dtype)
    slope = norm_backward(along, self, p, norm, dims, True)
    inverse = F.reciprocal(F.add_scalar(norm, SMALL))
    across = F.sub(grad, F.mul(inverse, slope))  # NOTE [Order of operands]
    shorter = F.mul(F.mul_scalar(inverse, maxnorm), across)
    return F.where(F.gt(norm, maxnorm), F.to(shorter, grad.dtype), grad)


def renorm_jvp(self_t: Any, self: Any, p: float, dim: int, maxnorm: float) -> Any:
    dims, p = others(self, dim), float(p)
    half = self.dtype in (dtypes.float16, dtypes.bfloat16)
    norm = F.linalg_vector_norm(self, p, dims, True, dtype=dtypes.float32 if half else None)
    inverse = F.reciprocal(F.add_scalar(norm, SMALL))
    bounded = F.mul_scalar(inverse, float(maxnorm))
    change = norm_jvp(self_t, self, p, norm, dims, True)
    shorter = F.mul(bounded, F.sub(self_t, F.mul(F.mul(self, inverse), change)))
    return F.where(F.gt(norm, maxnorm), shorter, self_t)
