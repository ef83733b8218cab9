"""What of each source is compiled for devices that are not here: every kernel, in the types that it is called with."""

from itertools import product

HALVES = ("float16", "bfloat16")
FLOATS = (*HALVES, "float", "double")
INDEX = ("i64", "int")
WIDE = {"float16": "float", "bfloat16": "float", "float": "float", "double": "double"}
TRUTH = ("false", "true")


def named(kernels, *parameters):
    """The expressions of kernels, one for each choice of their parameters."""
    return [f"{name}<{', '.join(given)}>" for name in kernels.split() for given in product(*parameters)]


def typed(kernels, kinds, *parameters):
    """The same, where input and result are of one type."""
    return [
        f"{name}<{', '.join((kind, *given))}>"
        for name in kernels.split()
        for kind in kinds
        for given in product(*parameters)
    ]


EXPRESSIONS = {
    "softmax": [
        *[
            one
            for kind in FLOATS
            for one in named("softmax_warp softmax_backward_warp", [kind], [kind], TRUTH, ["1", "4", "32"])
        ],
        *[
            one
            for kind in FLOATS
            for one in named("softmax_block softmax_backward_block", [kind], [kind], TRUTH, ["1"])
        ],
        *named("softmax_block softmax_backward_block", HALVES, ["float"], TRUTH, ["4"]),
        *named("softmax_block softmax_backward_block", ["float"], ["float"], TRUTH, ["4"]),
        *[
            one
            for kind in FLOATS
            for one in named("softmax_columns softmax_backward_columns", [kind], [kind], TRUTH)
        ],
    ],
    "reduction": [
        *[
            one
            for kind, wide in WIDE.items()
            for op in ("Sum", "Product", "Most", "Least")
            for one in (
                *named("reduce_rows", [f"{op}<{wide}>"], [kind], [wide], [kind, wide], ["1", "2"]),
                *named("reduce_columns", [f"{op}<{wide}>"], [kind], [wide], [kind, wide]),
            )
        ],
        *named("reduce_rows", ["Sum<float>"], HALVES, ["float"], ["float"], ["8"]),
    ],
    "pivots": named("order_of_rows", ["int", "i64"]),
    "scattering": [
        *named("watch places", INDEX),
        *named(
            "gather_elements gather_rows", ["unsigned char", "short", "int", "i64", "Pack<i64, 2>"], INDEX
        ),
        *named("scatter_add_elements", ["float", "double", "int", "i64"], INDEX),
        *[one for kind, wide in WIDE.items() for one in named("add_runs", [kind], [wide], INDEX)],
    ],
    "normalization": [
        *[
            one
            for kind, kept in (
                ("float16", "float16"),
                ("float16", "float"),
                ("bfloat16", "bfloat16"),
                ("float", "float"),
            )
            for one in named("normalize_rows normalize_rows_backward", [kind], [kept], ["1", "4"])
        ],
        *named("normalize_rows normalize_rows_backward", ["double"], ["double"], ["1", "2"]),
        *[one for kind in FLOATS for one in named("column_sums channel_moments", [kind], [kind])],
        *named("channel_sums channel_blend", FLOATS, TRUTH),
    ],
    "convolution": [
        *[
            one
            for kind in FLOATS
            for one in named("convolve", ["FORWARD", "INPUT", "WEIGHT"], [kind], [kind])
        ],
        *named("convolve", ["WEIGHT"], HALVES, ["float"]),
    ],
    "random": ["bits", *named("uniform normal dropout", FLOATS)],
    "accumulation": [
        *named("axpy_list", HALVES, ["1", "8"]),
        *named("axpy_list", ["float"], ["1", "4"]),
        *named("axpy_list", ["double"], ["1", "2"]),
    ],
}
