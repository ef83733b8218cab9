"""Functions around the gamma function, and the names that ``special`` has for functions of other families."""

from mini_autograd.backward import special as backward
from mini_autograd.dtypes import DEFAULT
from mini_autograd.dtypes import bool as boolean
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, promote, to_float
from mini_autograd.op.support import BOOL, COMPLEX, HALF, INT, numbers_to_float, only, unimplemented

# fmt: off

binary = family(elementwise=True, in_place=True)

# -- Around the gamma function -------------------------------------------------------------------------------

for name in ("igamma", "igammac"):
    sign = 1 if name == "igamma" else -1
    binary(f"{name}(Tensor self, Tensor other) -> Tensor", getattr(kernel, name),
        dtype=only(promote, unimplemented(f"{name}_cpu", BOOL, INT, COMPLEX)),
        self  = backward.no_derivative(f"{name}: input"),
        other = backward.igamma_other(sign))


def check_mvlgamma(self, p):
    if self._dtype is boolean:
        raise RuntimeError("The input tensor may not be a boolean tensor.")
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")


def check_mvlgamma_in_place(self, p):
    check_mvlgamma(self, p)
    if not self._dtype.is_differentiable:
        raise RuntimeError(f"mvlgamma: result type {self._dtype.legacy} can't be cast to the desired output type "
                           f"{DEFAULT.float.legacy}")


for where in ({"check": check_mvlgamma}, {"check": check_mvlgamma_in_place, "variants": "in place", "in_place": True}):
    op("mvlgamma(Tensor self, int p) -> Tensor", kernel.mvlgamma, jvp="pointwise",
        dtype=only(to_float, unimplemented("arange_cpu", COMPLEX)), **where,
        self = lambda grad, self, p: backward.mvlgamma(grad, self, p))

ZETA = unimplemented("zeta_cpu", HALF, COMPLEX)
zeta = family(elementwise=True, variants="special")
zeta("special_zeta(Tensor self, Tensor other) -> Tensor", kernel.zeta, dtype=only(to_float, ZETA),
    self  = backward.no_derivative("zeta"),
    other = lambda grad, self, other: grad * -self * F.special_zeta(F.add_scalar(self, 1.0), other))
zeta("special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor", kernel.zeta_of_scalar,
    dtype=only(numbers_to_float, ZETA), grad_fn="SpecialZetaBackward1",
    other = lambda grad, self, other: F.mul_scalar(grad, -self) * F.special_zeta(self + 1.0, other))
zeta("special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor", kernel.zeta_scalar,
    dtype=only(numbers_to_float, ZETA), grad_fn="SpecialZetaBackward2",
    self = backward.no_derivative("zeta"))

# -- Other names ---------------------------------------------------------------------------------------------

SAME = {
    "digamma": "digamma", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "exp2": "exp2",
    "expit": "sigmoid",
    "expm1": "expm1", "gammaln": "lgamma", "i0": "i0", "log1p": "log1p", "psi": "digamma", "sinc": "sinc",
}


def renamed(schema, function):
    op(schema, composite=function, variants="special")


for name, known in SAME.items():
    renamed(f"special_{name}(Tensor self) -> Tensor", getattr(F, known))
renamed("special_gammainc(Tensor self, Tensor other) -> Tensor", F.igamma)
renamed("special_gammaincc(Tensor self, Tensor other) -> Tensor", F.igammac)
renamed("special_multigammaln(Tensor self, int p) -> Tensor", F.mvlgamma)
renamed("special_polygamma(int n, Tensor self) -> Tensor", F.polygamma)
renamed("special_logit(Tensor self, float? eps=None) -> Tensor", F.logit)
renamed("special_round(Tensor self, *, int decimals=0) -> Tensor",
    lambda self, decimals: F.round(self, decimals=decimals))
renamed("special_xlogy(Tensor self, Tensor other) -> Tensor", F.xlogy)
renamed("special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor", F.xlogy)
renamed("special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor", F.xlogy)
renamed("special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
    lambda self, dim, keepdim: F.logsumexp(self, dim, keepdim))
renamed("special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
    lambda self, dim, dtype: F.softmax(self, dim, dtype))
renamed("special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
    lambda self, dim, dtype: F.log_softmax(self, dim, dtype))
