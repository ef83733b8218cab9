"""Numbers, times and names as people read them; what is rounded is rounded against the library."""

import re
from datetime import timedelta
from urllib.parse import quote

from reports.record import Phase


def count(number: int) -> str:
    return f"{number:,}"


def percent(part: int, whole: int) -> str:
    """Rounded down to hundredths, so that only a whole one reads 100 %; a dash where nothing was counted."""
    if not whole:
        return "–"  # noqa: RUF001
    hundredths = part * 10_000 // whole
    return "100 %" if part == whole else f"{hundredths // 100}.{hundredths % 100:02d} %"


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 program`, `2 programs`; `many` where that is no plain plural."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def span(time: timedelta) -> str:
    """A span of time in its two largest units: `2 h 5 min`."""
    left = max(0, round(time.total_seconds()))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def nanoseconds(number: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.3g} ns"


def noise(share: float) -> str:
    """How far the reference beside itself is from a ratio of 1: `2.4 %`, `38 %`."""
    return f"{100 * share:.{0 if share >= 0.1 else 1}f} %"


def pace(phase: Phase) -> str:
    """How fast the subject was beside the reference: `3.5 times as fast`, `within the noise`."""
    if abs(phase.ratio - 1) <= phase.noise or phase.ratio <= 0:
        return "within the noise"
    if phase.ratio < 1:
        return f"{1 / phase.ratio:.3g} times as fast"
    return f"takes {phase.ratio:.3g} times as long"


def phase(name: str) -> str:
    """What a ratio is of; an op of the table is timed in both directions."""
    return (name or "forward_backward").replace("_", " + ")


def reached(phase: Phase, goal: float) -> str:
    """Whether a ratio is at most the goal: `met`, `missed`, or `in the noise` around it."""
    if abs(phase.ratio - goal) <= phase.noise * goal:
        return "in the noise"
    return "met" if phase.ratio < goal else "missed"


def anchor(kind: str, name: str) -> str:
    """The id of one thing on the page: `op/Tensor.add_`, `signature/mul/grad/value/float32`."""
    return f"{kind}/{re.sub(r'[^!-~]', '_', name.replace('|', '/'))}"


def fragment(kind: str, name: str) -> str:
    """The link to an anchor on the same page."""
    return "#" + quote(anchor(kind, name), safe="/.,:;@!$&'()*+=~-_?[]")
