"""The environment of the templates: everything that they write is escaped, and told in the same words."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from reports import wording
from reports.distribution import distributions
from reports.drift import by_op
from reports.links import slug
from reports.marking import mark
from reports.matrix import SHORT


@cache
def environment() -> Environment:
    """The templates of this package; what is undefined is an error, and what is text stays text."""
    made = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {
        "anchor": wording.anchor,
        "fragment": wording.fragment,
        "mark": mark,
        "slug": slug,
        "distributions": distributions,
        "by_op": by_op,
        "short": SHORT,
    }
    made.filters |= {
        "count": wording.count,
        "plural": wording.plural,
        "span": wording.span,
        "share": wording.percent,
        "nanoseconds": wording.nanoseconds,
        "noise": wording.noise,
        "pace": wording.pace,
        "reached": wording.reached,
        "phase": wording.phase,
        "python": _python,
        "program": _program,
        "breakable": _breakable,
        "dotted": _dotted,
        "cell": _cell,
        "fence": _fence,
    }
    return made


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
    return Markup("<wbr>").join(part for part in re.findall(r"[^._]*[._]?", name) if part)


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
