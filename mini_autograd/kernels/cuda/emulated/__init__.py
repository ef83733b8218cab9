"""CuPy's API over the host's memory: what runs here runs on CuPy, and what CuPy refuses is refused.

``names.json`` is what CuPy has (``record.py`` writes it); numpy and scipy do the mathematics. ``counted`` tells of
launches and of copies between host and device; ``MODULES`` says which module stands in for numpy's or scipy's.
"""

from __future__ import annotations

from typing import Any

from . import cuda, namespace
from .counting import Counts, Transfer, counted
from .device_array import ndarray
from .namespace import scipy
from .ufunc import ufunc

MODULES: dict[str, Any] = {
    "numpy": namespace.of("cupy"),
    "numpy.linalg": namespace.of("cupy.linalg"),
    "numpy.fft": namespace.of("cupy.fft"),
    "numpy.lib.stride_tricks": namespace.of("cupy.lib.stride_tricks"),
    "scipy.special": namespace.of("cupyx.scipy.special"),
    "scipy.linalg": namespace.of("cupyx.scipy.linalg"),
    "scipy.fft": namespace.of("cupyx.scipy.fft"),
    "cupyx": namespace.of("cupyx"),
}

__all__ = ["MODULES", "Counts", "Transfer", "counted", "cuda", "ndarray", "scipy", "ufunc"]


def __getattr__(name: str) -> Any:
    return MODULES["cupyx"] if name == "cupyx" else getattr(MODULES["numpy"], name)
