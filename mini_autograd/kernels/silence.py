"""Keeps numpy's floating-point warnings from kernels: torch gives infinities and NaNs without a word."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import numpy as np


def silent_runner() -> Callable[..., Any]:
    """A function that calls ``kernel(*args)`` without warnings; for one thread, and not from within a kernel.

    numpy keeps its error state in a context variable, so a context of our own costs a tenth of ``np.errstate``.
    """
    context = Context()
    context.run(np.seterr, all="ignore")
    return context.run
