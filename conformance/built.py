"""Compiled modules that are older than their source: what runs is not what is written there."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path


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
