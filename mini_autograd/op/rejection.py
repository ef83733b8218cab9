"""The error for a call that no overload of a function or method takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mini_autograd.op.binding import Packet
from mini_autograd.op.coercion import TYPES
from mini_autograd.op.mismatch import mismatch
from mini_autograd.op.out import out_schema
from mini_autograd.op.schema import Schema, parse

__all__ = ["mismatched"]

# Overloads that torch lists, although its Tensor one takes numbers too, as the only one here does.
NUMBER_OVERLOADS = {
    "subtract": "Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
    "multiply": "Scalar(Tensor self, Scalar other) -> Tensor",
    "true_divide": "Scalar(Tensor self, Scalar other) -> Tensor",
    "floor_divide": "Scalar(Tensor self, Scalar other) -> Tensor",
    "divide": "Scalar(Tensor self, Scalar other) -> Tensor",
}
ROUNDED = "Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor"


def mismatched(packet: Packet, args: tuple, kwargs: dict[str, Any]) -> TypeError:
    """What torch says of calling ``packet`` with ``args`` and ``kwargs``."""
    if packet.method:
        args = args[1:]
    return mismatch(packet.name, native(packet), args, kwargs, TYPES, method=packet.method)


def native(packet: Packet) -> list[Schema]:
    """The native schemas of the overloads, those that write to ``out`` included.

    A row that makes a tensor lists ``requires_grad`` among the arguments; torch's parser adds it by itself.
    """
    schemas = []
    for op in packet.overloads:
        kept = tuple(argument for argument in op.schema.arguments if argument.name != "requires_grad")
        schemas.append(replace(op.schema, arguments=kept))
        if not packet.method and (written := out_schema(op)) is not None:
            schemas.append(written)
    return schemas + covered(packet.name.removesuffix("_"), {schema.overload for schema in schemas})


def covered(name: str, overloads: set[str]) -> list[Schema]:
    """The overloads of ``name`` that take a number and are not among ``overloads``."""
    found = []
    if name in NUMBER_OVERLOADS:
        found.append(parse(f"{name}.{NUMBER_OVERLOADS[name]}"))
    if name in ("div", "divide"):
        found.append(parse(f"{name}.{ROUNDED}"))
    return [schema for schema in found if schema.overload not in overloads]
