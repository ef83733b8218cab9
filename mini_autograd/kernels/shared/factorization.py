"""Factorizations of matrices: triangular, by Cholesky and with pivots, symmetric indefinite, and orthogonal."""

from __future__ import annotations

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.elimination import eliminate, is_small
from mini_autograd.kernels.shared.lapack import (
    INT,
    adjoint,
    by_columns,
    by_rows,
    columns,
    each,
    named,
    nothing,
    report,
    routine,
)
from mini_autograd.kernels.shared.memory import allocate

# Cholesky -------------------------------------------------------------------------------------------------


def cholesky_ex(self: Array, upper: bool, check_errors: bool = False) -> tuple[Array, Array]:
    """The factor, of the triangle that is read alone, and the order of the first minor that is not positive; 0 for
    none."""
    made = by_columns(self)
    info = allocate(self.shape[:-2], INT)
    info[...] = 0
    if made.size:
        factor = routine("potrf", self)
        for at in each(self.shape[:-2]):
            made[at], info[at] = factor(self[at], lower=not upper, clean=True)
    return made, info


def cholesky(self: Array, upper: bool) -> Array:
    made, info = cholesky_ex(self, upper)
    report(info, "linalg.cholesky")
    return made if made.size else by_rows(made)


def cholesky_inverse(self: Array, upper: bool) -> Array:
    """The inverse of the matrix that ``self`` is a factor of."""
    made = by_columns(self)
    if made.size:
        invert = routine("potri", self)
        for at in each(self.shape[:-2]):
            part = invert(self[at], lower=not upper)[0]
            half = xp.triu(part, 1) if upper else xp.tril(part, -1)
            made[at] = half + adjoint(half) + xp.diag(xp.diagonal(part))
    return made


# With pivots ----------------------------------------------------------------------------------------------


def lu_factor_ex(A: Array, pivot: bool = True, check_errors: bool = False) -> tuple[Array, Array, Array]:
    """Both factors in one matrix, the row that each row was exchanged with, counted from 1, and the first pivot that
    is 0."""
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    made, pivots, info = by_columns(A), allocate((*batch, min(rows, count)), INT), allocate(batch, INT)
    info[...] = 0
    if made.size and is_small(A):
        factors, exchanged, failed = eliminate(A.reshape(-1, rows, count))
        made[...], info[...] = factors.reshape(A.shape), failed.reshape(batch)
        pivots[...] = exchanged.reshape(pivots.shape) + 1
    elif made.size:
        factor = routine("getrf", A)
        for at in each(batch):
            made[at], exchanged, info[at] = factor(A[at])
            pivots[at] = exchanged + 1
    return made, pivots, info


def lu_unpack(
    LU_data: Array, LU_pivots: Array, unpack_data: bool, unpack_pivots: bool
) -> tuple[Array, Array, Array]:
    """The triangular factors and the permutation, the latter last; empty where they are not asked for."""
    rows, count = LU_data.shape[-2:]
    rank = min(rows, count)
    lower, upper, permutation = (nothing(LU_data.dtype) for _ in range(3))
    if unpack_data:
        lower = by_rows(xp.tril(LU_data[..., :rank], -1))
        lower[..., xp.arange(rank), xp.arange(rank)] = 1
        upper = by_rows(xp.triu(LU_data[..., :rank, :]))
    if unpack_pivots:
        permutation = allocate((*LU_pivots.shape[:-1], rows, rows), LU_data.dtype)
        permutation[...] = 0
        for at in each(LU_pivots.shape[:-1]) if permutation.size else ():
            permutation[at][order_of(LU_pivots[at], rows), xp.arange(rows)] = 1
    return lower, upper, permutation


def lu(A: Array, pivot: bool = True) -> tuple[Array, Array, Array]:
    """The triangular factors and the permutation."""
    factors, pivots, _ = lu_factor_ex(A)
    return lu_unpack(factors, pivots, True, True)


def order_of(pivots: Array, rows: int) -> list[int]:
    """The order in which exchanges, counted from 1, leave the rows."""
    order = list(range(rows))
    for at, other in enumerate(pivots.tolist()):
        order[at], order[other - 1] = order[other - 1], order[at]
    return order


# Symmetric indefinite ------------------------------------------------------------------------------------


def ldl_factor_ex(self: Array, hermitian: bool, check_errors: bool = False) -> tuple[Array, Array, Array]:
    """The factors in one matrix, LAPACK's pivots, which are negative for blocks of two, and the first block that is 0;
    of complex matrices that are symmetric, or Hermitian."""
    batch = self.shape[:-2]
    made, pivots, info = by_columns(self), allocate(self.shape[:-1], INT), allocate(batch, INT)
    info[...] = 0
    if made.size:
        name = named(self, "sytrf", "hetrf" if hermitian else "sytrf")
        factor, size = routine(name, self), routine(f"{name}_lwork", self)
        work = int(size(self.shape[-1], lower=True)[0].real)
        for at in each(batch):
            factored, exchanged, info[at] = factor(self[at], lower=True, lwork=work)
            made[at], pivots[at] = xp.tril(factored), exchanged
    return made, pivots, info


# Orthogonal -----------------------------------------------------------------------------------------------


def geqrf(self: Array) -> tuple[Array, Array]:
    """The reflections that leave an upper triangle, below it, and their factors."""
    batch, (rows, count) = self.shape[:-2], self.shape[-2:]
    made, tau = by_columns(self), allocate((*batch, min(rows, count)), self.dtype)
    if made.size:
        factor = routine("geqrf", self)
        for at in each(batch):
            made[at], tau[at], _, _ = factor(self[at])
    return made, tau


def qr(A: Array, mode: str) -> tuple[Array, Array]:
    """``mode``: as many columns as the matrix has rank at most, "complete" for all, "r" for the triangle alone."""
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    rank = min(rows, count)
    reflections, tau = geqrf(A)
    wide = rows if mode == "complete" else rank
    triangle = columns(batch, wide if mode != "r" else rank, count, A.dtype)
    triangle[...] = xp.triu(reflections[..., : triangle.shape[-2], :])
    if mode == "r":
        return nothing(A.dtype), triangle
    start = columns(batch, rows, wide, A.dtype)
    start[...] = 0
    start[..., :rank] = reflections[..., :rank]
    if not rank and wide:
        start[...] = xp.eye(rows, wide, dtype=A.dtype)
        return start, triangle
    return householder_product(start, tau), triangle


def householder_product(input: Array, tau: Array) -> Array:
    """The first columns of the product of reflections, of which ``input`` has the vectors below its diagonal."""
    batch = input.shape[:-2]
    made = by_columns(input)
    if made.size and not tau.shape[-1]:
        made[...] = xp.eye(*input.shape[-2:], dtype=input.dtype)
    elif made.size:
        generate = routine(named(input, "orgqr", "ungqr"), input)
        for at in each(batch):
            made[at] = generate(input[at], tau[at])[0]
    return made


def ormqr(self: Array, input2: Array, input3: Array, left: bool, transpose: bool) -> Array:
    """``input3`` times the product of reflections, or its conjugate transpose, from the left or the right."""
    batch = input3.shape[:-2]
    made = by_columns(input3)
    if made.size and input2.shape[-1]:
        multiply = routine(named(self, "ormqr", "unmqr"), self)
        flag = named(self, "T", "C") if transpose else "N"
        side = "L" if left else "R"
        vectors = self[..., : input2.shape[-1]]
        for at in each(batch):
            given = (side, flag, vectors[at], input2[at], input3[at])
            size = int(multiply(*given, -1)[1][0].real)
            made[at] = multiply(*given, size)[0]
    return made
