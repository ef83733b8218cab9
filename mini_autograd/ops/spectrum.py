"""Eigenvalues and singular values, and functions of matrices that come from them."""

from mini_autograd import dtypes
from mini_autograd.backward import solving
from mini_autograd.backward import spectrum as backward
from mini_autograd.dtypes import dtype
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F, options_of
from mini_autograd.graph.version import count_write
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, same
from mini_autograd.op.matrices import check_floating, check_matrices, check_square, square
from mini_autograd.op.support import BOOL, HALF, INT, only, unimplemented
from mini_autograd.ops.solving import composite
from mini_autograd.tensor import TensorBase, requires_grad

# fmt: off

linalg = family(variants="linalg")
internal = family(variants="internal")

# -- Eigenvalues -----------------------------------------------------------------------------------------------

eig_types = only(same, unimplemented("linalg_eig_out_cpu", HALF))


def check_eig(name):
    def check(self):
        check_square(name, self)
        if self._dtype.category < dtypes.FLOAT:
            raise RuntimeError(f"Unknown Complex ScalarType for {self._dtype.legacy}")
    return check


linalg("linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)", kernel.eig, dtype=eig_types,
    result=(dtype.to_complex, dtype.to_complex), check=check_eig("linalg.eig"), jvp=backward.eig_jvp,
    self = lambda grads, eigenvalues, eigenvectors: backward.eig_backward(grads, None, eigenvalues, eigenvectors))


def eigvals(self):
    check_eig("linalg.eigvals")(self)
    return F.linalg_eig(self)[0]


composite("linalg_eigvals(Tensor self) -> Tensor", eigvals)


def check_eigh(A, UPLO, compute_v):
    check_square("linalg.eigh", A)
    if UPLO[:1].upper() not in ("L", "U") or len(UPLO) != 1:
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")


internal('_linalg_eigh(Tensor A, str UPLO="L", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)',
    kernel.eigh, dtype=only(same, unimplemented("linalg_eigh_cpu", HALF, INT, BOOL)), result=(dtype.to_real, None),
    check=check_eigh, jvp=backward.eigh_jvp,
    A = lambda grads, eigenvalues, eigenvectors: backward.eigh_backward(grads, eigenvalues, eigenvectors))


def is_followed(tensor):
    """Whether a derivative may be asked for, which takes the vectors."""
    return (modes.current().grad and requires_grad(tensor)) or tensor._tangent is not None


composite('linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)',
    lambda self, UPLO: F._linalg_eigh(self, UPLO, True))
composite('linalg_eigvalsh(Tensor self, str UPLO="L") -> Tensor',
    lambda self, UPLO: F._linalg_eigh(self, UPLO, is_followed(self))[0])

# -- Singular values -------------------------------------------------------------------------------------------


def check_svd(A, full_matrices, compute_uv, driver):
    check_matrices("linalg.svd", A)
    check_floating("linalg.svd", A)
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER "
            "backend.")


internal("_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> "
    "(Tensor U, Tensor S, Tensor Vh)", kernel.svd, dtype=only(same, unimplemented("linalg_svd_cpu", HALF)),
    result=(None, dtype.to_real, None), check=check_svd, jvp=backward.svd_jvp,
    A = lambda grads, full_matrices, U, S, Vh, S_sym_argsize_minus_1:
        backward.svd_backward(grads, full_matrices, U, S, Vh, S_sym_argsize_minus_1))

composite("linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
    lambda A, full_matrices, driver: F._linalg_svd(A, full_matrices, True, driver=driver))
composite("linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
    lambda A, driver: F._linalg_svd(A, False, is_followed(A), driver=driver)[1])


def svd(self, some, compute_uv):
    if self._array.ndim < 2:
        raise RuntimeError("linalg.svd: input should have at least 2 dimensions, but has "
            f"{self._array.ndim} dimensions instead")
    if compute_uv:
        U, S, Vh = F._linalg_svd(self, not some, True)
        return U, S, F.conj(F.transpose(Vh, -2, -1))
    S = F._linalg_svd(self, False, is_followed(self))[1]
    rows, count = self._array.shape[-2:]
    batch = self._array.shape[:-2]
    U = F.zeros((*batch, rows, rows), **options_of(self))
    count_write(U)
    V = F.zeros((*batch, count, count), **options_of(self))
    count_write(V)
    return U, S, F.mT(V)


composite("svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)", svd, "function method")

# -- Pseudoinverses --------------------------------------------------------------------------------------------


def check_pinv(self, *rest):
    kind, array = self._dtype, self._array
    if array.ndim < 2 or kind.category < dtypes.FLOAT or kind in HALF:
        sizes = ", ".join(map(str, array.shape))
        raise RuntimeError(f"linalg.pinv({kind.legacy}{{[{sizes}]}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types")


internal("_linalg_pinv(Tensor self, Tensor atol, Tensor rtol, bool hermitian) -> Tensor", kernel.pinv, promoted=("self",),
    grad_fn="LinalgPinvBackward0", check=check_pinv, jvp=solving.pinv_jvp,
    self = lambda grad, result, self: solving.pinv_backward(grad, result, self))


def tolerances(name, self, atol, rtol):
    """Both tolerances as tensors: the relative one, if it is not given and the other not positive, by the precision."""
    real = self._dtype.to_real()
    for word, one in (("atol", atol), ("rtol", rtol)):
        if isinstance(one, TensorBase) and one._dtype.is_complex:
            raise RuntimeError(f"{name}: {word} tensor of complex type is not supported.")
    absolute = tolerance(0.0 if atol is None else atol, self)
    if rtol is not None:
        return absolute, tolerance(rtol, self)
    relative = tolerance((2.0**-52 if real is dtypes.float64 else 2.0**-23) * max(self._array.shape[-2:]), self)
    return absolute, relative if atol is None else F.where(F.gt(absolute, 0), 0.0, relative)


def tolerance(value, self):
    real = self._dtype.to_real()
    if isinstance(value, TensorBase):
        return F.to(F.detach(value), real)
    return F.full((), value, **options_of(self, real))


def pinv(self, atol, rtol, hermitian):
    check_pinv(self)
    if hermitian:
        check_square("linalg.pinv", self)
    return F._linalg_pinv(self, *tolerances("torch.linalg.pinv", self, atol, rtol), hermitian)


composite("linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor", pinv)
composite("linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor", pinv)
composite("linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
    lambda self, rcond, hermitian: pinv(self, 0.0, rcond, hermitian))
composite("linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor",
    lambda self, rcond, hermitian: pinv(self, 0.0, rcond, hermitian))
composite("pinverse(Tensor self, float rcond=1e-15) -> Tensor", lambda self, rcond: pinv(self, 0.0, rcond, False),
    "function method")

# -- Ranks -----------------------------------------------------------------------------------------------------


def matrix_rank(self, atol, rtol, hermitian):
    check_matrices("torch.linalg.matrix_rank", self, "input")
    if self._dtype.category < dtypes.FLOAT or self._dtype in HALF:
        raise RuntimeError("This function doesn't handle types other than float and double")
    one, two = tolerances("torch.linalg.matrix_rank", self, atol, rtol)
    batch = self._array.shape[:-2]
    if not self._array.size:
        result = F.zeros(batch, **options_of(self, dtypes.int64))
        count_write(result)
        return result
    given = F.detach(self)
    values = F.abs(F.linalg_eigvalsh(given)) if hermitian else F.linalg_svdvals(given)
    largest = F.amax(values, (-1,), True) if hermitian else F.narrow(values, -1, 0, 1)
    limit = F.maximum(F.unsqueeze(one, -1), F.unsqueeze(two, -1) * largest)
    result = F.sum(F.gt(values, limit), (-1,))
    count_write(result)
    return result


composite("linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
    matrix_rank)
composite("linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
    matrix_rank)
composite("linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
    lambda self, tol, hermitian: matrix_rank(self, tol, 0.0, hermitian))
composite("linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor",
    lambda self, tol, hermitian: matrix_rank(self, tol, 0.0, hermitian))

# -- The exponential -------------------------------------------------------------------------------------------

linalg("linalg_matrix_exp(Tensor self) -> Tensor", kernel.matrix_exp, check=square("linalg.matrix_exp"),
    jvp=backward.matrix_exp_jvp, self = lambda grad, self: backward.matrix_exp_backward(grad, self))
composite("matrix_exp(Tensor self) -> Tensor", lambda self: F.linalg_matrix_exp(self), "function method")
