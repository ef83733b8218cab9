"""Kernels that run on the host, on copies of a GPU's arrays, and why.

They are few, and none belongs to the hot path of a training step. As on the GPU nothing may wait for the host without
need, the list is closed: what is not in it never copies.
"""

from __future__ import annotations

from typing import Any

# By shared module.
KERNELS: dict[str, tuple[str, ...]] = {
    # CuPy has no function of Airy's, and no calls for it.
    "bessel": ("airy_ai",),
    # Symmetric indefinite matrices: CuPy wraps none of cuSOLVER's routines.
    "factorization": ("ldl_factor_ex",),
    # Drivers with pivots and singular values, which cuSOLVER lacks, and solutions from LDL.
    "solving": ("ldl_solve", "lstsq"),
    # General matrices, whose Hessenberg form torch, too, reduces on the host.
    "spectrum": ("eig",),
}


class Hosted:
    """A kernel of the host called with copies of a GPU's arrays; arrays among its results are copied back."""

    def __init__(self, instance: Any, name: str) -> None:
        self.instance = instance
        self.__name__ = name

    def __call__(self, *args: Any, **options: Any) -> Any:
        from mini_autograd.kernels.lookup import kernel  # which finds this module

        given = [self.down(value) for value in args]
        options = {key: self.down(value) for key, value in options.items()}
        return self.up(getattr(kernel, self.__name__)(*given, **options))

    def down(self, value: Any) -> Any:
        if isinstance(value, self.instance.library.array):
            return value.get()
        return type(value)([self.down(one) for one in value]) if type(value) in (list, tuple) else value

    def up(self, value: Any) -> Any:
        import numpy as np

        if isinstance(value, np.ndarray):
            return self.laid(value)
        if isinstance(value, np.generic):
            return self.instance.xp.asarray(value)
        return type(value)([self.up(one) for one in value]) if type(value) in (list, tuple) else value

    def laid(self, value: Any) -> Any:
        """A copy on the GPU with the strides that it has here."""
        from mini_autograd.kernels.by_array import address, memory_of

        memory = memory_of(value)
        offset = address(value) - address(memory)
        placed = self.instance.module("memory").placed
        return placed(self.instance.xp.asarray(memory), value.dtype, value.shape, value.strides, offset)
