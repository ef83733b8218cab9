"""Suites of programs that each put to the test something that is said, and give it its verdict."""

from .entry import Entry, Finding, Reading, check
from .seen import Seen
from .suite import Suite

__all__ = ["Entry", "Finding", "Reading", "Seen", "Suite", "check"]
