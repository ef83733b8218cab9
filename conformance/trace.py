"""All that one library shows of a program, after each statement, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .beside import lane_of
from .program import Program
from .reading import is_tensor, memory_of, on_device, saved_names, text_of, version_of
from .statements import Attempt
from .subjects import Subject, every_warning


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, what happened at it, and all that can be seen after it; `before` was seen already."""

    code: list[str]
    happened: list[str]
    seen: list[str]
    before: frozenset[str] = frozenset()

    @property
    def new(self) -> list[str]:
        """What happened, and what is seen and was not before."""
        return [*self.happened, *(line for line in self.seen if line not in self.before)]


def steps(program: Program, subject: Subject) -> list[Step]:
    """Run a program and describe after each statement every name, hook call, warning and error."""
    made: list[Step] = []
    with every_warning(subject) as caught:
        lane = lane_of(subject, program, caught)
        for place, statement in enumerate(program.statements):
            told = len(lane.events)
            lane.run(statement.statement if isinstance(statement, Attempt) else statement)
            happened = [f"hook {label}: {text_of(given)}" for label, given in lane.events[told:]]
            happened += [f"warning {category}: {text}" for category, text in lane.warned]
            if lane.error is not None:
                happened.append(f"raised {text_of(lane.error)}")
            elif isinstance(lane.result, str):
                happened.append(lane.result)
            code = [f"{place:3} {line}" for line in statement.lines()]
            before = frozenset(made[-1].seen) if made else frozenset()
            made.append(Step(code, happened, seen(lane.env), before))
            if lane.error is not None and not isinstance(statement, Attempt):
                break
    return made


def trace(program: Program, subject: Subject) -> list[str]:
    """All steps as lines."""
    lines = []
    for step in steps(program, subject):
        lines += [*step.code, *(f"      {line}" for line in (*step.happened, *step.seen))]
    return lines


def seen(env: dict[str, Any]) -> list[str]:
    """The lines of all names; of a library that is broken, those up to where it cannot be looked at."""
    lines: list[str] = []
    try:
        lines.extend(names(env))
    except Exception as error:
        lines.append(f"cannot be looked at: {type(error).__name__}: {error}")
    return lines


def names(env: dict[str, Any]) -> Iterator[str]:
    """A line for each name; tensors that share storage bear the same letter."""
    letters: dict[int, str] = {}
    for name, value in env.items():
        if not is_tensor(value):
            yield f"{name} = {text_of(value)}"
            continue
        memory = memory_of(value)
        letter = "-" if memory is None else letters.setdefault(memory, chr(ord("A") + len(letters) % 26))
        facts = [f"stride {tuple(value.stride())}", f"storage {letter}", f"version {version_of(value)}"]
        if on_device(value):
            facts.append(f"device {value.device}")
        if value.requires_grad:
            facts.append("leaf" if value.is_leaf else "requires grad")
        yield f"{name} = {text_of(value)}; {', '.join(facts)}"
        if value.requires_grad and (value.is_leaf or value.retains_grad):
            yield f"{name}.grad = {text_of(value.grad)}"
        if value.grad_fn is not None:
            yield from graph(value.grad_fn)


def graph(node: Any) -> Iterator[str]:
    """A line for a node: its name, its edges, what it saved."""
    edges = ", ".join("None" if one is None else f"{one.name()}:{at}" for one, at in node.next_functions)
    saved = []
    for name in saved_names(node):
        try:
            saved.append(f"{name.removeprefix('_saved_')}={text_of(getattr(node, name), 60)}")
        except RuntimeError:
            saved.append(f"{name.removeprefix('_saved_')} is freed")
    yield f"    {node.name()} <- ({edges}) saved ({', '.join(saved)})"
