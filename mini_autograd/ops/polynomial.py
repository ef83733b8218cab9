"""Functions of Bessel and Airy, and orthogonal polynomials, of which torch has no derivatives."""

from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, to_float
from mini_autograd.op.support import COMPLEX, HALF, numbers_to_float, only, unimplemented

# fmt: off

function = family(elementwise=True, variants="special")

BESSEL = (
    "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "modified_bessel_i0", "modified_bessel_i1",
    "modified_bessel_k0", "modified_bessel_k1",
)
OF_X = ("airy_ai", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "spherical_bessel_j0")
POLYNOMIALS = (
    *(f"{shifted}chebyshev_polynomial_{kind}" for shifted in ("", "shifted_") for kind in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
)


def refusing(rule, name):
    return only(rule, unimplemented(f"{name}_cpu", HALF, COMPLEX))


for name in (*BESSEL, *OF_X):
    argument = "self" if name in BESSEL else "x"
    function(f"special_{name}(Tensor {argument}) -> Tensor", getattr(kernel, name), dtype=refusing(to_float, name))


def beside_number(name):
    """Kernels of a number and degrees, and of an array and one degree."""
    polynomial = getattr(kernel, name)
    return (lambda x, n: polynomial(n.dtype.type(x), n), lambda x, n: polynomial(x, x.dtype.type(n)))


for name in POLYNOMIALS:
    of_number, of_degree = beside_number(name)
    function(f"special_{name}(Tensor x, Tensor n) -> Tensor", getattr(kernel, name), dtype=refusing(to_float, name))
    function(f"special_{name}.x_scalar(Scalar x, Tensor n) -> Tensor", of_number,
        dtype=refusing(numbers_to_float, name))
    function(f"special_{name}.n_scalar(Tensor x, Scalar n) -> Tensor", of_degree,
        dtype=refusing(numbers_to_float, name))
