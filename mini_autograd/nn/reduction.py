"""The ``reduction`` of losses by its number, and the arguments that it replaced."""

from __future__ import annotations

import warnings

NUMBERS = {"none": 0, "mean": 1, "sum": 2}


def reduction_number(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> int:
    """0 for none, 1 for the mean, 2 for the sum; ValueError for another word."""
    if size_average is not None or reduce is not None:
        reduction = replaced(size_average, reduce)
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=2,
        )
    elif reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=2
        )
        reduction = "mean"
    number = NUMBERS.get(reduction, -1)
    if number < 0:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return number


def replaced(size_average: bool | None, reduce: bool | None) -> str:
    """The word for what the older arguments say, which are True where None."""
    if reduce is not None and not reduce:
        return "none"
    return "mean" if size_average is None or size_average else "sum"
