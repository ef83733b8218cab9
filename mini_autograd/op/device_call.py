"""What ``device(...)`` says of arguments that it does not take: what torch's parser says of those of an op."""

from __future__ import annotations

from typing import Any

from mini_autograd import devices
from mini_autograd.op.schema import parse

OVERLOADS = ("device(Device device) -> Tensor", "device.type(str type, int index=-1) -> Tensor")


def refusal(args: tuple, kwargs: dict[str, Any]) -> TypeError:
    """The error of a call that fits neither overload."""
    from mini_autograd.op.coercion import TYPES  # on first use: they are what errors are made of
    from mini_autograd.op.mismatch import mismatch

    return mismatch("device", map(parse, OVERLOADS), args, kwargs, TYPES)


devices.REFUSAL[:] = [refusal]
