"""What a box says of a node: its name, its outputs, and what it keeps for the backward pass.

NOTE [Saved tensors are looked at, not unpacked]: to read ``_saved_self`` runs the unpack hook that a user put there,
and ``saved_tensors`` of a custom Function may be read only once. ``_raw_saved_self`` shows what is kept and by which
hook, with no such effect; only where it is neither of them, ``_saved_self`` is asked whether None was kept, or whether
the place was freed, which it then raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from mini_autograd.drawing.text import shortened

_RAW = "_raw_saved_"
FREED = "freed"
PACKED = "packed by a hook"
_MOST_LINES = 6


def name_of(node: Any) -> str:
    """The name that the node's class gives it, for what a custom Function keeps on its ``ctx`` may hide its method;
    without the namespace that torch puts before AccumulateGrad."""
    method = getattr(type(node), "name", None)
    name = str(method(node)) if callable(method) else type(node).__name__
    return shortened(name.rpartition("::")[2] or name)


def tensor_text(tensor: Any) -> str:
    """``float32 [2, 3]``, with the device where that is not the CPU; of metadata likewise."""
    try:
        sizes = ", ".join(str(size) for size in tensor.shape)
        device = str(getattr(tensor, "device", "cpu"))
        place = "" if device == "cpu" else f" {device}"
        return shortened(f"{str(tensor.dtype).removeprefix('torch.')} [{sizes}]{place}")
    except (AttributeError, RuntimeError, TypeError):
        return "unknown"


def output_lines(node: Any) -> tuple[str, ...]:
    """A line for each output, for several alike in a row only one."""
    texts = [tensor_text(one) for one in getattr(node, "_input_metadata", ())]
    runs = [(text, len(list(run))) for text, run in groupby(texts)]
    return _limited([text if count == 1 else f"{count} x {text}" for text, count in runs])


def saved_lines(node: Any) -> tuple[str, ...]:
    """A line for each tensor that the node keeps."""
    lines: list[str] = []
    for attribute in dir(type(node)):  # what a custom Function keeps on its ``ctx`` is not in its class
        if attribute.startswith(_RAW):
            name = attribute.removeprefix(_RAW)
            label = "tensor" if name == "tensors" else name
            lines += [f"saved {label}{text}" for text in _kept(node, name)]
    return _limited(lines)


def _kept(node: Any, name: str) -> Iterable[str]:
    """``: float32 [2]`` for what is kept under a name; ``[1]: float32 [2]`` for the second of a list."""
    try:
        raw = getattr(node, _RAW + name)
    except RuntimeError:
        return [f": {FREED}"]
    if not isinstance(raw, tuple | list):
        text = _state(raw) or _absence(node, name)
        return [f": {text}"] if text else []
    texts = [(place, _state(one)) for place, one in enumerate(raw)]
    if len(raw) == 1:
        return [f": {text}" for _, text in texts if text]
    return [f"[{place}]: {text}" for place, text in texts if text]


def _state(raw: Any) -> str:
    """What is kept in one place; "" for nothing."""
    if getattr(raw, "unpack_hook", None) is not None:
        return PACKED
    held = getattr(raw, "data", None)
    return "" if held is None else tensor_text(held)


def _absence(node: Any, name: str) -> str:
    """Why there is nothing in a place without a hook: it was freed, or None was kept, of which "" is said."""
    try:
        getattr(node, f"_saved_{name}", None)
    except RuntimeError:
        return FREED
    return ""


def _limited(lines: list[str]) -> tuple[str, ...]:
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"… {len(lines) - _MOST_LINES + 1:,} more"]
    return tuple(shortened(line) for line in lines)
