"""How exact, and how alike from run to run, results are to be."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.kernels.settings import PRECISIONS, SETTINGS, set_matmul_precision
from mini_autograd.typename import type_name

NO_PRECISION = (
    "{} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has no effect. "
    "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/Context.cpp:458.)"
)
MODES = {"default": 0, "warn": 1, "error": 2}


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Have ops that give other bits from run to run raise an error, or warn."""
    for name, where, value in (("mode", " (position 1)", mode), ("warn_only", "", warn_only)):
        if not isinstance(value, bool):
            raise TypeError(
                f"_set_deterministic_algorithms(): argument '{name}'{where} must be bool, not {type_name(value)}"
            )
    SETTINGS.deterministic, SETTINGS.warn_only = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    return SETTINGS.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    return SETTINGS.warn_only


def set_deterministic_debug_mode(debug_mode: Any) -> None:
    """The same by a word or a number: ``default``, ``warn`` or ``error``."""
    if not isinstance(debug_mode, int | str):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in MODES:
            raise RuntimeError(
                "invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got "
                f"{debug_mode}"
            )
        debug_mode = MODES[debug_mode]
    if debug_mode not in MODES.values():
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def get_deterministic_debug_mode() -> int:
    return SETTINGS.deterministic + (SETTINGS.deterministic and not SETTINGS.warn_only)


def set_float32_matmul_precision(precision: str) -> None:
    """How exact products of float32 matrices are on a GPU: ``highest``, ``high`` or ``medium``."""
    if not isinstance(precision, str):
        raise RuntimeError(f"set_float32_matmul_precision expects a str, but got {type_name(precision)}")
    if precision not in PRECISIONS:
        warnings.warn(NO_PRECISION.format(precision), UserWarning, stacklevel=2)
        return
    set_matmul_precision(precision)


def get_float32_matmul_precision() -> str:
    return SETTINGS.matmul_precision
