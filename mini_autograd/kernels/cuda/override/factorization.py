"""Factorizations by cuSOLVER, a batch at once where it can; what failed is read off the factors, on the device."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import backend, matrices, module
from mini_autograd.kernels.cuda.instance import current, shared_kernel
from mini_autograd.kernels.cuda.matrices import allocate, lapack, turned

Array = Any
# The smallest matrix that is worth a call of its own, unless there are many.
_ALONE = 17


def cholesky_ex(self: Array, upper: bool, check_errors: bool = False) -> tuple[Array, Array]:
    made, info = lapack().by_columns(self), allocate(self.shape[:-2], np.int32)
    info[...] = 0
    if made.size:
        linalg = module.device_module().linalg
        made[...] = turned(linalg.cholesky(turned(self))) if upper else linalg.cholesky(self)
        info[...] = matrices.first(~(matrices.diagonal(made).real > 0))
    return made, info


def cholesky_inverse(self: Array, upper: bool) -> Array:
    return (
        current()
        .module("solving")
        .cholesky_solve(lapack().identities(self.shape[:-2], *self.shape[-2:], self.dtype), self, upper)
    )


def lu_factor_ex(A: Array, pivot: bool = True, check_errors: bool = False) -> tuple[Array, Array, Array]:
    batch, (rows, count) = A.shape[:-2], A.shape[-2:]
    made, pivots = lapack().by_columns(A), allocate((*batch, min(rows, count)), np.int32)
    info = allocate(batch, np.int32)
    info[...] = 0
    if made.size:
        factors, exchanged = _factored(A.reshape(-1, rows, count))
        made[...] = factors.reshape(A.shape)
        pivots[...] = exchanged.reshape(pivots.shape) + 1
        info[...] = matrices.first(matrices.diagonal(made) == 0)
    return made, pivots, info


def _factored(batch: Array) -> tuple[Array, Array]:
    """The factors, and the exchanges counted from 0: one matrix after another, or step by step in many at once."""
    number, rows, count = batch.shape
    if min(rows, count) < _ALONE or number > min(rows, count):
        factors, exchanged, _ = current().module("elimination").eliminate(batch)
        return factors, exchanged
    library = backend.load()
    assert library is not None
    factor = library.modules["scipy.linalg"].lu_factor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a pivot that is 0, which torch says nothing of
        pairs = [factor(batch[at], check_finite=False) for at in range(number)]
    return library.xp.stack([pair[0] for pair in pairs]), library.xp.stack([pair[1] for pair in pairs])


def lu_unpack(LU_data: Array, LU_pivots: Array, unpack_data: bool, unpack_pivots: bool) -> tuple[Array, ...]:
    lower, upper, permutation = shared_kernel("factorization", "lu_unpack")(
        LU_data, LU_pivots, unpack_data, False
    )
    if unpack_pivots:
        xp = module.device_module()
        rows = LU_data.shape[-2]
        permutation = allocate((*LU_pivots.shape[:-1], rows, rows), LU_data.dtype)
        order = matrices.order_of_rows(LU_pivots, rows)
        permutation[...] = xp.arange(rows)[:, None] == order[..., None, :]
    return lower, upper, permutation


def geqrf(self: Array) -> tuple[Array, Array]:
    made = lapack().by_columns(self)
    tau = allocate((*self.shape[:-2], min(self.shape[-2:])), self.dtype)
    if made.size:
        packed, factors = module.device_module().linalg.qr(self, mode="raw")
        made[...], tau[...] = packed.swapaxes(-1, -2), factors
    return made, tau


def householder_product(input: Array, tau: Array) -> Array:
    made = lapack().by_columns(input)
    if made.size:
        start = lapack().identities(input.shape[:-2], *input.shape[-2:], input.dtype)
        made[...] = matrices.reflected(input, tau, start, False)
    return made


def ormqr(self: Array, input2: Array, input3: Array, left: bool, transpose: bool) -> Array:
    made = lapack().by_columns(input3)
    if made.size and input2.shape[-1]:
        if left:
            made[...] = matrices.reflected(self, input2, input3, transpose)
        else:
            made[...] = turned(matrices.reflected(self, input2, turned(input3), not transpose))
    return made


def qr(A: Array, mode: str) -> tuple[Array, Array]:
    if not A.size:
        return shared_kernel("factorization", "qr")(A, mode)
    found = module.device_module().linalg.qr(A, mode=mode)
    if mode == "r":
        return lapack().nothing(A.dtype), lapack().by_columns(found)
    return lapack().by_columns(found[0]), lapack().by_columns(found[1])
