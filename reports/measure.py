"""Records of what is measured apart from a campaign: errors, samples and speed of ops, mutants, torch beside torch."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.drawing import Graphs, read_graphs
from reports.field import Fields, RecordError

BOUNDS = ("0", "0.5", "1", "2", "4", "8", "16", "64", "256", "4096", "inf")
PROGRAM_STATUSES = ("agree", "differ", "accepted", "crash", "unsupported")


@dataclass(frozen=True, slots=True)
class Errors:
    """How many float32 elements are off by so many units in the last place of a float64 run, by the upper end of the
    bin: the same elements on both sides."""

    subject: Mapping[str, int]
    reference: Mapping[str, int]

    @property
    def elements(self) -> int:
        return sum(self.reference.values())


@dataclass(frozen=True, slots=True)
class Sample:
    """A typical sample of an entry of torch's own table, in Python lines, and the graphs that both libraries make."""

    entry: str
    listing: str
    graphs: Graphs | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long an entry takes with many elements, forward and backward together; `noise` is None where unmeasured."""

    entry: str
    family: str
    elements: int
    subject_ns: float
    reference_ns: float
    ratio: float
    noise: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """An op at one size, forward and backward. The bytes are the peak beyond the inputs, None where not measurable."""

    elements: int
    subject_ns: float
    reference_ns: float
    ratio: float
    noise: float
    subject_bytes: int | None
    reference_bytes: int | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """An op at sizes that grow. From `crossover` elements on the subject is not the faster beyond the noise, None where
    it is up to the end; `detail` says why there are no more points."""

    op: str
    points: tuple[Point, ...]
    crossover: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong version of the library: `by` says how it was caught and `program` by which, None where it survived.
    `programs` were drawn until then, of which so many as are `concerned` come to what is wrong. `equivalent` is why no
    program can tell it from the library, None where one could."""

    mutant: str
    family: str
    by: str | None
    program: str | None
    programs: int
    concerned: int
    equivalent: str | None = None

    @property
    def caught(self) -> bool:
        return self.by is not None


@dataclass(frozen=True, slots=True)
class Shift:
    """A way in which programs came to mean something else from one version of the reference to another."""

    signature: str
    programs: int
    program: str
    statement: str
    location: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One version of a library beside another, by their recordings: what is not the same, the most frequent first."""

    old: str
    new: str
    programs: int
    statuses: Mapping[str, int]
    unsupported: Mapping[str, int]
    changes: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """A check of memory on a device: a pass's peak over the reference's, bytes that passes leave behind, or whether
    running out of memory is survived. `figure` is what is held to a goal, None where there is none to tell."""

    check: str
    program: str
    status: str
    detail: str
    figure: float | None
    subject_bytes: int | None
    reference_bytes: int | None
    device: str


@dataclass(frozen=True, slots=True)
class Copies:
    """What an entry's samples read back from a device, by reason; `waits` is why the reference waits for it too."""

    entry: str
    samples: int
    reasons: Mapping[str, int]
    bytes: int
    waits: str | None

    @property
    def hidden(self) -> bool:
        """Whether it reads back where the reference does not."""
        return bool(self.reasons) and self.waits is None


def read_errors(fields: Fields, name: str) -> Errors | None:
    """Both distributions; None where the record has none."""
    if fields.data.get(name) is None:
        return None
    sides = fields.object(name)
    made = Errors(sides.counts("subject"), sides.counts("reference"))
    for bound in (*made.subject, *made.reference):
        if bound not in BOUNDS:
            raise RecordError(f"{sides.place}: {bound!r} is no upper end of a bin: {', '.join(BOUNDS)}")
    if sum(made.subject.values()) != made.elements:
        raise RecordError(f"{sides.place}: both sides must have the same number of elements")
    return made


def read_sample(fields: Fields) -> Sample:
    return Sample(fields.text("entry"), fields.text("listing"), read_graphs(fields, "graphs"))


def read_pace(fields: Fields) -> Pace:
    return Pace(
        entry=fields.text("entry"),
        family=fields.text("family"),
        elements=fields.count("elements"),
        subject_ns=fields.number("subject_ns"),
        reference_ns=fields.number("reference_ns"),
        ratio=fields.number("ratio"),
        noise=fields.optional_number("noise"),
    )


def read_sweep(fields: Fields) -> Sweep:
    points = tuple(map(_point, fields.objects("points")))
    sizes = [point.elements for point in points]
    if sizes != sorted(set(sizes)):
        fields.fail("points", "points whose elements grow")
    crossover = _optional_count(fields, "crossover")
    if crossover is not None and crossover not in sizes:
        fields.fail("crossover", "the elements of one of the points")
    return Sweep(fields.text("op"), points, crossover, fields.optional_text("detail"))


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
        mutant=fields.text("mutant"),
        family=fields.text("family"),
        by=fields.optional_text("by"),
        program=fields.optional_text("program"),
        programs=fields.count("programs"),
        concerned=fields.count("concerned"),
        equivalent=fields.optional_text("equivalent"),
    )


def read_memory(fields: Fields) -> Memory:
    return Memory(
        check=fields.choice("check", ("peak", "flat", "out of memory")),
        program=fields.text("program"),
        status=fields.choice("status", ("measured", "wrong", "error")),
        detail=fields.optional_text("detail") or "",
        figure=fields.optional_number("figure"),
        subject_bytes=_optional_count(fields, "subject_bytes"),
        reference_bytes=_optional_count(fields, "reference_bytes"),
        device=fields.text("device"),
    )


def read_copies(fields: Fields) -> Copies:
    return Copies(
        entry=fields.text("entry"),
        samples=fields.count("samples"),
        reasons=fields.counts("reasons"),
        bytes=fields.count("bytes"),
        waits=fields.optional_text("waits"),
    )


def read_drift(fields: Fields) -> Drift:
    statuses = fields.counts("statuses")
    if any(status not in PROGRAM_STATUSES for status in statuses):
        fields.fail("statuses", "counts by " + ", ".join(PROGRAM_STATUSES))
    made = Drift(
        old=fields.text("old"),
        new=fields.text("new"),
        programs=fields.count("programs"),
        statuses=statuses,
        unsupported=fields.counts("unsupported"),
        changes=tuple(map(_shift, fields.objects("changes"))),
    )
    if sum(statuses.values()) != made.programs:
        fields.fail("programs", "the sum of the statuses")
    return made


def _shift(fields: Fields) -> Shift:
    return Shift(
        signature=fields.text("signature"),
        programs=fields.count("programs"),
        program=fields.text("program"),
        statement=fields.text("statement"),
        location=fields.text("location"),
        was=fields.text("was"),
        now=fields.text("is"),
    )
