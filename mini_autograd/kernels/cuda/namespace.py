"""What ``xp`` is to the shared kernels on a GPU: CuPy's names, and the few of numpy's that are about no arrays."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda.ufunc import BY_HALVES, REDUCED, Ufunc

# Of numbers, types and shapes: what they give is the host's.
HOST = (
    "bool_", "broadcast_shapes", "can_cast", "dtype", "exceptions", "finfo", "generic", "iinfo", "isscalar",
    "longdouble", "ndindex", "promote_types", "result_type",
)  # fmt: skip


class Namespace:
    """``library`` with the host's names beside; what both lack is an AttributeError when it is used."""

    def __init__(self, library: Any) -> None:
        self._library = library
        for name in HOST:
            setattr(self, name, getattr(np, name))
        self.errstate = silence
        for name, reduction in REDUCED.items():
            setattr(self, name, Ufunc(getattr(library, name), getattr(library, reduction)))
        for name in BY_HALVES:
            setattr(self, name, Ufunc(getattr(library, name)))

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._library, name)
        setattr(self, name, found)
        return found


@contextlib.contextmanager
def silence(**_: str) -> Any:
    """``numpy.errstate``, where nothing warns."""
    yield
