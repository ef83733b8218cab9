"""Derivatives of eigenvalues and singular values, their vectors, and the exponential.

M. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic differentiation"
(2008); of complex vectors, which are unique but for a phase, C. Boeddeker et al., "On the computation of complex-valued
gradients with application to statistically optimum beamforming" (2017); of singular vectors J. Townsend,
"Differentiating the singular value decomposition" (2016); of functions of matrices R. Mathias, "A chain rule for matrix
functions and applications" (1996).
"""

from __future__ import annotations

from typing import Any

from mini_autograd.backward.solving import adjoint
from mini_autograd.graph.operations import F, options_of


def diagonal(tensor: Any) -> Any:
    return F.diagonal(tensor, 0, -2, -1)


def gaps(values: Any) -> Any:
    """How far each value is above each other, ``E_ij = v_j - v_i``, with ones on the diagonal."""
    distances = F.unsqueeze(values, -2) - F.unsqueeze(values, -1)
    F.fill_(F.diagonal(distances, 0, -2, -1), 1.0)
    return distances


def check_phase(name: str, diagonal: Any, tail: str) -> None:
    """RuntimeError where a gradient tells phases of eigenvectors apart, which are arbitrary."""
    if not bool(F.all(F.le(F.abs(F.imag(diagonal)), 1e-2))):
        raise RuntimeError(f"{name}: {tail}")


EIGENVECTORS = (
    "The eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function "
    "depends on this quantity, so it is ill-defined."
)
SINGULAR_VECTORS = (
    "The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss "
    "function depends on this phase term, making it ill-defined."
)

# Eigenvalues ----------------------------------------------------------------------------------------------


def eigh_backward(grads: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    """``V (diag(g) + skew(V^H G) / 2 E) V^H``."""
    of_values, of_vectors = grads
    vectors = eigenvectors
    if of_values is None and of_vectors is None:
        return None
    if of_vectors is None:
        turned = adjoint(vectors)  # NOTE [Order of operands] in arithmetic
        return (vectors * F.unsqueeze(of_values, -2)) @ turned
    middle = adjoint(vectors) @ of_vectors
    if vectors.dtype.is_complex:
        check_phase("linalg_eigh_backward", diagonal(middle), EIGENVECTORS)
    middle = F.mul_scalar(middle - adjoint(middle), 0.5) / gaps(eigenvalues)
    if of_values is not None:
        F.copy_(diagonal(middle), of_values)
    return vectors @ (middle @ adjoint(vectors))


def like_values(of_values: Any, middle: Any) -> Any:
    """The gradient of eigenvalues as a diagonal of ``middle``, zeros for none."""
    if of_values is None:
        return F.zeros_like(diagonal(middle))
    return F.to(of_values, middle._dtype)


def eigh_jvp(A_t: Any, eigenvalues: Any, eigenvectors: Any) -> tuple:
    vectors = eigenvectors
    middle = adjoint(vectors) @ A_t @ vectors
    of_values = F.real(diagonal(middle))
    inner = middle / gaps(eigenvalues)
    inner = F.diagonal_scatter(inner, F.zeros_like(diagonal(inner)), 0, -2, -1)
    return of_values, vectors @ inner


def eig_backward(grads: Any, self: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    """``V^-H (diag(g) + (V^H G - V^H V Re(diag(V^H G))) / E*) V^H``: vectors keep the length 1."""
    of_values, of_vectors = grads
    vectors = eigenvectors
    turned = adjoint(vectors)
    if of_values is None and of_vectors is None:
        return None
    if of_vectors is None:
        return F.linalg_solve(turned, F.unsqueeze(of_values, -1) * turned)
    along = turned @ of_vectors
    part = diagonal(along)
    check_phase("linalg_eig_backward", part, EIGENVECTORS)
    inner = along - (turned @ vectors) * F.unsqueeze(F.real(part), -2)
    inner = inner / F.conj(gaps(eigenvalues))
    inner = F.diagonal_scatter(inner, like_values(of_values, inner), 0, -2, -1)
    return F.linalg_solve(turned, inner @ turned)


def eig_jvp(self_t: Any, eigenvalues: Any, eigenvectors: Any) -> tuple:
    vectors = eigenvectors
    middle = F.linalg_solve(vectors, F.to(self_t, vectors._dtype) @ vectors)
    of_values = diagonal(middle)
    inner = middle / gaps(eigenvalues)
    inner = F.diagonal_scatter(inner, F.zeros_like(of_values), 0, -2, -1)
    change = vectors @ inner
    length = F.real(diagonal(adjoint(vectors) @ change))
    return of_values, change - vectors * F.unsqueeze(length, -2)


# Singular values ------------------------------------------------------------------------------------------


def svd_backward(grads: Any, full_matrices: bool, U: Any, S: Any, Vh: Any, rank: int) -> Any:
    """Of the vectors that belong to no singular value the gradient is not looked at."""
    of_u, of_s, of_vh = grads
    if of_u is of_s is of_vh is None:
        return None
    if full_matrices:
        U, Vh = F.narrow(U, -1, 0, rank), F.narrow(Vh, -2, 0, rank)
        of_u = None if of_u is None else F.narrow(of_u, -1, 0, rank)
        of_vh = None if of_vh is None else F.narrow(of_vh, -2, 0, rank)
    rows, count = U.shape[-2], Vh.shape[-1]
    if of_u is None and of_vh is None:
        if rows >= count:
            return U @ (F.unsqueeze(of_s, -1) * Vh)
        return (U * F.unsqueeze(of_s, -2)) @ Vh
    along_u = None if of_u is None else skew(adjoint(U) @ of_u)
    along_v = None if of_vh is None else skew(Vh @ adjoint(of_vh))
    if U.dtype.is_complex:
        both = [diagonal(one) for one in (along_u, along_v) if one is not None]
        check_phase(
            "svd_backward",
            F.mul_scalar(both[0] if len(both) == 1 else both[0] + both[1], 0.5),
            SINGULAR_VECTORS,
        )
    squares = gaps(S * S)
    inner = None
    if along_u is not None:
        inner = (along_u / squares) * F.unsqueeze(S, -2)
    if along_v is not None:
        other = F.unsqueeze(S, -1) * (along_v / squares)
        inner = other if inner is None else inner + other
    middle = F.diagonal_scatter(inner, of_diagonal(of_s, along_u, along_v, S), 0, -2, -1)
    return around(middle, of_u, of_vh, U, S, Vh, rows > rank, count > rank)


def skew(tensor: Any) -> Any:
    return tensor - adjoint(tensor)


def of_diagonal(of_s: Any, along_u: Any, along_v: Any, S: Any) -> Any:
    """What reaches the diagonal: the gradients of the singular values, and of the phase that ``U`` has beside ``V``."""
    kind = (along_u if along_v is None else along_v)._dtype
    total = F.zeros_like(S) if of_s is None else of_s
    total = F.to(total, kind)
    if kind.is_complex and along_u is not None:
        total = total + diagonal(along_u) / F.mul_scalar(S, 2)
    return total


def around(middle: Any, of_u: Any, of_vh: Any, U: Any, S: Any, Vh: Any, tall: bool, wide: bool) -> Any:
    """``U middle V^H``, and beside it what leads out of the spaces that the vectors span."""
    if tall and of_u is not None:
        scaled = of_u / F.unsqueeze(S, -2)
        first = U @ middle + (scaled - U @ (adjoint(U) @ scaled))
        total = first @ Vh
        if wide and of_vh is not None:
            total = total + U @ outside(of_vh, S, Vh)
        return total
    if wide and of_vh is not None:
        return U @ (middle @ Vh + outside(of_vh, S, Vh))
    return U @ middle @ Vh


def outside(of_vh: Any, S: Any, Vh: Any) -> Any:
    scaled = of_vh / F.unsqueeze(S, -1)
    return scaled - (scaled @ adjoint(Vh)) @ Vh


def svd_jvp(A_t: Any, full_matrices: bool, U: Any, S: Any, Vh: Any) -> tuple:
    rank = S.shape[-1]
    rows, count = A_t.shape[-2:]
    if full_matrices and rows != count:
        left, right = F.narrow(U, -1, 0, rank), F.narrow(Vh, -2, 0, rank)
    else:
        left, right = U, Vh
    middle = adjoint(left) @ A_t @ adjoint(right)
    of_s = F.real(diagonal(middle))
    squares = gaps(S * S)
    row, column = F.unsqueeze(S, -2), F.unsqueeze(S, -1)
    turned = adjoint(middle)
    turn_u = (middle * row + column * turned) / squares
    turn_v = (column * middle + turned * row) / squares
    phase = F.zeros_like(diagonal(turn_u))
    if A_t.dtype.is_complex:
        phase = F.mul_scalar(F.to(F.imag(diagonal(middle)) / F.mul_scalar(S, 2), A_t._dtype), 1j)
    turn_u = F.diagonal_scatter(turn_u, phase, 0, -2, -1)
    turn_v = F.diagonal_scatter(turn_v, F.neg(phase), 0, -2, -1)
    of_u, of_vh = left @ turn_u, F.neg(turn_v @ right)
    of_vh = adjoint(turn_v) @ right
    if rows > rank:
        scaled = (A_t @ adjoint(right)) / row
        of_u = of_u + scaled - left @ (adjoint(left) @ scaled)
    if count > rank:
        scaled = (adjoint(left) @ A_t) / column
        of_vh = of_vh + scaled - (scaled @ adjoint(right)) @ right
    if full_matrices and rows > rank:
        rest = F.narrow(U, -1, rank, rows - rank)
        of_u = F.cat([of_u, F.neg(left @ (adjoint(of_u) @ rest))], -1)
    if full_matrices and count > rank:
        rest = F.narrow(Vh, -2, rank, count - rank)
        of_vh = F.cat([of_vh, F.neg((rest @ adjoint(of_vh)) @ right)], -2)
    return of_u, of_s, of_vh


# The exponential ------------------------------------------------------------------------------------------


def matrix_exp_jvp(self_t: Any, self: Any) -> Any:
    """The upper right block of the exponential of ``[[A, dA], [0, A]]``."""
    size = self.shape[-1]
    whole = F.zeros((*self.shape[:-2], 2 * size, 2 * size), **options_of(self))
    for rows, columns, block in ((0, 0, self), (size, size, self), (0, size, self_t)):
        F.copy_(F.narrow(F.narrow(whole, -2, rows, size), -1, columns, size), block)
    return F.narrow(F.narrow(F.linalg_matrix_exp(whole), -2, 0, size), -1, size, size)


def matrix_exp_backward(grad: Any, self: Any) -> Any:
    return matrix_exp_jvp(grad, adjoint(self))
