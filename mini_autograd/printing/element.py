"""How the elements of one tensor are written: all in one notation and one width, chosen from their values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mini_autograd.printing.options import PrintOptions


@dataclass(frozen=True, slots=True)
class ElementFormat:
    """`spec` is Python's format of an element; with `point`, a finite one gets a decimal point at its end."""

    spec: str
    width: int = 1
    point: bool = False

    def text(self, value: float | bool) -> str:
        """`value`, right-aligned to the width."""
        text = format(value, self.spec)
        if self.point and math.isfinite(value):
            text += "."
        return text.rjust(self.width)


def element_format(array: np.ndarray, options: PrintOptions) -> ElementFormat:
    """The format for the elements of `array`, of any shape, of numpy's integers, floats or bool.

    Floats are written as integers where all are, in scientific notation where their range asks for it, and
    else with a fixed number of decimals. Only nonzero finite ones are looked at.
    """
    if array.dtype.kind != "f":
        return ElementFormat("", max((len(str(value)) for value in array.ravel().tolist()), default=1))
    values = array[np.isfinite(array) & (array != 0)]
    if not values.size:
        return _float_format(True, False, 1, options)
    magnitudes = np.abs(values.astype(np.float64))
    least, greatest = float(magnitudes.min()), float(magnitudes.max())
    integral = bool((values == np.ceil(values)).all())
    if options.sci_mode is not None:
        scientific = options.sci_mode
    else:
        scientific = greatest / least > 1000.0 or greatest > 1.0e8 or (not integral and least < 1.0e-4)
    natural = _float_format(integral, scientific, 1, options)
    width = max(len(natural.text(value)) for value in values.tolist())
    return _float_format(integral, scientific, width, options)


def _float_format(integral: bool, scientific: bool, width: int, options: PrintOptions) -> ElementFormat:
    if scientific:
        return ElementFormat(f".{options.precision}e", width)
    if integral:
        return ElementFormat(".0f", width, point=True)
    return ElementFormat(f".{options.precision}f", width)
