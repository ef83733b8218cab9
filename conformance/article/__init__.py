"""What the article says of autograd, as programs of ours that are checked on today's PyTorch."""

from .claim import Claim, Finding, Reading, Verdict, check
from .claims import CLAIMS
from .suite import findings, table

__all__ = ["CLAIMS", "Claim", "Finding", "Reading", "Verdict", "check", "findings", "table"]
