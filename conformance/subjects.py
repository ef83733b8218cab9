"""A library that programs run on: a module with torch's public API, by its dotted name."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .built import outdated
from .observation import Observation
from .observed import EVERYTHING, observed
from .placement import CPU, Placed, Placement, placement
from .variant import SubjectError, Variant, variant

if TYPE_CHECKING:
    from .recording import Recording


__all__ = ["Subject", "SubjectError", "every_warning", "is_recording", "load_subject", "subject_of"]

RECORDED = "recorded"
PLAIN = "MINI_AUTOGRAD_PURE"
SHIPPED = Path(__file__).parent / "recordings" / "torch.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Subject:
    """A library by name; `compiled` is what it says of itself, None where it says nothing.

    `around` makes a context to run each statement in: that is how a control goes wrong. With a `recording`
    nothing is run, and what was seen of the library is played back. What it does not let see is not among what it
    `observes`, and is not compared. By a `compiler` its ops are compiled, each by itself. By its `placement` all its
    tensors are on a device; the `module` is one that makes them there, then.
    """

    name: str
    version: str
    module: Any
    compiled: bool | None = None
    around: Callable[[], AbstractContextManager[Any]] | None = None
    recording: Recording | None = None
    observes: frozenset[Observation] = EVERYTHING
    compiler: str | None = None
    placement: Placement | None = None

    @property
    def library(self) -> str:
        """The module by the name under which a script would import it."""
        name = self.name.partition("[")[0]
        return Path(name).stem if name.endswith(".py") else name

    @property
    def unobserved(self) -> list[str]:
        """The kinds of observation that this library gives no access to."""
        return [kind.value for kind in Observation if kind not in self.observes]


def load_subject(text: str) -> Subject:
    """What a text asks for: a module by dotted name, a Python file, or a recording, and its options in brackets.

    A recording is a file named so, or `recorded`, the one of torch that is shipped. SubjectError when there is no such
    thing or it has no tensors.
    """
    asked = variant(text)
    if is_recording(asked.name):
        from .recording import read_recording, recorded  # which reads modules that need this one

        found = recorded(read_recording(SHIPPED if asked.name == RECORDED else Path(asked.name)))
    else:
        found = subject_of(imported(asked), text, asked)
    found = replace(found, observes=found.observes - asked.without)
    if asked.device != CPU:
        found = placed(found, asked.device)
    return found if asked.compile is None else compiling(found, asked.compile)


def is_recording(name: str) -> bool:
    """Whether a name stands for a recording."""
    return name == RECORDED or name.endswith((".jsonl", ".jsonl.gz"))


def imported(asked: Variant) -> ModuleType:
    """The module of a variant; its build is that of the process, which has one of each library."""
    if asked.plain:
        os.environ[PLAIN] = "1"  # before the first import, in processes that are started from here, too
    try:
        load = _of_file if asked.name.endswith(".py") else importlib.import_module
        module = load(asked.name)
    except ImportError as error:
        raise SubjectError(f"cannot import {asked.name!r}: {error}") from error
    if asked.plain and getattr(module, "__compiled__", None) is not False:
        raise SubjectError(f"{asked.name!r} has no plain build, or its compiled one was imported before")
    if getattr(module, "__compiled__", None) is True and module.__file__ is not None:
        stale = outdated(Path(module.__file__).parent)
        if stale:
            raise SubjectError(
                f"{asked.name!r}: compiled before the source was changed of {', '.join(stale)}: run `make build`"
            )
    return module


def _of_file(name: str) -> ModuleType:
    """The module in a file, imported under the file's name."""
    path = Path(name)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SubjectError(f"cannot import {str(path)!r}: no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def subject_of(module: ModuleType | Any, name: str, asked: Variant | None = None) -> Subject:
    """The subject that a module object is; SubjectError when it has no tensors."""
    for needed in ("tensor", "Tensor", "float32"):
        if not hasattr(module, needed):
            raise SubjectError(f"{name!r} is no subject: it has no {needed!r}")
    if hasattr(module, "set_num_threads"):
        module.set_num_threads(1)  # a sum split over threads rounds differently from run to run
    load_the_rest(module)
    compiled = getattr(module, "__compiled__", None)
    version = str(getattr(module, "__version__", "unknown"))
    told = compiled if isinstance(compiled, bool) else None
    around = None if asked is None or asked.threads == 1 else threads(module, asked)
    return Subject(name, version, module, told, around, observes=observed(module))


def placed(subject: Subject, device: str) -> Subject:
    """A subject that makes all its tensors on a device; NoDevice where it has none."""
    if subject.recording is not None or subject.compiler is not None:
        raise SubjectError(f"{subject.name!r} is placed nowhere: it is no library that runs")
    where = placement(subject.module, subject.library, device)
    return replace(subject, module=Placed(subject.module, device), placement=where)


def compiling(subject: Subject, backend: str) -> Subject:
    """A subject each of whose ops is compiled by a backend of `torch.compile`."""
    from .compiled import HIDDEN

    if not hasattr(subject.module, "compile"):
        raise SubjectError(f"{subject.library!r} has no 'compile'")
    return replace(subject, observes=subject.observes - HIDDEN, compiler=backend)


def threads(module: Any, asked: Variant) -> Callable[[], AbstractContextManager[Any]]:
    """A context in which a library has more threads than one, which all that is beside it have."""
    if not hasattr(module, "set_num_threads"):
        raise SubjectError(f"{asked.name!r} has no 'set_num_threads'")

    @contextlib.contextmanager
    def context() -> Iterator[None]:
        module.set_num_threads(asked.threads)
        try:
            yield
        finally:
            module.set_num_threads(1)

    return context


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
