"""A library that programs run on: a module with torch's public API, by its dotted name."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .refusal import Refusal

if TYPE_CHECKING:
    from .recording import Recording


RECORDED = "recorded"
SHIPPED = Path(__file__).parent / "recordings" / "torch.jsonl.gz"


class SubjectError(Refusal):
    """The module under test cannot be used; the text names it and the cause."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A library by name; `compiled` is what it says of itself, None where it says nothing.

    `around` makes a context to run each statement in: that is how a control goes wrong. With a `recording`
    nothing is run, and what was seen of the library is played back.
    """

    name: str
    version: str
    module: Any
    compiled: bool | None = None
    around: Callable[[], AbstractContextManager[Any]] | None = None
    recording: Recording | None = None


def load_subject(name: str) -> Subject:
    """A module by dotted name, or a recording: `recorded` for the one of torch that is shipped, or its file.

    SubjectError when that fails or it has no tensors.
    """
    if is_recording(name):
        from .recording import read_recording, recorded  # which reads modules that need this one

        return recorded(read_recording(SHIPPED if name == RECORDED else Path(name)))
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise SubjectError(f"cannot import {name!r}: {error}") from error
    return subject_of(module, name)


def is_recording(name: str) -> bool:
    """Whether a name stands for a recording."""
    return name == RECORDED or name.endswith((".jsonl", ".jsonl.gz"))


def subject_of(module: ModuleType | Any, name: str) -> Subject:
    """The subject that a module object is; SubjectError when it has no tensors."""
    for needed in ("tensor", "Tensor", "float32"):
        if not hasattr(module, needed):
            raise SubjectError(f"{name!r} is no subject: it has no {needed!r}")
    if hasattr(module, "set_num_threads"):
        module.set_num_threads(1)  # a sum split over threads rounds differently from run to run
    load_the_rest(module)
    compiled = getattr(module, "__compiled__", None)
    version = str(getattr(module, "__version__", "unknown"))
    return Subject(name, version, module, compiled if isinstance(compiled, bool) else None)


def load_the_rest(module: ModuleType | Any) -> None:
    """Have the library load what it puts off to the first use: what it warns of then is no program's doing."""
    for part in ("utils.checkpoint",):  # older versions leave its import to who uses it
        with contextlib.suppress(ImportError):
            importlib.import_module(f"{module.__name__}.{part}")
    forward_ad = getattr(getattr(module, "autograd", None), "forward_ad", None)
    if forward_ad is not None:
        with warnings.catch_warnings(action="ignore"), forward_ad.dual_level():
            one = module.tensor(1.0)
            forward_ad.make_dual(one, one) * 2.0


@contextlib.contextmanager
def every_warning(*subjects: Subject) -> Iterator[list[warnings.WarningMessage]]:
    """Collect all warnings, those too that come once a process; the reader empties the list."""
    togglers = [one.module for one in subjects if hasattr(one.module, "set_warn_always")]
    before = [module.is_warn_always_enabled() for module in togglers]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for module in togglers:
            module.set_warn_always(True)
        try:
            yield caught
        finally:
            for module, flag in zip(togglers, before, strict=True):
                module.set_warn_always(flag)
