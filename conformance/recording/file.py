"""A recording as a file: a line that says of what it is, and one for each program; compressed if its name ends so."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from ..document import (
    FLAG,
    OBJECT,
    TEXT,
    TEXTS,
    DocumentError,
    Field,
    check,
    content,
    decode,
    list_of,
    optional,
)
from ..program import Program, program_from_json
from ..refusal import Refusal
from ..statements import ProgramError

FORMAT = 1
MOST = 1 << 29  # bytes, unpacked
HEADER: dict[str, Field] = {"subject": TEXT, "version": TEXT, "compiled": optional(FLAG)}
FRAMES: dict[str, Field] = {"frames": list_of(OBJECT, "a list of objects"), "arrays": TEXTS}


class RecordingError(Refusal):
    """A recording cannot be read or written, or does not hold what is asked of it; the text says which and why."""


@dataclass(slots=True)
class Recording:
    """Records of programs by their names; each is parsed when it is asked for."""

    header: dict[str, Any]
    lines: dict[str, str]
    path: Path
    parsed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> dict[str, Any]:
        """The record of a program; RecordingError where there is none."""
        found = self.parsed.get(name)
        if found is None:
            if name not in self.lines:
                raise RecordingError(f"{self.path}: there is no program {name!r}")
            self.parsed.clear()  # the next one asked for is another
            found = self.parsed[name] = self._parsed(name)
        return found

    def _parsed(self, name: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = decode(self.lines[name])
            check(found, {"name": TEXT, "program": OBJECT})
            check(found, {"failed": TEXT} if "failed" in found else FRAMES)
        except DocumentError as error:
            raise RecordingError(f"{self.path}: {name}: {error}") from None
        return found

    def of(self, program: Program) -> dict[str, Any]:
        """The record of just this program; RecordingError where another was recorded under its name."""
        found = self[program.name]
        if "failed" in found:
            raise RecordingError(f"{self.path}: {program.name} was not recorded: {found['failed']}")
        if found["program"].get("statements") != program.to_json()["statements"]:
            raise RecordingError(f"{self.path}: {program.name} was another program when it was recorded")
        return found

    def program(self, name: str) -> Program:
        """The program that was recorded under a name."""
        try:
            return program_from_json(self[name]["program"], f"{self.path}: {name}")
        except ProgramError as error:
            raise RecordingError(str(error)) from None

    def names(self) -> list[str]:
        return list(self.lines)


class Dateless(gzip.GzipFile):
    """Compresses without saying when, nor under which name."""

    def __init__(self, path: Path, mode: str) -> None:
        self.raw_file = path.open(mode)
        super().__init__("", mode, fileobj=self.raw_file, mtime=0)

    def close(self) -> None:
        super().close()
        self.raw_file.close()


def _written(path: Path) -> TextIO:
    """A text file to write; a compressed one is the same bytes whenever it is written."""
    return io.TextIOWrapper(
        Dateless(path, "wb") if path.suffix == ".gz" else path.open("wb"), encoding="utf-8"
    )


def _read(path: Path) -> str:
    """The text of a file; DocumentError where a small one unpacks to more than any recording is."""
    data = content(path)
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            data = file.read(MOST + 1)
        if len(data) > MOST:
            raise DocumentError(f"is too large: more than {MOST:,} bytes")
    return data.decode()


def read_recording(path: Path) -> Recording:
    """A recording; RecordingError naming the file and the cause when it is none."""
    try:
        first, *rest = _read(path).split("\n")
        header, lines = decode(first), [line for line in rest if line.strip()]
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise RecordingError(f"{path}: no recording: {error}") from None
    if not isinstance(header, dict) or header.get("recording") != FORMAT:
        raise RecordingError(f"{path}: no recording of format {FORMAT}")
    try:
        check(header, HEADER, {"unobserved": TEXTS, "left_out": TEXTS})
        return Recording(header, {_name(line): line for line in lines}, path)
    except DocumentError as error:
        raise RecordingError(f"{path}: {error}") from None
    except ValueError as error:
        raise RecordingError(f"{path}: a program is not whole: {error}") from None


def _name(line: str) -> str:
    """The name at the beginning of a program's line, read without the rest of it."""
    begin = '{"name": '
    if not line.startswith(begin) or not line.endswith("}"):
        raise ValueError(line[:40])
    name, _ = json.JSONDecoder().raw_decode(line, len(begin))
    return str(name)


def write_recording(path: Path, header: dict[str, Any], records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write records as they come, and give the name of each; the file is put in its place at the end."""
    draft = path.with_name(f".draft.{path.name}")
    try:
        with _written(draft) as file:
            file.write(json.dumps({"recording": FORMAT, **header}) + "\n")
            for one in records:
                name = one["program"]["name"]
                file.write(json.dumps({"name": name, **one}) + "\n")
                yield name
        draft.replace(path)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
