"""Complex numbers: parts, conjugate, and their real views."""

from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same


def conj(self):
    return F._conj(self) if self._dtype.is_complex else self


op("conj(Tensor(a) self) -> Tensor(a)", composite=conj)
op("_conj(Tensor self) -> Tensor", kernel.conj_physical, jvp=lambda self_t: F.conj(self_t), grad_fn="ConjBackward0",
    variants="internal",
    self = lambda grad: F.conj(grad))
