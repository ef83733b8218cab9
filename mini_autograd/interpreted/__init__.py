"""Shorter ways through plain Python.

NOTE [Interpreted]: where nothing is compiled, a call costs as much as the numpy function it leads to, and the general
way from an operator to its node and back is hundreds of calls. Nearly all programs use few of the cases that it
provides for. For these this package writes out, as one function for each row, what the general way comes to: Python
source made of the row's own data, as ``dataclasses`` makes methods. Whatever else is met is left, with nothing done,
to the general way, which alone says what is right. The compiled library never imports this package.
"""

from typing import Any

from mini_autograd import tensor
from mini_autograd.interpreted import engine, operators, slope, source, start, total


def attach() -> None:
    """Put the short ways before the general ones, whose place they take."""
    tensors: Any = tensor
    tensors.wrap = source.wrap
    operators.attach()
    slope.attach()
    total.attach()
    engine.attach()
    start.attach()
