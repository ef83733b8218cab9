"""Calls of LAPACK on each matrix of a batch, and results laid out column by column, as it writes them.

The routines are those that torch calls, so that signs and phases come out alike; see the LAPACK Users' Guide (Anderson
et al., 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mini_autograd import errors
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import allocate

INT = xp.dtype(xp.int32)


def routine(name: str, array: Array) -> Any:
    """The routine for elements such as those of ``array``; scipy is imported when the first one is asked for."""
    from scipy.linalg import lapack

    return lapack.get_lapack_funcs(name, dtype=array.dtype)


def named(array: Array, real: str, complex: str) -> str:
    """The name that a routine has for the elements of ``array``."""
    return complex if array.dtype.kind == "c" else real


def columns(batch: tuple[int, ...], rows: int, count: int, dtype: Any) -> Array:
    """Matrices that are yet to be filled, which lie in memory column by column."""
    return allocate((*batch, count, rows), xp.dtype(dtype)).swapaxes(-1, -2)


def by_columns(array: Array) -> Array:
    """A copy whose matrices lie column by column."""
    copy = columns(array.shape[:-2], array.shape[-2], array.shape[-1], array.dtype)
    copy[...] = array
    return copy


def nothing(dtype: Any) -> Array:
    """What is returned in the place of something that was not asked for."""
    return allocate((0,), xp.dtype(dtype))


def by_rows(array: Array, dtype: Any = None) -> Array:
    """A copy row by row, with torch's strides where it is empty."""
    copy = allocate(array.shape, xp.dtype(array.dtype if dtype is None else dtype))
    copy[...] = array
    return copy


def identities(batch: tuple[int, ...], rows: int, count: int, dtype: Any) -> Array:
    """Matrices with ones on the diagonal, column by column."""
    made = columns(batch, rows, count, dtype)
    made[...] = xp.eye(rows, count, dtype=dtype)
    return made


def real_of(dtype: Any) -> Any:
    """The dtype of magnitudes."""
    return xp.zeros((), dtype).real.dtype


def complex_of(dtype: Any) -> Any:
    return xp.result_type(dtype, xp.complex64)


def adjoint(array: Array) -> Array:
    """The conjugate transposes."""
    return xp.conj(array.swapaxes(-1, -2))


def each(batch: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The place of every matrix of a batch."""
    return xp.ndindex(*batch)


def broadcast_batch(array: Array, batch: tuple[int, ...]) -> Array:
    """The matrices of ``array`` for each place of a batch."""
    return xp.broadcast_to(array, (*batch, *array.shape[-2:]))


def solve_each(solve: Callable[..., Any], result: Array, *operands: Array) -> Array:
    """Fill the matrices of ``result`` from those of ``operands``; what is empty stays as it is."""
    if result.size:
        for at in each(result.shape[:-2]):
            result[at] = solve(*[one[at] for one in operands])
    return result


def report(info: Array, name: str) -> None:
    """Raise what the first matrix of a batch that failed says of itself."""
    failed = xp.flatnonzero(info)
    if failed.size:
        number = int(info.reshape(-1)[failed[0]])
        raise errors.of_matrix(name, number, int(failed[0]) if info.ndim else None)
