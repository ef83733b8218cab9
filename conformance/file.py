"""Writing a file whole or not at all, so that no reader ever sees half of one."""

from __future__ import annotations

import os
from pathlib import Path

from .refusal import Refusal


class OutputError(Refusal):
    """A file cannot be written; the text names it and the cause."""


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name beside its place, and put it there; OutputError when that fails."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.unlink(missing_ok=True)  # what was left there, a link for one
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
