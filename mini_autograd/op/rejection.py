"""The error for a call that no overload of a function or method takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mini_autograd.op.binding import Packet
from mini_autograd.op.coercion import TYPES
from mini_autograd.op.mismatch import mismatch
from mini_autograd.op.out import out_schema
from mini_autograd.op.schema import Schema

__all__ = ["mismatched"]


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
    return schemas
