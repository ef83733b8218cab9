"""The old name of a tensor that takes part in the graph, merged into Tensor in torch 0.4."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mini_autograd.graph.engine import is_checkpoint_valid, queue_callback
from mini_autograd.graph.leaf import require_made
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import begin_to_count
from mini_autograd.op.profiling import as_op
from mini_autograd.tensor import Tensor, TensorBase, alias_of
from mini_autograd.typename import type_name


class ImperativeEngine:
    """The engine, as ``Variable._execution_engine`` gives it."""

    __slots__ = ()

    def queue_callback(self, callback: Callable[[], Any]) -> None:
        """Call ``callback`` once the backward pass that runs has ended; RuntimeError where none runs."""
        queue_callback(callback)

    def is_checkpoint_valid(self) -> bool:
        """Whether each pass that runs goes to every leaf; True where none runs."""
        return is_checkpoint_valid()


ImperativeEngine.__module__ = "torch._C"
ImperativeEngine.__name__ = ImperativeEngine.__qualname__ = "_EngineBase"


class VariableMeta(type):
    """Has every tensor be an instance of Variable, and a call of Variable make a tensor."""

    def __instancecheck__(cls, other: object) -> bool:
        return isinstance(other, Tensor)

    def __call__(
        cls, data: Any = None, requires_grad: Any = False, volatile: Any = False, **more: Any
    ) -> Tensor:
        if more:
            raise TypeError(f"'{next(iter(more))}' is an invalid keyword argument for this function")
        requires_grad, volatile = (operator.index(flag) != 0 for flag in (requires_grad, volatile))
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                stacklevel=2,
            )
            if requires_grad:
                raise ValueError("Variable can't be volatile and require_grad at the same time!")
        alias = F.empty((0,)) if data is None else as_op("detach", alias_of_data, data)
        require_made(alias, requires_grad)
        return alias


def alias_of_data(data: Any) -> Tensor:
    """A tensor without history over the same memory, whose writes are counted apart from those of ``data``."""
    if not isinstance(data, TensorBase):
        raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}")
    alias = alias_of(data)
    begin_to_count(alias, data)
    return alias


if TYPE_CHECKING:

    class Variable(Tensor):
        """What a call of the class below gives."""

        def __init__(self, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> None: ...

else:

    class Variable(metaclass=VariableMeta):
        """``Variable(x, requires_grad=True)`` is a tensor without history over the memory of ``x``."""

        _execution_engine = ImperativeEngine()

    VariableMeta.__module__ = Variable.__module__ = "torch.autograd.variable"
