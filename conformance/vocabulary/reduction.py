"""Sums, extremes, scans, orderings."""

from ..statements import DType
from .aggregation import (
    kth,
    largest,
    norm,
    ordering,
    reduction,
    reduction_all,
    reduction_dims,
    reduction_one,
    scan,
    spread,
    vector_norm,
)
from .criterion import normalised
from .row import Row

WIDER = {"dtype": (DType("float64"),)}

REDUCTION = (
    Row("sum", reduction, "fcib", weight=10),
    Row("sum", reduction_all, "fi", options=WIDER, weight=1),
    Row("mean", reduction, "fc", weight=6),
    Row("prod", reduction_one, "fci", weight=3),
    Row("nansum", reduction, "fi"),
    Row("nanmean", reduction, "f", weight=1),
    Row("amax", reduction, "fib"),
    Row("amin", reduction, "fib"),
    Row("aminmax", reduction_all, "f", weight=1),
    Row("max", reduction_one, "fi", weight=3),
    Row("min", reduction_one, "fi", weight=3),
    Row("argmax", reduction_one, "fi"),
    Row("argmin", reduction_one, "fi"),
    Row("all", reduction_one, "fib"),
    Row("any", reduction_one, "fib"),
    Row("count_nonzero", reduction_all, "fib", weight=1),
    Row("var", spread, "f", weight=3),
    Row("std", spread, "f", weight=3),
    Row("var_mean", spread, "f", forms="f", weight=1),
    Row("std_mean", spread, "f", forms="f", weight=1),
    Row("norm", norm, "f", "nonzero", weight=3),
    Row("vector_norm", vector_norm, "f", "nonzero", "l"),
    Row("logsumexp", reduction_dims, "f", "small", weight=3),
    Row("median", reduction_all, "f"),
)

SCAN = (
    Row("cumsum", scan, "fci", forms="fmi", weight=3),
    Row("cumprod", scan, "fci", forms="fmi", weight=2),
    Row("cummax", scan, "f", weight=1),
    Row("cummin", scan, "f", weight=1),
    Row("logcumsumexp", scan, "f", "small", weight=1),
)

ORDER = (
    Row("sort", ordering, "fi", options={"descending": (True, False)}, weight=3),
    Row("argsort", ordering, "fi", options={"descending": (True, False)}),
    Row("topk", largest, "fi", weight=3),
    Row("kthvalue", kth, "f", weight=1),
)

NORMALISED = (
    Row("softmax", normalised, "f", "small", "fmn", weight=4),
    Row("log_softmax", normalised, "f", "small", "fmn", weight=4),
    Row("softmin", normalised, "f", "small", "n", weight=1),
)
