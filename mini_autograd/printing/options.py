"""The print options: one set for the process, read anew for every tensor printed."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class PrintOptions:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES: dict[object, PrintOptions] = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}
_current = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print from now on.

    `profile` is "default", "short" or "full", and any other is passed over; what else is given overrides it,
    and what is not stays as it was. But `sci_mode` goes back to None, its default, unless it is given.
    """
    global _current
    options = _PROFILES.get(profile, _current)
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _current = replace(options, **changes, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """The options in force: precision, threshold, edgeitems, linewidth and sci_mode."""
    return asdict(_current)


def current() -> PrintOptions:
    return _current
