"""Writes the site: pages of the newest valid run, one page for every other, and the same facts for machines."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from reports.document import document
from reports.field import RecordError
from reports.folder import Folder, read_folder
from reports.history import Past, make_history, past
from reports.junit import junit
from reports.markdown import markdown
from reports.pages import Site, pages
from reports.report import Report, make_report

NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def build(paths: Sequence[Path], out: Path, built: datetime | None = None) -> Report:
    """Write the site of run folders into `out`, with `report.md`, `report.json` and `junit.xml`.

    The report of the newest valid run is returned, of which the pages are. Nothing is written if a run cannot be
    read: RecordError. An `out` inside a run folder is one too, for a run is never changed afterwards.
    """
    for path in paths:
        if out.resolve().is_relative_to(path.resolve()):
            raise RecordError(f"{out}: lies in a run folder, which nobody changes once it is written")
    pasts = {path: past(make_report(read_folder(path), built)) for path in paths}
    _check_names(pasts)
    history = make_history(pasts.values())
    newest = next(path for path, one in pasts.items() if one.run == history.headline.run)
    folder = read_folder(newest)
    report = make_report(folder, built)
    _write(out, _files(Site(report, history), folder))
    return report


def _check_names(pasts: Mapping[Path, Past]) -> None:
    seen: dict[str, Path] = {}
    for path, one in pasts.items():
        if not NAME.fullmatch(one.run):
            raise RecordError(f"{path / 'run.json'}: field 'run' must be a file name, not {one.run!r}")
        if one.run in seen:
            raise RecordError(f"{path}: is run {one.run!r}, and so is {seen[one.run]}")
        seen[one.run] = path


def _files(site: Site, folder: Folder) -> Iterator[tuple[str, str]]:
    yield from pages(site)
    for asset in files("reports").joinpath("assets").iterdir():
        yield f"assets/{asset.name}", asset.read_text("utf-8")
    yield "report.md", markdown(site.report, site.history)
    yield (
        "report.json",
        json.dumps(document(site.report, site.history), ensure_ascii=False, indent=1) + "\n",
    )
    yield "junit.xml", junit(site.report, folder)


def _write(out: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Write each file under another name first, so that a reader never sees half of one."""
    try:
        for name, text in texts:
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            part.write_text(text, encoding="utf-8", errors="backslashreplace")
            os.replace(part, path)
    except OSError as error:
        raise RecordError(f"{error.filename or out}: cannot be written: {error.strerror}") from None
