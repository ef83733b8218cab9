"""The pages of a site, each written from a template of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reports import wording
from reports.area import AreaAgreement
from reports.bar import Axis, make_axis
from reports.environment import environment
from reports.history import History
from reports.kill_rate import KillRate, kill_rate
from reports.links import Links, slug
from reports.matrix import Entry, Matrix, make_matrix
from reports.measure import Pace, Point, Sample
from reports.past import Past
from reports.ratio_line import RatioLine, ratio_line
from reports.record import Timing
from reports.report import Report
from reports.scoreboard import CHECKS
from reports.signature import Signature
from reports.strip import Strip, make_strip
from reports.sweep_chart import Panel, Panels, make_panels
from reports.trend import LARGE, SMALL, Chart, Line, make_chart, small_line


@dataclass(frozen=True, slots=True)
class Section:
    """A page at the root; its template is `pages/NAME.html.j2`."""

    name: str
    title: str


SECTIONS = (
    Section("index", "Overview"),
    Section("ops", "Ops"),
    Section("differences", "Differences"),
    Section("observations", "Observations"),
    Section("timings", "Timings"),
    Section("article", "The article"),
    Section("era", "Variable era"),
    Section("names", "Public names"),
    Section("mutants", "Mutants"),
    Section("drift", "Drift"),
    Section("coverage", "Coverage"),
    Section("runs", "Runs"),
)


@dataclass(frozen=True)
class Site:
    """What the pages are made of: the report of the newest valid run, and the runs that it is held against."""

    report: Report
    history: History

    @cached_property
    def parts(self) -> Mapping[str, list[Signature]]:
        """The ways to differ, by op."""
        found: dict[str, list[Signature]] = {}
        for signature in self.report.signatures:
            found.setdefault(signature.op, []).append(signature)
        return found

    @cached_property
    def new(self) -> frozenset[str]:
        return frozenset(self.history.new(self.report.run.run))

    @property
    def compared(self) -> bool:
        """Whether there is a run before."""
        return self.history.before(self.report.run.run) is not None

    @cached_property
    def known(self) -> frozenset[str]:
        """The ways to differ that have a page."""
        return frozenset(one.text for one in self.report.signatures)

    @cached_property
    def lines(self) -> Mapping[str, Line | None]:
        """How each area fared over the last runs."""
        runs = self.history.trend(SMALL)
        return {
            name: small_line((one.agree, one.programs) for one in found)
            for name in (area.name for area in self.report.areas)
            for found in [[run.areas[name] for run in runs if name in run.areas]]
        }

    def areas_of(self, past: Past) -> list[AreaAgreement]:
        """The areas of a run of the history."""
        return [
            AreaAgreement(name, one.programs, one.agree, one.differ, one.programs - one.agree - one.differ)
            for name, one in past.areas.items()
        ]

    @cached_property
    def chart(self) -> Chart | None:
        return make_chart(self.history.runs)

    @cached_property
    def matrix(self) -> Matrix:
        return make_matrix(self.report.scores)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The entries of the reference's table of ops, which have a page each."""
        return {one.name: one for one in self.matrix.entries}

    @cached_property
    def samples(self) -> Mapping[str, Sample]:
        return {one.entry: one for one in self.report.samples}

    @cached_property
    def paces(self) -> Mapping[str, Pace]:
        return {one.entry: one for one in self.report.paces}

    @cached_property
    def strip(self) -> Strip | None:
        return make_strip(self.report.paces)

    @cached_property
    def panels(self) -> Panels:
        return make_panels(self.report.sweeps)

    def panel_of(self, entry: str) -> Panel | None:
        return next((one for one in self.panels.panels if one.sweep.op == entry), None)

    @property
    def peaks(self) -> Mapping[str, Point]:
        """The largest size of each op at which the memory of both sides was measured."""
        return {
            sweep.op: one
            for sweep in self.report.sweeps
            for one in sweep.points
            if one.subject_bytes is not None and one.reference_bytes is not None
        }

    @cached_property
    def devices(self) -> Mapping[str, list[Timing]]:
        """The timings by device."""
        found: dict[str, list[Timing]] = {}
        for timing in self.report.timings:
            found.setdefault(timing.device, []).append(timing)
        return found

    @property
    def pace_counts(self) -> Mapping[str, int]:
        """How many programs are faster and slower than with the reference, and how many neither beyond the noise."""
        phases = [timing.phases[0] for timing in self.report.timings if timing.phases]
        within = sum(abs(one.ratio - 1) <= one.noise for one in phases)
        faster = sum(one.ratio < 1 - one.noise for one in phases)
        return {
            "faster": faster,
            "slower": len(phases) - faster - within,
            "within the noise": within,
            "not timed": len(self.report.timings) - len(phases),
        }

    def axis_of(self, timings: list[Timing]) -> Axis:
        return make_axis(timings, 220)

    @cached_property
    def _trend(self) -> Sequence[Past]:
        return self.history.trend(LARGE)

    def ratio_line(self, timing: Timing) -> RatioLine | None:
        """How the ratio of a program went over the runs."""
        return ratio_line(self._trend, f"{timing.key}|forward_backward")

    @cached_property
    def kill_rate(self) -> KillRate:
        return kill_rate(self.report.mutants)

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many things a page shows, where that is said beside its name."""
        report = self.report
        return {
            "ops": len(self.entries) or len(report.used),
            "differences": len(report.open),
            "timings": len(report.timings),
            "article": len(report.claims),
            "era": len(report.idioms),
            "names": len(report.names),
            "mutants": len(report.mutants),
            "drift": sum(len(one.changes) for one in report.drifts),
            "runs": len(self.history.runs),
        }


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """The path and the text of every page."""
    for section in SECTIONS:
        yield f"{section.name}.html", _page(site, section.name, Links(), section.name)
    for one in site.report.signatures:
        yield (
            f"differences/{slug(one.text)}.html",
            _page(site, "difference", Links("../"), "differences", one=one),
        )
    for entry in site.matrix.entries:
        yield Links().entry(entry.name), _page(site, "entry", Links("../"), "ops", one=entry)
    for past in site.history.runs:
        if past.run != site.history.headline.run:
            yield f"runs/{slug(past.run)}.html", _page(site, "past", Links("../"), "runs", past=past)


def _page(site: Site, template: str, links: Links, section: str, **more: Any) -> str:
    report = site.report
    return (
        environment()
        .get_template(f"pages/{template}.html.j2")
        .render(
            site=site,
            report=report,
            run=report.run,
            totals=report.totals,
            verdict=report.verdict,
            history=site.history,
            percent=share_of(report.verdict.publishes),
            links=links,
            section=section,
            sections=SECTIONS,
            axis=make_axis(report.timings),
            checks=CHECKS,
            **more,
        )
    )


def share_of(publishes: bool) -> Any:
    """How a share is written: a run that is not valid publishes none."""
    return wording.percent if publishes else lambda part, whole: "–"  # noqa: RUF001
