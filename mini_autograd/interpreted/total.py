"""The short way through the sum of all elements, and back: NOTE [Interpreted], NOTE [Bare gradients]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.interpreted.bare import Spread, asarray, ndarray
from mini_autograd.interpreted.source import edge, indented, made, node, tensor
from mini_autograd.op.declare import INTERNAL
from mini_autograd.op.row import Op
from mini_autograd.tensor import Tensor

# The row of a call without arguments.
TOTAL: Op = next(op for op in INTERNAL["sum"].overloads if op.schema.full_name == "sum")

MAKING_NODE = node(
    "node",
    op="OP",
    saved="[self._array.shape]",
    _outputs="(((), kind),)",
    _next_nodes="(edge,)",
    _next_nrs="(self._nr,)",
)
SUM = f"""\
def short(self, /, *args, **kwargs):
    switches = modes._last
    kind = self._dtype
    if not (not args and not kwargs
        and (kind is float32 or kind is float64)
        and type(self) is Tensor and self._view is None and not self._marks and not self._inference
        and switches.ident == get_ident() and switches.level < 0 and not switches.inference
        and type(self._array) is ndarray):
        return general(self, *args, **kwargs)
    array = asarray(switches.run(KERNEL, self._array))
{indented(tensor("output", "array", "kind"), 1)}
    if switches.grad:
{indented(edge("edge", "self"), 2)}
        if edge is not None:
{indented(MAKING_NODE, 3)}
            output._node = node
    return output
"""


def slope(node: Any, grad: Any, keep: bool) -> list | None:
    """The gradient of every element: that of their sum."""
    following = node._next_nodes[0]
    outputs = following._outputs
    shape, kind = outputs[0]
    if (
        len(outputs) > 1
        or shape != node.saved[0]
        or kind is not node._outputs[0][1]
        or kind.itemsize < 4
        or kind.is_complex
        or len(shape) != 1
    ):
        return None
    return [Spread(ndarray(shape, kind.numpy, asarray(grad), 0, (0,)), shape)]


def attach() -> None:
    cls: Any = Tensor
    general: Callable[..., Any] = cls.sum
    cls.sum = made("short", SUM, KERNEL=TOTAL.kernel, NODE=TOTAL.node_class, OP=TOTAL, general=general)
    cls.sum.__name__ = cls.sum.__qualname__ = "sum"
    TOTAL.node_class.slope = staticmethod(slope)
