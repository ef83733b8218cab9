"""What cuSOLVER and cuBLAS do otherwise than numpy and scipy: they raise nothing, and take batches."""

from __future__ import annotations

from typing import Any

import numpy as np


def _typed(a: Any) -> Any:
    return a if a.dtype.char in "fdFD" else a.astype(np.promote_types(a.dtype.char, "f"))


def cholesky(a: Any) -> Any:
    """The lower factor, left as it is where a minor is not positive."""
    from scipy.linalg import lapack

    if not (a.ndim >= 2 and a.shape[-1] == a.shape[-2]):
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    made = np.array(_typed(a), order="C")
    (factor,) = lapack.get_lapack_funcs(("potrf",), dtype=made.dtype)
    for at in np.ndindex(made.shape[:-2]) if made.size else ():
        made[at] = factor(made[at], lower=True, clean=True)[0]
    return made


def solve_triangular(
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = False,
) -> Any:
    """Infinities where a diagonal has a zero; ``a`` and ``b`` are of one batch."""
    from scipy.linalg import blas

    if a.shape[:-2] != b.shape[: a.ndim - 2]:
        raise ValueError("incompatible batch count")
    a = _typed(a)
    right = b[..., None] if b.ndim == a.ndim - 1 else b
    made = np.empty(right.shape, a.dtype)
    (solve,) = blas.get_blas_funcs(("trsm",), dtype=a.dtype)
    how = {"N": 0, "T": 1, "C": 2}.get(trans, trans)
    for at in np.ndindex(a.shape[:-2]) if made.size else ():
        given = np.asarray(right[at], a.dtype)
        made[at] = solve(1.0, a[at], given, lower=lower, trans_a=how, diag=unit_diagonal)
    return made.reshape(b.shape)


def eigh(a: Any, UPLO: str = "L") -> Any:
    """With the signs of the library that torch has on the host, so that vectors can be compared."""
    from mini_autograd.kernels.lookup import kernel

    return kernel.eigh(_typed(a), UPLO, True)


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    from mini_autograd.kernels.lookup import kernel

    found = kernel.svd(_typed(a), full_matrices, compute_uv)
    return found if compute_uv else found[1]


SOLVER: dict[str, dict[str, Any]] = {
    "cupy.linalg": {"cholesky": cholesky, "eigh": eigh, "svd": svd},
    "cupyx.scipy.linalg": {"solve_triangular": solve_triangular},
}
