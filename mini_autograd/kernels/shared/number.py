"""Python numbers as elements of a type, by the rules of a C++ conversion that refuses to overflow."""

from __future__ import annotations

import math
from typing import Any

from mini_autograd.kernels.arrays import Array, xp

# How torch's messages spell the element types.
C_NAMES = {
    "uint8": "uint8_t",
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int",
    "int64": "int64_t",
    "uint16": "uint16_t",
    "uint32": "uint32_t",
    "uint64": "uint64_t",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}
LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}
LARGEST |= {"float64": 1.7976931348623157e308, "complex64": LARGEST["float32"]}
LARGEST["complex128"] = LARGEST["float64"]


def element(value: Any, dtype: Any) -> Array:
    """``value`` as a 0-d array of ``dtype``; RuntimeError in torch's words where it does not fit.

    It does not when it has an imaginary part and the type is real, when it is NaN or infinite and the type
    is one of integers, and when it is too large; a negative number wraps around in an unsigned type if its
    magnitude fits.
    """
    if overflows(value, dtype):
        raise RuntimeError(f"value cannot be converted to type {C_NAMES[dtype.name]} without overflow")
    return unchecked(value, dtype)


def unchecked(value: Any, dtype: Any) -> Array:
    """``value`` as a 0-d array of ``dtype``, which it is known to fit."""
    kind = dtype.numpy.kind
    if kind == "b":
        return xp.array(value != 0)
    if isinstance(value, complex) and kind != "c":
        value = value.real
    if kind in "iu":
        whole = int(value) & ((1 << 8 * dtype.itemsize) - 1)
        return xp.array(whole, f"u{dtype.itemsize}").view(dtype.numpy)
    with xp.errstate(all="ignore"):
        return xp.array(value).astype(dtype.numpy)


def as_float32(value: float) -> float:
    """The number as a float32 holds it."""
    return float(xp.float32(value))


def overflows(value: Any, dtype: Any) -> bool:
    """Whether ``value``, a Python number, is out of the range of ``dtype``."""
    kind = dtype.numpy.kind
    if kind == "b":
        return False
    if isinstance(value, complex):
        if kind == "c":
            return overflows(value.real, dtype) or overflows(value.imag, dtype)
        return value.imag != 0 or overflows(value.real, dtype)
    if kind not in "iu":
        return math.isfinite(value) and abs(value) > LARGEST[dtype.name]
    bounds = xp.iinfo(dtype.numpy)
    if isinstance(value, float):
        # The bounds as doubles: 2 ** 63 itself passes for an int64.
        return not float(bounds.min) <= value <= float(bounds.max)
    if bounds.min == 0 and value < 0:
        return -value > bounds.max
    return not bounds.min <= value <= bounds.max
