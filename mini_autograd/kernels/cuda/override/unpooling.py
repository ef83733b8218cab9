"""The check of what undoes a pooling, on a GPU, where it is told later."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import fault
from mini_autograd.kernels.cuda.instance import current


def checked(index: Any, count: int, output_size: tuple[int, ...]) -> Any:
    fault.note(
        "max_unpool: Assertion `maxind >= 0 && maxind < outputImageSize` failed.",
        (index < 0) | (index >= count),
    )
    return current().xp.clip(index, 0, max(count - 1, 0))
