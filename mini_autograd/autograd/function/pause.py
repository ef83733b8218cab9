"""Running the methods of a Function, whose derivative is what it says itself."""

from __future__ import annotations

from mini_autograd.graph import modes


class Pause:
    """Inside, no tangents are pushed forward, in none of the transforms that are active; with ``recording`` False
    nothing is recorded either."""

    __slots__ = ("before", "layers", "recording", "switches")

    before: tuple
    layers: tuple

    def __init__(self, recording: bool) -> None:
        self.recording = recording
        self.switches = modes.current()

    def __enter__(self) -> None:
        switches = self.switches
        self.layers = layers = switches.layers if switches.level > 0 else ()
        self.before = switches.grad, switches.level, switches.beneath, [layer.pushing for layer in layers]
        switches.grad = switches.grad and self.recording
        switches.beneath = -1
        if not layers:
            switches.level = -1
        for layer in layers:
            layer.pushing = True

    def __exit__(self, *_: object) -> None:
        self.switches.grad, self.switches.level, self.switches.beneath, pushing = self.before
        for layer, before in zip(self.layers, pushing, strict=True):
            layer.pushing = before
