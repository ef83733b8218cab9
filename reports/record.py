"""The records of a run: what each line of `records.jsonl` and `run.json` holds, checked field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reports.drawing import Graphs, read_graphs
from reports.field import Fields, RecordError
from reports.measure import (
    Copies,
    Drift,
    Errors,
    Memory,
    Mutant,
    Pace,
    Sample,
    Sweep,
    read_copies,
    read_drift,
    read_errors,
    read_memory,
    read_mutant,
    read_pace,
    read_sample,
    read_sweep,
)
from reports.trace import Step, read_steps

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Library:
    """One of the two libraries of a run; `compiled` is None where nothing is known of it."""

    name: str
    version: str
    compiled: bool | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """Control programs of one sort: how many came out as they must, of how many run."""

    passed: int
    run: int

    @property
    def holds(self) -> bool:
        """Controls that did not run hold nothing."""
        return 0 < self.run == self.passed


@dataclass(frozen=True, slots=True)
class Run:
    """The header of a run, from `run.json`.

    `programs` is how many were to be generated. `absent` are the ops of the vocabulary that the subject
    lacks; `unproven` those that only ever failed, on both sides alike, with how often.
    """

    run: str
    started: datetime
    finished: datetime | None
    status: str
    subject: Library
    reference: Library
    seed: int
    programs: int
    environment: Mapping[str, str]
    agree: Control
    differ: Control
    rate: float | None
    absent: tuple[str, ...]
    unproven: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Program:
    """One program that was run on both libraries.

    `rounded` counts the arrays that agree up to rounding, `arbitrated` those that a float64 run settled.
    `unsupported` is the name that one side does not have, for want of which the program says nothing. `areas` are
    what it is about, as far as its statements tell.
    """

    id: str
    origin: str
    status: str
    statements: int
    completed: int
    ops: tuple[str, ...]
    kinds: Mapping[str, int]
    signature: str | None
    arbitrated: int
    rounded: int
    unsupported: str | None = None
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Programs ``first`` to ``first + count`` of an origin. ``agree`` of them agree to the end, and are counted here:
    ``kinds`` gives programs and observations by kind of observation, ``ops`` and ``areas`` programs by op and by area.
    The others have records of their own."""

    origin: str
    first: int
    count: int
    agree: int
    statements: int
    rounded: int
    arbitrated: int
    kinds: Mapping[str, tuple[int, int]]
    ops: Mapping[str, int]
    areas: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first parting of one program, and the smallest program that still shows it.

    `statement` counts from 0 in `reduced`; `location` leads to what differs: `x1.grad`; `listing` is `reduced`
    in Python lines. `steps` are that statement and those just before it, as both sides show them, and `graphs` those of
    what differs; older runs have neither.
    """

    signature: str
    program: str
    statement: int
    kind: str
    field: str
    op: str
    location: str | None
    expected: str
    got: str
    reduced: Mapping[str, Any] | None
    listing: str | None
    script: str | None
    accepted: str | None
    steps: tuple[Step, ...] = ()
    graphs: Graphs | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of the article: what torch does today, and whether both libraries do the same.

    `difference` says where they part, None where they do not or where nothing is said of it; `listing` is
    `program` in Python lines.
    """

    id: str
    section: str
    claim: str
    verdict: str
    today: str
    agree: bool
    difference: str | None
    program: Mapping[str, Any] | None
    listing: str | None


@dataclass(frozen=True, slots=True)
class Idiom:
    """One idiom of the days of Variables: what it meant `then`, what torch does today, and whether both do the same.

    `verdict`, `difference` and `listing` are as those of a claim.
    """

    id: str
    section: str
    written: str
    then: str
    verdict: str
    today: str
    agree: bool
    difference: str | None
    program: Mapping[str, Any] | None
    listing: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """One timed part of a program, both sides in nanoseconds.

    `noise` is how far torch beside torch was from a ratio of 1 in the same rounds.
    """

    name: str
    subject_ns: float
    reference_ns: float
    ratio: float
    noise: float


@dataclass(frozen=True, slots=True)
class Timing:
    """The timings of one program; `phases` is empty where it was not timed, and `status`, `detail` say why.

    `goal` is the ratio of forward and backward together that is aimed at.
    """

    program: str
    title: str
    status: str
    detail: str
    phases: tuple[Phase, ...]
    rounds: int
    goal: float | None
    device: str = "cpu"

    @property
    def key(self) -> str:
        """The program, with the device that it ran on where that is not the CPU."""
        return self.program if self.device == "cpu" else f"{self.device}/{self.program}"

    def phase(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)


@dataclass(frozen=True, slots=True)
class Reached:
    """A kind of statement or a mistake: how often programs held it, and how often it succeeded, or raised."""

    name: str
    done: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the drawn programs of a run have reached of the grammar, the most frequent first.

    `errors` are texts with words in the place of names and numbers, `nodes` names of `grad_fn`, with how often.
    """

    kinds: tuple[Reached, ...]
    mistakes: tuple[Reached, ...]
    errors: Mapping[str, int]
    nodes: Mapping[str, int]

    @property
    def missed(self) -> list[str]:
        """Kinds and mistakes that no program held."""
        return [one.name for one in (*self.kinds, *self.mistakes) if not one.drawn]


@dataclass(frozen=True, slots=True)
class OpScore:
    """What the samples of an entry of torch's own table came to, under one check, in one dtype.

    `silent` are those at which the reference fails; `calls` the names that were called, the entry's own last. `errors`
    are how far float32 results are off, None where that was not looked at. On a `device` numbers were `drawn` in so
    many samples, which were compared as those of a distribution.
    """

    entry: str
    family: str
    check: str
    dtype: str
    agree: int
    differ: int
    silent: int
    unsupported: str | None
    calls: tuple[str, ...]
    signatures: Mapping[str, int]
    errors: Errors | None = None
    device: str = "cpu"
    drawn: int = 0

    @property
    def told(self) -> bool:
        """Whether the samples say anything."""
        return self.agree + self.differ > 0 or self.unsupported is not None

    @property
    def passed(self) -> bool:
        """Whether some sample agrees and none differs."""
        return self.agree > 0 and self.differ == 0 and self.unsupported is None


@dataclass(frozen=True, slots=True)
class Names:
    """The public names of the reference, and whether the subject has each."""

    names: Mapping[str, bool]


Measured = Sample | Pace | Sweep | Mutant | Drift | Memory | Copies
Record = Program | Batch | Difference | Claim | Idiom | Timing | Coverage | OpScore | Names | Measured

RUN_STATUSES = ("complete", "incomplete", "invalid")
PROGRAM_STATUSES = ("agree", "differ", "accepted", "crash", "unsupported")
CLAIM_VERDICTS = ("holds", "does not hold", "misprint")
IDIOM_VERDICTS = ("works", "warns", "changed", "raises")


def read_run(fields: Fields) -> Run:
    """The header of a run; RecordError for another format, a missing field or a wrong one."""
    if fields.integer("format") != FORMAT:
        fields.fail("format", f"{FORMAT}, the format that these reports read")
    controls = fields.object("controls")
    return Run(
        run=fields.text("run"),
        started=fields.moment("started"),
        finished=fields.optional_moment("finished"),
        status=fields.choice("status", RUN_STATUSES),
        subject=_library(fields.object("subject")),
        reference=_library(fields.object("reference")),
        seed=fields.integer("seed"),
        programs=fields.count("programs"),
        environment={
            name: str(value) for name, value in fields.object("environment").data.items() if value is not None
        },
        agree=Control(*controls.pair("agree")),
        differ=Control(*controls.pair("differ")),
        rate=fields.optional_number("rate"),
        absent=fields.texts("absent") if "absent" in fields.data else (),
        unproven=fields.counts("unproven") if "unproven" in fields.data else {},
    )


def read_record(fields: Fields) -> Record:
    """One line of `records.jsonl`; RecordError for an unknown kind of record or a wrong field."""
    kind = fields.text("record")
    reader = READERS.get(kind)
    if reader is None:
        raise RecordError(f"{fields.place}: unknown record kind {kind!r}; known: {', '.join(READERS)}")
    fields.place = f"{fields.place}: {kind} record"
    return reader(fields)


def _library(fields: Fields) -> Library:
    return Library(fields.text("name"), fields.text("version"), fields.optional_flag("compiled"))


def _program(fields: Fields) -> Program:
    return Program(
        id=fields.text("id"),
        origin=fields.text("origin"),
        status=fields.choice("status", PROGRAM_STATUSES),
        statements=fields.count("statements"),
        completed=fields.count("completed"),
        ops=fields.texts("ops"),
        kinds=fields.counts("kinds"),
        signature=fields.optional_text("signature"),
        arbitrated=fields.count("arbitrated"),
        rounded=fields.count("rounded") if "rounded" in fields.data else 0,
        unsupported=fields.optional_text("unsupported") if "unsupported" in fields.data else None,
        areas=fields.texts("areas") if "areas" in fields.data else (),
    )


def _batch(fields: Fields) -> Batch:
    kinds = fields.object("kinds")
    made = Batch(
        origin=fields.text("origin"),
        first=fields.count("first"),
        count=fields.count("count"),
        agree=fields.count("agree"),
        statements=fields.count("statements"),
        rounded=fields.count("rounded"),
        arbitrated=fields.count("arbitrated"),
        kinds={kind: kinds.pair(kind) for kind in kinds.data},
        ops=fields.counts("ops"),
        areas=fields.counts("areas") if "areas" in fields.data else {},
    )
    if made.agree > made.count or max((*made.ops.values(), *made.areas.values()), default=0) > made.agree:
        raise RecordError(f"{fields.place}: more programs agree than there are")
    return made


def _difference(fields: Fields) -> Difference:
    return Difference(
        signature=fields.text("signature"),
        program=fields.text("program"),
        statement=fields.count("statement"),
        kind=fields.text("kind"),
        field=fields.text("field"),
        op=fields.text("op"),
        location=fields.optional_text("location"),
        expected=fields.text("expected"),
        got=fields.text("got"),
        reduced=_program_data(fields, "reduced"),
        listing=fields.optional_text("listing"),
        script=fields.optional_text("script"),
        accepted=fields.optional_text("accepted"),
        steps=read_steps(fields, "steps"),
        graphs=read_graphs(fields, "graphs"),
    )


def _claim(fields: Fields) -> Claim:
    return Claim(claim=fields.text("claim"), **_entry(fields, CLAIM_VERDICTS))


def _idiom(fields: Fields) -> Idiom:
    return Idiom(written=fields.text("written"), then=fields.text("then"), **_entry(fields, IDIOM_VERDICTS))


def _entry(fields: Fields, verdicts: tuple[str, ...]) -> dict[str, Any]:
    """What claims and idioms have alike."""
    return {
        "id": fields.text("id"),
        "section": fields.text("section"),
        "verdict": fields.choice("verdict", verdicts),
        "today": fields.text("today"),
        "agree": fields.flag("agree"),
        "difference": fields.optional_text("difference"),
        "program": _program_data(fields, "program"),
        "listing": fields.optional_text("listing"),
    }


PHASES = ("forward_backward", "forward", "backward")
TIMING_STATUSES = ("timed", "absent", "wrong", "error")


def _timing(fields: Fields) -> Timing:
    status = fields.choice("status", TIMING_STATUSES) if "status" in fields.data else "timed"
    phases = tuple(_phase(name, fields.object(name)) for name in PHASES if fields.data.get(name) is not None)
    if status == "timed" and not phases:
        fields.fail("forward_backward", "a JSON object")
    return Timing(
        program=fields.text("program"),
        title=fields.text("title"),
        status=status,
        detail=fields.optional_text("detail") or "",
        phases=phases,
        rounds=fields.count("rounds"),
        goal=fields.optional_number("goal"),
        device=fields.optional_text("device") or "cpu",
    )


def _phase(name: str, fields: Fields) -> Phase:
    return Phase(
        name=name,
        subject_ns=fields.number("subject_ns"),
        reference_ns=fields.number("reference_ns"),
        ratio=fields.number("ratio"),
        noise=fields.number("noise"),
    )


def _coverage(fields: Fields) -> Coverage:
    return Coverage(
        kinds=_reached(fields.object("kinds")),
        mistakes=_reached(fields.object("mistakes")),
        errors=fields.counts("errors"),
        nodes=fields.counts("nodes"),
    )


def _reached(fields: Fields) -> tuple[Reached, ...]:
    return tuple(Reached(name, *fields.pair(name)) for name in fields.data)


def _op_score(fields: Fields) -> OpScore:
    return OpScore(
        entry=fields.text("entry"),
        family=fields.text("family"),
        check=fields.text("check"),
        dtype=fields.text("dtype"),
        agree=fields.count("agree"),
        differ=fields.count("differ"),
        silent=fields.count("silent"),
        unsupported=fields.optional_text("unsupported"),
        calls=fields.texts("calls"),
        signatures=fields.counts("signatures"),
        errors=read_errors(fields, "errors"),
        device=fields.text("device") if "device" in fields.data else "cpu",
        drawn=fields.count("drawn") if "drawn" in fields.data else 0,
    )


def _names(fields: Fields) -> Names:
    names = fields.object("names")
    return Names({name: names.flag(name) for name in names.data})


def _program_data(fields: Fields, name: str) -> Mapping[str, Any] | None:
    if fields.data.get(name) is None:
        return None
    data = fields.object(name).data
    return (
        data
        if isinstance(data.get("statements"), list)
        else fields.fail(name, "a program with its statements")
    )


READERS: Mapping[str, Callable[[Fields], Record]] = {
    "program": _program,
    "batch": _batch,
    "difference": _difference,
    "claim": _claim,
    "idiom": _idiom,
    "timing": _timing,
    "coverage": _coverage,
    "op": _op_score,
    "names": _names,
    "sample": read_sample,
    "pace": read_pace,
    "sweep": read_sweep,
    "mutant": read_mutant,
    "drift": read_drift,
    "memory": read_memory,
    "copies": read_copies,
}
