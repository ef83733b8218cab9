"""Factorizations of matrices: Cholesky, with pivots, symmetric indefinite, and orthogonal."""

from mini_autograd import dtypes
from mini_autograd.backward import factorization as backward
from mini_autograd.backward.arithmetic import no_tangent, not_implemented, undifferentiable
from mini_autograd.graph.operations import F
from mini_autograd.kernels.by_array import report
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.matrices import check_floating, check_matrices, check_square, square
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import BOOL, HALF, INT, only, unimplemented
from mini_autograd.ops.solving import composite
from mini_autograd.warning import WRITING, warn_replaced

# fmt: off

INT32 = dtypes.int32
linalg = family(variants="linalg")
internal = family(variants="internal")

# -- Cholesky --------------------------------------------------------------------------------------------------

cholesky_types = only(same, unimplemented("cholesky_cpu", HALF))
linalg("linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)",
    kernel.cholesky_ex, dtype=cholesky_types, derived=1, result=(None, INT32), check=square("linalg.cholesky"),
    jvp=lambda self_t, upper, L: (backward.cholesky_jvp(self_t, upper, L), None),
    self = lambda grad, upper, L: backward.cholesky_backward(grad, upper, L))


def linalg_cholesky(self, upper):
    factor, info = F.linalg_cholesky_ex(self, upper=upper)
    report(info._array, "linalg.cholesky")
    return factor


composite("linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor", linalg_cholesky)


CHOLESKY = (
    "torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.\nL "
    "= torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\nU = torch.cholesky(A, "
    "upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\nThis transform will produce equivalent "
    "results for all valid (symmetric positive definite) inputs.")


def check_cholesky(self, upper):
    warn_replaced("cholesky", CHOLESKY, stacklevel=4)
    if WRITING[-1:] == ["cholesky"]:  # torch calls the other variant, which warns as well
        warn_replaced("cholesky ", CHOLESKY, stacklevel=4)
    check_square("cholesky", self)


op("cholesky(Tensor self, bool upper=False) -> Tensor", kernel.cholesky,
    dtype=only(same, unimplemented("cholesky_cpu", HALF, INT, BOOL)), check=check_cholesky,
    self = lambda grad, upper, result: backward.cholesky_backward(grad, upper, result))
op("cholesky_inverse(Tensor self, bool upper=False) -> Tensor", kernel.cholesky_inverse,
    dtype=only(same, unimplemented("cholesky_inverse_out_cpu", HALF, INT, BOOL)),
    check=lambda self, upper: check_square("cholesky_inverse", self), jvp=backward.cholesky_inverse_jvp,
    self = lambda grad, self, upper, result: backward.cholesky_inverse_backward(grad, self, upper, result))


def check_cholesky_solve(self, input2, upper):
    for name, one in (("b", self), ("u", input2)):
        if one._array.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {one._array.ndim} dimensions instead")
    size, rows = input2._array.shape[-1], self._array.shape[-2]
    if input2._array.shape[-2] != size:
        raise RuntimeError("cholesky_solve: A must be batches of square matrices, but they are "
            f"{input2._array.shape[-2]} by {size} matrices")
    if size != rows:
        raise RuntimeError(f"Incompatible matrix sizes for cholesky_solve: each A matrix is {size} by {size} but each b "
            f"matrix is {rows} by {self._array.shape[-1]}")


op("cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor", kernel.cholesky_solve,
    dtype=only(same, unimplemented("cholesky_solve_cpu", HALF, INT, BOOL)), check=check_cholesky_solve,
    jvp=backward.cholesky_solve_jvp, joint=(("self", "input2"), backward.cholesky_solve_backward))

# -- With pivots -----------------------------------------------------------------------------------------------

lu_types = only(same, unimplemented("lu_cpu", HALF, INT, BOOL))


def check_lu(name, verb="lu_factor"):
    def check(A, pivot, *rest):
        if A._array.ndim < 2:
            raise RuntimeError(f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A._array.shape)} instead")
        if not pivot:
            raise RuntimeError(f"linalg.{verb}: LU without pivoting is not implemented on the CPU")
    return check


linalg("linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> "
    "(Tensor LU, Tensor pivots, Tensor info)", kernel.lu_factor_ex, dtype=lu_types, derived=1, result=(None, INT32, INT32),
    check=check_lu("torch.lu_factor"), jvp=backward.lu_factor_jvp,
    A = lambda grad, pivot, LU, pivots: backward.lu_factor_backward(grad, LU, pivots))


def lu_factor(A, pivot):
    factors, pivots, info = F.linalg_lu_factor_ex(A, pivot=pivot)
    report(info._array, "torch.linalg.lu_factor")
    return factors, pivots


composite("linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)", lu_factor)


def lu_with_info(self, pivot, check_errors):
    warn_replaced("lu",
        "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in a "
        "future PyTorch release.\nLU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\nLU, pivots = "
        "torch.linalg.lu_factor(A, compute_pivots)\nand\nLU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\n"
        "should be replaced with\nLU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)", stacklevel=5)
    return F.linalg_lu_factor_ex(self, pivot=pivot, check_errors=check_errors)


composite("_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)",
    lu_with_info, "function")

# torch gives the permutation first, which has no derivative: its number among the outputs of the node is none.
internal("_linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor L, Tensor U, Tensor P)", kernel.lu, dtype=lu_types,
    derived=2, check=check_lu("linalg.lu"),
    jvp=lambda A_t, P, L, U: (*backward.lu_jvp(A_t, P, L, U), None),
    A = lambda grads, pivot, L, U, P: None if grads[0] is grads[1] is None else
        backward.lu_backward(grads[0], grads[1], P, L, U))


def permutation_first(result):
    lower, upper, permutation = result
    return permutation, lower, upper


composite("linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)",
    lambda A, pivot: permutation_first(F._linalg_lu(A, pivot=pivot)))


def check_unpack(LU_data, LU_pivots, unpack_data, unpack_pivots):
    if unpack_pivots and LU_pivots._dtype is not INT32:
        raise RuntimeError("torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
            "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor")


internal("_lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> "
    "(Tensor L, Tensor U, Tensor P)", kernel.lu_unpack, promoted=("LU_data",), derived=2, check=check_unpack,
    jvp=backward.lu_unpack_jvp,
    LU_data = lambda grads, LU_data_sym_argsize_minus_1, LU_data_sym_argsize_minus_2:
        backward.lu_unpack_backward(grads, LU_data_sym_argsize_minus_2, LU_data_sym_argsize_minus_1))
composite("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> "
    "(Tensor P, Tensor L, Tensor U)", lambda *args: permutation_first(F._lu_unpack(*args)), "function")

# -- Symmetric indefinite --------------------------------------------------------------------------------------

linalg("linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> "
    "(Tensor LD, Tensor pivots, Tensor info)", kernel.ldl_factor_ex, derived=1, result=(None, INT32, INT32),
    dtype=only(same, unimplemented("ldl_factor_kernel_cpu", HALF)), check=square("torch.linalg.ldl_factor_ex"),
    grad_fn=NO_DERIVATIVE, jvp=no_tangent("linalg_ldl_factor_ex"), self = not_implemented("linalg_ldl_factor_ex"))


def ldl_factor(self, hermitian):
    factors, pivots, info = F.linalg_ldl_factor_ex(self, hermitian=hermitian)
    report(info._array, "torch.linalg.ldl_factor")
    return factors, pivots


composite("linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)", ldl_factor)

# -- Orthogonal ------------------------------------------------------------------------------------------------


def check_qr(A, mode):
    check_matrices("linalg.qr", A)
    check_floating("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or "
            "'complete'")


linalg('linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)', kernel.qr, check=check_qr,
    dtype=only(same, unimplemented("geqrf_cpu", HALF)), jvp=backward.qr_jvp,
    A = lambda grads, mode, Q, R: backward.qr_backward(grads, mode, Q, R))


def qr(self, some):
    warn_replaced("qr",
        "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\nThe boolean "
        "parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\nshould be replaced "
        "with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')", stacklevel=5)
    return F.linalg_qr(self, "reduced" if some else "complete")


composite("qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)", qr, "function method")


op("geqrf(Tensor self) -> (Tensor a, Tensor tau)", kernel.geqrf,
    dtype=only(same, unimplemented("geqrf_cpu", HALF, INT, BOOL)), check=lambda self: check_matrices("torch.geqrf", self, "input"),
    self = undifferentiable("geqrf"))


def check_householder(input, tau):
    rows, count = check_reflections("torch.linalg.householder_product", input, tau, "input")
    if rows < count:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]")


def check_reflections(name, input, tau, first):
    """RuntimeError unless there are vectors for all factors; the sizes of the matrices of vectors."""
    check_matrices(name, input, first)
    rows, count = input._array.shape[-2:]
    if count < tau._array.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if input._array.ndim - tau._array.ndim != 1:
        raise RuntimeError(f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to "
            f"{tau._array.ndim} and input.ndim is equal to {input._array.ndim}")
    if input._array.shape[:-2] != tau._array.shape[:-1]:
        raise RuntimeError(f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got "
            f"{list(tau._array.shape[:-1])}")
    if tau._dtype is not input._dtype:
        raise RuntimeError(f"{name}: tau dtype {tau._dtype.legacy} does not match input dtype {input._dtype.legacy}")
    return rows, count


linalg("linalg_householder_product(Tensor input, Tensor tau) -> Tensor", kernel.householder_product,
    dtype=only(same, unimplemented("orgqr_cpu", HALF, INT, BOOL)), check=check_householder,
    jvp=backward.householder_product_jvp,
    joint=(("input", "tau"), lambda grad, input, tau, result: backward.householder_product_backward(grad, input, tau)))
composite("orgqr(Tensor self, Tensor input2) -> Tensor", lambda self, input2: F.linalg_householder_product(self, input2),
    "function method")


def check_ormqr(self, input2, input3, left, transpose):
    name = "torch.ormqr"
    if self._array.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if input3._array.ndim < 2:
        raise RuntimeError(f"{name}: other must have at least 2 dimensions.")
    where = -2 if left else -1
    size = input3._array.shape[where]
    if size < input2._array.shape[-1]:
        raise RuntimeError(f"{name}: other.shape[{where}] must be greater than or equal to tau.shape[-1]")
    if size != self._array.shape[-2]:
        raise RuntimeError(f"{name}: other.shape[{where}] must be equal to input.shape[-2]")
    if input2._array.shape[-1:] != (min(size, self._array.shape[-1]),):
        raise RuntimeError(f"{name}: tau.shape[-1] must be equal to min(other.shape[{where}], input.shape[-1])")
    if self._array.ndim - input2._array.ndim != 1:
        raise RuntimeError(f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to "
            f"{input2._array.ndim} and input.ndim is equal to {self._array.ndim}")
    if self._array.ndim != input3._array.ndim:
        raise RuntimeError(f"{name}: Expected other to have the same number of dimensions as input, but got other.ndim equal "
            f"to {input3._array.ndim} and input.ndim is equal to {self._array.ndim}")
    for word, one in (("tau", input2), ("other", input3)):
        if one._dtype is not self._dtype:
            raise RuntimeError(f"{name}: Expected input and {word} to have the same dtype, but input has dtype "
                f"{self._dtype.legacy} and {word} has dtype {one._dtype.legacy}")


op("ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor", kernel.ormqr,
    dtype=only(same, unimplemented("ormqr_cpu", HALF, INT, BOOL)), check=check_ormqr,
    joint=(("self", "input2", "input3"), lambda grad, self, input2, input3, left, transpose, result, needs:
        backward.ormqr_backward(grad, self, input2, input3, left, transpose, needs)))
