"""Layers of networks, further linear algebra, Fourier transforms, special functions."""

from .criterion import loss
from .elementwise import unary
from .layer import (
    along,
    batch,
    compared,
    convolution,
    definite,
    encoded,
    groups,
    halves,
    padded,
    pooling,
    raised_to,
    several,
    signed,
    solved,
    transformable,
    unit,
)
from .matrix import square
from .row import Row

WIDE = ("float32", "float64")
REDUCED = {"reduction": ("mean", "sum", "none")}

NETWORK = (
    Row("conv1d", convolution, "f", forms="n", only=WIDE, weight=2),
    Row("conv2d", convolution, "f", forms="n", only=WIDE, weight=2),
    Row("conv_transpose1d", convolution, "f", forms="n", only=WIDE, weight=1),
    Row("conv_transpose2d", convolution, "f", forms="n", only=WIDE, weight=1),
    Row("max_pool1d", pooling, "f", forms="n", only=WIDE, weight=1),
    Row("max_pool2d", pooling, "f", forms="n", only=WIDE, weight=1),
    Row("avg_pool1d", pooling, "f", forms="n", only=WIDE, weight=1),
    Row("avg_pool2d", pooling, "f", forms="n", only=WIDE, weight=1),
    Row("adaptive_avg_pool1d", pooling, "f", forms="n", only=WIDE, weight=1),
    Row("batch_norm", batch, "f", forms="n", only=WIDE, weight=2),
    Row("group_norm", groups, "f", forms="n", only=WIDE, weight=1),
    Row("instance_norm", groups, "f", forms="n", only=WIDE, weight=1),
    Row("pad", padded, "f", forms="n", weight=2),
    Row("one_hot", encoded, "i", forms="n", weight=1),
    Row("cosine_similarity", compared, "f", "nonzero", "n", weight=1, only=WIDE, options={"dim": (0, 1)}),
    Row("pairwise_distance", compared, "f", "nonzero", "n", weight=1, only=WIDE),
    Row("glu", halves, "f", "small", "n", weight=1),
    Row("normalize", unit, "f", "nonzero", "n", weight=1, only=WIDE, options={"p": (2, 1)}),
    Row("poisson_nll_loss", loss, "f", "probability", "n", options=REDUCED, weight=1),
    Row("soft_margin_loss", signed, "f", "small", "n", options=REDUCED, weight=1),
    Row("hinge_embedding_loss", signed, "f", "small", "n", options=REDUCED, weight=1),
)

FACTORISATION = (
    Row("solve", solved, "f", forms="l", only=WIDE, weight=1),
    Row("cholesky", definite, "f", forms="fml", only=WIDE, weight=1),
    Row("matrix_power", raised_to, "f", forms="fml", only=WIDE, weight=1),
    Row("eigvalsh", definite, "f", forms="l", only=WIDE, weight=1),
    Row("svdvals", square, "f", forms="l", only=WIDE, weight=1),
    Row("pinv", square, "f", forms="l", only=WIDE, weight=1),
    Row("logdet", definite, "f", forms="fm", only=WIDE, weight=1),
)

FOURIER = (
    Row("fft", along, "fc", forms="t", only=(*WIDE, "complex64", "complex128"), weight=1),
    Row("ifft", along, "fc", forms="t", only=(*WIDE, "complex64", "complex128"), weight=1),
    Row("rfft", along, "f", forms="t", only=WIDE, weight=1),
    Row("ihfft", along, "f", forms="t", only=WIDE, weight=1),
    Row("fftn", several, "fc", forms="t", only=(*WIDE, "complex64", "complex128"), weight=1),
    Row("ifftn", several, "fc", forms="t", only=(*WIDE, "complex64", "complex128"), weight=1),
    Row("rfftn", several, "f", forms="t", only=WIDE, weight=1),
    Row("ihfftn", several, "f", forms="t", only=WIDE, weight=1),
    Row("fftshift", transformable, "fci", forms="t", weight=1),
    Row("ifftshift", transformable, "fci", forms="t", weight=1),
)

SPECIAL = (
    Row("expit", unary, "f", "small", "s", weight=1),
    Row("entr", unary, "f", "positive", "s", weight=1),
    Row("ndtr", unary, "f", "small", "s", weight=1, only=WIDE),
    Row("log_ndtr", unary, "f", "small", "s", weight=1, only=WIDE),
    Row("i0e", unary, "f", "small", "s", weight=1, only=WIDE),
    Row("erfcx", unary, "f", "small", "s", weight=1, only=WIDE),
    Row("gammaln", unary, "f", "positive", "s", weight=1, only=WIDE),
    Row("log1p", unary, "f", "above_minus_one", "s", weight=1),
    Row("expm1", unary, "f", "small", "s", weight=1),
    Row("modified_bessel_i0", unary, "f", "small", "s", weight=1, only=WIDE),
    Row("modified_bessel_k1", unary, "f", "positive", "s", weight=1, only=WIDE),
    Row("spherical_bessel_j0", unary, "f", "small", "s", weight=1, only=WIDE),
)
