"""Eigenvalues of Hermitian matrices and singular values, by cuSOLVER; signs and phases are as it leaves them."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.cuda.matrices import allocate, lapack

Array = Any


def eigh(A: Array, UPLO: str, compute_v: bool) -> tuple[Array, Array]:
    values = allocate(A.shape[:-1], lapack().real_of(A.dtype))
    vectors = lapack().by_columns(A) if compute_v else lapack().nothing(A.dtype)
    linalg = module.device_module().linalg
    if values.size and compute_v:
        values[...], vectors[...] = linalg.eigh(A, UPLO=UPLO.upper())
    elif values.size:
        values[...] = linalg.eigvalsh(A, UPLO=UPLO.upper())
    return values, vectors


def svd(
    A: Array, full_matrices: bool, compute_uv: bool, driver: str | None = None, signed: bool = True
) -> tuple[Array, Array, Array]:
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    rank = min(rows, count)
    values = allocate((*batch, rank), lapack().real_of(A.dtype))
    linalg = module.device_module().linalg
    if not compute_uv:
        if values.size:
            values[...] = linalg.svd(A, compute_uv=False)
        return lapack().nothing(A.dtype), values, lapack().nothing(A.dtype)
    left = lapack().identities(batch, rows, rows if full_matrices else rank, A.dtype)
    right = lapack().identities(batch, count if full_matrices else rank, count, A.dtype)
    if values.size:
        left[...], values[...], right[...] = linalg.svd(A, full_matrices=full_matrices)
    return left, values, right
