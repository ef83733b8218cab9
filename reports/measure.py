"""The records of single measurements: samples of ops and their errors, sizes, mutants, and torch beside torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.drawing import Graphs, read_graphs
from reports.field import Fields

BOUNDS = ("0", "0.5", "1", "2", "4", "8", "16", "64", "256", "4096", "inf")


@dataclass(frozen=True, slots=True)
class Errors:
    """How many float32 results of each side are off by at most so many ULP, by the upper end of the bin."""

    subject: Mapping[str, int]
    reference: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A typical sample of an entry, as Python text, and the graphs that both sides make of it."""

    entry: str
    listing: str
    graphs: Graphs | None


@dataclass(frozen=True, slots=True)
class Point:
    """Forward and backward of an op with so many elements; bytes are the peak of memory beyond the inputs."""

    elements: int
    subject_ns: float
    reference_ns: float
    ratio: float
    noise: float
    subject_bytes: int | None
    reference_bytes: int | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """An op by size, from the fewest elements on; `detail` says why the larger sizes are missing.

    From `crossover` elements on the subject is no longer the faster; None where it is at the largest size.
    """

    op: str
    points: tuple[Point, ...]
    crossover: int | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong version of the subject: `by` says how it was caught, and `program` by which; None for a survivor.

    `programs` were drawn until then, and so many of them as are `concerned` come to what is wrong. `equivalent` is
    the reason why no program can tell it from the subject.
    """

    name: str
    family: str
    by: str | None
    program: str | None
    programs: int
    concerned: int
    equivalent: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A way in which programs part between two versions: in how many, and the first of them."""

    signature: str
    programs: int
    program: str
    statement: str
    location: str | None
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Programs recorded with two versions of the reference, by how they ended beside each other."""

    old: str
    new: str
    programs: int
    statuses: Mapping[str, int]
    unsupported: Mapping[str, int]
    changes: tuple[Changed, ...]


def read_errors(fields: Fields, name: str) -> Errors | None:
    """The errors of a score; None where none were counted."""
    if fields.data.get(name) is None:
        return None
    sides = fields.object(name)
    subject, reference = sides.counts("subject"), sides.counts("reference")
    if not {*subject, *reference} <= set(BOUNDS):
        fields.fail(name, "counts by " + ", ".join(BOUNDS))
    return Errors(subject, reference)


def read_sample(fields: Fields) -> Sample:
    return Sample(fields.text("entry"), fields.text("listing"), read_graphs(fields, "graphs"))


def read_sweep(fields: Fields) -> Sweep:
    return Sweep(
        op=fields.text("op"),
        points=tuple(_point(one) for one in fields.objects("points")),
        crossover=None if fields.data.get("crossover") is None else fields.count("crossover"),
        detail=fields.optional_text("detail") or "",
    )


def _point(fields: Fields) -> Point:
    return Point(
        elements=fields.count("elements"),
        subject_ns=fields.number("subject_ns"),
        reference_ns=fields.number("reference_ns"),
        ratio=fields.number("ratio"),
        noise=fields.number("noise"),
        subject_bytes=_optional_count(fields, "subject_bytes"),
        reference_bytes=_optional_count(fields, "reference_bytes"),
    )


def _optional_count(fields: Fields, name: str) -> int | None:
    return None if fields.data.get(name) is None else fields.count(name)


def read_mutant(fields: Fields) -> Mutant:
    return Mutant(
        name=fields.text("mutant"),
        family=fields.text("family"),
        by=fields.optional_text("by"),
        program=fields.optional_text("program"),
        programs=fields.count("programs"),
        concerned=fields.count("concerned"),
        equivalent=fields.optional_text("equivalent"),
    )


def read_drift(fields: Fields) -> Drift:
    return Drift(
        old=fields.text("old"),
        new=fields.text("new"),
        programs=fields.count("programs"),
        statuses=fields.counts("statuses"),
        unsupported=fields.counts("unsupported"),
        changes=tuple(_changed(one) for one in fields.objects("changes")),
    )


def _changed(fields: Fields) -> Changed:
    return Changed(
        signature=fields.text("signature"),
        programs=fields.count("programs"),
        program=fields.text("program"),
        statement=fields.text("statement"),
        location=fields.optional_text("location"),
        was=fields.text("was"),
        now=fields.text("is"),
    )
