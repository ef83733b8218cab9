"""Running the methods of a Function, whose derivative is what it says itself."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph import modes


class Pause:
    """Inside, no tangents are pushed forward; with ``recording`` False nothing is recorded either."""

    __slots__ = ("before", "layer", "recording", "switches")

    before: tuple
    layer: Any

    def __init__(self, recording: bool) -> None:
        self.recording = recording
        self.switches = modes.current()

    def __enter__(self) -> None:
        switches = self.switches
        layer = self.layer = switches.layers[-1] if switches.level > 0 else None
        self.before = switches.grad, switches.level if layer is None else layer.pushing
        switches.grad = switches.grad and self.recording
        if layer is None:
            switches.level = -1
        else:
            layer.pushing = True

    def __exit__(self, *_: object) -> None:
        if self.layer is None:
            self.switches.grad, self.switches.level = self.before
        else:
            self.switches.grad, self.layer.pushing = self.before
