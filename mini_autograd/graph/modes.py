"""The per-thread switches that decide whether, and how, operations are recorded."""

from __future__ import annotations

import threading

from mini_autograd.kernels.silence import silent_runner


class Modes:
    """The switches of one thread.

    ``grad``: record operations. ``inference``: make inference tensors. ``level``: the active forward-mode level, -1
    for none; ``duals``: weak references to the tensors that were given a tangent at it. ``sequence``: how many
    nodes this thread has made; the engine runs late ones first. ``anomaly`` and ``check_nan``: what
    ``autograd.detect_anomaly`` sets. ``run``: calls a kernel without numpy's warnings.
    """

    __slots__ = ("anomaly", "check_nan", "duals", "grad", "inference", "level", "run", "sequence")

    def __init__(self) -> None:
        self.grad = True
        self.inference = False
        self.level = -1
        self.duals: list = []
        self.sequence = 0
        self.anomaly = False
        self.check_nan = True
        self.run = silent_runner()


_local = threading.local()


def current() -> Modes:
    """The calling thread's switches."""
    try:
        return _local.modes
    except AttributeError:
        modes = _local.modes = Modes()
        return modes
