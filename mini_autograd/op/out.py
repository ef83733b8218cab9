"""Calls with ``out=``: an op's result is written into a tensor that is there already, without a graph.

Torch has such an overload for most functions; OVERLOADS names those that it has one for. What differs between
them is which dtypes of ``out`` are taken, and what is said of the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mini_autograd import errors
from mini_autograd.dtypes import can_cast, dtype
from mini_autograd.graph import modes
from mini_autograd.kernels.shared.memory import overlap, restrided
from mini_autograd.op import binding, dispatch
from mini_autograd.op.binding import Packet
from mini_autograd.op.out_overload import CALCULATED, CAST, OVERLOADS, SAME, WORKERS
from mini_autograd.op.resize import resize
from mini_autograd.op.row import Op
from mini_autograd.op.schema import REQUIRED, Argument, Kind, Schema, Type
from mini_autograd.tensor import TensorBase, counter_of, requires_grad
from mini_autograd.typename import type_name

__all__ = ["call", "out_schema"]


def out_schema(op: Op) -> Schema | None:
    """The schema of the overload of ``op`` that takes ``out``; None where torch has none."""
    schema = op.schema
    if op.in_place or schema.full_name not in OVERLOADS:
        return None
    outs = tuple(
        Argument(returned.name or "out", Type(Kind.TENSOR, alias=f"{letter}!"), REQUIRED, True)
        for letter, returned in zip("abcdefgh", schema.returns, strict=False)
    )
    return replace(schema, arguments=schema.arguments + outs)


def call(packet: Packet, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Run the first overload that takes the arguments, ``out`` among them; None when there is none."""
    out = kwargs["out"]
    others = {name: value for name, value in kwargs.items() if name != "out"}
    for op in packet.overloads:
        if op.schema.full_name in OVERLOADS and not op.in_place:
            bound = binding.bind(op, args, others, False)
            if bound is not None and out is None:
                return dispatch.execute(op, bound)
            if bound is not None and fits(op, out):
                return execute(op, bound, out)
    return None


def fits(op: Op, out: Any) -> bool:
    """Whether ``out`` is a tensor, or as many of them as the op has results; TypeError for another number."""
    if op.n_outputs == 1:
        return isinstance(out, TensorBase)
    if not isinstance(out, (tuple, list)):
        return False
    for place, one in enumerate(out):
        if not isinstance(one, TensorBase):
            got = type_name(one)
            raise TypeError(f"expected Tensor as element {place} in argument {op.n_arguments}, but got {got}")
    if len(out) != op.n_outputs:
        raise TypeError(f"expected tuple of {op.n_outputs} elements but got {len(out)}")
    return True


def execute(op: Op, args: list, out: Any) -> Any:
    """Write the results of ``op`` on ``args`` to ``out``; ``out`` itself."""
    switches = modes.current()
    outs = [out] if op.n_outputs == 1 else list(out)
    given = dispatch.tensors_in(op, args)
    check(op, [*given, *outs], switches)
    if op.name in CALCULATED and (place := op.names.index("dtype")) and args[place] is None:
        args[place] = outs[0]._dtype
    recording = switches.grad
    switches.grad = False
    try:
        results = dispatch.execute(op, args)
        for one, result in zip(outs, [results] if op.n_outputs == 1 else results, strict=True):
            check_dtype(op, result._dtype, one._dtype)
            write(one, result, given if op.elementwise else [])
    finally:
        switches.grad = recording
    return out if op.n_outputs == 1 else type(results)(outs)


def check(op: Op, tensors: list, switches: modes.Modes) -> None:
    """Raise where writing would have to be recorded, which it cannot be."""
    if switches.grad and (op.differentiable or op.composite) and any(map(requires_grad, tensors)):
        raise errors.no_derivative_of_out(WORKERS.get(op.schema.full_name, op.name))
    if switches.level >= 0 and any(one._tangent is not None for one in tensors):
        raise NotImplementedError(
            f"Trying to use forward AD with {op.name}_out that does not support it because it is an out= "
            "function"
        )
    if not switches.inference and any(one._inference for one in tensors[-op.n_outputs :]):
        raise errors.inference_in_place()


def check_dtype(op: Op, result: dtype, wanted: dtype) -> None:
    """RuntimeError where ``out`` is not of a dtype that the op writes."""
    if result is wanted:
        return
    name = op.schema.full_name
    if name in SAME:
        raise RuntimeError(f"Found dtype {wanted.legacy} but expected {result.legacy}")
    if name in CAST:
        if not can_cast(result, wanted):
            raise errors.cannot_cast(result.legacy, wanted.legacy)
    elif op.name in CASTABLE:
        if not can_cast(result, wanted):
            raise CASTABLE[op.name](result, wanted)
    else:
        raise OWN.get(op.name, expected)(result, wanted)


def expected(result: dtype, wanted: dtype) -> Exception:
    return RuntimeError(
        f"Expected out tensor to have dtype {WORDS[result.name]}, but got {WORDS[wanted.name]} instead"
    )


def worded(text: str, error: type[Exception] = RuntimeError) -> Callable[[dtype, dtype], Exception]:
    """An error whose text names the dtype of the result, ``{0}``, and that of ``out``, ``{1}``."""
    return lambda result, wanted: error(text.format(result.legacy, wanted.legacy))


def write(out: TensorBase, result: TensorBase, given: list) -> None:
    """Give ``out`` the shape, unless it has it, and the elements of ``result``."""
    shape = result._array.shape
    if out._array.shape != shape:
        if out._array.size:
            warnings.warn(RESIZED.format(list(out._array.shape), list(shape)), UserWarning, stacklevel=2)
        resize(out, shape)
        out._array = restrided(out._array, result._array.strides, result._dtype.itemsize)
    else:
        dispatch.check_overlap(out._array)
        if any(one is not out and overlap(one._array, out._array) for one in given):
            raise RuntimeError(PARTIAL_OVERLAP)
    out._array[...] = dispatch.cast(result._array, out._dtype)
    counter_of(out).value += 1


RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match the "
    "required output shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not "
    "be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, "
    "inplace, to zero elements with t.resize_(0)."
)
PARTIAL_OVERLAP = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
    "memory location. Please clone() the tensor before performing the operation."
)
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
SAME_SCALAR_TYPE = "{}(): self and result must have the same scalar type"
NOT_BOOL = "{} does not support non-boolean outputs."
SAFELY = "{}: Expected result to be safely castable from {{0}} dtype, but got result with dtype {{1}}"
cat = worded("torch.cat(): input types can't be cast to the desired output type {1}", TypeError)
matched = worded(
    "Expected the dtype for input and out to match, but got {0} for input's dtype and {1} for out's dtype."
)
# Errors of functions that have words of their own: of those that cast, and of those that do not.
CASTABLE = {
    **dict.fromkeys(("cat", "concat", "concatenate", "stack", "row_stack", "hstack", "vstack"), cat),
    **dict.fromkeys(("dstack", "column_stack"), cat),
    "logsumexp": worded("logsumexp(): Expected floating point type for result tensor, but got: {1}"),
    "special_logsumexp": worded("logsumexp(): Expected floating point type for result tensor, but got: {1}"),
    "ldexp": worded("ldexp can't be cast to the desired output type {1}"),
    "mean": worded("mean.dtype_out(): input types can't be cast to the desired output type {1}"),
    "matrix_power": worded(SAFELY.format("matrix_power")),
    "linalg_matrix_power": worded(SAFELY.format("matrix_power")),
    "linalg_pinv": worded(SAFELY.format("linalg.pinv")),
    "linalg_cond": worded(SAFELY.format("linalg.cond")),
    "cholesky_solve": worded(SAFELY.format("cholesky_solve")),
    "cholesky_inverse": worded(SAFELY.format("cholesky_inverse")),
}
OWN: dict[str, Callable[[dtype, dtype], Exception]] = {
    **{name: worded(SAME_SCALAR_TYPE.format(name)) for name in ("index_select", "masked_select")},
    **{name: worded(NOT_BOOL.format(name)) for name in ("isposinf", "isneginf", "signbit")},
    "any": worded("any only supports bool tensor for result, got: {1}"),
    "all": worded("all only supports bool tensor for result, got: {1}"),
    "amax": matched,
    "amin": matched,
    "where": worded("Expected out type to be {0} but got {1}"),
    "dot": worded("result dtype {1} does not match input dtype {0}"),
    "vdot": worded("result dtype {1} does not match input dtype {0}"),
    "take": worded(
        "take(): self and out expected to have the same dtype, but got self.dtype = {0} and out.dtype = {1}"
    ),
    "nan_to_num": worded("nan_to_num: dtype of out: {1} should be same as input: {0}"),
    "nonzero": worded("nonzero: Expected out tensor to have scalar type {0} but got scalar type{1}"),
    "logcumsumexp": worded("expected scalar_type {0} but found {1}"),
    "linalg_norm": worded("linalg.norm expected out tensor dtype {0} but got: {1}"),
    "linalg_matrix_norm": worded("linalg.matrix_norm expected out tensor dtype {0} but got: {1}"),
    "nuclear_norm": worded("linalg.matrix_norm expected out tensor dtype {0} but got: {1}"),
    "linalg_vecdot": worded("linalg.vecdot: Expected out of dtype{0} but found {1}"),
    "quantile": worded("quantile() out tensor must be same dtype as the input tensor"),
    "nanquantile": worded("quantile() out tensor must be same dtype as the input tensor"),
    "complex": worded("Expected object of scalar type {0} but got scalar type {1} for argument 'out'"),
    "polar": worded("Expected object of scalar type {0} but got scalar type {1} for argument 'out'"),
    "tensordot": worded(
        "tensordot: Expected the output tensor to have dtype {0}, but got an output tensor with dtype {1}"
    ),
}
