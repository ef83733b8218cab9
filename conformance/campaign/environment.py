"""What a run's numbers depend on besides the two libraries."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy
import torch

DIGITS = 12  # of a commit


def environment() -> dict[str, Any]:
    """The commit, where the harness runs from a checkout, the interpreter, numpy, the machine."""
    return {
        "commit": _commit(Path(__file__).parent),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
    }


def _commit(folder: Path) -> str | None:
    """The commit that is checked out there, or in a folder above; it is read, so that no process is started."""
    git = next((above / ".git" for above in (folder, *folder.parents) if (above / ".git").exists()), None)
    try:
        if git is None:
            return None
        if git.is_dir():
            return _resolved(git, git)
        own = Path(git.read_text("utf-8").removeprefix("gitdir:").strip())  # of a further working tree
        shared = own / "commondir"
        return _resolved(own, own / shared.read_text("utf-8").strip() if shared.exists() else own)
    except (OSError, ValueError):
        return None


def _resolved(own: Path, shared: Path) -> str | None:
    """What HEAD stands for, directly or by the name of a branch."""
    head = (own / "HEAD").read_text("utf-8").strip()
    name = head.removeprefix("ref:").strip()
    if name == head:
        return head[:DIGITS]
    if (shared / name).exists():
        return (shared / name).read_text("utf-8").strip()[:DIGITS]
    packed = (shared / "packed-refs").read_text("utf-8").splitlines()
    return next((line[:DIGITS] for line in packed if line.endswith(f" {name}")), None)


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or f"{os.cpu_count()} processors"
