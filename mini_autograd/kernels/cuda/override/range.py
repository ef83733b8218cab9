"""The bounds of a range, which are numbers of the host's: they travel with the launch."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.shared.number import element


def bound(value: Any, dtype: Any, kind: Any) -> Any:
    return element(value, dtype).astype(kind)[()]
