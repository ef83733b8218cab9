"""Parts of a tensor shortened to a norm."""

from mini_autograd.backward.renorm import renorm, renorm_jvp
from mini_autograd.dtypes import FLOAT
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op
from mini_autograd.op.rules import wrap_dim

# fmt: off


def check_renorm(self, p, dim, maxnorm):
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if isinstance(maxnorm, complex):
        raise RuntimeError("renorm: maxnorm must be real-valued")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    ndim = self._array.ndim
    if ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {ndim} dimensions")
    wrap_dim(dim, ndim)
    kind = self._dtype
    if kind.category < FLOAT:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {kind.legacy}")


op("renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor", kernel.renorm, check=check_renorm, opmath=False,
    in_place=True, jvp=renorm_jvp,
    self = lambda grad, self, p, dim, maxnorm: renorm(grad, self, p, dim, maxnorm))
