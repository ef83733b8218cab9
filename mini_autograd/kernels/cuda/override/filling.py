"""What accumulates a gradient."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda.instance import shared_kernel
from mini_autograd.kernels.cuda.pointwise import chain, takes


def add_into(self: Any, other: Any) -> None:
    if not takes(self, other) or self.shape != other.shape:
        shared_kernel("filling", "add_into")(self, other)
        return
    chain(("sum = a + b",), {"a": self, "b": other}, out=self)
