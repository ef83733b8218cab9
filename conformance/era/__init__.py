"""What was written in the days of Variables, before torch 0.4, and what each idiom does on today's PyTorch."""

from collections import Counter
from enum import StrEnum

from ..suite import Suite
from .idiom import Idiom, Standing
from .idioms import IDIOMS


def _counted(standings: Counter[StrEnum]) -> str:
    work, warn, changed, raised = (standings[standing] for standing in Standing)
    return f"{work} work, {warn} with a warning, {changed} mean something else, {raised} raise"


SUITE = Suite(
    "era",
    "run what was written in the days of Variables",
    "idioms",
    IDIOMS,
    {"written": 26, "then": 34},
    _counted,
)

__all__ = ["IDIOMS", "SUITE", "Idiom", "Standing"]
