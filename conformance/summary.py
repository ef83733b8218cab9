"""What a run found, on one screen: whether the sides agree, in what kinds of observation, and where they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderResult
from rich.table import Table
from rich.text import Text

from .document import one_line
from .known import read_known
from .observation import SEVERITY, Observation, parts
from .outcome import Status
from .records import read_header, read_records

MOST_SHOWN = 20
PLAIN_WIDTH = 124
LONGEST = 20
AT = 72  # characters of the names of ops in a line
NUMBERS = ("programs", "compared", "programs parted", "drawn", "succeeded", "raised", "times")


@dataclass(slots=True)
class Summary:
    """A run folder, counted. `signatures` counts programs by how they differ, accepted ones too."""

    folder: Path
    header: dict[str, Any]
    statuses: Counter[str] = field(default_factory=Counter)
    drawn: int = 0
    finished: int = 0
    compared: Counter[str] = field(default_factory=Counter)
    signatures: Counter[str] = field(default_factory=Counter)
    differences: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: list[bool] = field(default_factory=list)
    idioms: list[bool] = field(default_factory=list)
    coverage: dict[str, Any] | None = None
    unsupported: Counter[str] = field(default_factory=Counter)
    accepted: frozenset[str] = frozenset()

    @property
    def new(self) -> list[str]:
        """Signatures that nobody has accepted, the most frequent first."""
        return [signature for signature, _ in self.signatures.most_common() if signature not in self.accepted]

    def telling(self, most: int) -> list[str]:
        """Signatures with a script, of as many ways to differ as there are: first the most frequent of each way, those
        first that explain others, then the next of each."""
        turns: Counter[tuple[str, str]] = Counter()
        ranked = []
        for place, signature in enumerate(self.new):
            if not self.differences.get(signature, {}).get("script"):
                continue
            _, kind, name, _ = parts(signature)
            turns[kind, name] += 1
            ranked.append((turns[kind, name], SEVERITY[Observation(kind)], place, signature))
        return [signature for *_, signature in sorted(ranked)[:most]]

    @property
    def differs(self) -> bool:
        """Whether anything came out otherwise than it should have, and nobody has accepted it."""
        return bool(self.new or self.statuses[Status.CRASH] or not all(self.claims + self.idioms))

    @property
    def problem(self) -> str | None:
        """Why the run says nothing; None for one that can be relied on."""
        programs, status = self.header["programs"], self.header["status"]
        if status == "invalid":
            return "the controls did not come out as they must: the run says nothing"
        if status != "complete":
            return "the run did not finish: it says nothing yet"
        if self.drawn < programs:
            return f"{self.drawn} of {programs} drawn programs are recorded: the rest of the file is missing"
        return None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Group(*self._heading())
        yield ""
        yield self._kinds()
        if self.signatures:
            yield ""
            yield self._differences()
        if len(self.signatures) > MOST_SHOWN:
            yield f"... and {len(self.signatures) - MOST_SHOWN} more"

    # --- what is shown --------------------------------------------------------------------------------------

    def _heading(self) -> Iterator[Text]:
        subject, reference = (_named(self.header[side]) for side in ("subject", "reference"))
        programs, statuses = self.statuses.total(), self.statuses
        if self.problem is not None:
            yield Text(f"No result of {subject} beside {reference}: {self.problem}", "bold yellow")
        elif statuses[Status.DIFFER]:
            ways = "one way" if len(self.new) == 1 else f"{len(self.new)} ways"
            of = f"{statuses[Status.DIFFER]:,} of {programs:,} programs, in {ways}"
            yield Text(f"{subject} differs from {reference} on {of}", "bold red")
        else:
            of = f"{statuses[Status.AGREE]:,} of {programs:,} programs"
            yield Text(f"{subject} agrees with {reference} on {of}", "bold green")
        notes = [f"{statuses[status]:,} {status}" for status in Status if statuses[status]]
        if self.claims:
            notes.append(f"{sum(self.claims)} of the article's {len(self.claims)} claims alike")
        if self.idioms:
            notes.append(f"{sum(self.idioms)} of {len(self.idioms)} idioms of the Variable era alike")
        if self.finished:
            notes.append(f"{self.finished / self.drawn:.1%} of those drawn run to their end")
        yield Text(", ".join([*notes, f"{len(self.header['absent'])} names absent"]))
        if self.header.get("unobserved"):
            yield Text(f"not observed: {', '.join(self.header['unobserved'])}", "yellow")
        if self.unsupported:
            names = [f"{name} {number}" for name, number in self.unsupported.most_common()]
            yield Text(
                _short(f"programs that need what one side lacks: {', '.join(names)}", PLAIN_WIDTH), "yellow"
            )
        agree, differ = self.header["controls"]["agree"], self.header["controls"]["differ"]
        controls = f"controls: {agree[0]} of {agree[1]} agree, {differ[0]} of {differ[1]} differ as they must"
        rate = self.header["rate"]
        pace = f", {rate:.0f} programs a second" if rate else ""
        yield Text(f"{controls}; {self.header['status']}, seed {self.header['seed']}{pace}", "dim")
        yield Text(str(self.folder), "dim", no_wrap=True, overflow="fold")

    def _kinds(self) -> Table:
        parted: Counter[str] = Counter()
        ops: dict[str, set[str]] = {}
        new = {parts(signature)[1] for signature in self.new}
        for signature, programs in self.signatures.items():
            op, kind, *_ = parts(signature)
            parted[kind] += programs
            ops.setdefault(kind, set()).add(op)
        table = _table("observation", "compared", "programs parted", "at")
        for kind in Observation:
            style = "red" if kind in new else "yellow" if parted[kind] else None
            names = _short(", ".join(sorted(ops.get(kind, ()))), AT)
            table.add_row(kind, f"{self.compared[kind]:,}", str(parted[kind] or ""), names, style=style)
        return table

    def _differences(self) -> Table:
        table = _table("programs", "op", "observation")
        table.add_column("dtype", no_wrap=True, min_width=len("complex"))
        for side in ("reference", "subject"):
            table.add_column(self.header[side]["name"], no_wrap=True, overflow="ellipsis", max_width=LONGEST)
        for signature, programs in self.signatures.most_common(MOST_SHOWN):
            op, kind, name, dtype = parts(signature)
            seen = kind if name == kind else f"{kind} {name}"
            style = "yellow" if signature in self.accepted else None
            record = self.differences.get(signature, {})
            texts = (Text(_short(record.get(side, ""), LONGEST)) for side in ("expected", "got"))
            seen += " (accepted)" if signature in self.accepted else ""
            row = (str(programs), _short(op, 30), _short(seen, 28), dtype if dtype != "none" else "")
            table.add_row(*row, *texts, style=style)  # [nan] is no markup
        return table


def coverage_tables(record: dict[str, Any]) -> Iterator[Table | str]:
    """What drawn programs reached: kinds and mistakes, those too that they did not, error texts and graph nodes."""
    for name, done in (("kinds", "succeeded"), ("mistakes", "raised")):
        table = _table(name.removesuffix("s"), "drawn", done)
        for one, (succeeded, drawn) in record[name].items():
            table.add_row(one, f"{drawn:,}", f"{succeeded:,}", style=None if drawn else "red")
        yield table
        yield ""
    for name in ("errors", "nodes"):
        table = _table("times", name.removesuffix("s"))
        for one, times in record[name].items():
            table.add_row(f"{times:,}", Text(one))
        yield table
        yield ""


def summarize(folder: Path) -> Summary:
    """Read a run; RunError naming the file, the line and the cause when that is not possible."""
    header = read_header(folder)
    made = Summary(folder, header, accepted=frozenset(known.signature for known in read_known()))
    for record in read_records(folder):
        if record["record"] == "batch":
            made.statuses[Status.AGREE] += record["agree"]
            if record["origin"] == "generated":
                made.finished += record.get("finished", 0)
            made.drawn += record["agree"] * (record["origin"] == "generated")
            for kind, (_, observations) in record["kinds"].items():
                made.compared[kind] += observations
        elif record["record"] == "program":
            made.statuses[record["status"]] += 1
            made.drawn += record["origin"] == "generated"
            made.compared.update(record["kinds"])
            if record.get("unsupported") is not None:
                made.unsupported[record["unsupported"]] += 1
            elif record["signature"] is not None:
                made.signatures[record["signature"]] += 1
        elif record["record"] == "difference":
            made.differences.setdefault(record["signature"], record)
            if record.get("accepted") is not None:
                made.accepted |= {record["signature"]}
        elif record["record"] == "claim":
            made.claims.append(record["agree"])
        elif record["record"] == "idiom":
            made.idioms.append(record["agree"])
        elif record["record"] == "coverage":
            made.coverage = record
    return made


def console(**options: Any) -> Console:
    """A console for tables: as wide as the terminal, and wide enough for them where there is none."""
    made = Console(highlight=False, markup=False, **options)  # what a record holds is no markup
    if not made.is_terminal:
        made.width = max(made.width, PLAIN_WIDTH)
    return made


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for header in headers:
        numbers = header in NUMBERS
        justify: JustifyMethod = "right" if numbers else "left"
        table.add_column(header, justify=justify, no_wrap=True, overflow="ellipsis", min_width=len(header))
    return table


def _named(library: dict[str, Any]) -> str:
    return f"{library['name']} {library['version']}"


def _short(text: str, longest: int) -> str:
    line = one_line(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"
