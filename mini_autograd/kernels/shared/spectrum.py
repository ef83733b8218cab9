"""Eigenvalues and singular values, with their vectors, and what is made of them."""

from __future__ import annotations

import numpy as np

from mini_autograd.kernels.shared.lapack import (
    Array,
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


def eig(self: Array) -> tuple[Array, Array]:
    """Eigenvalues, in LAPACK's order, and vectors of length 1."""
    batch, (count, _) = self.shape[:-2], self.shape[-2:]
    kind = complex_of(self.dtype)
    values, vectors = allocate((*batch, count), kind), columns(batch, count, count, kind)
    if vectors.size:
        solve = routine("geev", self)
        for at in each(batch):
            if self.dtype.kind == "c":
                values[at], _, vectors[at], _ = solve(self[at], compute_vl=0)
            else:
                real, imaginary, _, found, _ = solve(self[at], compute_vl=0)
                values[at] = real + 1j * imaginary
                vectors[at] = paired(imaginary, found)
    return values, vectors


def paired(imaginary: Array, found: Array) -> Array:
    """The complex vectors of pairs of conjugate eigenvalues, of which LAPACK gives the two parts as columns."""
    vectors = found.astype(complex_of(found.dtype))
    for at in np.flatnonzero(imaginary > 0):
        vectors[:, at] = found[:, at] + 1j * found[:, at + 1]
        vectors[:, at + 1] = vectors[:, at].conj()
    return vectors


def eigh(A: Array, UPLO: str, compute_v: bool) -> tuple[Array, Array]:
    """Eigenvalues in ascending order, and vectors unless they are not asked for, of the triangle that is read."""
    batch, (count, _) = A.shape[:-2], A.shape[-2:]
    values = allocate((*batch, count), real_of(A.dtype))
    vectors = columns(batch, count, count, A.dtype) if compute_v else nothing(A.dtype)
    if values.size:
        solve = routine(named(A, "syevd", "heevd"), A)
        for at in each(batch):
            values[at], found, _ = solve(A[at], compute_v=compute_v, lower=UPLO.upper() == "L")
            if compute_v:
                vectors[at] = found
    return values, vectors


def svd(
    A: Array, full_matrices: bool, compute_uv: bool, driver: str | None = None
) -> tuple[Array, Array, Array]:
    """``U``, the singular values in descending order, and ``Vh``; both matrices empty if they are not asked for."""
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    rank = min(rows, count)
    values = allocate((*batch, rank), real_of(A.dtype))
    if not compute_uv:
        left, right = nothing(A.dtype), nothing(A.dtype)
    else:
        left = identities(batch, rows, rows if full_matrices else rank, A.dtype)
        right = identities(batch, count if full_matrices else rank, count, A.dtype)
    if values.size:
        factor = routine("gesdd", A)
        for at in each(batch):
            one, values[at], other, _ = factor(A[at], compute_uv=compute_uv, full_matrices=full_matrices)
            if compute_uv:
                left[at], right[at] = one, other
    return left, values, right


def pinv(self: Array, atol: Array, rtol: Array, hermitian: bool) -> Array:
    """The pseudoinverse, for which what is not above both tolerances counts as 0."""
    made = allocate((*self.shape[:-2], self.shape[-1], self.shape[-2]), self.dtype)
    if not made.size:
        return made
    if hermitian:
        values, left = eigh(self, "L", True)
        right = adjoint(left)
    else:
        left, values, right = svd(self, False, True)
    size = np.abs(values)
    limit = np.maximum(atol[..., None], rtol[..., None] * size.max(axis=-1, keepdims=True))
    inverse = np.where(size > limit, 1 / np.where(values == 0, 1, values), 0).astype(values.dtype)
    made[...] = (adjoint(right) * inverse[..., None, :]) @ adjoint(left)
    return made
