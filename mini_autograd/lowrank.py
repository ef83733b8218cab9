"""Singular values of matrices of which few matter, by random projections.

N. Halko, P. Martinsson and J. Tropp, "Finding structure with randomness" (2009), algorithms 4.4 and 5.1.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F, options_of
from mini_autograd.tensor import Tensor, TensorBase

__all__ = ["pca_lowrank", "svd_lowrank"]


def svd_lowrank(
    A: TensorBase, q: int | None = 6, niter: int | None = 2, M: TensorBase | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """``U``, ``S`` and ``V`` of ``A - M``, about as many of them as ``q``; more steps come closer."""
    rank, steps = 6 if q is None else q, 2 if niter is None else niter
    rows, count = A._array.shape[-2:]
    mean = None if M is None else F.expand(M, A._array.shape)
    wide = rows < count
    given: Any = A
    if wide:
        given = F.mT(A)
        mean = None if mean is None else F.mT(mean)
    basis = approximate_basis(given, rank, steps, mean)
    turned = F.conj(F.mT(basis))
    small = F.matmul(turned, given)
    if mean is not None:
        small = F.sub(small, F.matmul(turned, mean))
    U, S, Vh = F.linalg_svd(small, False)
    V: Any = F.conj(F.mT(Vh))
    U = F.matmul(basis, U)
    return (V, S, U) if wide else (U, S, V)


def approximate_basis(A: Any, rank: int, steps: int, mean: Any) -> Any:
    """Orthonormal columns that span about what ``A - mean`` does."""

    def times(matrix: Any, factor: Any, taken: Any) -> Any:
        product = F.matmul(matrix, factor)
        return product if taken is None else F.sub(product, F.matmul(taken, factor))

    def across(tensor: Any) -> Any:
        return None if tensor is None else F.conj(F.mT(tensor))

    start = F.randn((A._array.shape[-1], rank), **options_of(A))
    basis = F.linalg_qr(times(A, start, mean))[0]
    for _ in range(steps):
        basis = F.linalg_qr(times(across(A), basis, across(mean)))[0]
        basis = F.linalg_qr(times(A, basis, mean))[0]
    return basis


def pca_lowrank(
    A: TensorBase, q: int | None = None, center: bool = True, niter: int = 2
) -> tuple[Tensor, Tensor, Tensor]:
    """The same of the matrix less the mean of its rows; ValueError for a ``q`` that is no rank of its."""
    rows, count = A.shape[-2:]  # type: ignore[attr-defined]
    rank = min(6, rows, count) if q is None else q
    if not 0 <= rank <= min(rows, count):
        raise ValueError(
            f"q(={rank}) must be non-negative integer and not greater than min(m, n)={min(rows, count)}"
        )
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, rank, niter=niter, M=None)
    return svd_lowrank(F.sub(A, F.mean(A, (-2,), True)), rank, niter=niter, M=None)
