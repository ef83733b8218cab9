"""Ranges and marks that NVIDIA's profilers show."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from mini_autograd.kernels import accelerator

NOT_INSTALLED = "NVTX functions not installed. Are you sure you have a CUDA build?"
# How many ranges are open, which torch's functions tell and CuPy's do not.
_DEPTH = [0]


def library() -> Any:
    backend = accelerator.load()
    found = None if backend is None else getattr(backend.xp.cuda, "nvtx", None)
    if found is None:
        raise RuntimeError(NOT_INSTALLED)
    return found


def range_push(msg: str) -> int:
    """Begin a range inside of those that are open; how many were."""
    library().RangePush(msg)
    _DEPTH[0] += 1
    return _DEPTH[0] - 1


def range_pop() -> int:
    """End the last range; how many are open then."""
    library().RangePop()
    _DEPTH[0] = max(_DEPTH[0] - 1, 0)
    return _DEPTH[0]


def range_start(msg: str) -> int:
    """Begin a range that may overlap others; what :func:`range_end` takes."""
    return int(library().RangeStart(msg))


def range_end(range_id: int) -> None:
    library().RangeEnd(range_id)


def mark(msg: str) -> None:
    """Mark this moment."""
    library().Mark(msg)


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """What runs inside is a range."""
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()
