"""Derivatives of determinants, inverses and solutions of systems of equations.

``d det(A) = det(A) tr(A^-1 dA)`` and ``d A^-1 = -A^-1 dA A^-1``: M. Giles, "An extended collection of matrix derivative
results for forward and reverse mode algorithmic differentiation" (2008). Gradients of complex matrices are as in C.
Boeddeker et al., "On the computation of complex-valued gradients with application to statistically optimum
beamforming" (2017): a transpose becomes a conjugate transpose.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.reduction import is_looked_into, product_of_others
from mini_autograd.dtypes import complex128, float64
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F


def adjoint(tensor: Any) -> Any:
    """The conjugate transpose."""
    return F.conj(F.mT(tensor))


def is_recorded() -> bool:
    """Whether the derivative is itself to be differentiated."""
    return bool(modes.current().grad)


# Determinants ---------------------------------------------------------------------------------------------


def det_backward(grad: Any, A: Any, LU: Any, pivots: Any, result: Any) -> Any:
    if not A._array.size:
        return F.empty_like(A)
    if A.shape[-1] == 1:
        return F.expand(F.unsqueeze(F.unsqueeze(grad, -1), -1), A.shape)
    if is_recorded():
        return recorded_det_backward(grad, A, result)
    return scaled_inverse(grad * F.conj(result), A, LU, pivots)


def recorded_det_backward(grad: Any, A: Any, result: Any) -> Any:
    """By a system of equations; by the singular values where its matrix is, or may be, close to a singular one."""
    if not (is_looked_into(A) and is_looked_into(grad)):
        return cofactors(A, grad)
    scaled = scaled_identity(grad * F.conj(result), A)
    singular = F.lt(F.abs(result), 100 * epsilon(A._dtype))
    count = masked(result, singular)._array.size
    if not count:
        return F.linalg_solve(adjoint(A), scaled)
    if count == result._array.size:
        return cofactors(A, grad)
    regular = F.logical_not(singular)
    found = F.empty_like(A)
    at_singular = cofactors(F.index(A, [singular]), F.index(grad, [singular]))
    found = F.index_put_(found, [singular], F.view(at_singular, at_singular.shape))
    of_regular = F.index(scaled, [regular])
    at_regular = F.linalg_solve(adjoint(F.index(A, [regular])), of_regular)
    return F.index_put_(found, [regular], F.view(at_regular, at_regular.shape))


def masked(tensor: Any, mask: Any) -> Any:
    """The elements under a mask, recorded, for their mask is saved; of a tensor without dimensions by their places."""
    if tensor._array.ndim:
        return F.index(tensor, [mask])
    row = F.unsqueeze(tensor, 0)
    return F.index(row, [F._int64_list(row, [0] if mask._array else [])])


def cofactors(A: Any, grad: Any) -> Any:
    """``grad`` times the conjugates of the cofactors: of ``U S Vh`` those of ``S``, which are products of the others.

    See G. W. Stewart, "On the adjugate matrix" (1998): no inverse need exist.
    """
    U, S, Vh = F.linalg_svd(A)
    turn_of_rows = F.linalg_det(Vh)
    turn = F.conj(F.linalg_det(U) * turn_of_rows)
    others = product_of_others(F.unsqueeze(turn * grad, -1), S, S.ndim - 1)
    return U * F.unsqueeze(others, -2) @ Vh


def epsilon(kind: Any) -> float:
    """The distance of 1 and the next number in the parts of ``kind``."""
    return 2.0**-52 if kind in (float64, complex128) else 2.0**-23


def scaled_identity(factor: Any, A: Any) -> Any:
    scaled = F.diag_embed(F.expand(F.unsqueeze(factor, -1), A.shape[:-1]))
    return F.mT(scaled)


def scaled_inverse(factor: Any, A: Any, LU: Any, pivots: Any) -> Any:
    """``factor`` times the conjugate transpose of the inverse; of a singular matrix, of one that is close to it."""
    scaled = scaled_identity(factor, A)
    if is_recorded():
        return F.linalg_solve(adjoint(A), scaled)
    shift = F.where(F.eq(F.diagonal(LU, 0, -2, -1), 0), epsilon(A._dtype), 0.0)
    turned = A._array.flags.c_contiguous and not A.dtype.is_complex
    return F.linalg_lu_solve(LU + F.diag_embed(F.to(shift, LU._dtype)), pivots, scaled, adjoint=not turned)


def det_jvp(A_t: Any, LU: Any, pivots: Any, A: Any, result: Any) -> tuple:
    return trace_of_quotient(A_t, A, LU, pivots) * result, None, None


def trace_of_quotient(A_t: Any, A: Any, LU: Any, pivots: Any) -> Any:
    """``tr(A^-1 dA)``."""
    turned = A._array.flags.c_contiguous and not A.dtype.is_complex
    quotient = F.linalg_lu_solve(LU, pivots, A_t, adjoint=turned)
    return F.sum(F.diagonal(quotient, 0, -2, -1), (-1,))


def slogdet_backward(grads: Any, A: Any, sign: Any, LU: Any, pivots: Any) -> Any:
    """``d log det(A) = tr(A^-1 dA)``, whose imaginary part turns the sign."""
    of_sign, of_logarithm = grads
    if not A.dtype.is_complex:
        if of_logarithm is None:
            return None
        return scaled_inverse(of_logarithm, A, LU, pivots)
    if of_sign is None:
        return scaled_inverse(F.to(of_logarithm, A._dtype), A, LU, pivots)
    turn = F.imag(F.conj(of_sign) * sign)
    if of_logarithm is None:
        return scaled_inverse(F.mul_scalar(turn, -1j), A, LU, pivots)
    return scaled_inverse(of_logarithm - F.mul_scalar(turn, 1j), A, LU, pivots)


def slogdet_jvp(A_t: Any, LU: Any, pivots: Any, A: Any, sign: Any) -> tuple:
    trace = trace_of_quotient(A_t, A, LU, pivots)
    if not A.dtype.is_complex:
        return F.zeros_like(sign), trace, None, None
    return F.mul_scalar(F.to(F.imag(trace), sign._dtype), 1j) * sign, F.real(trace), None, None


# Inverses and solutions -----------------------------------------------------------------------------------


def inv_backward(grad: Any, inverse: Any) -> Any:
    right = grad @ adjoint(inverse)  # NOTE [Order of operands]; each factor has an adjoint of its own
    return F.neg(adjoint(inverse) @ right)


def inv_jvp(self_t: Any, inverse: Any) -> tuple:
    return F.neg(inverse @ self_t @ inverse), None


def is_vector(A: Any, B_shape: tuple) -> bool:
    return len(B_shape) == 1 or (len(B_shape) == A.ndim - 1 and tuple(A.shape[:-1]) == tuple(B_shape))


def solve_backward(grad: Any, A: Any, LU: Any, pivots: Any, left: bool, result: Any, needs: tuple) -> tuple:
    """``B`` has the solution of the system with the conjugate transpose; ``A`` less its product with ``X``."""
    if not any(needs):
        return None, None
    vector = is_vector(A, result.shape)
    given = F.unsqueeze(grad, -1) if vector else grad
    if is_recorded():
        of_b = F.linalg_solve(adjoint(A), given, left=left)
    else:
        of_b = F.linalg_lu_solve(LU, pivots, given, left=left, adjoint=True)
    of_a = None
    if needs[0]:
        solution = F.unsqueeze(result, -1) if vector else result
        of_a = F.neg(of_b @ adjoint(solution) if left else adjoint(solution) @ of_b)
    return of_a, (F.squeeze(of_b, -1) if vector else of_b) if needs[1] else None


def solve_jvp(A_t: Any, B_t: Any, A: Any, LU: Any, pivots: Any, left: bool, result: Any) -> tuple:
    vector = is_vector(A, result.shape)
    solution = F.unsqueeze(result, -1) if vector else result
    change = A_t @ solution if left else solution @ A_t
    rest = (F.unsqueeze(B_t, -1) if vector else B_t) - change
    tangent = F.linalg_lu_solve(LU, pivots, rest, left=left)
    return F.squeeze(tangent, -1) if vector else tangent, None, None, None


def half_of(tensor: Any, upper: bool, unitriangular: bool) -> Any:
    """The triangle that is read, less the diagonal where that counts as ones."""
    if upper:
        return F.triu(tensor, int(unitriangular))
    return F.tril(tensor, -int(unitriangular))


def solve_triangular_backward(
    grad: Any, self: Any, result: Any, upper: bool, left: bool, unitriangular: bool, needs: tuple
) -> tuple:
    if not any(needs):
        return None, None
    options = {"upper": not upper, "left": left, "unitriangular": unitriangular}
    of_b = F.linalg_solve_triangular(adjoint(self), grad, **options)
    of_a = None
    if needs[0]:
        product = of_b @ adjoint(result) if left else adjoint(result) @ of_b
        of_a = half_of(F.neg(product), upper, unitriangular)
    return of_a, of_b if needs[1] else None


def solve_triangular_jvp(
    self_t: Any, B_t: Any, self: Any, result: Any, upper: bool, left: bool, unitriangular: bool
) -> Any:
    change = half_of(self_t, upper, unitriangular)
    rest = B_t - (change @ result if left else result @ change)
    return F.linalg_solve_triangular(self, rest, upper=upper, left=left, unitriangular=unitriangular)


def triangular_solve_backward(
    grads: Any,
    A: Any,
    self: Any,
    solution: Any,
    upper: bool,
    transpose: bool,
    unitriangular: bool,
    needs: tuple,
) -> tuple:
    """The second result is a copy of ``A``, whose gradient is added."""
    of_solution, of_copy = grads
    of_b, of_a = None, None
    if of_solution is not None:
        of_b = F.triangular_solve(of_solution, F.conj(A), upper, not transpose, unitriangular)[0]
        if needs[1]:
            product = F.conj(solution) @ F.mT(of_b) if transpose else of_b @ adjoint(solution)
            of_a = half_of(F.neg(product), upper, unitriangular)
    if needs[1] and of_copy is not None:
        of_a = of_copy if of_a is None else of_a + of_copy
    return of_b if needs[0] else None, of_a


def triangular_solve_jvp(
    self_t: Any, A_t: Any, A: Any, solution: Any, upper: bool, transpose: bool, unitriangular: bool
) -> tuple:
    """torch takes the tangent as a whole, and as it is."""
    rest = self_t - A_t @ solution
    return F.triangular_solve(rest, A, upper, transpose, unitriangular)[0], A_t


def lu_solve_backward(
    grad: Any, LU: Any, pivots: Any, left: bool, adjoint_: bool, result: Any, needs: tuple
) -> tuple:
    """Of ``P L U X = B``: what reaches ``B`` solves the other system, and each factor takes it beside the rest."""
    if not any(needs):
        return None, None
    of_b = F.linalg_lu_solve(LU, pivots, grad, left=left, adjoint=not adjoint_)
    if not needs[0]:
        return None, of_b
    # X A = B is the system of conjugate transposes.
    one, other = (result, of_b) if left else (adjoint(result), adjoint(of_b))
    of_lu = of_factors(LU, pivots, one, other, adjoint_ if left else not adjoint_)
    return of_lu, of_b if needs[1] else None


def of_factors(LU: Any, pivots: Any, solution: Any, of_b: Any, turned: bool) -> Any:
    permutation, lower, upper = F.lu_unpack(LU, pivots)
    if turned:
        moved = F.mT(permutation) @ solution
        of_upper = F.neg(adjoint(lower) @ moved @ adjoint(of_b))
        of_lower = F.neg(moved @ adjoint(upper @ of_b))
    else:
        moved = F.mT(permutation) @ of_b
        of_lower = F.neg(moved @ adjoint(upper @ solution))
        of_upper = F.neg(adjoint(lower) @ moved @ adjoint(solution))
    return F.tril(of_lower, -1) + F.triu(of_upper)


def lu_solve_jvp(LU_t: Any, B_t: Any, LU: Any, pivots: Any, left: bool, adjoint_: bool, result: Any) -> Any:
    """The solution for what is left of the tangent of ``B``."""
    permutation, lower, upper = F.lu_unpack(LU, pivots)
    change = permutation @ (F.tril(LU_t, -1) @ upper + lower @ F.triu(LU_t))
    change = adjoint(change) if adjoint_ else change
    rest = B_t - (change @ result if left else result @ change)
    return F.linalg_lu_solve(LU, pivots, rest, left=left, adjoint=adjoint_)


# Least squares --------------------------------------------------------------------------------------------


def lstsq_backward(grads: Any, self: Any, b: Any, solution: Any, needs: tuple) -> tuple:
    """By the pseudoinverse, which times ``b`` is the solution; the residuals are sums of squares of ``b - A X``."""
    of_solution, of_residuals = grads[0], grads[1]
    if not any(needs) or (of_solution is None and of_residuals is None):
        return None, None
    vector = is_vector(self, b.shape)
    right = F.unsqueeze(b, -1) if vector else b
    of_a = of_b = None
    if of_solution is not None:
        given = F.unsqueeze(of_solution, -1) if vector else of_solution
        inverse = F.linalg_pinv(self)
        if needs[0]:
            of_a = pinv_backward(given @ adjoint(right), inverse, self)
        if needs[1]:
            of_b = adjoint(inverse) @ given
    if of_residuals is not None and of_residuals._array.size:
        found = F.unsqueeze(solution, -1) if vector else solution
        rest = F.mul_scalar(right - self @ found, 2) * F.unsqueeze(of_residuals, -2)
        more = F.neg(rest @ adjoint(found))
        of_a = more if of_a is None else of_a + more
        of_b = rest if of_b is None else of_b + rest
    if vector and of_b is not None:
        of_b = F.squeeze(of_b, -1)
    return of_a if needs[0] else None, of_b if needs[1] else None


def lstsq_jvp(self_t: Any, b_t: Any, self: Any, b: Any, solution: Any, residuals: Any) -> tuple:
    vector = is_vector(self, b.shape)
    inverse = F.linalg_pinv(self)
    change = pinv_jvp(self_t, inverse, self)
    right, right_t = (F.unsqueeze(b, -1), F.unsqueeze(b_t, -1)) if vector else (b, b_t)
    tangent = change @ right + inverse @ right_t
    of_residuals = F.zeros_like(residuals)
    if residuals._array.size:
        found = F.unsqueeze(solution, -1) if vector else solution
        rest, rest_t = right - self @ found, right_t - self_t @ found - self @ tangent
        of_residuals = F.mul_scalar(F.sum(F.real(F.conj(rest) * rest_t), (-2,)), 2)
    return F.squeeze(tangent, -1) if vector else tangent, of_residuals, None, None


def pinv_backward(grad: Any, result: Any, self: Any) -> Any:
    """G. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
    variables separate" (1973)."""
    turned, along = adjoint(result), adjoint(grad)
    if self.shape[-2] <= self.shape[-1]:
        middle = along @ result
        beside = middle @ turned
        through = F.neg(adjoint(result @ middle))
        return through + beside - (self @ result) @ beside + (turned @ result) @ (along - middle @ self)
    middle = result @ along
    before = turned @ middle
    through = F.neg(adjoint(middle @ result))
    return through + (along - self @ middle) @ result @ turned + before - (before @ result) @ self


def pinv_jvp(self_t: Any, result: Any, self: Any) -> Any:
    turned, along = adjoint(result), adjoint(self_t)
    through = F.neg(result @ self_t @ result)
    beside = result @ turned @ along
    before = along @ turned @ result
    return through + (beside - (beside @ self) @ result) + (before - result @ (self @ before))
