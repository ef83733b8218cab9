"""Devices: where a tensor's memory lies."""

from __future__ import annotations


class device:
    """``device("cpu")``; RuntimeError for a type there is none of.

    See https://pytorch.org/docs/stable/tensor_attributes.html, "torch.device".
    """

    __slots__ = ("index", "type")

    def __init__(self, device: object = "cpu", index: int | None = None) -> None:
        if isinstance(device, _device):
            self.type: str = device.type
            self.index: int | None = device.index
            return
        if not isinstance(device, str):
            raise TypeError(
                f"device(): argument 'device' must be torch.device or str, not {type(device).__name__}"
            )
        kind, colon, number = device.partition(":")
        if colon and not number.isdigit():
            raise RuntimeError(f"Invalid device string: '{device}'")
        if kind != "cpu":
            raise RuntimeError(f"Expected one of cpu device type at start of device string: {kind}")
        self.type = kind
        self.index = int(number) if colon else index

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple:
        return restored, (self.type, self.index)


def restored(kind: str, index: int | None) -> device:
    """The device that a pickle stands for."""
    return device(kind, index)


_device = device
CPU = device("cpu")

# A class prints as torch's does.
device.__module__ = "torch"
