"""Writes the site: pages of the newest valid run, one page for every other, and the same facts for machines."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from reports.badge import badges
from reports.document import document
from reports.field import RecordError
from reports.folder import Folder, read_folder, read_header
from reports.history import make_history
from reports.index import Index, read_index
from reports.junit import junit
from reports.manifest import write_file, write_site
from reports.markdown import markdown
from reports.pages import Site, pages
from reports.past import Past, past, unreadable
from reports.picture import NAME as PICTURE
from reports.picture import can_draw, picture
from reports.regression import find_regressions, regressions_markdown
from reports.report import Report, make_report

INDEX = ".runs.jsonl"
REGRESSIONS = "regressions.md"
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def build(
    paths: Sequence[Path], out: Path, built: datetime | None = None, index: Path | None = None
) -> Report:
    """Write the site of run folders into `out`, with its facts for machines, its badges and its picture.

    The report of the newest valid run is returned, of which the pages are. Nothing is written if no run is valid and
    one cannot be read, or if it cannot be said which run one is: RecordError. An `out` inside a run folder is one too,
    for a run is never changed afterwards. `index` is the file that keeps what a history needs of each run; if it is
    not said, one in `out`.
    """
    place = index or out / INDEX
    for path in paths:
        if any(one.resolve().is_relative_to(path.resolve()) for one in (out, place)):
            raise RecordError(f"{out}: lies in a run folder, which nobody changes once it is written")
    known = read_index(place)
    pasts, folder, report = _read(paths, known, built)
    write_site(out, _files(Site(report, make_history(pasts)), folder))
    write_file(place, known.text)
    return report


def _read(paths: Sequence[Path], known: Index, built: datetime | None) -> tuple[list[Past], Folder, Report]:
    """Every run, and the newest valid one whole: the others are read only where the index does not know them.

    One whose records cannot be read has its place in the history all the same, if another is valid.
    """
    heads = {path: read_header(path) for path in paths}
    _check_names({path: head.run for path, head in heads.items()})
    pasts = {path: known.get(path, head) for path, head in heads.items()}
    order = sorted(heads, key=lambda path: (heads[path].started, heads[path].run), reverse=True)
    whole = None
    for path in order:
        one = pasts[path]
        if one is None or (one.publishes and whole is None):
            try:
                folder = read_folder(path)
            except RecordError as error:
                pasts[path] = unreadable(heads[path], str(error).replace(f"{path}{os.sep}", ""))
                continue
            report = make_report(folder, built)
            pasts[path] = past(report)
            known.add(path, past(report))
            if whole is None and report.verdict.publishes:
                whole = folder, report
    if whole is None:
        folder = read_folder(order[0])
        whole = folder, make_report(folder, built)
    return [one for one in pasts.values() if one], *whole


def _check_names(names: Mapping[Path, str]) -> None:
    seen: dict[str, Path] = {}
    for path, name in names.items():
        if not NAME.fullmatch(name):
            raise RecordError(f"{path / 'run.json'}: field 'run' must be a file name, not {name!r}")
        if name in seen:
            raise RecordError(f"{path}: is run {name!r}, and so is {seen[name]}")
        seen[name] = path


def _files(site: Site, folder: Folder) -> Iterator[tuple[str, str | bytes]]:
    yield from pages(site)
    for asset in files("reports").joinpath("assets").iterdir():
        yield f"assets/{asset.name}", asset.read_text("utf-8")
    yield "report.md", markdown(site.report, site.history)
    yield (
        "report.json",
        json.dumps(document(site.report, site.history), ensure_ascii=False, indent=1) + "\n",
    )
    yield "junit.xml", junit(site.report, folder, site.history.changes[site.report.run.run])
    yield from badges(site.report)
    worse = find_regressions(site.report, site.history)
    if worse is not None:
        yield REGRESSIONS, regressions_markdown(worse)
    if can_draw():
        yield PICTURE, picture(site.report, site.history)
