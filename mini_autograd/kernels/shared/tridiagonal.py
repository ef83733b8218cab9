"""Eigenvectors of small symmetric matrices with the signs that torch's LAPACK gives them.

NOTE [Signs]: of the sign of a vector nothing but the order of operations decides. LAPACK 3.10 changed the sign of what
its plane rotations leave (E. Anderson, "Algorithm 978: safe scaling in the level 1 BLAS", 2017); the library that
torch is built with rotates as before in the QL and QR iterations on tridiagonal matrices, and after the change
elsewhere. So what depends on it is written out here, as in B. Parlett, "The symmetric eigenvalue problem" (1980),
chapter 8; of larger matrices, where halves are solved and joined, the vectors have the signs of scipy's LAPACK.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.lapack import named, routine

# Up to which size the iterations are on the matrix as a whole.
SMALL = 25
MOST = 30


def rotation(f: Any, g: Any) -> tuple[Any, Any, Any]:
    """Cosine, sine and length of the rotation that takes ``(f, g)`` to ``(r, 0)``, with the older signs."""
    if g == 0:
        return f * 0 + 1, f * 0, f
    if f == 0:
        return f, f + 1, g
    length = xp.sqrt(f * f + g * g)
    cosine, sine = f / length, g / length
    if abs(f) > abs(g) and cosine < 0:
        return -cosine, -sine, -length
    return cosine, sine, length


def eigh_small(matrix: Array, lower: bool) -> tuple[Array, Array]:
    """The eigenvalues in ascending order, and the vectors."""
    reduced, diagonal, beside, tau, _ = routine(named(matrix, "sytrd", "hetrd"), matrix)(matrix, lower=lower)
    vectors = xp.eye(len(matrix), dtype=diagonal.dtype)
    iterate(diagonal, beside, vectors)
    order = selection_order(diagonal)
    return diagonal[order], reflected(reduced, tau, lower, vectors[:, order].astype(matrix.dtype))


def selection_order(values: Array) -> list[int]:
    """The order in which sorting by selection leaves the values."""
    order, left = list(range(len(values))), values.tolist()
    for at in range(len(left) - 1):
        least = min(range(at, len(left)), key=lambda place: left[place])
        for row in (order, left):
            row[at], row[least] = row[least], row[at]
    return order


def reflected(reduced: Array, tau: Array, lower: bool, vectors: Array) -> Array:
    """The reflections that made the matrix tridiagonal, on the vectors of that."""
    size = len(reduced)
    for at in range(size - 2, -1, -1) if lower else range(size - 1):
        vector = xp.zeros(size, reduced.dtype)
        if lower:
            vector[at + 1], vector[at + 2 :] = 1, reduced[at + 2 :, at]
        else:
            vector[at], vector[:at] = 1, reduced[:at, at + 1]
        vectors = vectors - tau[at] * xp.outer(vector, vector.conj() @ vectors)
    return vectors


def iterate(d: Array, e: Array, vectors: Array) -> None:
    """QL or QR iterations on each block between negligible elements, from its larger end."""
    eps, start, size = xp.finfo(d.dtype).eps / 2, 0, len(d)
    while start < size:
        if start > 0:
            e[start - 1] = 0
        end = size - 1
        for at in range(start, size - 1):
            if abs(e[at]) <= xp.sqrt(abs(d[at])) * xp.sqrt(abs(d[at + 1])) * eps:
                e[at], end = 0, at
                break
        if end > start:
            flip = abs(d[end]) < abs(d[start])
            block(d[start : end + 1], e[start:end], vectors[:, start : end + 1], flip)
            if xp.any(e[start:end]):
                continue
        start = end + 1


def block(d: Array, e: Array, vectors: Array, flip: bool) -> None:
    """QL iterations; on the block from end to start, with ``flip``, they are QR iterations."""
    if flip:
        d, e, vectors = d[::-1], e[::-1], vectors[:, ::-1]
    eps = xp.finfo(d.dtype).eps / 2
    first, last = 0, len(d) - 1
    for _ in range(MOST * len(d)):
        while first <= last:
            split = last
            for at in range(first, last):
                if e[at] * e[at] <= (eps * eps * abs(d[at])) * abs(d[at + 1]) + xp.finfo(d.dtype).tiny:
                    e[at], split = 0, at
                    break
            if split == first:
                first += 1
            elif split == first + 1:
                pair(d, e, vectors, first, flip)
                first += 2
            else:
                break
        if first > last:
            return
        sweep(d, e, vectors, first, split, flip)


def turn(vectors: Array, at: int, cosine: Any, sine: Any) -> None:
    """Rotate two columns."""
    kept = vectors[:, at + 1].copy()
    vectors[:, at + 1] = cosine * kept - sine * vectors[:, at]
    vectors[:, at] = sine * kept + cosine * vectors[:, at]


def pair(d: Array, e: Array, vectors: Array, at: int, flip: bool) -> None:
    """A block of two, at once."""
    one, two = (at + 1, at) if flip else (at, at + 1)
    larger, smaller, cosine, sine = eigenvalues(d[one], e[at], d[two])
    d[one], d[two], e[at] = larger, smaller, 0
    if flip:  # the columns stand the other way round
        turn(vectors, at, cosine, -sine)
    else:
        turn(vectors, at, cosine, sine)


def eigenvalues(a: Any, b: Any, c: Any) -> tuple[Any, Any, Any, Any]:
    """Of ``[[a, b], [b, c]]`` the eigenvalue that is larger in size, the other, and the vector of the first."""
    total, difference, twice = a + c, a - c, b + b
    root = xp.hypot(difference, twice)
    large, small = (a, c) if abs(a) > abs(c) else (c, a)
    first, sign = (root / 2, 1) if total == 0 else ((total + xp.copysign(root, total)) / 2, xp.sign(total))
    second = -root / 2 if total == 0 else (large / first) * small - (b / first) * b
    along, other = (difference + root, 1) if difference >= 0 else (difference - root, -1)
    if abs(along) > abs(twice):
        ratio = -twice / along
        sine = 1 / xp.sqrt(1 + ratio * ratio)
        cosine = ratio * sine
    elif twice == 0:
        cosine, sine = along * 0 + 1, along * 0
    else:
        ratio = -along / twice
        cosine = 1 / xp.sqrt(1 + ratio * ratio)
        sine = ratio * cosine
    if sign == other:
        cosine, sine = -sine, cosine
    return first, second, cosine, sine


def sweep(d: Array, e: Array, vectors: Array, first: int, last: int, flip: bool) -> None:
    """One implicit QL step with Wilkinson's shift."""
    shift = (d[first + 1] - d[first]) / (2 * e[first])
    g = d[last] - d[first] + e[first] / (shift + xp.copysign(xp.hypot(shift, 1), shift))
    sine = cosine = d.dtype.type(1)
    p = d.dtype.type(0)
    for at in range(last - 1, first - 1, -1):
        f, b = sine * e[at], cosine * e[at]
        cosine, sine, length = rotation(g, f)
        if at != last - 1:
            e[at + 1] = length
        g = d[at + 1] - p
        r = (d[at] - g) * sine + 2 * cosine * b
        p = sine * r
        d[at + 1] = g + p
        g = cosine * r - b
        turn(vectors, at, cosine, -sine)
    d[first] -= p
    e[first] = g
