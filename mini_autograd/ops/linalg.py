"""Names that ``linalg`` has for ops of other families, and what it makes of them: powers, chains, tensors as matrices."""

import math

from mini_autograd import dtypes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.matrices import check_square
from mini_autograd.op.rules import wrap_dim
from mini_autograd.op.support import HALF
from mini_autograd.ops.solving import composite

# fmt: off

# -- Products --------------------------------------------------------------------------------------------------

composite("linalg_matmul(Tensor self, Tensor other) -> Tensor", lambda self, other: F.matmul(self, other))
composite("linalg_multi_dot(Tensor[] tensors) -> Tensor", lambda tensors: F.multi_dot(tensors))
composite("linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)",
    lambda A, offset, dim1, dim2: F.diagonal(A, offset, dim1, dim2))


def vecdot(x, y, dim):
    if x._dtype is not y._dtype:
        raise RuntimeError(f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {x._dtype.legacy} "
            f"and y of type {y._dtype.legacy} instead")
    if x._array.ndim == 1 and y._array.ndim == 1:
        return F.vdot(x, y)
    return F.sum(F.mul(F.conj(x), y), (dim,))


composite("linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", vecdot)


def matrix_power(self, n):
    check_square("linalg.matrix_power", self)
    if n == 0:
        size = self._array.shape[-1]
        return F.copy_(F.clone(self), F.eye(size, **options_of(self)))
    if n == 1:
        return F.clone(self)
    if n == -1:
        return F.linalg_inv(self)
    base = F.linalg_inv(self) if n < 0 else self
    n = abs(n)
    if n == 2:
        return F.matmul(base, base)
    if n == 3:
        return F.matmul(F.matmul(base, base), base)
    square, result = None, None
    while n > 0:
        n, odd = divmod(n, 2)
        square = base if square is None else F.matmul(square, square)
        if odd:
            result = square if result is None else F.matmul(result, square)
    return result


composite("linalg_matrix_power(Tensor self, int n) -> Tensor", matrix_power)
composite("matrix_power(Tensor self, int n) -> Tensor", matrix_power, "function method")

# -- Vandermonde matrices --------------------------------------------------------------------------------------


def vander(x, N):
    kind = x._dtype
    if kind is dtypes.bool or kind in HALF:
        raise RuntimeError(f"linalg.vander supports floating point, complex, and integer tensors, but got {kind.legacy}")
    x = x if x._array.ndim else F.unsqueeze(x, -1)
    count = x._array.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    grid = F.expand(F.unsqueeze(x, -1), (*x._array.shape, count - 1))
    powers = F.cumprod(grid, -1)
    ones = F.ones((*x._array.shape, 1), **options_of(x))
    return F.cat([ones, powers], -1)


composite("linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor", vander)

# -- Tensors as matrices ---------------------------------------------------------------------------------------


def tensorinv(self, ind):
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    shape = self._array.shape
    if ind > len(shape):
        raise RuntimeError(f"ArrayRef: invalid slice, N = {ind}; size = {len(shape)}")
    after, before = shape[ind:], shape[:ind]
    if math.prod(after) != math.prod(before):
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but "
            f"got {math.prod(after)} != {math.prod(before)}")
    size = math.prod(after)
    return F.reshape(F.linalg_inv(F.reshape(self, (size, size))), (*after, *before))


composite("linalg_tensorinv(Tensor self, int ind=2) -> Tensor", tensorinv)


def tensorsolve(self, other, dims):
    moved = self
    ndim = self._array.ndim
    if dims is not None:
        places = [wrap_dim(dim, ndim) for dim in dims]
        moved = F.movedim(self, places, list(range(ndim - len(places), ndim)))
    rest = moved._array.shape[other._array.ndim:]
    size = math.prod(rest)
    if size != other._array.size:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {size} != {other._array.size}")
    flat = F.reshape(moved, (other._array.size, size))
    return F.reshape(F.linalg_solve(flat, F.flatten(other)), rest)


composite("linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor", tensorsolve)
