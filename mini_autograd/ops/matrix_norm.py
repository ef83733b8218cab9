"""Norms of matrices, and condition numbers."""

import math

from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.matrices import check_floating, check_matrices, check_square
from mini_autograd.op.rules import wrap_dim
from mini_autograd.ops.solving import composite
from mini_autograd.warning import warn_replaced

# fmt: off

# -- Matrix norms ----------------------------------------------------------------------------------------------


def check_matrix_norm(self, dim):
    check_matrices("linalg.matrix_norm", self)
    check_floating("linalg.matrix_norm", self)
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {', '.join(map(str, dim))}")
    first, second = (wrap_dim(one, self._array.ndim) for one in dim)
    if first == second:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    return first, second


def by_singular_values(self, dim, keepdim, dtype, reduce):
    """``reduce`` of the singular values of the matrices in two dimensions, which are put last for it."""
    check_floating("linalg.matrix_norm", self, low_precision=False)
    first, second = dim
    order = [at for at in range(self._array.ndim) if at not in dim] + [first, second]
    given = self if dtype is None else F.to(self, dtype)
    result = reduce(F.linalg_svdvals(F.permute(given, order)), keepdim)
    if not keepdim:
        return result
    back = [order.index(at) for at in range(self._array.ndim)]
    return F.permute(F.unsqueeze(result, -1), back)


def matrix_norm(self, ord, dim, keepdim, dtype):
    first, second = check_matrix_norm(self, dim)
    size = abs(ord)
    if size not in (1, 2, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    extreme = F.amax if ord > 0 else F.amin
    if size == 2:
        return by_singular_values(self, (first, second), keepdim, dtype, lambda values, keep: extreme(values, (-1,), keep))
    if size == math.inf:
        first, second = second, first
    if second > first and not keepdim:
        second -= 1
    return extreme(F.linalg_vector_norm(self, 1.0, (first,), keepdim, dtype=dtype), (second,), keepdim)


def matrix_norm_by_name(self, ord, dim, keepdim, dtype):
    first, second = check_matrix_norm(self, dim)
    if ord not in ("fro", "nuc"):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if ord == "fro":
        return F.linalg_vector_norm(self, 2, (first, second), keepdim, dtype=dtype)
    return by_singular_values(self, (first, second), keepdim, dtype, lambda values, keep: F.sum(values, (-1,), keep))


NORM = "int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor"
composite(f"linalg_matrix_norm(Tensor self, Scalar ord, {NORM}", matrix_norm)
composite(f'linalg_matrix_norm.str_ord(Tensor self, str ord="fro", {NORM}', matrix_norm_by_name)

# -- Norms of vectors or matrices ------------------------------------------------------------------------------


def norm(self, ord, dim, keepdim, dtype):
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    if dim is None and ord is not None and self._array.ndim not in (1, 2):
        raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{self._array.ndim}D.")
    if ord is not None and ((dim is not None and len(dim) == 2) or (dim is None and self._array.ndim == 2)):
        return matrix_norm(self, ord, dim or (0, 1), keepdim, dtype)
    return F.linalg_vector_norm(self, 2.0 if ord is None else ord, dim, keepdim, dtype=dtype)


def norm_by_name(self, ord, dim, keepdim, dtype):
    if dim is None and self._array.ndim != 2:
        raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
            f"{self._array.ndim}D.") if self._array.ndim != 1 else RuntimeError(
            "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    return matrix_norm_by_name(self, ord, dim or (0, 1), keepdim, dtype)


composite("linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    norm)
composite("linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
    norm_by_name)


def nuclear_norm(self, dim, keepdim):
    warn_replaced("nuclear_norm",
        "at::nuclear_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch "
        "release. Please use `linalg.matrix_norm(A, 'nuc', dim, keepdim)` instead", stacklevel=5)
    return matrix_norm_by_name(self, "nuc", dim, keepdim, None)


composite("nuclear_norm(Tensor self, bool keepdim=False) -> Tensor",
    lambda self, keepdim: nuclear_norm(self, (-2, -1), keepdim), "function")
composite("nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor", nuclear_norm, "function")

# -- Condition numbers -----------------------------------------------------------------------------------------


def cond(self, p):
    if self._array.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if not self._array.size:
        return F.zeros(self._array.shape[:-2], **options_of(self, self._dtype.to_real()))
    if p is None or abs(p) == 2:
        values = F.linalg_svdvals(self)
        first, last = F.narrow(values, -1, 0, 1), F.narrow(values, -1, -1, 1)
        return F.squeeze(F.div(last, first) if p == -2 else F.div(first, last), -1)
    check_square("linalg.cond", self)
    return by_inverse(self, lambda one: matrix_norm(one, p, (-2, -1), False, None))


def cond_by_name(self, p):
    if self._array.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    check_square("linalg.cond", self)
    if p == "nuc":
        values = F.linalg_svdvals(self)
        return F.mul(F.sum(values, (-1,)), F.sum(F.reciprocal(values), (-1,)))
    return by_inverse(self, lambda one: matrix_norm_by_name(one, p, (-2, -1), False, None))


def by_inverse(self, norm):
    """The norm times that of the inverse, infinite where there is none."""
    inverse, info = F.linalg_inv_ex(self)
    failed = F.unsqueeze(F.unsqueeze(F.ne(info, 0), -1), -1)
    F.masked_fill_(inverse, failed, math.inf)
    return F.nan_to_num_(F.mul(norm(self), norm(inverse)), math.inf, math.inf, -math.inf)


composite("linalg_cond(Tensor self, Scalar? p=None) -> Tensor", cond)
composite("linalg_cond.p_str(Tensor self, str p) -> Tensor", cond_by_name)
