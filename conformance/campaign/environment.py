"""What a run's numbers depend on besides the two libraries."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import torch


def environment() -> dict[str, Any]:
    """The commit if it is known, the interpreter, numpy, the machine."""
    commit = _commit()
    return {
        **({"commit": commit} if commit else {}),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
    }


@cache
def _commit() -> str | None:
    """The commit that this file is of, with a plus where something is changed since; None outside a repository."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+", "--abbrev=10"]
    place = Path(__file__).parents[2]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or f"{os.cpu_count()} processors"
