"""Determinants, inverses, and solutions of systems of equations; what stands for them under older names."""

from mini_autograd import dtypes
from mini_autograd.backward import solving as backward
from mini_autograd.backward.arithmetic import no_tangent, not_implemented
from mini_autograd.dtypes import INT as INTEGERS
from mini_autograd.dtypes import dtype
from mini_autograd.graph.operations import F
from mini_autograd.kernels.by_array import report
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.view import position
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.matrices import (
    check_floating,
    check_matrices,
    check_same_dtype,
    check_square,
    check_system,
    square,
)
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import HALF, only, unimplemented
from mini_autograd.warning import warn_replaced

# fmt: off

INT = dtypes.int32
linalg = family(variants="linalg")
internal = family(variants="internal")
lu_types = only(same, unimplemented("lu_cpu", HALF))


def composite(schema, function, variants="linalg"):
    """A composition of other ops, whose several results are returned by their names."""
    made = op(schema, composite=lambda *args: made.bundle(function(*args)) if made.n_outputs > 1 else function(*args),
        variants=variants)


# -- Determinants ----------------------------------------------------------------------------------------------

internal("_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)", kernel.det, dtype=lu_types, derived=1,
    result=(None, None, INT), check=square("linalg.det"), jvp=backward.det_jvp,
    A = lambda grad, A, LU, pivots, result: backward.det_backward(grad, A, LU, pivots, result))
internal("_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)", kernel.slogdet,
    derived=2, result=(None, dtype.to_real, None, INT), check=square("linalg.slogdet", low_precision=False),
    jvp=backward.slogdet_jvp,
    A = lambda grads, A, sign, LU, pivots: backward.slogdet_backward(grads, A, sign, LU, pivots))

composite("linalg_det(Tensor A) -> Tensor", lambda A: F._linalg_det(A)[0])
composite("linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)", lambda A: F._linalg_slogdet(A)[:2])
composite("det(Tensor self) -> Tensor", lambda self: F._linalg_det(self)[0], "function method")
composite("slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)", lambda self: F._linalg_slogdet(self)[:2],
    "function method")


def logdet(self):
    check_square("logdet", self)
    check_floating("logdet", self, low_precision=False)
    sign, logarithm = F._linalg_slogdet(self)[:2]
    if self._dtype.is_complex:
        return F.add(F.log(sign), logarithm)
    return F.where(F.eq(sign, -1), float("nan"), logarithm)


composite("logdet(Tensor self) -> Tensor", logdet, "function method")

# -- Inverses and solutions ------------------------------------------------------------------------------------

linalg("linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)", kernel.inv_ex, derived=1,
    result=(None, INT), check=square("linalg.inv", low_precision=False), jvp=lambda A_t, inverse: backward.inv_jvp(A_t, inverse),
    A = lambda grad, inverse: backward.inv_backward(grad, inverse))


def inv(A):
    inverse, info = F.linalg_inv_ex(A)
    report(info._array, "linalg.inv")
    return inverse


composite("linalg_inv(Tensor A) -> Tensor", inv)
composite("inverse(Tensor self) -> Tensor", inv, "function method")


def check_solve(A, B, left, check_errors):
    check_floating("linalg.solve", A)
    check_same_dtype("linalg.solve", A, B)
    vector = kernel.is_vector(A._array, B._array)
    check_square("linalg.solve", A)
    if not vector:
        check_matrices("linalg.solve", B, "B")
    rows, count = (B._array.shape[-1], 1) if vector else B._array.shape[-2:]
    size = A._array.shape[-1]
    if (rows if left else count) != size:
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(f"linalg.solve: Incompatible shapes of A and B for the equation {equation} ({size}x{size} and "
            f"{rows}x{count})")


internal("_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> "
    "(Tensor result, Tensor LU, Tensor pivots, Tensor info)", kernel.solve_ex, derived=1, dtype=lu_types,
    result=(None, None, INT, INT), check=check_solve, jvp=backward.solve_jvp,
    joint=(("A", "B"), backward.solve_backward))


def solve(A, B, left):
    result, _, _, info = F._linalg_solve_ex(A, B, left=left)
    report(info._array, "torch.linalg.solve")
    return result


def solve_ex(A, B, left, check_errors):
    result, _, _, info = F._linalg_solve_ex(A, B, left=left, check_errors=check_errors)
    if check_errors:
        report(info._array, "torch.linalg.solve_ex")
    return result, info


composite("linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor", solve)
composite("linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)",
    solve_ex)


def check_triangular(self, B, upper, left, unitriangular):
    check_system("linalg.solve_triangular", self, B, left)


linalg("linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
    kernel.solve_triangular, check=check_triangular, jvp=backward.solve_triangular_jvp,
    dtype=only(same, unimplemented("triangular_solve_cpu", HALF, INTEGERS, dtypes.BOOL)),
    joint=(("self", "B"), backward.solve_triangular_backward))


def check_old_triangular(self, A, upper, transpose, unitriangular):
    warn_replaced("triangular_solve",
        "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangularand will be removed in a future "
        "PyTorch release.\ntorch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of "
        "the inputs.\nX = torch.triangular_solve(B, A).solution\nshould be replaced with\nX = "
        "torch.linalg.solve_triangular(A, B).", stacklevel=4)
    check_matrices("torch.triangular_solve", self, "b") if self._array.ndim < 2 else None
    check_same_dtype("triangular_solve", A, self, ("A", "b"))
    check_square("triangular_solve", A)


op("triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> "
    "(Tensor solution, Tensor cloned_coefficient)", kernel.triangular_solve, check=check_old_triangular,
    jvp=backward.triangular_solve_jvp, joint=(("self", "A"), backward.triangular_solve_backward))

# -- From a factorization --------------------------------------------------------------------------------------


def check_lu_solve(LU, pivots, B, left, adjoint):
    check_floating("torch.linalg.lu_solve", LU)
    if LU._dtype is not B._dtype:
        raise RuntimeError("linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type "
            f"{LU._dtype.legacy} and B of type {B._dtype.legacy} instead")
    if pivots._dtype is not INT:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    check_square("torch.linalg.lu_solve", LU, "LU")
    check_system("linalg.lu_solve", LU, B, left)
    if pivots._array.shape[-1:] != LU._array.shape[-1:]:
        raise RuntimeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    if pivots._array.shape[:-1] != LU._array.shape[:-2]:
        raise RuntimeError(f"linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with "
            f"shape {list(pivots._array.shape)} instead")


linalg("linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor",
    kernel.linalg_lu_solve, check=check_lu_solve, promoted=("LU", "B"), jvp=lambda LU_t, B_t, LU, pivots, left, adjoint,
    result: backward.lu_solve_jvp(LU_t, B_t, LU, pivots, left, adjoint, result),
    joint=(("LU", "B"), lambda grad, LU, pivots, left, adjoint, result, needs:
        backward.lu_solve_backward(grad, LU, pivots, left, adjoint, result, needs)))


def lu_solve(self, LU_data, LU_pivots):
    warn_replaced("lu_solve",
        "torch.lu_solve is deprecated in favor of torch.linalg.lu_solveand will be removed in a future PyTorch release.\n"
        "Note that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\nshould be replaced "
        "with\nX = torch.linalg.lu_solve(LU, pivots, B)", stacklevel=5)
    return F.linalg_lu_solve(LU_data, LU_pivots, self)


composite("lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor", lu_solve, "function method")


def check_ldl_solve(LD, pivots, B, hermitian):
    name = "torch.linalg.ldl_solve"
    check_square(name, LD)
    if LD._dtype is not B._dtype:
        raise RuntimeError(f"Expected b and A to have the same dtype, but found b of type {B._dtype.legacy} and A of type "
            f"{LD._dtype.legacy} instead.")
    size, (rows, count) = LD._array.shape[-1], (B._array.shape[position(dim, B._array.ndim)] for dim in (-2, -1))
    if rows != size:
        raise RuntimeError(f"Incompatible matrix sizes for {name}: each A matrix is {size} by {size} but each b matrix is "
            f"{rows} by {count}")
    check_floating(name, LD)
    if pivots._array.shape != LD._array.shape[:-1]:
        raise RuntimeError(f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots._array.shape)} instead")
    if pivots._dtype.category != INTEGERS:
        raise RuntimeError(f"{name}: Expected pivots to be integers. Got {pivots._dtype.legacy}")


linalg("linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor", kernel.ldl_solve,
    promoted=("LD", "B"), check=check_ldl_solve, grad_fn=NO_DERIVATIVE, jvp=no_tangent("linalg_ldl_solve"),
    LD = not_implemented("linalg_ldl_solve"), B = not_implemented("linalg_ldl_solve"))

# -- Least squares ---------------------------------------------------------------------------------------------


def check_lstsq(self, b, rcond, driver):
    one, two = self._array, b._array
    if one.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if two.ndim < 1:
        raise RuntimeError("torch.linalg.lstsq: other must have at least 1 dimension.")
    if self._dtype is not b._dtype:
        raise RuntimeError("torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype "
            f"{self._dtype.legacy} and other's dtype {b._dtype.legacy}")
    if one.ndim - two.ndim not in (0, 1):
        raise RuntimeError("torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - "
            "other.dim()) <= 1")
    if driver not in DRIVERS:
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    vector = kernel.is_vector(one, two)
    if one.shape[-2] != two.shape[-1 if vector else -2]:
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match other.size({'-1' if vector else '-2'})")


DRIVERS = ("gels", "gelsy", "gelsd", "gelss")
internal("_linalg_lstsq(Tensor self, Tensor b, float? rcond, str driver) -> "
    "(Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)", kernel.lstsq, check=check_lstsq, derived=2,
    result=(None, dtype.to_real, dtypes.int64, dtype.to_real), jvp=backward.lstsq_jvp,
    joint=(("self", "b"), backward.lstsq_backward))
composite("linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> "
    "(Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)",
    lambda self, b, rcond, driver: F._linalg_lstsq(self, b, rcond, driver or "gelsy"))
