"""What the article says of autograd, as programs of ours that are checked on today's PyTorch."""

from collections import Counter
from enum import StrEnum

from ..suite import Suite
from .claim import Claim, Verdict
from .claims import CLAIMS


def _counted(verdicts: Counter[StrEnum]) -> str:
    hold, do_not, misprints = (verdicts[verdict] for verdict in Verdict)
    return f"{hold} hold, {do_not} do not, {misprints} are misprints"


SUITE = Suite("article", "check what the article claims", "claims", CLAIMS, {"claim": 40}, _counted)

__all__ = ["CLAIMS", "SUITE", "Claim", "Verdict"]
