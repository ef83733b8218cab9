"""What is seen of a program after each statement, and the record of where two runs of it first part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Observation(StrEnum):
    """The kinds of thing that are seen."""

    ERROR = "error"
    DTYPE = "dtype"
    SHAPE = "shape"
    VALUE = "value"
    STRIDE = "stride"
    ALIAS = "alias"
    VERSION = "version"
    LEAF = "leaf"
    REQUIRES_GRAD = "requires_grad"
    GRAPH = "graph"
    SAVED = "saved"
    GRAD = "grad"
    HOOK = "hook"
    WARNING = "warning"
    REPR = "repr"
    PROCESS = "process"


# Where a statement parts in several ways, the one that explains the others comes first.
SEVERITY = {kind: place for place, kind in enumerate(Observation)}

_CLASSES = {
    "float64": "float",
    "float32": "float",
    "float16": "half",
    "bfloat16": "half",
    "complex128": "complex",
    "complex64": "complex",
    "bool": "bool",
}


def dtype_class(dtype: str) -> str:
    """float, half, complex, bool or integer; `none` where no tensor is concerned."""
    return _CLASSES.get(dtype, "integer" if "int" in dtype else "none")


# What the reference says of a fault of its own; at which op it comes to light does not tell one from another.
_FAULT = re.compile(r'(?:^\w+Error: )?([^\n]*INTERNAL ASSERT FAILED) at "\S*?([\w.]+)":\d+')


def fault(text: str) -> str | None:
    """`a > b INTERNAL ASSERT FAILED in file.cpp`, for an error by which the reference owns up to a fault."""
    found = _FAULT.search(text)
    if found is None:
        return None
    return f"{found[1]} in {found[2]}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One observation on which two runs part. `path` is where the statement stands among nested blocks.

    `reason` is set where the reference parts from itself too, and `other` is its other value then.
    """

    path: tuple[int, ...]
    op: str
    kind: Observation
    field: str
    dtype: str
    location: str
    expected: str
    got: str
    reason: str | None = None
    other: str | None = None

    @property
    def statement(self) -> int:
        """The index of the outermost statement."""
        return self.path[0]

    @property
    def signature(self) -> str:
        """What differences with one cause have in common; a fault of the reference alone is a cause by itself."""
        named = fault(self.expected)
        if named is not None and self.field not in ("type", "text"):
            return f"{named}|{Observation.ERROR}|not raised|none"
        return f"{self.op}|{self.kind}|{self.field}|{dtype_class(self.dtype)}"


def parts(signature: str) -> tuple[str, str, str, str]:
    """The op, the kind of observation, the field and the class of dtypes of a signature."""
    op, kind, name, dtype = (*signature.split("|", 3), "", "", "")[:4]
    return op, kind, name, dtype
