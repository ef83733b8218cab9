"""The classes behind a Function: its node, and the metaclass that makes the class of that."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import Any

from mini_autograd.autograd.function.attribute import ReadableSwitch, ReadOnly, Switch
from mini_autograd.autograd.function.context import FunctionCtx
from mini_autograd.graph import raw_saved
from mini_autograd.graph.custom import CustomNode
from mini_autograd.graph.node import Node
from mini_autograd.graph.saved import FREED
from mini_autograd.warning import warn_deprecated

_numbers = count()


class _FunctionBase(CustomNode):
    """A node as a Python program sees it."""

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        node = super().__new__(cls)
        node._begin()
        return node

    def __repr__(self) -> str:
        return object.__repr__(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")

    def __call__(self, *grads: Any) -> Any:
        raise TypeError(f"'{type(self).__name__}' object is not callable")

    def _kept(self, at: int) -> Any:
        return FREED if self._freed or self._saved is None else self._saved[at]

    def _shown_tensors(self) -> Any:
        if self.saved_for_forward is not None:
            return self.saved_for_forward
        tensors = self._unpacked()
        self.maybe_clear_saved_tensors()
        return tensors

    def _shown_variables(self) -> tuple:
        warn_deprecated("'saved_variables' is deprecated; use 'saved_tensors'")
        return self._unpacked()

    saved_tensors = ReadOnly(_shown_tensors)
    saved_variables = ReadOnly(_shown_variables)
    _raw_saved_tensors = ReadOnly(
        lambda self: tuple(
            [raw_saved.shown(self, at, partial(self._kept, at)) for at in range(len(self._packed()))]
        )
    )
    next_functions = ReadOnly(lambda self: Node.next_functions.__get__(self))
    metadata = ReadOnly(lambda self: Node.metadata.__get__(self))
    requires_grad = ReadOnly(lambda self: True)
    _input_metadata = ReadOnly(lambda self: Node._input_metadata.__get__(self))
    materialize_grads = Switch("_fills", "set_materialize_grads")
    _materialize_non_diff_grads = ReadableSwitch("_fills_all", "set_materialize_non_diff_grads")
    _is_pure_view = Switch("_pure_view", "set_pure_view")

    def maybe_clear_saved_tensors(self) -> None:
        """Let go of the saved tensors, where the Function has ``clear_saved_tensors_on_access``."""
        function = getattr(self, "_forward_cls", None)
        if self._saved and function is not None and function.clear_saved_tensors_on_access:
            self._saved = None


_FunctionBase.__module__ = "torch._C"


class BackwardCFunction(_FunctionBase, FunctionCtx):
    """The node and ``ctx`` of the Function ``_forward_cls``."""

    _forward_cls: Any

    def apply(self, *grads: Any) -> Any:
        """What the Function's ``backward``, or ``vjp``, gives for the gradients of its outputs."""
        backward = self._backward_of_function()
        return backward(self, list(grads)) if self._forward_cls.boxed_grads_call else backward(self, *grads)

    def apply_jvp(self, *tangents: Any) -> Any:
        """What the Function's ``jvp`` gives for the tangents of its arguments."""
        return self._forward_cls.jvp(self, *tangents)

    def _backward_of_function(self) -> Any:
        from mini_autograd.autograd.function.function import Function

        backward, vjp = self._forward_cls.backward, self._forward_cls.vjp
        if vjp is Function.vjp:
            return backward
        if backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                "implement one of them."
            )
        return vjp


class FunctionMeta(type):
    """Makes, for each Function, the class of its nodes: ``CubeBackward`` for ``Cube``."""

    _backward_cls: Any

    def __init__(cls, name: str, bases: tuple, attributes: dict) -> None:
        node_class: Any = type(f"{name}Backward", (BackwardCFunction,), {"_forward_cls": cls})
        node_class.__module__ = "torch.autograd.function"
        node_class._autograd_function_id = next(_numbers)
        cls._backward_cls = node_class
        super().__init__(name, bases, attributes)
