"""The faults of `faulty`, but for the one that depends on what ran before: a run gone on with has another history."""

from typing import Any

import torch

from . import faulty


def __getattr__(name: str) -> Any:
    return getattr(torch if name == "sigmoid" else faulty, name)
