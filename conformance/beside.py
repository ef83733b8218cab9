"""Which runs there are beside a pair, to say how far a value may be off: those that the reference can make."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .aside import AsideLane
from .compiled import CompiledLane
from .lane import Lane
from .placed import UnnamedLane
from .program import Program
from .recording.replay import RecordedLane
from .subjects import Subject
from .twin import Wide
from .wide import WideLane

if TYPE_CHECKING:
    from .rendition import Rendition


@dataclass(frozen=True, slots=True)
class Beside:
    """Runs beside, and how a value of each kind of them is found."""

    lanes: Sequence[AsideLane]
    wide: Wide
    shaken: Sequence[Wide] = ()
    renditions: Sequence[tuple[Rendition, Wide]] = ()


def lane_of(
    side: Subject, program: Program, caught: list[warnings.WarningMessage], unnamed: bool = False
) -> Lane:
    """A side of a run: the library itself, or what was recorded of it; with `unnamed` devices."""
    if unnamed:
        return UnnamedLane(side, caught)
    if side.compiler is not None:
        return CompiledLane(side, caught, backend=side.compiler)
    if side.recording is None:
        return Lane(side, caught)
    return RecordedLane(side, caught, record=side.recording.of(program))


def beside(reference: Subject, lane: Lane, shaking: bool) -> Beside:
    """The runs beside a lane of the reference; a recording holds the float64 run, and no others."""
    if isinstance(lane, RecordedLane):
        return Beside((), lane.truth)
    wide = WideLane(reference)
    if not shaking:
        return Beside((wide,), wide.find)
    from .rendition import RENDITIONS, RenditionLane  # torch's modes, which few programs need
    from .shaken import LANES, ShakenLane

    shaken = [ShakenLane(reference, seed=seed) for seed in range(LANES)]
    rendered = [RenditionLane(reference, rendition=way) for way in RENDITIONS]
    found = [(one.rendition, one.find) for one in rendered]
    return Beside((wide, *shaken, *rendered), wide.find, [one.find for one in shaken], found)
