"""Derivatives of factorizations of matrices.

Cholesky: I. Murray, "Differentiation of the Cholesky decomposition" (2016). LU: F. de Hoog, R. Anderssen and M. Lukas,
"Differentiation of matrix functionals using triangular factorization" (2011). QR: S. Walter and L. Lehmann,
"Algorithmic differentiation of linear algebra functions with application in optimum experimental design" (2010), and
for wide matrices D. Roberts and L. Roberts, "QR and LQ decomposition matrix backpropagation algorithms for square,
wide, and deep matrices" (2020).
"""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.solving import adjoint
from mini_autograd.graph.operations import F, options_of


def halved(tensor: Any) -> Any:
    """Half of the elements on the diagonal."""
    return tensor - F.diag_embed(F.mul_scalar(F.diagonal(tensor, 0, -2, -1), 0.5))


def triangular(matrix: Any, right: Any, upper: bool, **options: Any) -> Any:
    return F.linalg_solve_triangular(matrix, right, upper=upper, **options)


# Cholesky -------------------------------------------------------------------------------------------------


def cholesky_backward(grad: Any, upper: bool, L: Any) -> Any:
    """``L^-H Phi(L^H G) L^-1``, made symmetric; of the upper factor by its conjugate transpose."""
    lower, along = (adjoint(L), adjoint(grad)) if upper else (L, grad)
    middle = F.tril(adjoint(lower) @ along)
    middle = F.mul_scalar(middle + adjoint(F.tril(middle, -1)), 0.5)
    half = triangular(adjoint(lower), middle, True)
    return triangular(lower, half, False, left=False)


def cholesky_jvp(self_t: Any, upper: bool, L: Any) -> Any:
    """``L Phi(L^-1 dA L^-H)``."""
    lower = adjoint(L) if upper else L
    middle = triangular(lower, self_t, False)
    middle = triangular(adjoint(lower), middle, True, left=False)
    tangent = lower @ halved(F.tril(middle))
    return adjoint(tangent) if upper else tangent


def cholesky_inverse_backward(grad: Any, self: Any, upper: bool, result: Any) -> Any:
    both = result @ ((grad + adjoint(grad)) @ result)
    return F.neg(self @ both if upper else both @ self)


def cholesky_inverse_jvp(self_t: Any, self: Any, upper: bool, result: Any) -> Any:
    """With the factors in the order in which torch has them."""
    half = result @ adjoint(self_t) @ result @ self if upper else result @ self_t @ result @ adjoint(self)
    return F.neg(half + adjoint(half))


def cholesky_solve_backward(
    grad: Any, self: Any, input2: Any, upper: bool, result: Any, needs: tuple
) -> tuple:
    if not any(needs):
        return None, None
    of_b = F.cholesky_solve(grad, input2, upper)
    of_factor = None
    if needs[1]:
        both = of_b @ adjoint(result)
        both = both + adjoint(both)
        of_factor = F.neg(input2 @ both if upper else both @ input2)
    return of_b if needs[0] else None, of_factor


def cholesky_solve_jvp(self_t: Any, input2_t: Any, input2: Any, upper: bool, result: Any) -> Any:
    change = adjoint(input2_t) @ input2 if upper else input2_t @ adjoint(input2)
    return F.cholesky_solve(self_t - (change + adjoint(change)) @ result, input2, upper)


# With pivots ----------------------------------------------------------------------------------------------


def lu_backward(of_lower: Any, of_upper: Any, permutation: Any, lower: Any, upper: Any) -> Any:
    """The gradient of the matrix, from those of both factors, of which one may be None; in blocks where it is not
    square."""
    rows, count = lower.shape[-2], upper.shape[-1]
    rank = min(rows, count)
    lower1 = F.narrow(lower, -2, 0, rank) if rows > rank else lower
    upper1 = F.narrow(upper, -1, 0, rank) if count > rank else upper
    middle = None
    if of_lower is not None:
        middle = F.tril(adjoint(lower) @ F.tril(of_lower, -1) if rows == rank else
                        adjoint(lower1) @ F.tril(F.narrow(of_lower, -2, 0, rank), -1), -1)  # fmt: skip
    if of_upper is not None:
        of_upper = F.triu(of_upper)
        part = F.narrow(of_upper, -1, 0, rank) if count > rank else of_upper
        above = F.triu(part @ adjoint(upper1))
        middle = above if middle is None else middle + above
    blocks = []
    if count > rank and of_upper is not None:
        of_rest = F.narrow(of_upper, -1, rank, count - rank)
        middle = middle - F.tril(of_rest @ adjoint(F.narrow(upper, -1, rank, count - rank)), -1)
        blocks = [triangular(adjoint(lower1), of_rest, True, unitriangular=True)]
    elif rows > rank and of_lower is not None:
        of_rest = F.narrow(of_lower, -2, rank, rows - rank)
        middle = middle - F.triu(adjoint(F.narrow(lower, -2, rank, rows - rank)) @ of_rest)
        blocks = [triangular(adjoint(upper1), of_rest, False, left=False)]
    first = triangular(adjoint(lower1), middle, True, unitriangular=True)
    first = triangular(adjoint(upper1), first, False, left=False)
    if count > rank:
        rest = blocks[0] if blocks else F.zeros_like(F.narrow(upper, -1, rank, count - rank))
        first = F.cat([first, rest], -1)
    elif rows > rank:
        rest = blocks[0] if blocks else F.zeros_like(F.narrow(lower, -2, rank, rows - rank))
        first = F.cat([first, rest], -2)
    return permutation @ first


def lu_jvp(self_t: Any, permutation: Any, lower: Any, upper: Any) -> tuple:
    """The tangents of both factors."""
    rows, count = lower.shape[-2], upper.shape[-1]
    rank = min(rows, count)
    change = F.mT(permutation) @ self_t
    lower1 = F.narrow(lower, -2, 0, rank) if rows > rank else lower
    upper1 = F.narrow(upper, -1, 0, rank) if count > rank else upper
    first = F.narrow(F.narrow(change, -2, 0, rank), -1, 0, rank)
    middle = triangular(lower1, first, False, unitriangular=True)
    middle = triangular(upper1, middle, True, left=False)
    below, above = F.tril(middle, -1), F.triu(middle)
    of_lower, of_upper = lower1 @ below, above @ upper1
    if count > rank:
        rest = F.narrow(change, -1, rank, count - rank)
        rest = triangular(lower1, rest, False, unitriangular=True)
        of_upper = F.cat([of_upper, rest - below @ F.narrow(upper, -1, rank, count - rank)], -1)
    elif rows > rank:
        rest = F.narrow(change, -2, rank, rows - rank)
        rest = triangular(upper1, rest, True, left=False)
        of_lower = F.cat([of_lower, rest - F.narrow(lower, -2, rank, rows - rank) @ above], -2)
    return of_lower, of_upper


def lu_factor_backward(grad: Any, LU: Any, pivots: Any) -> Any:
    permutation, lower, upper = F.lu_unpack(LU, pivots)
    rank = min(LU.shape[-2:])
    of_lower = F.narrow(grad, -1, 0, rank) if grad.shape[-1] > rank else grad
    of_upper = F.narrow(grad, -2, 0, rank) if grad.shape[-2] > rank else grad
    return lu_backward(of_lower, of_upper, permutation, lower, upper)


def lu_factor_jvp(A_t: Any, LU: Any, pivots: Any) -> tuple:
    permutation, lower, upper = F.lu_unpack(LU, pivots)
    of_lower, of_upper = lu_jvp(A_t, permutation, lower, upper)
    return packed(of_lower, of_upper, *LU.shape[-2:]), None, None


def packed(of_lower: Any, of_upper: Any, rows: int, count: int) -> Any:
    """Both factors in one matrix, without the diagonal of the first; either may be None."""
    rank = min(rows, count)
    below = None if of_lower is None else F.tril(of_lower, -1)
    above = None if of_upper is None else F.triu(of_upper)
    if below is not None and count > rank:
        below = F.cat([below, below.new_zeros((*below.shape[:-1], count - rank))], -1)
    if above is not None and rows > rank:
        above = F.cat([above, above.new_zeros((*above.shape[:-2], rows - rank, count))], -2)
    if below is None or above is None:
        return above if below is None else below
    return below + above


def lu_unpack_backward(grads: Any, rows: int, count: int) -> Any:
    of_lower, of_upper = grads[0], grads[1]
    if of_lower is None and of_upper is None:
        return None
    return packed(of_lower, of_upper, rows, count)


def lu_unpack_jvp(LU_data_t: Any, unpack_data: bool) -> tuple:
    if not unpack_data:
        return None, None, None
    rank = min(LU_data_t.shape[-2:])
    return (
        F.tril(F.narrow(LU_data_t, -1, 0, rank), -1),
        F.triu(F.narrow(LU_data_t, -2, 0, rank)),
        None,
    )


# Orthogonal -----------------------------------------------------------------------------------------------


def qr_backward(grads: Any, mode: str, Q: Any, R: Any) -> Any:
    """``[G_Q + Q copyltu(R G_R^H - G_Q^H Q)] R^-H`` for matrices that are not wide."""
    of_q, of_r = grads
    rows, count = Q.shape[-2], R.shape[-1]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to differentiate through linalg.qr."
        )
    if mode == "complete" and rows > count:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols."
        )
    if of_q is None and of_r is None:
        return None
    if rows >= count:
        return tall_qr_backward(of_q, of_r, Q, R)
    return wide_qr_backward(of_q, of_r, Q, R)


def wide_qr_backward(of_q: Any, of_r: Any, Q: Any, R: Any) -> Any:
    """``Q [G_R + tril(M^H - M) R_1^-H]`` for ``M = G_R R^H - Q^H G_Q``, where ``Q`` is square."""
    size, count = Q.shape[-1], R.shape[-1]
    middle = None if of_r is None else of_r @ adjoint(R)
    if of_q is not None:
        along = adjoint(Q) @ of_q
        middle = F.neg(along) if middle is None else middle - along
    middle = F.neg(middle)
    lower = F.tril(middle - adjoint(middle))
    first = F.narrow(R, -1, 0, size)
    lower = halved(lower) if Q.dtype.is_complex else lower
    square = triangular(adjoint(first), Q @ lower, False, left=False)
    whole = F.cat([square, F.zeros((*square.shape[:-1], count - size), **options_of(Q))], -1)
    return whole if of_r is None else whole + Q @ of_r


def tall_qr_backward(of_q: Any, of_r: Any, Q: Any, R: Any) -> Any:
    middle = None
    if of_r is not None:
        middle = R @ adjoint(of_r)
    if of_q is not None:
        along = adjoint(of_q) @ Q
        middle = F.neg(along) if middle is None else middle - along
    # The lower triangle is what its conjugate transpose is made of, with a real diagonal.
    lower = F.tril(middle, -1)
    whole = lower + adjoint(lower)
    whole = whole + F.diag_embed(F.to(F.real(F.diagonal(middle, 0, -2, -1)), Q._dtype))
    total = Q @ whole
    if of_q is not None:
        total = of_q + total
    return triangular(adjoint(R), total, False, left=False)


def qr_jvp(A_t: Any, mode: str, Q: Any, R: Any) -> tuple:
    """``dR = sym(X) R`` and ``dQ = dA R^-1 - Q sym(X)`` for ``X = Q^H dA R^-1``."""
    rows, count = Q.shape[-2], R.shape[-1]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to differentiate through linalg.qr."
        )
    if mode == "complete" and rows > count:
        raise RuntimeError(
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols."
        )
    size = Q.shape[-1]
    first = F.narrow(R, -1, 0, size) if count > size else R
    change = F.narrow(A_t, -1, 0, size) if count > size else A_t
    quotient = triangular(first, change, True, left=False)
    middle = adjoint(Q) @ quotient
    lower = F.tril(middle, -1)
    above = F.triu(middle, 1) + adjoint(lower)
    above = above + F.diag_embed(F.to(F.real(F.diagonal(middle, 0, -2, -1)), Q._dtype))
    of_q = quotient - Q @ above
    of_r = above @ first if count == size else adjoint(Q) @ (A_t - of_q @ R)
    return of_q, of_r


def reflected(vector: Any, tau: Any, matrix: Any) -> Any:
    """``(I - tau v v^H) M``."""
    return matrix - tau * (vector @ (adjoint(vector) @ matrix))


def reflections(input: Any, tau: Any) -> list[tuple[Any, Any]]:
    """The vectors, which begin with 1 on the diagonal of ``input``, and the factors, as matrices of one element."""
    lower = F.tril(input, -1)
    size = tau.shape[-1]
    ones = F.tril(F.triu(F.fill_(F.empty_like(input), 1)))
    whole = lower + ones
    return [(F.narrow(whole, -1, at, 1), F.unsqueeze(F.narrow(tau, -1, at, 1), -1)) for at in range(size)]


def householder_product_backward(grad: Any, input: Any, tau: Any) -> tuple:
    """By the product rule, reflection after reflection: what lies left of each is undone on the gradient, what lies
    right of it is kept from a pass in the other direction."""
    pairs = reflections(input, tau)
    if not input._array.size or not pairs:
        return None, None
    right = F.tril(F.triu(F.fill_(F.empty_like(grad), 1)))
    rights = []
    for vector, factor in reversed(pairs):
        rights.append(right)
        right = reflected(vector, factor, right)
    of_input, of_tau = F.zeros_like(input), F.zeros_like(tau)
    for at, (vector, factor) in enumerate(pairs):
        right = rights.pop()
        along, beside = grad @ (adjoint(right) @ vector), right @ (adjoint(grad) @ vector)
        change = F.neg(F.conj(factor) * along + factor * beside)
        F.copy_(F.select(of_input, -1, at), F.squeeze(change, -1))
        F.copy_(F.select(of_tau, -1, at), F.squeeze(F.squeeze(F.neg(adjoint(vector) @ along), -1), -1))
        grad = reflected(vector, F.conj(factor), grad)
    return F.tril_(of_input, -1), of_tau


def householder_product_jvp(input_t: Any, tau_t: Any, input: Any, tau: Any) -> Any:
    pairs = reflections(input, tau)
    right = F.tril(F.triu(F.fill_(F.empty_like(input), 1)))
    total = F.zeros_like(right)
    changes = F.tril(input_t, -1)
    for at in range(len(pairs) - 1, -1, -1):
        vector, factor = pairs[at]
        change = F.narrow(changes, -1, at, 1)
        of_factor = F.unsqueeze(F.narrow(tau_t, -1, at, 1), -1)
        along = adjoint(vector) @ right
        step = of_factor * (vector @ along) + factor * (change @ along + vector @ (adjoint(change) @ right))
        total = reflected(vector, factor, total) - step
        right = reflected(vector, factor, right)
    return total


def ormqr_backward(
    grad: Any, self: Any, input2: Any, input3: Any, left: bool, transpose: bool, needs: tuple
) -> tuple:
    """The reflections take the gradient of the product that they stand for."""
    of_self = of_tau = of_other = None
    if needs[0] or needs[1]:
        whole = grad @ adjoint(input3) if left else adjoint(input3) @ grad
        if transpose:
            whole = adjoint(whole)
        of_self, of_tau = householder_product_backward(whole, self, input2)
    if needs[2]:
        of_other = F.ormqr(self, input2, grad, left, not transpose)
    return of_self if needs[0] else None, of_tau if needs[1] else None, of_other
