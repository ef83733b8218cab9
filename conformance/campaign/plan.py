"""What a run is to do: the same plan gives the same programs, whatever runs them and however often it is stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..records import RunError

REDUCTION_LIMIT = 400
BATCH = 100  # programs: a fraction of a second, so that little is run again where one is lost
SOURCES = (".py", ".pyx", ".pxd", ".so", ".json", ".toml")


@dataclass(frozen=True, slots=True)
class Plan:
    """The two libraries by name, and what to draw. ``patience`` is in seconds a program, ``memory`` in GiB that a
    process may take beyond what it has."""

    subject: str = "mini_autograd"
    reference: str = "torch"
    seed: int = 0
    programs: int = 2000
    batch: int = BATCH
    reduction_limit: int = REDUCTION_LIMIT
    timing_rounds: int = 0
    patience: float = 60.0
    memory: float = 4.0

    def to_json(self) -> dict[str, Any]:
        """The plan as a header holds it, with the state of the code that its results depend on."""
        return {**dataclasses.asdict(self), "sources": self.sources()}

    @classmethod
    def from_json(cls, header: dict[str, Any], place: Path) -> Plan:
        """The plan of a run that is to be gone on with; RunError where the code is another by now."""
        found = header.get("plan")
        told = dict(found) if isinstance(found, dict) else {}
        sources = told.pop("sources", None)
        types = {field.name: (int, float) if field.type == "float" else {"str": str, "int": int}[str(field.type)]
                 for field in dataclasses.fields(cls)}  # fmt: skip
        if set(told) != set(types) or not all(type(told[name]) is not bool and isinstance(told[name], types[name])
                                              for name in types):  # fmt: skip
            raise RunError(f"{place}: its header holds no plan to go on with")
        made = cls(**told)
        fits = made.batch > 0 and made.programs > 0 and made.seed >= 0 and made.reduction_limit >= 0
        if (
            not fits
            or made.timing_rounds < 0
            or not all(0 < one < 1e6 for one in (made.patience, made.memory))
        ):
            raise RunError(f"{place}: its header holds no plan that can be carried out")
        if sources != made.sources():
            raise RunError(f"{place}: was begun with other code: what it came to cannot be put beside it")
        return made

    def sources(self) -> str:
        """A digest of the files of the harness and of both libraries: which they are, how long and how old."""
        packages = ("conformance", self.subject, self.reference)
        return hashlib.sha256("".join(map(_package, packages)).encode()).hexdigest()[:16]


@lru_cache
def _package(name: str) -> str:
    library = name.partition("[")[0]
    try:  # of a package inside another, that other would be run
        spec = None if library.endswith(".py") else importlib.util.find_spec(library.partition(".")[0])
    except (ImportError, ValueError):
        spec = None
    roots = [Path(one) for one in (spec.submodule_search_locations or ())] if spec is not None else []
    if spec is not None and not roots and spec.origin is not None:
        roots = [Path(spec.origin)]
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        roots = [Path(name)] if Path(name).is_file() else roots
    digest = hashlib.sha256()
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in files:
            if path.suffix in SOURCES:
                told = path.stat()
                digest.update(f"{path.relative_to(root)} {told.st_size} {told.st_mtime_ns}\n".encode())
    return digest.hexdigest()
