"""Elementwise arithmetic."""

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, promote, to_float

binary = family(dtype=promote, jvp="pointwise", numbers=True, in_place=True)

binary("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.add,
    self  = lambda grad:        grad,
    other = lambda grad, alpha: grad if alpha == 1 else grad * F.conj_scalar(alpha))

binary("sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", kernel.sub,
    self  = lambda grad:        grad,
    other = lambda grad, alpha: -grad if alpha == 1 else -grad * F.conj_scalar(alpha))

binary("mul.Tensor(Tensor self, Tensor other) -> Tensor", kernel.mul,
    self  = lambda grad, other: grad * F.conj(other),
    other = lambda grad, self:  grad * F.conj(self))

binary("div.Tensor(Tensor self, Tensor other) -> Tensor", kernel.div, dtype=to_float,
    self  = lambda grad, other:       grad / F.conj(other),
    other = lambda grad, self, other: -grad * F.conj(self / other / other))
