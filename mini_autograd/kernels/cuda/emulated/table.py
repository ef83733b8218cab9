"""What CuPy offers, as ``record.py`` wrote it down: names, parameters, the loops of each ufunc."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("names.json")


@cache
def table() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def checker(name: str, parameters: str) -> Callable[..., None]:
    """A function that takes what CuPy's takes, does nothing, and refuses the rest with Python's own TypeError."""
    check = eval(f"lambda {parameters}: None")
    check.__name__ = check.__qualname__ = name
    return check
