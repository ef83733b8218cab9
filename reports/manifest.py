"""Writes the files of a site and takes away those of a build before that are no longer in it.

NOTE [Only what a build wrote is taken away]: a manifest names the files of a build with a digest of each. One that is
no longer written is deleted if it lies in the site, is a plain file, and is still what the build wrote.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from reports.field import RecordError, decode

NAME = ".manifest.json"


def write_site(out: Path, texts: Iterable[tuple[str, str | bytes]]) -> None:
    """Write each file under another name first, so that a reader never sees half of one."""
    try:
        before = _read(out)
        digests: dict[str, str] = {}
        for name, text in texts:
            data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
            digests[name] = sha256(data).hexdigest()
            if before.get(name) != digests[name] or _digest(out / name) != digests[name]:
                _write(out / name, data)
        _write(out / NAME, json.dumps(digests, indent=0, ensure_ascii=True).encode())
        for name in before.keys() - digests.keys():
            _take_away(out, name, before[name])
    except OSError as error:
        raise RecordError(f"{error.filename or out}: cannot be written: {error.strerror}") from None


def write_file(path: Path, data: bytes) -> None:
    """Write one file that is no part of the site."""
    try:
        _write(path, data)
    except OSError as error:
        raise RecordError(f"{error.filename or path}: cannot be written: {error.strerror}") from None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)


def _read(out: Path) -> Mapping[str, str]:
    """The manifest of the build before; nothing where it is none."""
    try:
        found = decode((out / NAME).read_bytes(), NAME)
    except (OSError, RecordError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: digest for name, digest in found.items() if isinstance(digest, str) and name != NAME}


def _take_away(out: Path, name: str, digest: str) -> None:
    path = out / name
    inside = path.parent.resolve().is_relative_to(out.resolve()) and ".." not in Path(name).parts
    if inside and _digest(path) == digest:
        path.unlink()
        if path.parent != out and not any(path.parent.iterdir()):
            path.parent.rmdir()


def _digest(path: Path) -> str | None:
    """The digest of a plain file, None for anything else."""
    try:
        return None if path.is_symlink() or not path.is_file() else sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return None
