"""Refuses a run on compiled modules older than their source: it would test what no longer is there."""

import os
from pathlib import Path

import pytest

from conformance.built import outdated

PACKAGE = Path(__file__).parent / "mini_autograd"


def pytest_configure() -> None:
    stale = outdated(PACKAGE)
    if stale and os.environ.get("MINI_AUTOGRAD_PURE") != "1":
        raise pytest.UsageError(
            f"compiled before their source was changed: {', '.join(stale)}; "
            "run `make build`, or set MINI_AUTOGRAD_PURE=1"
        )
