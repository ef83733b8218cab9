"""Puts the short ways of elementwise rows in the place of operators, methods and functions.

Each is made when it is called for the first time, for most programs call few of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from mini_autograd.interpreted.elementwise import is_plain, short_way, takes_number
from mini_autograd.op import binding
from mini_autograd.op.binding import NO_KEYWORDS, Packet
from mini_autograd.op.declare import FFT, FUNCTIONS, INTERNAL, LINALG, METHODS, NN, SPECIAL
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor

Function = Callable[..., Any]
TABLES = (INTERNAL, FUNCTIONS, METHODS, NN, FFT, SPECIAL, LINALG)

# The rows that special methods lead to.
BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow",
    "radd": "add", "rsub": "rsub", "rmul": "mul",
}  # fmt: skip
UNARY = {"neg": "neg", "abs": "abs"}


class Ways:
    """The rows of a packet that plain calls go to: with ``count`` tensors, and with a number after one."""

    def __init__(self, packet: Packet) -> None:
        first = packet.overloads[0]
        numbered = [op for op in packet.overloads if is_plain(op) and takes_number(op)]
        self.count = len(first.tensors)
        self.plain: Op | None = first if is_plain(first) and not takes_number(first) else None
        self.numbered: Op | None = numbered[0] if numbered else None
        if self.plain is not None and self.plain.numbers and self.count == 2:
            self.numbered = self.plain

    def one(self, general: Function, method: bool = False) -> Function:
        """The way of one tensor."""
        if self.plain is None or self.count != 1:
            return general
        return short_way(self.plain, False, general, method)

    def two(self, general: Function) -> Function:
        """The way of a tensor and another, or a number."""
        if self.numbered is not None:
            general = short_way(self.numbered, True, general)
        if self.plain is None or self.count != 2:
            return general
        return short_way(self.plain, False, general)


def attach() -> None:
    WAYS.update({packet: Ways(packet) for table in TABLES for packet in table.values()})
    for special, name in UNARY.items():
        replace(f"__{special}__", WAYS[INTERNAL[name]].one)
    for special, name in BINARY.items():
        replace(f"__{special}__", WAYS[INTERNAL[name]].two)
    for name, packet in METHODS.items():
        ways = WAYS[packet]
        if ways.plain is not None and ways.count == 1:
            replace(name, partial(ways.one, method=True))
    Packet.__call__ = call  # type: ignore[method-assign]


def replace(name: str, way: Callable[[Function], Function]) -> None:
    """Let the method ``name`` of Tensor go the short way from its first call on."""
    general: Function = getattr(Tensor, name)

    @cache
    def made() -> Function:
        short = way(general)
        short.__name__ = short.__qualname__ = general.__name__
        return short

    def first(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        short = made()
        if vars(Tensor)[name] is first:  # and not what asks the classes of tensors before it calls this
            setattr(Tensor, name, short)
        return short(self, *args, **kwargs)

    first.__name__ = first.__qualname__ = general.__name__
    setattr(Tensor, name, first)


def call(self: Packet, /, *args: Any, **kwargs: Any) -> Any:
    """What a packet does when it is called."""
    if not kwargs and len(args) <= 2:
        ways = SHORT.get(self) or short(self)
        way = ways[len(args)]
        if way is not None:
            return way(*args)
    return binding.call(self, args, kwargs)


def short(packet: Packet) -> tuple:
    """The short ways of a packet by the number of arguments, made at its first call."""
    ways = WAYS.get(packet) or Ways(packet)
    one = ways.one(lambda self: binding.call(packet, (self,), NO_KEYWORDS)) if ways.count == 1 else None
    both = ways.count == 2 or ways.numbered is not None
    two = ways.two(lambda self, other: binding.call(packet, (self, other), NO_KEYWORDS)) if both else None
    SHORT[packet] = found = (None, one, two)
    return found


WAYS: dict[Packet, Ways] = {}
SHORT: dict[Packet, tuple] = {}
