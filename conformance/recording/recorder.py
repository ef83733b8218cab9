"""Running a program on one library and noting what is seen after each statement: NOTE [Recordings]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy

from ..lane import Lane
from ..leftover import leaked_state, restore_state
from ..program import Program
from ..reading import (
    LOWEST,
    array_of,
    bits_of,
    clears,
    dtype_name,
    error_text,
    is_node,
    is_tensor,
    memory_of,
    raw_names,
    saved_names,
    text_of,
    unpack_hook,
    version_of,
)
from ..statements import Attempt, Scope, Statement
from ..subjects import Subject, every_warning
from ..tolerance import EPSILON, SMALLEST, WIDEST
from ..twin import keeps_grad
from ..wide import WideLane
from .number import Array, coarse, word, written

Frame = dict[str, Any]
Location = tuple[Any, ...]


class Stop(Exception):
    """Ends a program at an error outside an attempt."""


def record(program: Program, subject: Subject) -> dict[str, Any]:
    """What `subject` shows of a program, as JSON data."""
    with every_warning(subject) as caught:
        recorder = Recorder(Lane(subject, caught), WideLane(subject))
        try:
            for statement in program.statements:
                recorder.statement(statement)
        except Stop:
            pass
    told: dict[str, Any] = {"program": program.to_json(), "frames": recorder.frames}
    leak = leaked_state(subject)
    if leak is not None:
        restore_state(subject)
        told["leak"] = leak
    return told | {"arrays": list(recorder.arrays)}


@dataclass(slots=True)
class Recorder:
    """One run. Objects are numbered as they appear; `noted` is what was last written of each."""

    lane: Lane
    wide: WideLane
    frames: list[Frame] = field(default_factory=list)
    arrays: dict[str, int] = field(default_factory=dict)
    objects: list[Any] = field(default_factory=list)
    places: list[Location] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    noted: list[dict[str, Any]] = field(default_factory=list)
    storages: dict[int, int] = field(default_factory=dict)
    hooks: dict[Any, int] = field(default_factory=dict)
    bound: dict[str, Any] = field(default_factory=dict)
    told: int = 0
    stored: int = 0

    # --- statements -----------------------------------------------------------------------------------------

    def statement(self, statement: Statement) -> None:
        """Run a statement, those of a block one by one, and note what is seen; Stop at an error."""
        if isinstance(statement, Scope) and statement.stepped:
            self._scope(statement)
            return
        inner = statement.statement if isinstance(statement, Attempt) else statement
        self.lane.run(inner)
        self.wide.run(inner)
        self._look(inner)
        if isinstance(statement, Attempt):
            self.lane.error = None
        elif self.lane.error is not None:
            raise Stop

    def _scope(self, scope: Scope) -> None:
        context, beside = self.lane.enter(scope), self.wide.enter(scope)
        self.frames.append(self._outcome(scope))
        try:
            for inner in scope.steps if context else ():
                self.statement(inner)
        finally:
            if beside:
                self.wide.leave(beside)
            if context:
                self.lane.leave(context)
        self._look(scope)
        if self.lane.error is not None:
            raise Stop

    def _outcome(self, statement: Statement) -> Frame:
        """The error and the warnings of the present statement."""
        lane, frame = self.lane, Frame()
        if lane.error is not None:
            frame["error"] = raised(lane.error)
            if (lacked := lane.lacks(statement)) is not None:
                frame["lacks"] = lacked
            if self.wide.error is not None:
                frame["wide"] = raised(self.wide.error)
        if lane.warned:
            frame["warned"] = [list(one) for one in lane.warned]
        return frame

    def _look(self, statement: Statement) -> None:
        """Note all that the present statement has changed."""
        lane, frame = self.lane, self._outcome(statement)
        self.frames.append(frame)
        happened = len(lane.events)
        names = {name: one for name, one in lane.env.items() if self.bound.get(name, self) is not one}
        self.bound.update(names)
        frame["names"] = {name: self.value(one, (name,)) for name, one in names.items()}
        if lane.error is None and lane.result is not None:
            frame["result"] = self.value(lane.result, ("result",))
        events = enumerate(lane.events[self.told : happened], self.told)
        frame["events"] = [[label, self.value(given, ("events", at, 1))] for at, (label, given) in events]
        self.told = happened
        frame["objects"] = {}
        self._forget_storages()
        number = 0
        while number < len(self.objects):  # looking at one may find others
            changes = self._changes(number)
            if changes:
                frame["objects"][str(number)] = changes
            number += 1
        self._freed(frame["objects"])
        if (mode := lane.grad_mode()) is not True:
            frame["grad_mode"] = mode
        del lane.events[happened:]  # reading what was saved runs unpack hooks, unasked by the program
        self.wide.follow(lane.env)
        for key in ("names", "events", "objects"):
            if not frame[key]:
                del frame[key]

    # --- values ---------------------------------------------------------------------------------------------

    def value(self, value: Any, location: Location) -> Any:
        """JSON of anything that a statement gave, in which objects are numbers."""
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return {"float": word(value)}
        if isinstance(value, complex):
            return {"complex": [word(value.real), word(value.imag)]}
        if is_tensor(value) or is_node(value) or isinstance(value, numpy.ndarray):
            return {"object": self.number(value, location)}
        if isinstance(value, tuple | list):
            items = [self.value(one, (*location, at)) for at, one in enumerate(value)]
            return items if type(value) is tuple else {type(value).__name__: items}
        return {"other": [type(value).__name__, text_of(value)]}

    def number(self, value: Any, location: Location) -> int:
        """The number of an object, which is kept alive so that no other takes its place."""
        found = self.numbers.get(id(value))
        if found is None:
            found = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
            self.places.append(location)
            self.noted.append({})
        return found

    def array(self, array: Array) -> int:
        """The number of an array's text among those of the program."""
        return self.arrays.setdefault(written(array), len(self.arrays))

    def _changes(self, number: int) -> dict[str, Any]:
        """What is not as it was last noted of an object."""
        value, noted, place = self.objects[number], self.noted[number], self.places[number]
        if is_node(value):
            if noted:
                return {}
            facts = self._node(value, place)
        elif is_tensor(value):
            facts = self._tensor(value, place, noted)
        else:
            facts = {
                "dtype": value.dtype.name,
                "shape": value.shape,
                "stride": value.strides,
                "values": self.array(value),
            }
        changes = {name: fact for name, fact in facts.items() if name not in noted or noted[name] != fact}
        noted.update(changes)
        return changes

    # --- tensors --------------------------------------------------------------------------------------------

    def _tensor(self, tensor: Any, place: Location, noted: dict[str, Any]) -> dict[str, Any]:
        facts = {"version": version_of(tensor)} | self._layout(tensor, place, noted)
        ask: dict[str, Callable[[], Any]] = {
            "leaf": lambda: tensor.is_leaf,
            "requires_grad": lambda: tensor.requires_grad,
            "memory": lambda: self._storage(tensor.data_ptr() and memory_of(tensor)),  # where it says so
            "grad_fn": lambda: self.value(tensor.grad_fn, (*place, "grad_fn")),
            "keeps": lambda: keeps_grad(tensor),
        }
        facts |= {name: answer(one) for name, one in ask.items()}
        facts["grad"] = (
            answer(lambda: self.value(tensor.grad, (*place, "grad"))) if facts["keeps"] is True else None
        )
        return facts

    def _layout(self, tensor: Any, place: Location, noted: dict[str, Any]) -> dict[str, Any]:
        """How a tensor lies in memory and what it holds."""
        name = dtype_name(tensor.dtype)
        ask: dict[str, Callable[[], Any]] = {
            "class": lambda: type(tensor).__name__,
            "dtype": lambda: name,
            "shape": lambda: tuple(tensor.shape),
            "stride": lambda: tuple(tensor.stride()),
            "offset": tensor.storage_offset,
            "bits": lambda: bits_of(tensor),
            "values": lambda: self.array(array_of(tensor, name)),
        }
        facts = {name: answer(one) for name, one in ask.items()}
        if facts["values"] != noted.get("values") and isinstance(facts["values"], int):
            facts["off"] = answer(lambda: self._off(array_of(tensor, name), name, place))
        return facts

    def _off(self, array: Array, name: str, place: Location) -> int | None:
        """How far the float64 run is from each element; None where rounding is all."""
        if name not in EPSILON or name in WIDEST:
            return None
        wide = self.wide.find(place)
        if wide is None or not is_tensor(wide):
            return None
        truth = array_of(wide, dtype_name(wide.dtype))
        if truth.shape != array.shape:
            return None
        with numpy.errstate(all="ignore"):
            off = truth - array.astype(truth.dtype)
            if not (numpy.abs(off) > (numpy.abs(array) * EPSILON[name] + SMALLEST[name]) / 2).any():
                return None
        parts = off.reshape(-1).view(off.real.dtype) if off.dtype.kind == "c" else off.reshape(-1)
        short = numpy.array([coarse(one) for one in parts.tolist()], off.real.dtype)
        return self.array(short.view(off.dtype))

    def _storage(self, address: int | None) -> int | None:
        if address is None or address < LOWEST:
            return None
        if address not in self.storages:
            self.storages[address] = self.stored
            self.stored += 1
        return self.storages[address]

    def _forget_storages(self) -> None:
        """Let go of addresses that no tensor has any more: what is there later is another storage."""
        noted = enumerate(one.get("memory") for one in self.noted)
        held = {memory_of(self.objects[at]): one for at, one in noted if isinstance(one, int)}
        self.storages = {address: one for address, one in self.storages.items() if held.get(address) == one}

    # --- nodes ----------------------------------------------------------------------------------------------

    def _node(self, node: Any, place: Location) -> dict[str, Any]:
        """A node: its name, what it leads to, and what it saved; what is freed later, `_freed` notes."""
        edges = [
            None if one is None else [self.number(one, (*place, "next_functions", at, 0)), index]
            for at, (one, index) in enumerate(node.next_functions)
        ]
        facts: dict[str, Any] = {":name": node.name(), ":edges": edges, ":raw": raw_names(node)}
        variable = getattr(node, "variable", None)
        if variable is not None:
            facts["variable"] = self.value(variable, (*place, "variable"))
        function = getattr(node, "_forward_cls", None)
        if function is not None:
            facts[":clears"] = clears(function)
        saved = {name: self._saved(node, name, place) for name in saved_names(node)}
        return facts | {":saved": saved}

    def _saved(self, node: Any, name: str, place: Location) -> Any:
        return answer(lambda: self._saved_value(getattr(node, name), (*place, name)))

    def _saved_value(self, value: Any, place: Location) -> Any:
        if is_tensor(value):
            facts = self._layout(value, place, {})
            flag = answer(lambda: value.requires_grad)
            output = answer(lambda: value.output_nr)
            return {"tensor": facts | {"requires_grad": flag, "output_nr": output, "memory": 0}}
        if isinstance(value, tuple | list):
            items = [self._saved_value(one, (*place, at)) for at, one in enumerate(value)]
            return items if type(value) is tuple else {type(value).__name__: items}
        return self.value(value, place)

    def _freed(self, changes: dict[str, dict[str, Any]]) -> None:
        """Note what can no longer be read of what nodes saved, and by which hooks it is unpacked.

        Of what one hook unpacks the first is read: it may run a checkpointed call again.
        """
        asked: set[Any] = set()
        for number, node in enumerate(self.objects):
            if not is_node(node):
                continue
            for name in saved_names(node):
                hook = unpack_hook(node, name)
                token = None if hook is None else self.hooks.setdefault(hook, len(self.hooks))
                self._note(changes, number, f":hook {name}", token)
                if hook is not None and hook in asked:
                    continue
                asked.update({hook} - {None})
                told = problem(node, name)
                self._note(changes, number, f":problem {name}", told)

    def _note(self, changes: dict[str, dict[str, Any]], number: int, name: str, fact: Any) -> None:
        if self.noted[number].get(name) != fact:
            self.noted[number][name] = fact
            changes.setdefault(str(number), {})[name] = fact


def answer(ask: Callable[[], Any]) -> Any:
    """What a question to an object gives, or the error that it raises."""
    try:
        return ask()
    except Exception as error:
        return {"raised": raised(error)}


def problem(node: Any, name: str) -> Any:
    """The error that reading an attribute raises, None where it can be read."""
    try:
        getattr(node, name)
    except Exception as error:
        return {"raised": raised(error)}
    return None


def raised(error: BaseException) -> list[Any]:
    """An error as JSON data."""
    return [type(error).__name__, isinstance(error, RuntimeError), error_text(error)]
