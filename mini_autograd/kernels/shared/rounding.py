"""Products with a sum behind them, rounded once, as compiled code for a processor with that instruction does it."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp


def fused(values: Array, factor: Any, term: Any) -> Array:
    """``values * factor + term`` of float32 or float64 numbers, rounded once."""
    if values.dtype == xp.float32:
        return (values.astype(xp.float64) * xp.float32(factor) + xp.float32(term)).astype(xp.float32)
    product = values * factor
    lost = product_error(values, factor, product)
    total = product + term
    part = total - product
    return total + ((product - (total - part)) + (term - part) + lost)


def product_error(one: Array, other: Any, product: Array) -> Array:
    """What rounding took from ``one * other``, after Dekker."""
    high, low = halves(one)
    other_high, other_low = halves(xp.asarray(other, xp.float64))
    return low * other_low - (product - high * other_high - low * other_high - high * other_low)


def halves(values: Array) -> tuple[Array, Array]:
    """Two numbers of 26 bits that add up to each value."""
    scaled = 134217729.0 * values
    high = scaled - (scaled - values)
    return high, values - high
