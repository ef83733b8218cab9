"""Running a program on one library."""

from __future__ import annotations

from typing import Any

from .program import Program
from .statements import Events


def execute(program: Program, lib: Any) -> tuple[dict[str, Any], Events]:
    """Run on `lib`; the names bound and what hooks saw. An error outside an attempt is raised."""
    env: dict[str, Any] = {}
    events: Events = []
    for statement in program.statements:
        statement.execute(lib, env, events)
    return env, events
