"""Which dtypes an ``out`` may have, and what is said of the others: torch has words of its own for many
ops."""

from __future__ import annotations

from collections.abc import Callable

from mini_autograd import errors
from mini_autograd.dtypes import can_cast, dtype
from mini_autograd.op.out_overload import CAST, SAME
from mini_autograd.op.row import Op

__all__ = ["check_dtypes", "check_numbers"]

Message = Callable[[dtype, dtype], Exception]


def check_dtypes(op: Op, results: list[dtype], outs: list[dtype]) -> None:
    """RuntimeError, or what else torch raises, where an ``out`` is not of a dtype that the op writes."""
    if op.name in ("median", "nanmedian") and outs[-1] is not results[-1]:
        raise median_indices(results[-1], outs[-1])
    for result, out in zip(results, outs, strict=True):
        if result is not out:
            check(op, result, out)


def check_numbers(op: Op, given: dtype, out: dtype) -> None:
    """NotImplementedError where an op that calculates in the dtype of ``out`` has no kernel for it."""
    if op.name in ("nansum", "nanmean") and given.is_floating_point and not out.is_differentiable:
        raise NotImplementedError(f"\"nansum_cpu\" not implemented for '{out.legacy}'")


def check(op: Op, result: dtype, out: dtype) -> None:
    name = op.schema.full_name
    if name in SAME:
        raise RuntimeError(f"Found dtype {out.legacy} but expected {result.legacy}")
    if name in ("std.dim", "var.dim") and out.is_complex:
        raise NotImplementedError(f"\"std_cpu\" not implemented for '{out.legacy}'")
    if op.name in ("any", "all") and out.name == "uint8":
        return
    if name in CAST or name in CASTABLE:
        if not can_cast(result, out):
            raise CASTABLE.get(name, cannot_cast)(result, out)
    else:
        raise (OWN.get(name) or OWN.get(op.name, expected))(result, out)


def cannot_cast(result: dtype, out: dtype) -> Exception:
    return errors.cannot_cast(result.legacy, out.legacy)


def worded(text: str, error: type[Exception] = RuntimeError) -> Message:
    """An error that names the dtypes of result and ``out``: {0} and {1}, or as C++ does, {2} and {3}."""
    return lambda result, out: error(
        text.format(result.legacy, out.legacy, WORDS[result.name], WORDS[out.name])
    )


def heaviside(result: dtype, out: dtype) -> Exception:
    what = "complex tensors" if out.is_complex else "tensors with different dtypes"
    return RuntimeError(f"heaviside is not yet implemented for {what}.")


def searchsorted(result: dtype, out: dtype) -> Exception:
    return RuntimeError(
        "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) "
        f"depending on whether out_int32 flag is True, but we got output tensor's dtype {out.legacy} and "
        f"out_int32 flag is {result.name == 'int32'}"
    )


def median_indices(result: dtype, out: dtype) -> Exception:
    return RuntimeError(
        f"Expected tensor for argument #1 'indices' to have scalar type {result.legacy}; but got "
        f"{type_word(out)} instead (while checking arguments for median)"
    )


def median_values(result: dtype, out: dtype) -> Exception:
    return RuntimeError(
        "Expected tensor for 'values' to have the same type as tensor for argument #2 'self'; but type "
        f"{type_word(out)} does not equal {type_word(result)} (while checking arguments for median)"
    )


def type_word(kind: dtype) -> str:
    plain = not kind.is_complex and kind.name not in ("bool", "bfloat16")
    return f"torch.{kind.legacy}Tensor" if plain else f"CPU{kind.legacy}Type"


# What C++ calls the dtypes.
WORDS = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "uint16": "short unsigned int",
    "uint32": "unsigned int",
    "uint64": "long unsigned int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
expected = worded("Expected out tensor to have dtype {2}, but got {3} instead")
cat = worded("torch.cat(): input types can't be cast to the desired output type {1}", TypeError)
logsumexp = worded("logsumexp(): Expected floating point type for result tensor, but got: {1}")
largest = worded(
    "Expected canCast( typeMetaToScalarType(self.dtype()), typeMetaToScalarType(out.dtype())) to be true, "
    "but got false.  (Could this error message be improved?  If so, please report an enhancement request to "
    "PyTorch.)"
)
SAFELY = "{}: Expected result to be safely castable from {{0}} dtype, but got result with dtype {{1}}"
SAFELY_NAMED = "{0}: Expected {1} to be safely castable from {{0}} dtype, but got {1} with dtype {{1}}"
# Of functions that cast, by full name.
CASTABLE: dict[str, Message] = {
    **dict.fromkeys(("cat", "concat", "concatenate", "stack", "row_stack", "hstack", "vstack"), cat),
    **dict.fromkeys(("dstack", "column_stack"), cat),
    **dict.fromkeys(("logsumexp", "special_logsumexp"), logsumexp),
    **dict.fromkeys(("max", "min"), largest),
    **dict.fromkeys(("matrix_power", "linalg_matrix_power"), worded(SAFELY.format("matrix_power"))),
    **{name: worded(SAFELY.format(name)) for name in ("cholesky", "cholesky_solve", "cholesky_inverse")},
    **{f"linalg_{name}": worded(SAFELY.format(name)) for name in ("tensorinv", "tensorsolve")},
    **dict.fromkeys(
        ("linalg_householder_product", "orgqr"), worded(SAFELY.format("torch.linalg.householder_product"))
    ),
    "geqrf": worded(SAFELY_NAMED.format("torch.geqrf", "a")),
    "linalg_eig": worded(SAFELY_NAMED.format("torch.linalg.eig", "eigenvalues")),
    "linalg_eigvals": worded(SAFELY_NAMED.format("torch.linalg.eigvals", "eigenvalues")),
    "linalg_lstsq": worded(SAFELY_NAMED.format("torch.linalg.lstsq", "solution")),
    "linalg_cond": worded(SAFELY.format("linalg.cond")),
    "linalg_pinv": worded(SAFELY.format("linalg.pinv")),
    "linalg_pinv.rcond_tensor": worded(SAFELY.format("linalg.pinv")),
    "linalg_pinv.atol_rtol_float": worded(SAFELY.format("linalg.pinv")),
    "linalg_pinv.atol_rtol_tensor": worded(SAFELY.format("linalg.pinv")),
    "ldexp.Tensor": worded("ldexp can't be cast to the desired output type {1}"),
    "mean": worded("mean.dtype_out(): input types can't be cast to the desired output type {1}"),
}
SCALAR_TYPE = "{}(): self and result must have the same scalar type"
NOT_BOOL = "{} does not support non-boolean outputs."
NONZERO = "{}: Expected out tensor to have scalar type {{0}} but got scalar type{{1}}"
QUANTILE = worded("quantile() out tensor must be same dtype as the input tensor")
MATRIX_NORM = worded("linalg.matrix_norm expected out tensor dtype {0} but got: {1}")
DOT = worded("result dtype {1} does not match input dtype {0}")
MADE = worded("Expected object of scalar type {0} but got scalar type {1} for argument 'out'")
scanned = worded("expected scalar_type {0} but found {1}")
extreme = worded(
    "Expected the dtype for input and out to match, but got {0} for input's dtype and {1} for out's dtype."
)
contracted = worded(
    "tensordot: Expected the output tensor to have dtype {0}, but got an output tensor with dtype {1}"
)
# Of functions that do not, by full name or by name.
HISTOGRAM = worded(
    "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {2} and hist {3}"
)
OWN: dict[str, Message] = {
    **{name: worded(SCALAR_TYPE.format(name)) for name in ("index_select", "masked_select")},
    **{name: worded(NOT_BOOL.format(name)) for name in ("isposinf", "isneginf", "signbit")},
    **{name: worded(NONZERO.format(name)) for name in ("nonzero", "nonzero_static")},
    **{name: worded(f"{name} only supports bool tensor for result, got: {{1}}") for name in ("any", "all")},
    **dict.fromkeys(("amax", "amin"), extreme),
    **dict.fromkeys(("cummax", "cummin", "logcumsumexp"), scanned),
    **dict.fromkeys(("searchsorted", "bucketize"), searchsorted),
    **dict.fromkeys(("median", "nanmedian"), median_values),
    **dict.fromkeys(("quantile", "nanquantile"), QUANTILE),
    **dict.fromkeys(("linalg_matrix_norm", "nuclear_norm"), MATRIX_NORM),
    **dict.fromkeys(("dot", "vdot"), DOT),
    **dict.fromkeys(("complex", "polar"), MADE),
    "float_power": worded(
        "the output given to float_power has dtype {1} but the operation's result requires dtype {0}"
    ),
    "frexp": worded("torch.frexp() expects mantissa to have dtype {2} but got {3}"),
    **dict.fromkeys(("histc", "histogram"), HISTOGRAM),
    "hash_tensor": worded("Expected result to be of dtype uint64, but got {1}"),
    "heaviside": heaviside,
    "linalg_solve_triangular": worded("expected scalar type {0} but found {1}"),
    "ormqr": worded(
        "torch.ormqr: Expected input and result to have the same dtype, but input has dtype{0} and result has dtype {1}"
    ),
    "linalg_norm": worded("linalg.norm expected out tensor dtype {0} but got: {1}"),
    "linalg_vecdot": worded("linalg.vecdot: Expected out of dtype{0} but found {1}"),
    "mode": worded("expected scalar type '{0}' but got '{1}' for values output"),
    "multinomial": worded("multinomial expects Long tensor out, got: {1}"),
    "multi_dot": worded("multi_dot(): expected out tensor to have dtype {2} but got {3}"),
    "nan_to_num": worded("nan_to_num: dtype of out: {1} should be same as input: {0}"),
    "narrow_copy": worded(
        "Expected self.dtype() == output.dtype() to be true, but got false.  (Could this error message be "
        "improved?  If so, please report an enhancement request to PyTorch.)"
    ),
    "take": worded(
        "take(): self and out expected to have the same dtype, but got self.dtype = {0} and out.dtype = {1}"
    ),
    **dict.fromkeys(("tensordot", "inner"), contracted),
    "where": worded("Expected out type to be {0} but got {1}"),
}
