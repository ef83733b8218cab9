"""Writes the files of a report: a page, Markdown, JSON and JUnit, each replaced as a whole."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from reports.document import document
from reports.field import RecordError
from reports.folder import Folder
from reports.junit import junit
from reports.page import html_page, markdown
from reports.report import Report, make_report


def build(folder: Folder, out: Path, built: datetime | None = None) -> Report:
    """Write `index.html`, `report.md`, `report.json` and `junit.xml` of a run into `out`, made if not there.

    Raises RecordError for an `out` inside the run folder: a run is never changed afterwards.
    """
    if out.resolve().is_relative_to(folder.path.resolve()):
        raise RecordError(f"{out}: lies in the run folder, which nobody changes once it is written")
    report = make_report(folder, built)
    _write(
        out,
        {
            "index.html": html_page(report),
            "report.md": markdown(report),
            "report.json": json.dumps(document(report), ensure_ascii=False, indent=1) + "\n",
            "junit.xml": junit(report, folder),
        },
    )
    return report


def _write(out: Path, files: Mapping[str, str]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            part = out / f".{name}.part"
            part.write_text(text, encoding="utf-8", errors="backslashreplace")
            os.replace(part, out / name)
    except OSError as error:
        raise RecordError(f"{out}: cannot be written: {error.strerror}") from None
