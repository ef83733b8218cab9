"""Calls with ``out=``: an op's result is written into a tensor that is there already, without a graph.

Torch has such an overload for most functions; OVERLOADS names those that it has one for. What differs between
them is which dtypes of ``out`` are taken, and what is said of the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.graph import modes
from mini_autograd.graph.mutation import about_to_write
from mini_autograd.graph.version import count_write
from mini_autograd.kernels.by_array import check_apart, check_disjoint, relaid
from mini_autograd.kernels.shared.overlap import check_single
from mini_autograd.op import binding, dispatch
from mini_autograd.op.binding import Packet
from mini_autograd.op.bits import check_mutable, elements_of, write_elements
from mini_autograd.op.cast import cast
from mini_autograd.op.device import check_device_of_out
from mini_autograd.op.out_dtype import check_dtypes, check_numbers
from mini_autograd.op.out_overload import BY_ROWS, BY_ROWS_BEFORE, CALCULATED, COPYING, OVERLOADS, WORKERS
from mini_autograd.op.resize import resize, warn_resized
from mini_autograd.op.row import Op
from mini_autograd.op.rules import result_type
from mini_autograd.op.schema import REQUIRED, Argument, Kind, Schema, Type
from mini_autograd.return_types import ReturnType, return_type
from mini_autograd.tensor import BITS, TensorBase, requires_grad
from mini_autograd.typename import type_name
from mini_autograd.warning import WRITING

__all__ = ["call", "out_schema", "with_out"]

# Which read again what they have written, so that neither may lie in the memory of the other.
DISJOINT = frozenset(("gather", "index_select", "kthvalue", "masked_select", "take"))
# Which products torch makes as one row where the first factor is a vector and the second a matrix.
AS_ROWS = ("matmul", "linear", "linalg_matmul")
# Which do not say here that a default is deprecated.
SILENT = ("cross",)
# How often a call counts as writing, where it is not once.
COUNTED = {"kron": 0, "nanmean": 2}


def out_schema(op: Op) -> Schema | None:
    """The schema of the overload of ``op`` that takes ``out``; None where torch has none."""
    if op.in_place or op.schema.full_name not in OVERLOADS:
        return None
    return with_out(op.schema)


def with_out(schema: Schema) -> Schema:
    """The schema with a tensor to write to for each result."""
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
            if bound is not None and modes.current().level > 0:
                modes.current().layers[-1].check_out(op.name, dispatch.tensors_in(op, bound))
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
    given = tensors_in([args[position] for position in op.tensors])
    if op.name in CALCULATED and (place := op.names.index("dtype")) and args[place] is None:
        args[place] = outs[0]._dtype
    recording = switches.grad
    switches.grad = False
    WRITING.append(op.name)
    try:
        result = silently(op, args) if op.name in SILENT else dispatch.execute(op, args)
    finally:
        WRITING.pop()
        switches.grad = recording
    results = [result] if op.n_outputs == 1 else list(result)
    tracked = recording and not switches.inference
    if tracked and is_recorded(op, results[0]) and any(map(requires_grad, [*given, *outs])):
        raise errors.no_derivative_of_out(WORKERS.get(op.schema.full_name, op.name))
    check_modes(op, given, outs, switches)
    check_numbers(op, given[0]._dtype, outs[0]._dtype)
    check_dtypes(op, [one._dtype for one in results], [one._dtype for one in outs])
    if op.result_dtype is dtypes.bool:
        dispatch.warn_computed(op, result_type(given), outs[0])
    if op.name in DISJOINT:
        check_memory(outs, given)
    for one, written in zip(outs, results, strict=True):
        check_device_of_out(op, written._array, one._array)
        about_to_write(one)
        write(
            op,
            one,
            written,
            given if op.elementwise else [],
            made_first(op, args, written._array.shape, one._array.shape),
        )
        count_write(one, times_counted(op, args))
    if op.n_outputs == 1:
        return out
    named = isinstance(result, ReturnType)
    return return_type(f"{op.name}_out", op.output_names)(outs) if named else tuple(outs)


def check_memory(outs: list[TensorBase], given: list[TensorBase]) -> None:
    """RuntimeError where what is written lies several times on itself, or on what is read."""
    for one in outs:
        check_single(one._array)
        check_disjoint(one._array, *[each._array for each in given])


def silently(op: Op, args: list) -> Any:
    """The results, without warnings on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dispatch.execute(op, args)


def made_first(op: Op, args: list, shape: tuple, out_shape: tuple) -> tuple:
    """The shape that torch makes a result in before it gives it its own; that of ``out`` where it does not ask."""
    if op.name == "narrow_copy":
        return out_shape
    if op.name in AS_ROWS and (args[0]._array.ndim, args[1]._array.ndim) == (1, 2):
        return (1, *shape)
    return shape


def times_counted(op: Op, args: list) -> int:
    """How often the call counts as writing: for ``matmul`` the view of a row as a vector counts, too."""
    as_row = op.name == "matmul" and (args[0]._array.ndim, args[1]._array.ndim) == (1, 2)
    return 2 if as_row else COUNTED.get(op.name, 1)


def tensors_in(values: Iterable[Any]) -> list[TensorBase]:
    """The tensors among ``values``, those in lists included."""
    found = []
    for value in values:
        if isinstance(value, TensorBase):
            found.append(value)
        elif value is not None:
            found += tensors_in(value)
    return found


def is_recorded(op: Op, result: TensorBase) -> bool:
    """Whether writing the result would have to be recorded: there is a derivative."""
    if op.name in COPYING:
        return False
    if op.schema.full_name in WORKERS:
        return True
    return bool(op.differentiable) if op.composite is None else result._dtype.is_differentiable


def check_modes(op: Op, given: list, outs: list, switches: modes.Modes) -> None:
    """Raise where forward mode would have to be carried on, or an inference tensor counted as written."""
    if switches.level >= 0 and any(one._tangent is not None for one in [*given, *outs]):
        raise NotImplementedError(
            f"Trying to use forward AD with {op.name}_out that does not support it because it is an out= "
            "function"
        )
    if not switches.inference and any(one._inference and one._counter is None for one in outs):
        raise errors.inference_in_place()


def write(op: Op, out: TensorBase, result: TensorBase, given: list, made: tuple) -> None:
    """Give ``out`` the shape, unless it has it, and the elements of ``result``, which was first ``made`` in another."""
    check_mutable(out)
    shape = result._array.shape
    warn_resized(out._array, made)
    if out._array.shape != shape:
        by_rows = op.name in BY_ROWS or (op.name in BY_ROWS_BEFORE and out._array.size > 0)
        resize(out, shape)
        if not by_rows:
            out._array = relaid(out._array, result._array.strides, result._dtype.itemsize)
    else:
        check_single(out._array)
        if not out._marks:
            check_apart(out._array, *[one._array for one in given if not one._marks & BITS])
    write_elements(out, cast(elements_of(result), out._dtype))
