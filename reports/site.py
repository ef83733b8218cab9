"""Writes the site: the newest valid run at its root, every other run in a folder of its own beside it."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from reports.document import document
from reports.field import RecordError
from reports.folder import Folder, read_folder
from reports.history import History, Past, make_history, past
from reports.junit import junit
from reports.page import Place, html_page, markdown
from reports.report import Report, make_report

NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def build(paths: Sequence[Path], out: Path, built: datetime | None = None) -> Report:
    """Write `index.html`, `report.md`, `report.json` and `junit.xml` of run folders into `out`.

    The newest valid run lies at the root, the others in `runs/NAME/`; the report of the first is returned.
    Nothing is written if a run cannot be read: RecordError. An `out` inside a run folder is one too, for a
    run is never changed afterwards.
    """
    for path in paths:
        if out.resolve().is_relative_to(path.resolve()):
            raise RecordError(f"{out}: lies in a run folder, which nobody changes once it is written")
    pasts = {path: past(make_report(read_folder(path), built)) for path in paths}
    _check_names(pasts)
    history = make_history(pasts.values())
    headline = None
    for path in paths:
        folder = read_folder(path)
        report = make_report(folder, built)
        at_root = report.run.run == history.headline.run
        target = out if at_root else out / "runs" / report.run.run
        _write(target, _files(report, folder, history, Place(at_root)))
        if at_root:
            headline = report
    assert headline is not None
    return headline


def _check_names(pasts: Mapping[Path, Past]) -> None:
    seen: dict[str, Path] = {}
    for path, one in pasts.items():
        if not NAME.fullmatch(one.run):
            raise RecordError(f"{path / 'run.json'}: field 'run' must be a file name, not {one.run!r}")
        if one.run in seen:
            raise RecordError(f"{path}: is run {one.run!r}, and so is {seen[one.run]}")
        seen[one.run] = path


def _files(report: Report, folder: Folder, history: History, place: Place) -> dict[str, str]:
    return {
        "index.html": html_page(report, history, place),
        "report.md": markdown(report, history),
        "report.json": json.dumps(document(report, history), ensure_ascii=False, indent=1) + "\n",
        "junit.xml": junit(report, folder),
    }


def _write(out: Path, files: Mapping[str, str]) -> None:
    """Write each file under another name first, so that a reader never sees half of one."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            part = out / f".{name}.part"
            part.write_text(text, encoding="utf-8", errors="backslashreplace")
            os.replace(part, out / name)
    except OSError as error:
        raise RecordError(f"{out}: cannot be written: {error.strerror}") from None
