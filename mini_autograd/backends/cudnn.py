"""What a program asks of cuDNN, which this library has no need of: kept, so that programs can say and ask it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from mini_autograd.typename import type_name

FLAGS = ("enabled", "benchmark", "deterministic", "allow_tf32")


class CudnnModule(ModuleType):
    """The module itself, which takes truth values for its flags."""

    enabled = True
    benchmark = False
    deterministic = False
    allow_tf32 = True
    benchmark_limit: int | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FLAGS and not isinstance(value, bool):
            raise RuntimeError(f"set_{name}_cudnn expects a bool, but got {type_name(value)}")
        super().__setattr__(name, value)


def is_available() -> bool:
    return False


def version() -> int | None:
    return None


@contextlib.contextmanager
def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
) -> Iterator[None]:
    """Flags of a context's own."""
    module = sys.modules[__name__]
    before = {name: getattr(module, name) for name in FLAGS}
    for name, value in zip(FLAGS, (enabled, benchmark, deterministic, allow_tf32), strict=True):
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


sys.modules[__name__].__class__ = CudnnModule
