"""The goals that figures of a GPU are held to, from `goals.toml`, and the table that puts the two side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabulate import tabulate

GOALS = Path(__file__).with_name("goals.toml")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure's limit: at `most`, or at `least`."""

    name: str
    about: str
    most: float | None = None
    least: float | None = None

    @property
    def limit(self) -> float:
        """The limit, whichever it is."""
        found = self.most if self.most is not None else self.least
        assert found is not None
        return found

    def met(self, figure: float) -> bool:
        """Whether a figure keeps to the limit."""
        return figure <= self.limit if self.most is not None else figure >= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured for a goal, of which program."""

    goal: str
    program: str
    value: float | None
    note: str = ""


def read_goals(path: Path = GOALS) -> dict[str, Goal]:
    """The goals by name, in their order."""
    return {one["name"]: Goal(**one) for one in tomllib.loads(path.read_text("utf-8"))["goal"]}


def limits(goals: Mapping[str, Goal]) -> dict[str, float]:
    """The limits by name."""
    return {name: goal.limit for name, goal in goals.items()}


def figures(records: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """The figures that records hold; those of what could not be measured have no value."""
    from .workload import workloads

    aims = {one.name: one.goal for one in workloads()}
    found = []
    for one in records:
        if one["record"] == "timing" and aims.get(one["program"]):
            both = one.get("forward_backward") or {}
            noise = f"noise {both['noise']:.1%}" if both else f"{one['status']}: {one['detail']}"
            found.append(Figure(str(aims[one["program"]]), one["program"], both.get("ratio"), noise))
        elif one["record"] == "memory" and one["check"] in ("peak", "flat"):
            name = "peak memory" if one["check"] == "peak" else "growth"
            found.append(Figure(name, one["program"], one["figure"], one["detail"]))
    return [*scoreboard(records), *found]


def scoreboard(records: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """How much of the table of ops is kept on the device, as far as it was gone through."""
    whole: dict[bool, set[tuple[str, str, str]]] = {False: set(), True: set()}
    for one in records:
        if one["record"] == "op" and one["agree"] and not one["differ"] and one["unsupported"] is None:
            whole["device" in one].add((one["entry"], one["check"], one["dtype"]))
    passed, kept = len(whole[False]), len(whole[False] & whole[True])
    return [Figure("scoreboard", "ops", kept / passed, f"{kept:,} of {passed:,} scores")] if passed else []


def table(found: Iterable[Figure], goals: Mapping[str, Goal]) -> str:
    """Each figure beside its goal; goals of which nothing was measured are told, too."""
    figured = list(found)
    rows = []
    for name, goal in goals.items():
        sign = "<=" if goal.most is not None else ">="
        aim = f"{sign} {goal.limit:g}"
        own = [one for one in figured if one.goal == name]
        rows += [
            [name, one.program, _number(one.value), aim, _verdict(goal, one.value), one.note] for one in own
        ]
        if not own:
            rows.append([name, "", "", aim, "not measured", ""])
    return tabulate(rows, ["goal", "of", "measured", "aim", "", "note"], disable_numparse=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _verdict(goal: Goal, value: float | None) -> str:
    return "not measured" if value is None else "met" if goal.met(value) else "missed"
