"""What becomes of a call that no overload takes: one in a deprecated form is made in another, with a warning,
and for any other there is an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mini_autograd.op import binding
from mini_autograd.op.binding import Packet
from mini_autograd.op.coercion import TYPES
from mini_autograd.op.mismatch import bound_by, mismatch
from mini_autograd.op.out import out_schema, with_out
from mini_autograd.op.schema import Kind, Schema, parse
from mini_autograd.op.signature import Signature, signatures
from mini_autograd.warning import warn_once

__all__ = ["call_deprecated", "mismatched"]

# Overloads that torch lists and no row declares: of those that take a number the Tensor one does the work, as
# it does in torch, and a dtype of the output is for accelerators only.
NUMBER = "Scalar(Tensor self, Scalar other) -> Tensor"
ROUNDED = "Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor"
PRODUCT = "dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor"
SUM = (
    "dtype(Tensor self, Tensor {0}1, Tensor {0}2, ScalarType out_dtype, *, Scalar beta=1, Scalar alpha=1) "
    "-> Tensor"
)
UNDECLARED = {
    "multiply": (NUMBER,),
    "true_divide": (NUMBER,),
    "floor_divide": (NUMBER,),
    "div": (ROUNDED,),
    "divide": (NUMBER, ROUNDED),
    "mm": (PRODUCT,),
    "bmm": (PRODUCT,),
    "addmm": (SUM.format("mat"),),
    "baddbmm": (SUM.format("batch"),),
}


def mismatched(packet: Packet, args: tuple, kwargs: dict[str, Any]) -> TypeError:
    """What torch says of calling ``packet`` with ``args`` and ``kwargs``."""
    if packet.method:
        args = args[1:]
    return mismatch(packet.name, native(packet), args, kwargs, TYPES, method=packet.method)


def call_deprecated(packet: Packet, args: tuple, kwargs: dict[str, Any]) -> Any:
    """A call that gives a scale by position, before its tensor: by keyword it is taken. None for any other."""
    overloads = signatures(native(packet), method=packet.method)
    given = args[1:] if packet.method else args
    for signature in overloads:
        bound = bound_by(signature, given, kwargs, TYPES) if signature.hidden else None
        if bound is not None:
            warn_once(superseded(packet.name, signature, overloads))
            by_name = {each.name: value for each, value in bound}
            names = [each.name for each, _ in bound if each.type.kind is Kind.TENSOR and each.name != "out"]
            tensors = [by_name.pop(name) for name in names]
            return binding.call(packet, (*args[: packet.method], *tensors), by_name)
    return None


def superseded(name: str, signature: Signature, overloads: tuple[Signature, ...]) -> str:
    better = "".join(f"\n\t{name}{each}" for each in overloads if not each.hidden)
    return (
        f"This overload of {name} is deprecated:\n\t{name}{signature}\nConsider using one of the following "
        f"signatures instead:{better}"
    )


def native(packet: Packet) -> list[Schema]:
    """The native schemas of the overloads, those that write to ``out`` included.

    A row that makes a tensor lists ``requires_grad`` among the arguments; torch's parser adds it by itself.
    """
    name = packet.name.removesuffix("_")
    schemas = []
    for op in packet.overloads:
        kept = tuple(argument for argument in op.schema.arguments if argument.name != "requires_grad")
        schemas.append(replace(op.schema, name=name, arguments=kept))
        if not packet.method and (written := out_schema(op)) is not None:
            schemas.append(written)
    return schemas + undeclared(packet, {schema.overload for schema in schemas})


def undeclared(packet: Packet, overloads: set[str]) -> list[Schema]:
    """What torch lists besides ``overloads``."""
    name = packet.name.removesuffix("_")
    found = []
    for text in UNDECLARED.get(name, ()):
        schema = parse(f"{name}.{text}")
        if schema.overload == "dtype" and not packet.method:
            found += [schema, with_out(schema)]
        elif schema.overload not in overloads and schema.overload != "dtype":
            found.append(schema)
    return found
