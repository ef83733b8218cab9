"""Kept programs that show what torch does on the CPU alone, and why: on an emulated device they are told as that."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from .document import content
from .program import Program

LIST = Path(__file__).parent / "cpu_alone.toml"


@cache
def reasons() -> dict[str, str]:
    """Why, by the name of a program of the corpus."""
    told = tomllib.loads(content(LIST).decode())
    return {name: entry["reason"] for entry in told["about"] for name in entry["programs"]}


def cpu_alone(program: Program) -> str | None:
    """Why a program says nothing beside torch on the CPU; None where it does."""
    reason = reasons().get(program.name) if program.origin == "corpus" else None
    return None if reason is None else f"about the CPU: {reason}"
