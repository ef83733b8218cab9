"""Memory formats and layouts: names that arguments may take; every tensor here is strided."""

from __future__ import annotations


class memory_format:
    """An order of dimensions in memory."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple:
        return named, (self.name,)


class layout:
    """A way to store elements."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple:
        return named, (self.name,)


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
strided = layout("strided")

BY_NAME: dict[str, memory_format | layout] = {
    "contiguous_format": contiguous_format,
    "preserve_format": preserve_format,
    "channels_last": channels_last,
    "strided": strided,
}


def named(name: str) -> memory_format | layout:
    """The one member of that name, which a pickle stands for."""
    return BY_NAME[name]


# A class prints as torch's does.
memory_format.__module__ = layout.__module__ = "torch"
