"""What is seen of a program after each statement, and the record of where two runs of it first part."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Difference:
    """One observation on which two runs part. `path` is where the statement stands among nested blocks."""

    path: tuple[int, ...]
    op: str
    kind: Observation
    field: str
    dtype: str
    location: str
    expected: str
    got: str

    @property
    def statement(self) -> int:
        """The index of the outermost statement."""
        return self.path[0]

    @property
    def signature(self) -> str:
        """What differences with one cause have in common."""
        return f"{self.op}|{self.kind}|{self.field}|{dtype_class(self.dtype)}"


def parts(signature: str) -> tuple[str, str, str, str]:
    """The op, the kind of observation, the field and the class of dtypes of a signature."""
    op, kind, name, dtype = (*signature.split("|", 3), "", "", "")[:4]
    return op, kind, name, dtype
