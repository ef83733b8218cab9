"""What a program may not leave behind: global state of a library that a fresh process has not, and threads."""

from __future__ import annotations

import threading
from typing import Any

from .subjects import Subject

PATIENCE = 0.05  # seconds in which a thread that is about to end may do so
TRANSFORMS = ("FuncTorchDynamicLayerFrontMode", "FuncTorchDynamicLayerBackMode")  # torch's keys


def leaked_state(subject: Subject) -> str | None:
    """What global state of the library is not as a fresh process has it; None when all is."""
    module = subject.module
    if hasattr(module, "is_grad_enabled") and not module.is_grad_enabled():
        return "grad mode is off"
    if hasattr(module, "is_inference_mode_enabled") and module.is_inference_mode_enabled():
        return "inference mode is on"
    if (
        hasattr(module, "get_default_dtype")
        and str(module.get_default_dtype()).rpartition(".")[2] != "float32"
    ):
        return f"the default dtype is {module.get_default_dtype()}"
    if hasattr(module, "is_anomaly_enabled") and module.is_anomaly_enabled():
        return "anomaly mode is on"
    if hasattr(module, "is_anomaly_check_nan_enabled") and not module.is_anomaly_check_nan_enabled():
        return "anomaly mode does not look for NaNs"
    threads = getattr(getattr(module, "autograd", None), "is_multithreading_enabled", None)
    if threads is not None and not threads():
        return "multithreading is off"
    excluded = getattr(getattr(module, "_C", None), "_dispatch_tls_is_dispatch_key_excluded", None)
    if excluded is not None and any(map(excluded, TRANSFORMS)):
        return "transforms are off in this thread"
    return None


def restore_state(subject: Subject) -> None:
    """Bring back what :func:`leaked_state` names, as far as that is possible."""
    module = subject.module
    if hasattr(module, "set_grad_enabled"):
        module.set_grad_enabled(True)
    if hasattr(module, "set_default_dtype"):
        module.set_default_dtype(module.float32)
    autograd: Any = getattr(module, "autograd", None)
    if hasattr(autograd, "set_detect_anomaly"):
        autograd.set_detect_anomaly(False)
    if hasattr(autograd, "set_multithreading_enabled"):
        autograd.set_multithreading_enabled(True)
    exclude: Any = getattr(getattr(module, "_C", None), "_dispatch_tls_set_dispatch_key_excluded", None)
    if exclude is not None:
        for key in TRANSFORMS:
            exclude(key, False)


def live_threads() -> frozenset[threading.Thread]:
    """The threads that Python started in this process and that have not ended."""
    if threading.active_count() == 1:
        return frozenset()
    python = (one for one in threading.enumerate() if not isinstance(one, threading._DummyThread))
    return frozenset(python) - {threading.main_thread()}


def leaked_threads(before: frozenset[threading.Thread]) -> str | None:
    """How many threads there are that were not there before; None for none."""
    left = live_threads() - before if threading.active_count() > 1 else frozenset()
    for one in left:
        one.join(PATIENCE)
    alive = sum(one.is_alive() for one in left)
    return f"{alive} threads are left" if alive else None
