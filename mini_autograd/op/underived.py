"""The node of an op that torch has no derivative of."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph import anomaly
from mini_autograd.graph.node import LAST
from mini_autograd.op.recorded import RecordedOp


class UnderivedOp(RecordedOp):
    """Raises what its row's formulas raise, whatever arrives.

    Torch runs the node before all that are recorded, so that
    nothing was accumulated when it raises.
    """

    __slots__ = ()

    def _link(self, next_nodes: tuple, next_nrs: tuple, outputs: tuple) -> None:
        self._place(next_nodes, next_nrs, outputs, LAST)
        if anomaly.enabled:
            anomaly.remember(self)

    def _apply(self, grads: list) -> list:
        return self.refuse(grads)

    def _apply_within(self, grads: list, plan: dict) -> list:
        return self.refuse(grads)

    def refuse(self, grads: list) -> Any:
        return self.op.formulas[0].function(grads[0])
