"""Writes a report as one self-contained page and as Markdown, from the templates of this package."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from reports import wording
from reports.bar import make_axis
from reports.history import History, make_history, past
from reports.marking import mark
from reports.report import Report
from reports.scoreboard import CHECKS
from reports.signature import Signature

# More reproducers than these nobody reads on one page; report.json has them all.
PAGE_SCRIPTS = 150
MARKDOWN_SCRIPTS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies in the site: at its root, or in `runs/NAME/`."""

    at_root: bool = True

    def link(self, run: str, history: History) -> str:
        """The relative link to the page of another run."""
        root = "" if self.at_root else "../../"
        return f"{root}index.html" if run == history.headline.run else f"{root}runs/{run}/index.html"


def html_page(report: Report, history: History | None = None, place: Place | None = None) -> str:
    """The page; it asks no other host for anything and is whole with JavaScript off."""
    history = history or make_history([past(report)])
    parts: dict[str, list[Signature]] = {}
    for signature in report.signatures:
        parts.setdefault(signature.op, []).append(signature)
    return _render(
        "index.html.j2",
        report,
        axis=make_axis(report.timings),
        parts=parts,
        scripts=PAGE_SCRIPTS,
        checks=CHECKS,
        history=history,
        place=place or Place(),
        new=frozenset(history.new(report.run.run)),
    )


def markdown(report: Report, history: History | None = None) -> str:
    """The same report for places that show Markdown."""
    return _render(
        "report.md.j2", report, history=history or make_history([past(report)]), scripts=MARKDOWN_SCRIPTS
    )


def _render(name: str, report: Report, **more: Any) -> str:
    percent = wording.percent if report.verdict.publishes else lambda part, whole: "–"  # noqa: RUF001
    return _environment().get_template(name).render(report=report, percent=percent, **more)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"anchor": wording.anchor, "fragment": wording.fragment, "mark": mark}
    environment.filters |= {
        "count": wording.count,
        "plural": wording.plural,
        "span": wording.span,
        "share": wording.percent,
        "nanoseconds": wording.nanoseconds,
        "pace": wording.pace,
        "reached": wording.reached,
        "python": _python,
        "program": _program,
        "breakable": _breakable,
        "dotted": _dotted,
        "cell": _cell,
        "fence": _fence,
    }
    return environment


def _python(source: str) -> Markup:
    lexer = PythonLexer(stripnl=False)
    return Markup(highlight(source, lexer, HtmlFormatter(nowrap=True)))


def _program(program: Mapping[str, Any]) -> str:
    """A program's data, one statement a line."""
    statements = program.get("statements")
    if not isinstance(statements, list):
        return json.dumps(program, ensure_ascii=False, indent=1)
    return "\n".join(json.dumps(statement, ensure_ascii=False) for statement in statements)


def _breakable(signature: str) -> Markup:
    """A signature that lines may break at its bars."""
    return Markup("|<wbr>").join(signature.split("|"))


def _dotted(name: str) -> Markup:
    """A dotted name that lines may break after its dots and underscores."""
    return Markup("").join(
        Markup("{}<wbr>").format(part) for part in re.findall(r"[^._]*[._]?", name) if part
    )


def _cell(text: str, longest: int = 160) -> Markup:
    """Text for one cell of a Markdown table, on one line and with nothing that Markdown reads as its own."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = line[: longest - 3] + "..."
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#":
        line = line.replace(character, "\\" + character)
    return Markup(line)


def _fence(text: str) -> Markup:
    """Text as a fenced block that no backticks inside can close."""
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return Markup(f"{ticks}python\n{text.rstrip()}\n{ticks}")
