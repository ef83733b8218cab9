"""The graphs of both sides at what differs, drawn, with the nodes marked at which they part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .beside import lane_of
from .compare import Comparison
from .lane import Lane
from .observation import Difference, Observation
from .program import Program
from .reading import is_node, is_tensor, magnitude
from .statements import Attempt, Statement
from .subjects import Subject, every_warning
from .twin import Location, read

MOST_NODES = 40
_STEP = re.compile(r"[^.\[\]]+")

Pair = tuple[Any, Any]


def graphs(
    program: Program, difference: Difference, reference: Subject, subject: Subject
) -> dict[str, Any] | None:
    """Both drawings as a record of a difference has them; None where nothing at it has a graph."""
    with every_warning(reference, subject) as caught:
        lanes = lane_of(reference, program, caught), lane_of(subject, program, caught)
        last = _run(program.statements[: difference.statement + 1], lanes)
        pair = next((one for one in _candidates(lanes, last, difference) if _has_graph(one)), None)
        if pair is None:
            return None
        return _both(pair, lanes, _marked(pair, lanes, difference))


def graphs_of(
    program: Program,
    names: Sequence[str],
    reference: Subject,
    subject: Subject,
    passed: frozenset[str] = frozenset(),
) -> dict[str, Any] | None:
    """Both drawings of tensors that a program binds; None where a side does not have them, or none has a graph.

    ``passed``: fields that may differ without a mark.
    """
    with every_warning(reference, subject) as caught:
        lanes = lane_of(reference, program, caught), lane_of(subject, program, caught)
        _run(program.statements, lanes)
        if not all(is_tensor(lane.env.get(name)) for lane in lanes for name in names):
            return None
        pairs = [(lanes[0].env[name], lanes[1].env[name]) for name in names]
        pairs = [pair for pair in pairs if _has_graph(pair)]
        if not pairs:
            return None
        marked: tuple[list[Any], list[Any]] = ([], [])
        for pair in pairs:
            for found, more in zip(marked, _marked(pair, lanes, None, passed), strict=True):
                found += more
        return _both(tuple(map(list, zip(*pairs, strict=True))), lanes, marked)


def _run(statements: Sequence[Statement], lanes: tuple[Lane, Lane]) -> Statement:
    """Run statements on both sides, whatever they raise; the last of them."""
    last = statements[0]
    for one in statements:
        last = one.statement if isinstance(one, Attempt) else one
        for lane in lanes:
            lane.run(last)
    return last


def _both(
    pair: tuple[Any, ...], lanes: tuple[Lane, Lane], marked: tuple[list[Any], list[Any]]
) -> dict[str, Any]:
    expected, got = (_drawn(*one) for one in zip(pair, lanes, marked, strict=True))
    return {"expected": expected, "got": got}


# --- what is drawn ----------------------------------------------------------------------------------------


def _candidates(lanes: tuple[Lane, Lane], statement: Statement, difference: Difference) -> Iterator[Pair]:
    """What differs, what the statement has given, and what a backward pass started from."""
    expected, got = lanes
    steps = _STEP.findall(difference.location)
    yield _at(expected, steps), _at(got, steps)
    yield from zip(_flat(expected.result), _flat(got.result), strict=False)
    from_where = statement.reads() if statement.differentiates else ()
    for name in (*statement.writes(), *from_where):
        yield expected.env.get(name), got.env.get(name)


def _at(lane: Lane, steps: Sequence[str]) -> Any:
    """The tensor at a location, or what of it has the graph in which the location is; None for no such thing."""
    first, *rest = steps
    value = lane.result if first == "result" else lane.env.get(first)
    for step in rest:
        if step == "grad_fn" or is_node(value):
            break
        value = _step(value, step)
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, tuple | list):
        return dict(enumerate(value)).get(int(step))
    return read(value, step)[0]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in _flat(item)]
    return [value]


def _has_graph(pair: Pair) -> bool:
    """Whether both can be drawn, and one of them has something behind it."""
    return all(is_tensor(one) or is_node(one) for one in pair) and any(_node(one) is not None for one in pair)


def _node(value: Any) -> Any:
    return value if is_node(value) else read(value, "grad_fn")[0]


def _drawn(value: Any, lane: Lane, marked: list[Any]) -> dict[str, Any]:
    from mini_autograd.autograd.graph import draw  # which the sides of a run need not be

    names = {
        name: one for name, one in lane.env.items() if is_tensor(one) and read(one, "grad_fn")[1] is None
    }
    data: dict[str, Any] = draw(value, names=names, most=MOST_NODES, marked=marked).data()
    return data


# --- where they part --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Walk(Comparison):
    """A comparison of two graphs that keeps the places where they differ, and nothing else of that; those of fields
    that are ``passed`` not."""

    places: list[Location] = field(default_factory=list)
    passed: frozenset[str] = frozenset()

    def differ(
        self, kind: Observation, name: str, location: Location, expected: Any, got: Any, dtype: str = "none"
    ) -> None:
        if name not in self.passed:
            self.places.append(location)

    def _new_node(self, left: Any, right: Any, place: Location) -> list[tuple[Any, Any, Location]]:
        """Behind nodes of two kinds nothing is held against each other."""
        ahead = Comparison._new_node(
            self, left, right, place
        )  # of a class with slots, which super() does not find
        return ahead if left.name() == right.name() else []


def _marked(
    pair: Pair,
    lanes: tuple[Lane, Lane],
    difference: Difference | None,
    passed: frozenset[str] = frozenset(),
) -> tuple[list[Any], list[Any]]:
    """The nodes of each side at which the graphs part, or else those whose derivative is said to differ."""
    expected, got = _node(pair[0]), _node(pair[1])
    if expected is None or got is None:
        return [one for one in (expected,) if one is not None], [one for one in (got,) if one is not None]
    sides = lanes[0].subject, lanes[1].subject
    walk = Walk(
        (sides[0].module, sides[1].module),
        wide=lambda location: None,  # without it what differs is left open
        worked_with=lambda: magnitude(lanes[0].env.values()),
        observes=sides[0].observes & sides[1].observes,
        passed=passed,
    )
    walk.node(expected, got, ("graph",))
    if walk.places:
        return [_behind(expected, one) for one in walk.places], [_behind(got, one) for one in walk.places]
    op = None if difference is None else difference.op
    blamed = [both for both in walk.nodes.values() if both[0].name() == op]
    return [one for one, _ in blamed], [other for _, other in blamed]


def _behind(node: Any, location: Location) -> Any:
    """The node that a location leads to, or that holds what it leads to."""
    steps = list(location[1:])
    while steps[:1] == ["next_functions"]:
        node = node.next_functions[steps[1]][0]
        del steps[:3]
    return node
