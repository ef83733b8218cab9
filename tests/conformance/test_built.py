"""What was compiled from another source than is there is said before it is tested."""

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from conformance.built import outdated


def test_a_module_older_than_its_source_is_named(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / f"{name}{EXTENSION_SUFFIXES[0]}").touch()
        (tmp_path / f"{name}.py").touch()
    os.utime(tmp_path / f"old{EXTENSION_SUFFIXES[0]}", (0, 0))
    os.utime(tmp_path / "new.py", (0, 0))
    assert outdated(tmp_path) == ["old"]
