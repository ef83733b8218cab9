"""Complex eigenvectors of real matrices with the phases that torch's LAPACK gives them.

A vector is turned until its largest element is real; whether that is positive follows from the rotation that does it,
on what the element was before (NOTE [Signs]). What it was is found again from the Schur form, in which back
substitution starts with a real number.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.lapack import complex_of, routine


def eig_real(matrix: Array) -> tuple[Array, Array]:
    """The eigenvalues, of which conjugate pairs stand together, and the vectors."""
    real, imaginary, _, found, _ = routine("geev", matrix)(matrix, compute_vl=0)
    vectors = found.astype(complex_of(found.dtype))
    pairs = xp.flatnonzero(imaginary > 0)
    form = schur_form(matrix) if pairs.size else None
    for at in pairs:
        vector = found[:, at] + 1j * found[:, at + 1]
        vector = vector * phase(vector, imaginary[at], int(at), form)
        vectors[:, at], vectors[:, at + 1] = vector, vector.conj()
    return real + 1j * imaginary, vectors


def schur_form(matrix: Array) -> tuple[Any, ...]:
    """The form of the balanced matrix, its vectors, and what balanced it."""
    balanced, low, high, scale, _ = routine("gebal", matrix)(matrix, permute=1, scale=1)
    form, _, _, _, vectors, _, _ = routine("gees", matrix)(lambda *_: 0, balanced)
    return form, vectors, low, high, scale


def phase(vector: Array, imaginary: Any, at: int, found: Any) -> int:
    """-1 where the vector is to be turned round, else 1."""
    form, vectors, low, high, scale = found
    within = vector.copy()
    for row in (*range(len(vector) - 1, high, -1), *range(low)):
        other = int(scale[row]) - 1
        within[row], within[other] = within[other], within[row]
    within[low : high + 1] /= scale[low : high + 1]
    start = vectors[:, at] @ within
    if start == 0:
        return 1
    ahead = abs(form[at, at + 1]) >= abs(form[at + 1, at])
    sign = 1 if ahead else xp.sign(-imaginary / form[at + 1, at])
    largest = vector[xp.argmax(xp.abs(vector))]
    before = largest * sign * abs(start) / start
    wanted = -1 if abs(before.real) > abs(before.imag) and before.real < 0 else 1
    return wanted if largest.real > 0 else -wanted
