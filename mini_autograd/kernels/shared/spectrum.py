"""Eigenvalues and singular values, with their vectors, and what is made of them."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.bidiagonal import svd_tall, svd_wide, whole
from mini_autograd.kernels.shared.lapack import (
    adjoint,
    columns,
    complex_of,
    each,
    identities,
    named,
    nothing,
    real_of,
    routine,
)
from mini_autograd.kernels.shared.memory import allocate
from mini_autograd.kernels.shared.schur import eig_real
from mini_autograd.kernels.shared.tridiagonal import SMALL, eigh_small


def eig(self: Array) -> tuple[Array, Array]:
    """Eigenvalues, in LAPACK's order, and vectors of length 1."""
    batch, (count, _) = self.shape[:-2], self.shape[-2:]
    kind = complex_of(self.dtype)
    values, vectors = allocate((*batch, count), kind), columns(batch, count, count, kind)
    if vectors.size:
        for at in each(batch):
            if self.dtype.kind == "c":
                values[at], _, vectors[at], _ = routine("geev", self)(self[at], compute_vl=0)
            else:
                values[at], vectors[at] = eig_real(self[at])
    return values, vectors


def eigh(A: Array, UPLO: str, compute_v: bool) -> tuple[Array, Array]:
    """Eigenvalues in ascending order, and vectors unless they are not asked for, of the triangle that is read."""
    batch, (count, _) = A.shape[:-2], A.shape[-2:]
    values = allocate((*batch, count), real_of(A.dtype))
    vectors = columns(batch, count, count, A.dtype) if compute_v else nothing(A.dtype)
    for at in each(batch) if values.size else ():
        lower = UPLO.upper() == "L"
        if compute_v and count <= SMALL:
            values[at], vectors[at] = eigh_small(A[at], lower)
            continue
        values[at], found, _ = routine(named(A, "syevd", "heevd"), A)(A[at], compute_v=compute_v, lower=lower)
        if compute_v:
            vectors[at] = found
    return values, vectors


def svd(
    A: Array, full_matrices: bool, compute_uv: bool, driver: str | None = None, signed: bool = True
) -> tuple[Array, Array, Array]:
    """``U``, the singular values in descending order, and ``Vh``; both matrices empty if they are not asked for.

    Vectors have the signs that torch's have unless they are not to be ``signed``, which is quicker.
    """
    one = singular if signed else whole
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    rank = min(rows, count)
    values = allocate((*batch, rank), real_of(A.dtype))
    if not compute_uv:
        left, right = nothing(A.dtype), nothing(A.dtype)
    else:
        left = identities(batch, rows, rows if full_matrices else rank, A.dtype)
        right = identities(batch, count if full_matrices else rank, count, A.dtype)
    for at in each(batch) if values.size else ():
        if compute_uv:
            left[at], values[at], right[at] = one(A[at], full_matrices)
        else:
            values[at] = routine("gesdd", A)(A[at], compute_uv=0)[1]
    return left, values, right


def singular(matrix: Array, full: bool) -> tuple[Array, Array, Array]:
    rows, count = matrix.shape
    if matrix.dtype.kind == "c" or rows == count:
        return whole(matrix, full)
    return svd_tall(matrix, full) if rows > count else svd_wide(matrix, full)


def pinv(self: Array, atol: Array, rtol: Array, hermitian: bool) -> Array:
    """The pseudoinverse, for which what is not above both tolerances counts as 0."""
    made = allocate((*self.shape[:-2], self.shape[-1], self.shape[-2]), self.dtype)
    if not made.size:
        return made
    if hermitian:
        values, left = eigh(self, "L", True)
        right = adjoint(left)
    else:
        left, values, right = svd(self, False, True, signed=False)
    size = xp.abs(values)
    limit = xp.maximum(atol[..., None], rtol[..., None] * size.max(axis=-1, keepdims=True))
    inverse = xp.where(size > limit, 1 / xp.where(values == 0, 1, values), 0).astype(values.dtype)
    made[...] = (adjoint(right) * inverse[..., None, :]) @ adjoint(left)
    return made
