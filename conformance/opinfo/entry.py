"""An op of torch's table in one of its variants, and the calls that it is tried by."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..refusal import Refusal
from ..statements import ProgramError, Statement, from_json, to_json

FORMAT = 1
TABLE = Path(__file__).with_name("op_db.jsonl.xz")


class TableError(Refusal):
    """The file is not a table of entries; the text says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """A differentiable tensor that a sample binds: its name, and what the reference gave it."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A call as data.

    `inputs` are the names of what can be differentiated by, `results` what can be differentiated. `needs` says by
    input whether the gradient is None ("0"), constant ("1") or itself differentiable ("2").
    """

    statements: tuple[Statement, ...]
    inputs: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An op and its variant: the dtypes it takes and has derivatives in, how else it is written, and its samples.

    `samples` and `special` (NaN, infinities, strides) are by the dtype that they were recorded in; `errors` are calls
    that fail, and `left_out` says what could not be written down.
    """

    name: str
    variant: str
    dtypes: tuple[str, ...]
    backward: tuple[str, ...]
    gradgrad: bool
    forward: bool
    method: str | None
    in_place: str | None
    out: bool
    samples: Mapping[str, Sequence[Sample]]
    special: Mapping[str, Sequence[Sample]]
    errors: Sequence[Sample]
    left_out: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`linalg.pinv.hermitian`: how people and tests name the entry."""
        return f"{self.name}.{self.variant}" if self.variant else self.name


# --- the file ---------------------------------------------------------------------------------------------


def write_table(entries: Iterable[Entry], torch_version: str, path: Path = TABLE) -> int:
    """Write a table; its size in bytes."""
    head = json.dumps({"format": FORMAT, "torch": torch_version})
    lines = [head, *(json.dumps(_entry_record(entry), separators=(",", ":")) for entry in entries)]
    path.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9 | lzma.PRESET_EXTREME))
    return path.stat().st_size


@lru_cache(1)
def read_table(path: Path = TABLE) -> tuple[Entry, ...]:
    """The entries of a table; TableError when the file is none."""
    try:
        head, *lines = lzma.decompress(path.read_bytes()).decode().splitlines()
        if json.loads(head).get("format") != FORMAT:
            raise TableError(f"{path}: not of format {FORMAT}")
        return tuple(_entry(json.loads(line)) for line in lines)
    except (OSError, lzma.LZMAError, ValueError, LookupError, TypeError, ProgramError) as error:
        raise TableError(f"{path}: no table of ops: {error}") from error


def _entry_record(entry: Entry) -> dict[str, Any]:
    record = {name: getattr(entry, name) for name in Entry.__slots__}
    for name in ("samples", "special"):
        record[name] = {dtype: [_sample_record(one) for one in many] for dtype, many in record[name].items()}
    record["errors"] = [_sample_record(one) for one in entry.errors]
    return record


def _entry(record: dict[str, Any]) -> Entry:
    for name in ("samples", "special"):
        record[name] = {dtype: Samples(many) for dtype, many in record[name].items()}
    record["errors"] = Samples(record["errors"])
    for name in ("dtypes", "backward", "left_out"):
        record[name] = tuple(record[name])
    return Entry(**record)


class Samples(Sequence[Sample]):
    """Samples that are read when they are asked for: a run takes a few of the table."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, place: Any) -> Any:
        return _sample(self.records[place])


def _sample_record(sample: Sample) -> dict[str, Any]:
    statements = [to_json(statement) for statement in sample.statements]
    results = [list(asdict(one).values()) for one in sample.results]
    return {"s": statements, "i": list(sample.inputs), "r": results, "n": sample.needs}


def _sample(record: dict[str, Any]) -> Sample:
    statements = tuple(from_json(one, "sample") for one in record["s"])
    results = tuple(Result(name, tuple(shape), dtype) for name, shape, dtype in record["r"])
    return Sample(statements, tuple(record["i"]), results, record["n"])
