"""Contexts in which a backward pass looks for NaNs and tells where a node that fails was made.

See https://pytorch.org/docs/stable/autograd.html#anomaly-detection.
"""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.autograd.grad_mode import check_empty
from mini_autograd.graph import anomaly
from mini_autograd.typename import type_name


def set_anomaly_enabled(enabled: Any, check_nan: Any) -> None:
    for at, name, value in ((1, "enabled", enabled), (2, "check_nan", check_nan)):
        if not isinstance(value, bool):
            raise TypeError(
                f"set_anomaly_enabled(): argument '{name}' (position {at}) must be bool, not {type_name(value)}"
            )
    anomaly.switch(enabled, check_nan)


class detect_anomaly:
    """Anomaly mode for a block. ``check_nan``: a NaN in what a node gives is an error."""

    def __init__(self, check_nan: bool = True) -> None:
        self.prev = anomaly.is_enabled()
        self.check_nan = check_nan
        self.prev_check_nan = anomaly.checks_nan()
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *_: object) -> None:
        set_anomaly_enabled(self.prev, self.prev_check_nan)


class set_detect_anomaly:
    """Anomaly mode on or off: takes effect at once, and as a context ends with the block."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev = anomaly.is_enabled()
        self.prev_check_nan = anomaly.checks_nan()
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        set_anomaly_enabled(self.prev, self.prev_check_nan)


def is_anomaly_enabled(*args: Any) -> bool:
    check_empty("is_anomaly_enabled", args)
    return anomaly.is_enabled()


def is_anomaly_check_nan_enabled(*args: Any) -> bool:
    """Whether anomaly mode looks for NaNs, be it on or off."""
    check_empty("is_anomaly_check_nan_enabled", args)
    return anomaly.checks_nan()


for _public in (detect_anomaly, set_detect_anomaly):
    _public.__module__ = "torch.autograd.anomaly_mode"
