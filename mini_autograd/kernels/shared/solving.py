"""Solutions of systems of equations: of any matrix, of triangular and of factored ones, and in the least squares."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.factorization import lu_factor_ex
from mini_autograd.kernels.shared.lapack import (
    INT,
    broadcast_batch,
    by_columns,
    by_rows,
    columns,
    each,
    identities,
    named,
    nothing,
    real_of,
    routine,
)
from mini_autograd.kernels.shared.memory import allocate


def is_vector(A: Array, B: Array) -> bool:
    """Whether ``B`` is a batch of vectors to a batch of matrices of the same shape, or a vector."""
    return B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])


def matrices(A: Array, B: Array) -> Array:
    return B[..., None] if is_vector(A, B) else B


# From a factorization -------------------------------------------------------------------------------------


def linalg_lu_solve(LU: Array, pivots: Array, B: Array, left: bool = True, adjoint: bool = False) -> Array:
    """``X`` of ``A X = B``, or ``X A = B``, for the matrix, or its conjugate transpose, that was factored."""
    batch = xp.broadcast_shapes(LU.shape[:-2], B.shape[:-2])
    made = (
        columns(batch, B.shape[-2], B.shape[-1], B.dtype)
        if left
        else allocate((*batch, *B.shape[-2:]), B.dtype)
    )
    if made.size:
        check_pivots(pivots, LU.shape[-2])
        solve = routine("getrs", LU)
        factors, right = broadcast_batch(LU, batch), broadcast_batch(B, batch)
        exchanged = xp.broadcast_to(pivots, (*batch, pivots.shape[-1])) - 1
        for at in each(batch):
            if left:
                made[at] = solve(factors[at], exchanged[at], right[at], trans=2 if adjoint else 0)[0]
            else:
                turned = solve(factors[at], exchanged[at], right[at].conj().T, trans=0 if adjoint else 2)[0]
                made[at] = turned.conj().T
    return made


def check_pivots(pivots: Array, rows: int) -> None:
    """RuntimeError for a pivot that names no row, for which LAPACK would exchange what lies outside the matrix."""
    origin = "Did you properly pass the result of lu_factor?"
    if pivots.min() < 1:
        raise RuntimeError(f"Pivots given to lu_solve must all be greater or equal to 1. {origin}")
    if pivots.max() > rows:
        raise RuntimeError(f"Pivots given to lu_solve must all be smaller or equal to LU.size(-2). {origin}")


def solve_ex(A: Array, B: Array, left: bool, check_errors: bool) -> tuple[Array, Array, Array, Array]:
    """The solution, the factorization, its pivots, and the first of them that is 0."""
    factors, pivots, info = lu_factor_ex(A)
    solved = linalg_lu_solve(factors, pivots, matrices(A, B), left)
    if not is_vector(A, B):
        return solved, factors, pivots, info
    vectors = solved[..., 0]
    if vectors.ndim > 1:
        vectors = by_columns(vectors)
    return xp.ascontiguousarray(vectors) if vectors.ndim == 1 else vectors, factors, pivots, info


def inv_ex(A: Array, check_errors: bool = False) -> tuple[Array, Array]:
    factors, pivots, info = lu_factor_ex(A)
    return linalg_lu_solve(factors, pivots, identities(A.shape[:-2], A.shape[-2], A.shape[-1], A.dtype)), info


def cholesky_solve(self: Array, input2: Array, upper: bool) -> Array:
    """``X`` of ``A X = self`` for the matrix that ``input2`` is the Cholesky factor of."""
    batch = xp.broadcast_shapes(self.shape[:-2], input2.shape[:-2])
    made = columns(batch, self.shape[-2], self.shape[-1], self.dtype)
    if made.size:
        solve, factors, right = (
            routine("potrs", self),
            broadcast_batch(input2, batch),
            broadcast_batch(self, batch),
        )
        for at in each(batch):
            made[at] = solve(factors[at], right[at], lower=not upper)[0]
    return made


def ldl_solve(LD: Array, pivots: Array, B: Array, hermitian: bool) -> Array:
    batch = xp.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    made = columns(batch, B.shape[-2], B.shape[-1], B.dtype)
    if made.size:
        solve = routine(named(B, "sytrs", "hetrs" if hermitian else "sytrs"), B)
        factors, right = broadcast_batch(LD, batch), broadcast_batch(B, batch)
        exchanged = xp.broadcast_to(pivots, (*batch, pivots.shape[-1]))
        for at in each(batch):
            made[at] = solve(factors[at], exchanged[at], right[at], lower=True)[0]
    return made


# Determinants ---------------------------------------------------------------------------------------------


def det(A: Array) -> tuple[Array, Array, Array]:
    """The determinant, and the factorization that it comes from: of the transpose where that lies by columns."""
    factors, pivots = factored(A)
    diagonal = xp.diagonal(factors, axis1=-2, axis2=-1)
    return by_rows(xp.prod(diagonal, axis=-1) * parity(pivots), A.dtype), factors, pivots


def factored(A: Array) -> tuple[Array, Array]:
    turned = A.flags.c_contiguous and A.dtype.kind != "c"
    factors, pivots, _ = lu_factor_ex(A.swapaxes(-1, -2) if turned else A)
    return factors, pivots


def parity(pivots: Array) -> Array:
    """-1 for an odd number of exchanges, else 1."""
    moved = (pivots != xp.arange(1, pivots.shape[-1] + 1)).sum(axis=-1)
    return xp.where(moved % 2, -1, 1)


def slogdet(A: Array) -> tuple[Array, Array, Array, Array]:
    """The sign, the logarithm of the magnitude, and the factorization that they come from."""
    factors, pivots = factored(A)
    diagonal = xp.diagonal(factors, axis1=-2, axis2=-1)
    size = xp.abs(diagonal)
    signs = diagonal / xp.where(size == 0, 1, size) if A.dtype.kind == "c" else xp.sign(diagonal)
    sign = xp.prod(signs, axis=-1) * parity(pivots)
    logarithm = xp.sum(xp.log(size), axis=-1)
    return by_rows(sign, A.dtype), by_rows(logarithm, real_of(A.dtype)), factors, pivots


# Triangular -----------------------------------------------------------------------------------------------


def solve_triangular(
    self: Array, B: Array, upper: bool, left: bool, unitriangular: bool, transpose: bool = False
) -> Array:
    from scipy.linalg import blas

    batch = xp.broadcast_shapes(self.shape[:-2], B.shape[:-2])
    made = columns(batch, B.shape[-2], B.shape[-1], B.dtype)
    if made.size:
        solve = blas.get_blas_funcs("trsm", dtype=B.dtype)
        factors, right = broadcast_batch(self, batch), broadcast_batch(B, batch)
        flags = {"side": not left, "lower": not upper, "diag": unitriangular, "trans_a": int(transpose)}
        for at in each(batch):
            made[at] = solve(1.0, factors[at], right[at], **flags)
    return made


def triangular_solve(
    self: Array, A: Array, upper: bool, transpose: bool, unitriangular: bool
) -> tuple[Array, Array]:
    """The solution, and a copy of the matrix for each that it was used for."""
    made = solve_triangular(A, self, upper, True, unitriangular, transpose)
    return made, by_columns(broadcast_batch(A, made.shape[:-2]))


# Least squares --------------------------------------------------------------------------------------------


def lstsq(self: Array, b: Array, rcond: float | None, driver: str) -> tuple[Array, Array, Array, Array]:
    """The solution, the sums of squares that are left, the ranks, and the singular values, so far as the driver finds
    them."""
    right = matrices(self, b)
    rows, count = self.shape[-2:]
    batch = xp.broadcast_shapes(self.shape[:-2], right.shape[:-2])
    made = columns(batch, max(rows, count), right.shape[-1], self.dtype)[..., :count, :]
    made[...] = 0
    ranks = allocate(self.shape[:-2], xp.dtype(xp.int64))
    values = allocate((*self.shape[:-2], min(rows, count)), real_of(self.dtype))
    limit = xp.finfo(self.dtype).eps * max(rows, count) if rcond is None else rcond
    left, given = broadcast_batch(self, batch), broadcast_batch(right, batch)
    found: dict[tuple[int, ...], Any] = {}
    if made.size and rows:
        for at in each(batch):
            made[at], found[at] = least(left[at], given[at], limit, driver)
        for at in each(self.shape[:-2]):
            where = (*(0,) * (len(batch) - len(at)), *at)
            rank, singular = found[where]
            ranks[at] = 0 if rank is None else rank
            values[at] = 0 if singular is None else singular
    else:
        ranks[...], values[...] = 0, 0
    residuals = nothing(real_of(self.dtype))
    if rows > count and driver != "gelsy" and (driver == "gels" or xp.all(ranks == count)):
        residuals = by_rows((xp.abs(left @ made - given) ** 2).sum(axis=-2))
    if is_vector(self, b):
        made = made[..., 0]
    return (
        made,
        residuals,
        nothing(xp.int64) if driver == "gels" else ranks,
        values if driver in ("gelsd", "gelss") else nothing(values.dtype),
    )


def least(left: Array, right: Array, limit: float, driver: str) -> tuple[Array, tuple[Any, Any]]:
    """The solution for one matrix, its rank and singular values where the driver finds them."""
    rows, count = left.shape
    room = xp.zeros((max(rows, count), right.shape[-1]), right.dtype)
    room[:rows] = right
    solve = routine(driver, left)
    if driver == "gels":
        return solve(left, room)[1][:count], (None, None)
    size = routine(f"{driver}_lwork", left)
    if driver == "gelsy":
        work = int(size(rows, count, right.shape[-1], limit)[0].real)
        _, solved, _, rank, _ = solve(left, room, xp.zeros((count, 1), INT), limit, work)
        return solved[:count], (rank, None)
    sizes = size(rows, count, right.shape[-1], limit)
    if driver == "gelss":
        _, solved, values, rank, _, _ = solve(left, room, limit, int(sizes[0].real))
        return solved[:count], (rank, values)
    works = [int(xp.real(one)) for one in sizes[:-1]]
    solved, values, rank, _ = solve(left, room, *works, limit)
    return solved[:count], (rank, values)
