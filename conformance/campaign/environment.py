"""What a run's numbers depend on besides the two libraries."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy
import torch


def environment() -> dict[str, Any]:
    """The interpreter, numpy, the machine."""
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
    }


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or f"{os.cpu_count()} processors"
