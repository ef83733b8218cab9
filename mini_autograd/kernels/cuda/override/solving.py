"""Solutions of systems of equations by triangular ones, which cuBLAS solves for a batch at once."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import matrices, module
from mini_autograd.kernels.cuda.matrices import lapack, solved, turned

Array = Any


def _together(factors: Array, right: Array) -> tuple[Array, Array]:
    """Both for each place of the batch that they have together."""
    batch = module.device_module().broadcast_shapes(factors.shape[:-2], right.shape[:-2])
    return lapack().broadcast_batch(factors, batch), lapack().broadcast_batch(right, batch)


def solve_triangular(
    self: Array, B: Array, upper: bool, left: bool, unitriangular: bool, transpose: bool = False
) -> Array:
    factors, right = _together(self, B)
    made = lapack().columns(right.shape[:-2], *right.shape[-2:], B.dtype)
    if not made.size:
        return made
    if left:
        made[...] = solved(factors, right, not upper, unitriangular, "T" if transpose else "N")
    else:
        given = right.swapaxes(-1, -2)
        made[...] = solved(factors, given, not upper, unitriangular, "N" if transpose else "T").swapaxes(
            -1, -2
        )
    return made


def linalg_lu_solve(LU: Array, pivots: Array, B: Array, left: bool = True, adjoint: bool = False) -> Array:
    factors, right = _together(LU, B)
    batch = right.shape[:-2]
    made = (
        lapack().columns(batch, *right.shape[-2:], B.dtype)
        if left
        else matrices.allocate((*batch, *right.shape[-2:]), B.dtype)
    )
    if made.size:
        xp = module.device_module()
        order = matrices.order_of_rows(pivots, LU.shape[-2])
        order = xp.broadcast_to(order, (*batch, order.shape[-1]))
        if left:
            made[...] = _solve(factors, order, right, adjoint)
        else:
            made[...] = turned(_solve(factors, order, turned(right), not adjoint))
    return made


def _solve(factors: Array, order: Array, right: Array, adjoint: bool) -> Array:
    """From the left, by the two factors and the exchanged rows."""
    xp = module.device_module()
    if not adjoint:
        given = xp.take_along_axis(right, order[..., None], -2)
        return solved(factors, solved(factors, given, True, True), False)
    found = solved(factors, solved(factors, right, False, False, "C"), True, True, "C")
    return xp.take_along_axis(found, order.argsort(-1)[..., None], -2)


def cholesky_solve(self: Array, input2: Array, upper: bool) -> Array:
    factors, right = _together(input2, self)
    made = lapack().columns(right.shape[:-2], *right.shape[-2:], self.dtype)
    if made.size:
        first, second = ("C", "N") if upper else ("N", "C")
        made[...] = solved(factors, solved(factors, right, not upper, trans=first), not upper, trans=second)
    return made
