"""The range and precision of a dtype: ``finfo`` and ``iinfo``.

See https://pytorch.org/docs/stable/type_info.html.
"""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes
from mini_autograd.typename import type_name

# Of each floating dtype the bits of its significand, the hidden one included, and its largest exponent.
FORMATS = {"float16": (11, 15), "bfloat16": (8, 127), "float32": (24, 127), "float64": (53, 1023)}
ABSENT: Any = object()


class limits:
    """What ``finfo`` and ``iinfo`` share: equal for equal dtypes, and without a hash."""

    __slots__ = ("_dtype",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, type: Any) -> None:
        self._dtype = self.limited(dtypes.of_type(type) or self.refuse(type))

    def limited(self, type: dtypes.dtype) -> dtypes.dtype:
        """The dtype whose limits are meant; TypeError where there are none."""
        raise NotImplementedError

    def refuse(self, type: Any) -> Any:
        name = self.__class__.__name__
        raise TypeError(f"{name}(): argument 'type' (position 1) must be torch.dtype, not {type_name(type)}")

    @property
    def bits(self) -> int:
        return self._dtype.itemsize * 8

    @property
    def dtype(self) -> str:
        """The name of the dtype; of a complex one, that of its parts."""
        return self._dtype.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self._dtype is other._dtype


class finfo(limits):
    """The limits of a floating dtype, by default the default one; TypeError for an integer one."""

    __slots__ = ()

    def __init__(self, type: Any = ABSENT) -> None:
        super().__init__(dtypes.get_default_dtype() if type is ABSENT else type)

    def limited(self, type: dtypes.dtype) -> dtypes.dtype:
        if not type.is_differentiable:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        return type.to_real()

    @property
    def eps(self) -> float:
        """The step from 1 to the next number."""
        return 2.0 ** (1 - FORMATS[self.dtype][0])

    @property
    def max(self) -> float:
        exponent: float = 2.0 ** FORMATS[self.dtype][1]
        return (2.0 - self.eps) * exponent

    @property
    def min(self) -> float:
        """The most negative number."""
        return -self.max

    @property
    def smallest_normal(self) -> float:
        return 2.0 ** (1 - FORMATS[self.dtype][1])

    @property
    def tiny(self) -> float:
        return self.smallest_normal

    @property
    def resolution(self) -> float:
        """What the last decimal digit is worth of those that a number near 1 is sure to keep."""
        digits = (FORMATS[self.dtype][0] - 1) * 30103 // 100000
        return float(f"1e-{digits}")

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo(limits):
    """The limits of an integer dtype; TypeError for any other."""

    __slots__ = ()

    def limited(self, type: dtypes.dtype) -> dtypes.dtype:
        if type.is_differentiable:
            raise TypeError(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'"
            )
        if type is dtypes.bool:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        return type

    @property
    def max(self) -> int:
        return 2 ** (self.bits - self._dtype.is_signed) - 1

    @property
    def min(self) -> int:
        return -self.max - 1 if self._dtype.is_signed else 0

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


finfo.__module__ = iinfo.__module__ = "torch"
