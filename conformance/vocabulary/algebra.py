"""Matrix products and linear algebra, losses, layers, and indices."""

from .criterion import REDUCTIONS, classes, layer, logits, lookup, loss, slope, step
from .gathering import gathered, index_added, index_filled, indexed, masked, scattered, taken
from .matrix import affine, contraction, matrix_product, square, summation
from .row import Row

SCALED = {"alpha": (2, 0.5), "beta": (3, 0.5)}
REDUCED = {"reduction": REDUCTIONS}
SOLVED = ("float32", "float64")

PRODUCT = (
    Row("mm", contraction("nm", "mp"), "fc", weight=4),
    Row("bmm", contraction("bnm", "bmp"), "fc", weight=3),
    Row("mv", contraction("nm", "m"), "fc", weight=3),
    Row("dot", contraction("n", "n"), "fc", weight=3),
    Row("vdot", contraction("n", "n"), "fc", weight=1),
    Row("inner", contraction("nm", "pm"), "f", weight=1),
    Row("outer", contraction("n", "m"), "fci", weight=2),
    Row("matmul", matrix_product, "fc", operator="matmul", weight=5),
    Row("addmm", contraction("np", "nm", "mp"), "f", forms="fmi", options=SCALED, weight=3, overlaps=False),
    Row("addmv", contraction("n", "nm", "m"), "f", forms="fmi", options=SCALED, weight=2, overlaps=False),
    Row("addbmm", contraction("np", "bnm", "bmp"), "f", options=SCALED, weight=1),
    Row(
        "baddbmm",
        contraction("bnp", "bnm", "bmp"),
        "f",
        forms="fmi",
        options=SCALED,
        weight=2,
        overlaps=False,
    ),
    Row("addr", contraction("nm", "n", "m"), "f", options=SCALED, weight=1),
    Row("einsum", summation, "fc", forms="f", weight=3),
    Row("linear", affine, "f", forms="n", weight=4),
    Row("kron", contraction("nm", "bp"), "f", weight=1),
    Row("trace", contraction("nm"), "fi", weight=1),
)

SOLUTION = (
    Row("det", square, "f", forms="fml", only=SOLVED, weight=1),
    Row("inv", square, "f", forms="l", only=SOLVED, weight=1),
    Row("inverse", square, "f", forms="fm", only=SOLVED, weight=1),
    Row("slogdet", square, "f", forms="fl", only=SOLVED, weight=1),
)

LOSS = (
    Row("mse_loss", loss, "f", forms="n", options=REDUCED, weight=3),
    Row("l1_loss", loss, "f", forms="n", options=REDUCED),
    Row("smooth_l1_loss", loss, "f", forms="n", options={**REDUCED, "beta": (0.5, 1.0)}),
    Row("huber_loss", loss, "f", forms="n", options={**REDUCED, "delta": (0.5, 1.0)}),
    Row("kl_div", loss, "f", "probability", "n", options={"reduction": ("sum", "none", "batchmean")}),
    Row("binary_cross_entropy", loss, "f", "probability", "n", options=REDUCED),
    Row("binary_cross_entropy_with_logits", logits, "f", "small", "n", options=REDUCED),
    Row("nll_loss", classes, "f", forms="n", options=REDUCED, weight=3),
    Row(
        "cross_entropy", classes, "f", "small", "n", options={**REDUCED, "label_smoothing": (0.1,)}, weight=3
    ),
)

LAYER = (
    Row("layer_norm", layer, "f", forms="n", options={}),
    Row("embedding", lookup, "f", forms="n"),
    Row("prelu", slope, "f", "nonzero", "fn"),
    Row("threshold", step, "f", forms="n"),
)

INDEX = (
    Row("gather", gathered, "fcib", weight=3),
    Row("scatter", scattered, "fcib", forms="fmi", weight=2),
    Row("scatter_add", scattered, "fci", forms="fmi", weight=3),
    Row("index_select", indexed, "fcib", weight=3),
    Row("index_add", index_added, "fci", forms="fmi", options={"alpha": (2,)}, weight=3),
    Row("index_copy", index_added, "fcib", forms="fmi", weight=1),
    Row("index_fill", index_filled, "fcib", forms="mi", weight=2),
    Row("masked_select", masked, "fcib", weight=3),
    Row("take", taken, "fcib", weight=2),
)
