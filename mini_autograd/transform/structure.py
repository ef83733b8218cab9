"""Nested structures of tensors: tuples, lists, dicts, named tuples, with leaves that are anything else."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Structure:
    """The shape of a nested value without its leaves. ``kind`` is the container's type, None for a leaf."""

    __slots__ = ("context", "kind", "parts")

    def __init__(self, kind: Any, context: Any, parts: list[Structure]) -> None:
        self.kind, self.context, self.parts = kind, context, parts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Structure):
            return NotImplemented
        return (self.kind, self.context, self.parts) == (other.kind, other.context, other.parts)

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        return self.text(0)

    def text(self, indent: int) -> str:
        """As torch shows it, part below part."""
        if self.kind is None:
            return "*"
        inner = f",\n{' ' * (indent + 2)}".join([part.text(indent + 2) for part in self.parts])
        return f"TreeSpec({self.kind.__name__}, {self.context}, [{inner}])"

    def pretty(self) -> str:
        """As Python would write it, with stars for leaves."""
        if self.kind is None:
            return "*"
        parts = [part.pretty() for part in self.parts]
        if self.kind is tuple:
            return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
        if self.kind is list:
            return f"[{', '.join(parts)}]"
        if self.kind is dict:
            return (
                "{"
                + ", ".join([f"{key!r}: {part}" for key, part in zip(self.context, parts, strict=True)])
                + "}"
            )
        return f"{self.kind.__name__}({', '.join(parts)})"

    @property
    def leaves(self) -> int:
        return 1 if self.kind is None else sum(part.leaves for part in self.parts)


LEAF = Structure(None, None, [])


def is_named(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def container(value: Any) -> tuple[Any, Any, list] | None:
    """The type of a container, what else there is to know of it, and its parts; None for a leaf."""
    kind = type(value)
    if kind in (tuple, list):
        return kind, None, list(value)
    if kind is dict:
        return kind, list(value), list(value.values())
    if kind is OrderedDict:
        return kind, list(value), list(value.values())
    if kind is defaultdict:
        return kind, [value.default_factory, list(value)], list(value.values())
    if kind is deque:
        return kind, value.maxlen, list(value)
    if is_named(value):
        return kind, kind, list(value)
    if isinstance(value, tuple) and kind.__module__ == "torch.return_types":
        return kind, None, list(value)
    return None


def flatten(value: Any) -> tuple[list, Structure]:
    """The leaves of ``value`` in order, and its structure."""
    found = container(value)
    if found is None:
        return [value], LEAF
    kind, context, parts = found
    leaves: list = []
    structures = []
    for part in parts:
        inner, structure = flatten(part)
        leaves.extend(inner)
        structures.append(structure)
    return leaves, Structure(kind, context, structures)


def unflatten(leaves: Iterable[Any], structure: Structure) -> Any:
    """The value of that structure with those leaves."""
    return _unflatten(iter(leaves), structure)


def _unflatten(leaves: Iterator[Any], structure: Structure) -> Any:
    kind = structure.kind
    if kind is None:
        return next(leaves)
    parts = [_unflatten(leaves, part) for part in structure.parts]
    if kind is defaultdict:
        factory, keys = structure.context
        return defaultdict(factory, zip(keys, parts, strict=True))
    if issubclass(kind, dict):
        return kind(zip(structure.context, parts, strict=True))
    if kind is deque:
        return deque(parts, structure.context)
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)


def map_leaves(change: Callable[[Any], Any], value: Any) -> Any:
    leaves, structure = flatten(value)
    return unflatten([change(leaf) for leaf in leaves], structure)


def broadcast(value: Any, structure: Structure) -> list | None:
    """A leaf for every leaf of ``structure`` where ``value`` has the same structure, or leaves in place of parts of
    it, each of which then counts for all of the part; None where it has another."""
    found = container(value)
    if found is None:
        return [value] * structure.leaves
    kind, context, parts = found
    if kind is not structure.kind or context != structure.context or len(parts) != len(structure.parts):
        return None
    leaves: list = []
    for part, below in zip(parts, structure.parts, strict=True):
        inner = broadcast(part, below)
        if inner is None:
            return None
        leaves.extend(inner)
    return leaves
