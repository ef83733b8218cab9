"""Running a program on two libraries at once, statement by statement, up to the first one at which they part.

A first pass is quick. Only when it finds something, or a value needs the float64 arbiter, is the program run
once more with everything looked at after each statement; and only when values differ then, once more beside
runs whose roundings are others, and runs in which the reference computes in other ways.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .aside import AsideLane
from .asserting import asserts, check_alive
from .beside import beside, lane_of
from .blame import Witness
from .chance import draws, in_the_open
from .compare import Comparison
from .coverage import Reached
from .cpu_alone import cpu_alone
from .lane import Lane
from .leftover import leaked_state, leaked_threads, live_threads, restore_state
from .observation import SEVERITY, Difference, Observation, fault
from .outcome import PASSES, Outcome, Status, silent
from .placed import PlacedComparison, unsaid
from .precision import precision
from .program import Program
from .reading import magnitude
from .refusal import Refusal
from .statements import Attempt, Backward, Events, Grad, Op, Print, Scope, Statement
from .subjects import Subject, every_warning
from .twin import HOOK, Location

# What a graph node can be at fault for; the rest is the engine's.
BLAMED = (Observation.GRAD, Observation.VALUE, Observation.SHAPE, Observation.DTYPE, Observation.ERROR)


class StateLeak(Refusal):
    """A program left the global state of a library changed: nothing run afterwards would mean anything."""


class Stop(Exception):
    """Ends a run at its first difference, or at an error that both sides raised."""


@dataclass(slots=True)
class Lockstep:
    """Two subjects, and the signatures at which a run goes on because the difference was accepted before."""

    reference: Subject
    subject: Subject
    accepted: frozenset[str] = frozenset()

    def run(self, program: Program) -> Outcome:
        """Run a program on both sides; StateLeak when one leaves its library in another state."""
        if self.subject.placement is not None:
            reason = self._unsaid(program)
            return self.compare(program) if reason is None else silent(reason)
        return self.compare(program)

    def _unsaid(self, program: Program) -> str | None:
        """Why a program cannot be run where the two are."""
        if self.reference.placement is None:  # on an emulated device, which defers what a GPU asserts
            return cpu_alone(program) or unsaid(program) or asserts(program, self.reference.module)
        return asserts(program, self.reference.module.plain)

    def compare(self, program: Program) -> Outcome:
        """The same of a program that says something where the two are."""
        with every_warning(self.reference, self.subject) as caught:
            quick = Run(self, program, caught)
            quick.all()
            if not quick.comparison.found and not quick.comparison.unsettled:
                if self.reference.placement is not None:
                    check_alive(program, self.reference.module)
                return quick.ended(quick.outcome())
            thorough = Run(self, program, caught, thorough=True)
            thorough.all()
            if thorough.comparison.found and thorough.comparison.contested:
                thorough = Run(self, program, caught, thorough=True, shaking=True)
                thorough.all()
            outcome = thorough.ended(thorough.outcome(quick))
            first = outcome.difference
            if first is not None and first.kind in BLAMED and isinstance(thorough.present, Backward | Grad):
                outcome.blame(self._culprit(program, caught, first.path), first.path)
                outcome.accept(self.accepted)
            for path in {one.path for one in outcome.excused if one.op in PASSES}:
                outcome.blame(self._culprit(program, caught, path), path)
            if self.reference.placement is not None:
                check_alive(program, self.reference.module)
            return outcome

    def _culprit(
        self, program: Program, caught: list[warnings.WarningMessage], path: tuple[int, ...]
    ) -> str | None:
        """The graph node that makes the backward pass at `path` differ, found by watching it once more."""
        again = Run(self, program, caught, watched=path)
        again.all()
        return again.culprit


@dataclass(slots=True)
class Run:
    """One pass over a program."""

    lockstep: Lockstep
    program: Program
    caught: list[warnings.WarningMessage]
    thorough: bool = False
    shaking: bool = False
    comparison: Comparison = field(init=False)
    lanes: tuple[Lane, Lane] = field(init=False)
    aside: Sequence[AsideLane] = ()
    completed: int = 0
    seen: dict[str, Any] = field(default_factory=dict)
    events_seen: int = 0
    all_seen: bool = False
    accepted: list[Difference] = field(default_factory=list)
    succeeded: Counter[str] = field(default_factory=Counter)
    failed_alike: Counter[str] = field(default_factory=Counter)
    reached: Reached = field(default_factory=Reached)
    mistake: str | None = None
    present: Statement | None = None
    watched: tuple[int, ...] | None = None
    culprit: str | None = None
    threads: frozenset[threading.Thread] = field(default_factory=live_threads)

    def __post_init__(self) -> None:
        sides = self.lockstep.reference, self.lockstep.subject
        where = sides[1].placement
        unnamed = where is not None and where.emulated
        expected, got = (lane_of(side, self.program, self.caught, unnamed) for side in sides)
        self.lanes = (expected, got)
        self.comparison = (
            Comparison if where is None else partial(PlacedComparison, placement=where, draws=self._draws)
        )(
            (sides[0].module, sides[1].module),
            worked_with=self._worked_with,
            precision=self._precision,
            label=self._label,
            observes=sides[0].observes & sides[1].observes,
        )
        if self.thorough:
            runs = beside(sides[0], expected, self.shaking)
            self.aside, self.comparison.wide = runs.lanes, runs.wide
            self.comparison.shaken, self.comparison.renditions = runs.shaken, runs.renditions

    def all(self) -> None:
        """Run all statements, or as many as agree and do not fail."""
        self.caught.clear()
        try:
            for place, statement in enumerate(self.program.statements):
                self._statement(statement, (place,))
                self.completed = place + 1
            self._final()
        except Stop:
            pass
        self._left_behind()

    def _left_behind(self) -> None:
        """Compare the state in which the program leaves its process; StateLeak where the reference leaves another."""
        reference, subject = self.lockstep.reference, self.lockstep.subject
        leak = leaked_state(reference)
        if leak:
            raise StateLeak(f"after program {self.program.name}: {reference.name}: {leak}")
        self.comparison.counts[Observation.PROCESS] += 1
        found = leaked_state(subject) or leaked_threads(self.threads)
        if found:
            self.comparison.differ(Observation.PROCESS, "state", ("process",), "as it was", found)
            restore_state(subject)

    def outcome(self, quick: Run | None = None) -> Outcome:
        """What the pass found; what only the quick pass found is reported all the same."""
        comparison = self.comparison
        accepted = (*self.accepted, *comparison.excused)
        if quick is not None and quick.comparison.found and not comparison.found:
            # A view of what was excused, and given the reference's bits, is excused with it.
            excused = {one.path for one in comparison.excused}
            comparison.found = [
                one
                for one in quick.comparison.found
                if one.path not in excused or not one.field.endswith("value")
            ]
        accepted_before = self.lockstep.accepted
        differences = tuple(
            sorted(
                comparison.found,
                key=lambda one: (one.path, one.signature in accepted_before, SEVERITY[one.kind]),
            )
        )
        status = Status.DIFFER if differences else Status.ACCEPTED if accepted else Status.AGREE
        self.reached.nodes = [expected.name() for expected, _ in comparison.nodes.values()]
        return Outcome(
            status,
            differences,
            self.completed,
            comparison.compared(),
            comparison.rounded,
            comparison.arbitrated,
            self.succeeded,
            self.failed_alike,
            self.reached,
            accepted,
            drawn=getattr(comparison, "drawn", 0),
        )

    def ended(self, outcome: Outcome) -> Outcome:
        """The outcome, which is none where the run ended for want of what one side alone does not have."""
        last = outcome.difference or (outcome.accepted[-1] if outcome.accepted else None)
        if last is not None and last.kind is Observation.ERROR:
            assert self.present is not None
            lacked = [name for lane in self.lanes if (name := lane.lacks(self.present)) is not None]
            if len(lacked) == 1:
                outcome.leave(lacked[0])
        return outcome

    # --- one statement --------------------------------------------------------------------------------------

    def _statement(self, statement: Statement, path: tuple[int, ...]) -> None:
        if isinstance(statement, Scope) and statement.stepped:
            self._scope(statement, path)
            return
        attempt = isinstance(statement, Attempt)
        inner = statement.statement if isinstance(statement, Attempt) else statement
        self.mistake = statement.mistake if isinstance(statement, Attempt) else None
        self._begin(inner, path)
        witness = Witness(self.comparison) if path == self.watched else None
        for lane in self.lanes:
            lane.run(inner)
        if witness is not None:
            witness.close()
            self.culprit = witness.culprit()
        for aside in self.aside:
            aside.run(inner)
        self._look(inner)
        if attempt:
            self.reached.succeed(statement, path)
            for lane in self.lanes:
                lane.error = None
        elif self.lanes[0].error is not None:
            raise Stop

    def _draws(self) -> tuple[bool, bool]:
        """Whether the present statement draws random numbers, and in the open: NOTE [Drawn on a device]."""
        assert self.present is not None
        return draws(self.present), in_the_open(self.present)

    def _begin(self, statement: Statement, path: tuple[int, ...]) -> None:
        self.comparison.path, self.present = path, statement
        self.comparison.derived = statement.differentiates

    def _label(self, location: Location) -> str:
        """The op that a difference belongs to: the one inside a block, where that was run as a whole."""
        assert self.present is not None
        if not isinstance(self.present, Scope) or self.present.stepped:
            return self.present.label
        inner = [one for one in self.present.flat() if not isinstance(one, Scope | Attempt)]
        makers = {name: one for one in inner for name in one.writes()}
        maker = makers.get(location[0])
        if "grad" in location:  # a pass has left it there, whatever bound the tensor
            maker = next((one for one in reversed(inner) if isinstance(one, Backward | Grad)), maker)
        if maker is None and any(lane.error is not None for lane in self.lanes):
            failed = min(self.lanes, key=lambda lane: len(lane.env))
            maker = next((one for one in inner if not set(one.writes()) <= set(failed.env)), None)
        if isinstance(maker, Op) and maker.name == "autograd.forward_ad.unpack_dual":
            made = makers.get(next(iter(maker.reads())))
            return f"forward_ad:{(made or maker).label}"
        return maker.label if maker is not None else self.present.label

    def _scope(self, scope: Scope, path: tuple[int, ...]) -> None:
        """Step through the body of a block with both sides inside their own context."""
        self._begin(scope, path)
        contexts = [lane.enter(scope) for lane in self.lanes]
        beside = [(aside, aside.enter(scope)) for aside in self.aside]
        entered = [(lane, context) for lane, context in zip(self.lanes, contexts, strict=True) if context]
        try:
            self._errors_and_warnings()
            if len(entered) == 2:
                for place, statement in enumerate(scope.steps):
                    self._statement(statement, (*path, place % len(scope.body)))
        finally:
            for aside, one in reversed(beside):
                if one:
                    aside.leave(one)
            for lane, context in reversed(entered):  # two lanes of one library share its modes
                lane.leave(context)
        self._begin(scope, path)
        self._look(scope)
        if self.lanes[0].error is not None:
            raise Stop

    def _look(self, statement: Statement) -> None:
        """Compare; a subject that cannot be looked at as the reference can differs from it."""
        try:
            self._observe(statement)
        except Exception as error:
            if isinstance(error, Stop):
                raise
            self.comparison.differ(Observation.ERROR, "unobservable", ("result",), "observed", error)
            raise Stop from error

    def _observe(self, statement: Statement) -> None:
        """Compare all that the statement may have changed, and stop at what is not accepted."""
        expected, got = self.lanes
        happened = len(expected.events), len(got.events)
        self._errors_and_warnings()
        comparison = self.comparison
        self._bindings()  # a block that failed has bound names before
        if expected.error is None:
            self.succeeded[statement.label] += 1
            self.reached.succeed(statement, comparison.path)
            if isinstance(statement, Print):
                self._texts(expected.result, got.result)
            else:
                comparison.value(expected.result, got.result, ("result",))
        else:
            self.failed_alike[statement.label] += 1
            self.reached.fail(expected.error, self.mistake, comparison.path)
        self.all_seen = self.thorough or expected.error is not None or statement.writes_untold
        if self.all_seen:
            comparison.again()
        elif statement.writes_memory:  # what else a statement changes is still there at the final look
            comparison.again(statement.reads())
        if isinstance(statement, Backward | Grad) or self.thorough:
            comparison.freed()
        self._events(happened)
        self._grad_mode()
        for lane, count in zip(self.lanes, happened, strict=True):
            del lane.events[count:]  # reading what was saved runs unpack hooks, unasked by the program
        self._settle()
        for aside in self.aside:
            aside.follow(expected.env)

    def _errors_and_warnings(self) -> None:
        expected, got = self.lanes
        differ = self.comparison.differ
        self.comparison.statements += 1
        if expected.error is not None or got.error is not None:
            if expected.error is None:
                differ(Observation.ERROR, "raised", ("result",), "no error", got.error)
            elif got.error is None:
                differ(Observation.ERROR, "not raised", ("result",), expected.error, "no error")
            elif type(expected.error).__name__ != type(got.error).__name__:
                differ(Observation.ERROR, "type", ("result",), expected.error, got.error)
            elif not self.comparison.same_words(expected.error, got.error):
                differ(Observation.ERROR, "text", ("result",), expected.error, got.error)
        if expected.warned != got.warned:
            name = "count" if len(expected.warned) != len(got.warned) else "text"
            differ(Observation.WARNING, name, ("result",), expected.warned, got.warned)
        self._settle()

    def _bindings(self) -> None:
        """Compare the names that are bound anew."""
        expected, got = self.lanes[0].env, self.lanes[1].env
        for name, value in expected.items():
            if self.seen.get(name, self) is not value:
                self.seen[name] = value
                if name not in got:
                    self.comparison.differ(Observation.ERROR, "unbound", (name,), value, "not bound")
                else:
                    self.comparison.value(value, got[name], (name,))

    def _texts(self, expected: str, got: str) -> None:
        self.comparison.counts[Observation.REPR] += 1
        if expected != got:
            self.comparison.differ(Observation.REPR, "text", ("result",), expected, got)

    def _events(self, happened: tuple[int, int]) -> None:
        """Compare what hooks were given since the last statement, and in which order they ran."""
        expected, got = (
            lane.events[self.events_seen : count] for lane, count in zip(self.lanes, happened, strict=True)
        )
        if not expected and not got:
            return
        self.events_seen = happened[0]
        self.comparison.counts[Observation.HOOK] += 1
        order = [label for label, _ in expected], [label for label, _ in got]
        if order[0] != order[1]:
            failed = fault_among(expected, got)
            if failed is not None:
                self.comparison.differ(Observation.ERROR, "not raised", ("events",), failed, "no error")
            else:
                self.comparison.differ(Observation.HOOK, "order", ("events",), *order)
            return
        first = self.events_seen - len(expected)
        for place, ((_, given), (_, other)) in enumerate(zip(expected, got, strict=True)):
            self.comparison.value(given, other, ("events", first + place, 1), HOOK)

    def _grad_mode(self) -> None:
        expected, got = (lane.grad_mode() for lane in self.lanes)
        if expected != got and None not in (expected, got):
            self.comparison.differ(Observation.REQUIRES_GRAD, "grad_mode", ("grad mode",), expected, got)

    def _settle(self) -> None:
        """Stop when something differs that was not accepted before."""
        found = self.comparison.found
        if not found:
            if self.comparison.unsettled:
                raise Stop
            return
        first = min(found, key=lambda one: SEVERITY[one.kind])
        if any(one.signature not in self.lockstep.accepted for one in found):
            raise Stop
        self.accepted.append(first)
        found.clear()
        broken = any(twin.failed for twin in self.comparison.twins.values())
        if broken or first.kind in (
            Observation.ERROR,
            Observation.VALUE,
            Observation.SHAPE,
            Observation.DTYPE,
        ):
            raise Stop  # the runs no longer hold the same things, so what follows says nothing

    def _final(self) -> None:
        """Look once more at everything, unless that is what was just done."""
        if not self.all_seen:
            self.comparison.again()
            self._settle()

    def _precision(self, location: Location, dtype: str) -> str:
        """The narrowest type that the value at a location came through since it was last looked at."""
        assert self.present is not None
        before = self.program.statements[: self.comparison.path[0]]
        return precision(dtype, str(location[0]), self.present, before, self.lanes[0].env)

    def _worked_with(self) -> float:
        """The largest magnitude that the present statement could have worked with."""
        env = self.lanes[0].env
        if self.present is None or isinstance(self.present, Backward | Grad | Scope):
            leaves = [twin.expected for twin in self.comparison.twins.values() if twin.grads[0] is not None]
            grads = [leaf.grad for leaf in leaves]
            return magnitude([*env.values(), *grads])
        return magnitude(env[name] for name in self.present.reads() if name in env)


def fault_among(expected: Events, got: Events) -> str | None:
    """The error by which the reference owned up to a fault where the two first part, though the program caught it."""
    for place, (label, given) in enumerate(expected):
        if place >= len(got) or got[place][0] != label:
            return given[0] if label == "raised" and fault(given[0]) is not None else None
    return None
