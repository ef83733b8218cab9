"""Refuses a run on compiled modules older than their source: it would test what no longer is there."""

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "mini_autograd"


def outdated(package: Path) -> list[str]:
    """The compiled modules of ``package`` that are older than a .py, .pxd or .pyx of the same name."""
    suffix = EXTENSION_SUFFIXES[0]
    return sorted(
        built.name.removesuffix(suffix)
        for built in package.rglob(f"*{suffix}")
        for kind in (".py", ".pxd", ".pyx")
        if (source := built.with_name(built.name.removesuffix(suffix) + kind)).exists()
        and source.stat().st_mtime > built.stat().st_mtime
    )


def pytest_configure() -> None:
    stale = outdated(PACKAGE)
    if stale and os.environ.get("MINI_AUTOGRAD_PURE") != "1":
        raise pytest.UsageError(
            f"compiled before their source was changed: {', '.join(stale)}; "
            "run `make build`, or set MINI_AUTOGRAD_PURE=1"
        )
