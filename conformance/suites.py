"""The suites that a campaign goes through, and a command each prints."""

from . import article, era
from .suite import Suite

SUITES: tuple[Suite, ...] = (article.SUITE, era.SUITE)
