"""What a program asks of cuDNN, by which a GPU computes convolutions where it is installed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from mini_autograd.kernels import accelerator
from mini_autograd.kernels.settings import SETTINGS
from mini_autograd.typename import type_name

FLAGS = ("enabled", "benchmark", "deterministic", "allow_tf32")


class CudnnModule(ModuleType):
    """The module itself, which takes truth values for its flags."""

    benchmark_limit: int | None = None

    def __getattr__(self, name: str) -> Any:
        if name in FLAGS:
            return getattr(SETTINGS.cudnn, name)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in FLAGS:
            super().__setattr__(name, value)
            return
        if not isinstance(value, bool):
            raise RuntimeError(f"set_{name}_cudnn expects a bool, but got {type_name(value)}")
        setattr(SETTINGS.cudnn, name, value)


def _library() -> Any:
    """cuDNN, None where it is not to be had."""
    if accelerator.load() is None:
        return None
    from mini_autograd.kernels.cuda import cudnn  # on first use, as all that drives a GPU

    return cudnn.load()


def is_available() -> bool:
    return _library() is not None


def version() -> int | None:
    found = _library()
    return None if found is None else found.version


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
