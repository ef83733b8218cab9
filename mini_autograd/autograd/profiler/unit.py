"""Times and shares of times as tables show them."""

from __future__ import annotations

# The units, largest first, with how many microseconds they are.
UNITS = {"s": 1_000_000.0, "ms": 1_000.0, "us": 1.0}


def time_text(microseconds: float, unit: str | None = None) -> str:
    """A time in ``unit``, or in the largest in which it is not less than one."""
    if unit not in UNITS:
        unit = next((one for one, size in UNITS.items() if microseconds >= size), "us")
    return f"{microseconds / UNITS[unit]:.3f}{unit}"


def share_text(part: float, whole: float) -> str:
    return "NaN" if whole == 0 else f"{part * 100.0 / whole:.2f}%"
