"""Campaigns: programs by the thousand, in batches that run in processes of their own, and of which nothing is lost."""

from .plan import Plan
from .run import Options, Progress, Run

__all__ = ["Options", "Plan", "Progress", "Run"]
