"""One side of a run that was recorded: the names and objects as they were after each statement."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ..document import shown
from ..lane import Lane
from ..statements import Scope, Statement
from .file import RecordingError
from .number import number, read
from .played import Node, Tensor, error_class, named, other, strided

MALFORMED = (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError)


def is_whole(value: Any) -> bool:
    return type(value) is int


def are_whole(value: Any) -> bool:
    return isinstance(value, tuple) and all(map(is_whole, value))


# What a fact of a tensor is, where it is not the error that asking for it raised.
FACTS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("class", "dtype"), lambda fact: isinstance(fact, str)),
    **dict.fromkeys(("leaf", "requires_grad", "keeps"), lambda fact: isinstance(fact, bool)),
    **dict.fromkeys(("version", "memory"), lambda fact: fact is None or is_whole(fact)),
    **dict.fromkeys(("offset", "output_nr"), is_whole),
    **dict.fromkeys(("shape", "stride"), are_whole),
    "bits": lambda fact: isinstance(fact, tuple) and [type(one) for one in fact] == [bool, bool],
    "grad": lambda fact: fact is None or isinstance(fact, Tensor),
    "grad_fn": lambda fact: fact is None or isinstance(fact, Node),
}


@dataclass(slots=True)
class RecordedLane(Lane):
    """Plays a program's record back, a frame a statement."""

    record: Mapping[str, Any] = field(default_factory=dict)
    place: int = 0
    objects: dict[int, Any] = field(default_factory=dict)
    modes: bool | None = True
    lacked: str | None = None
    wide_error: Exception | None = None

    def run(self, statement: Statement) -> None:
        """Take over what was seen after the statement."""
        self._next()

    def enter(self, scope: Scope) -> AbstractContextManager[Any] | None:
        """What was seen of entering a block; None where that raised."""
        self._next()
        return contextlib.nullcontext() if self.error is None else None

    def leave(self, context: AbstractContextManager[Any]) -> None:
        """What was seen after the block, if it came to its end."""
        if self.error is None:
            self._next()

    def lacks(self, statement: Statement) -> str | None:
        return self.lacked

    def grad_mode(self) -> bool | None:
        return self.modes

    def truth(self, location: Sequence[Any]) -> Any:
        """What the float64 run beside the recorded one had at a location."""
        head, *rest = location
        roots = {"result": self.result, "events": self.events}
        if head == "error":
            return self.wide_error
        found: Any = self.env.get(head, roots.get(head))
        for step in rest:
            try:
                found = found[step] if isinstance(step, int) else getattr(found, step)
            except Exception:
                return None
        return found.truth() if isinstance(found, Tensor) else None

    # --- frames ---------------------------------------------------------------------------------------------

    def _next(self) -> None:
        frames = self.record["frames"]
        frame = frames[self.place] if self.place < len(frames) else {}
        self.place += 1
        try:
            self._take(frame)
        except MALFORMED as error:
            held = self.subject.recording
            place = f"{held.path if held else self.subject.name}: {self.record['name']}"
            told = f"{type(error).__name__}: {error}"
            raise RecordingError(f"{place}: frame {self.place - 1} is malformed: {told}") from None

    def _take(self, frame: Mapping[str, Any]) -> None:
        self.error, self.wide_error = self._error(frame.get("error")), self._error(frame.get("wide"))
        self.warned = [(category, text) for category, text in frame.get("warned", ())]
        self.lacked = frame.get("lacks")
        self.modes = frame.get("grad_mode", True)
        changed = frame.get("objects", {})
        for key, facts in changed.items():
            self._make(int(key), facts)
        for key, facts in changed.items():
            self._change(self.objects[int(key)], facts)
        for name, value in frame.get("names", {}).items():
            self.env[name] = self._value(value)
        self.result = self._value(frame.get("result"))
        self.events += [(label, self._value(given)) for label, given in frame.get("events", ())]

    @staticmethod
    def _error(told: Sequence[Any] | None) -> Exception | None:
        if told is None:
            return None
        name, runtime, text = told
        return error_class(name, runtime)(text)

    # --- objects --------------------------------------------------------------------------------------------

    def _make(self, number: int, facts: Mapping[str, Any]) -> None:
        """The stand-in for an object that appears in this frame."""
        if number in self.objects:
            return
        if ":name" in facts:
            known = (
                facts[":name"],
                *facts[":saved"],
                *facts[":raw"],
                self.subject.name,
                self.subject.version,
            )
            self.objects[number] = named(Node, facts[":name"], *known)()
        elif "class" in facts:
            self.objects[number] = named(Tensor, facts["class"])()
        else:
            self.objects[number] = strided(
                self._array(facts["values"], facts["shape"]), tuple(facts["stride"])
            )

    def _change(self, made: Any, facts: Mapping[str, Any]) -> None:
        if isinstance(made, Node):
            self._change_node(made, facts)
        elif isinstance(made, Tensor):
            self._change_tensor(made, facts)
        elif "values" in facts:
            made[...] = self._array(facts["values"], made.shape)

    def _change_tensor(self, made: Tensor, facts: Mapping[str, Any]) -> None:
        """The facts as a library gives them; values come last, as their shape must be known."""
        for name, told in facts.items():
            fact = self._value(told)
            fact = tuple(fact) if isinstance(fact, list) else fact
            if name in FACTS and not isinstance(fact, Exception) and not FACTS[name](fact):
                raise ValueError(f"{name} {shown(told)}")
            made.facts[name] = fact
        for name in ("values", "off"):
            if isinstance(facts.get(name), int):
                made.facts[name] = self._array(facts[name], made.shape)

    def _change_node(self, made: Node, facts: Mapping[str, Any]) -> None:
        for name, told in facts.items():
            if name == ":edges":
                made.facts[name] = tuple(self._edge(edge) for edge in told)
            elif name == ":saved":
                for saved, value in told.items():
                    self._read(made, saved, self._value(value))
            elif name == ":raw":
                made.facts |= {raw: other("SavedTensor", "SavedTensor") for raw in told}
            elif name == ":clears":
                made.facts["_forward_cls"] = other("type", "Function")
                made.facts["_forward_cls"].clear_saved_tensors_on_access = told
            elif name.startswith(":hook "):
                self._hook(made, name.partition(" ")[2], told)
            else:
                made.facts[name] = self._value(told)

    def _edge(self, edge: Any) -> tuple[Node | None, int]:
        """Where a node leads to: another, and which of what that gave."""
        if edge is None:
            return None, 0
        found, index = self.objects[edge[0]], edge[1]
        if not isinstance(found, Node) or type(index) is not int:
            raise ValueError(f"an edge to {shown(edge)}")
        return found, index

    @staticmethod
    def _read(made: Node, name: str, value: Any) -> None:
        """A saved value, or the error of reading it."""
        problem = value if isinstance(value, Exception) else None
        made.facts |= {name: value, f":problem {name}": problem}

    @staticmethod
    def _hook(made: Node, name: str, token: int | None) -> None:
        raw = f"_raw{name}" if name.startswith("_saved_") else f"_raw_{name}"
        if raw not in made.facts:
            made.facts[raw] = other("SavedTensor", "SavedTensor")
        held = made.facts[raw]
        held.unpack_hook = None if token is None else ("hook", token)

    def _array(self, place: int, shape: Sequence[int]) -> Any:
        return read(self.record["arrays"][place], shape)

    def _value(self, told: Any) -> Any:
        """The value that JSON data stands for."""
        if isinstance(told, list):
            return tuple(map(self._value, told))
        if not isinstance(told, dict):
            return told
        ((key, inner),) = told.items()
        if key == "object":
            return self.objects[inner]
        if key == "float":
            return number(inner)
        if key == "complex":
            return complex(*map(number, inner))
        if key == "raised":
            return self._error(inner)
        if key == "other":
            return other(*inner)
        if key == "tensor":
            made = Tensor()
            self._change_tensor(made, inner)
            return made
        items = map(self._value, inner)
        return list(items) if key == "list" else named(tuple, key)(items)
