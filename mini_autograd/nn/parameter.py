"""Tensors that are the parameters of something: leaves that require a gradient unless told otherwise."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.methods import text
from mini_autograd.methods.subclass import _make_subclass
from mini_autograd.op.override import disabled
from mini_autograd.tensor import Tensor, TensorBase, requires_grad


class _ParameterMeta(type):
    """Has a tensor of another class be a parameter too, if it says that it is one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is Parameter and isinstance(instance, TensorBase) and getattr(instance, "_is_param", False):
            return True
        return super().__instancecheck__(instance)


class Parameter(Tensor, metaclass=_ParameterMeta):
    """A leaf over the memory of ``data``, whose writes it counts with; what ops make of it are tensors.

    See https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html.
    """

    __module__ = "torch.nn.parameter"
    __torch_function__ = disabled

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        if data is None:
            data = F.empty((0,))
        if type(data) is Tensor or type(data) is Parameter:
            return _make_subclass(cls, data, requires_grad)
        # Of another class it stays a tensor of that, marked as a parameter.
        made = data.detach().requires_grad_(requires_grad)
        made._is_param = True
        return made

    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        shown = Tensor.__repr__(self)
        return f"Parameter containing:\n{shown}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A parameter with memory of its own, and nothing else of this one's."""
        if id(self) not in memo:
            memo[id(self)] = type(self)(F.clone(self.data), requires_grad(self))
        return memo[id(self)]

    def __copy__(self) -> Any:
        function, args, state = self.__reduce_ex__(2)
        made = function(*args)
        vars(made).update(state or {})
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple:
        """Memory, ``requires_grad`` and attributes; neither gradient nor hooks."""
        kind = None if type(self) is Parameter else type(self)
        return rebuilt, (kind, self.data, requires_grad(self)), vars(self) or None


def rebuilt(kind: Any, data: Any, requires_grad: bool) -> Any:
    """What a pickle stands for; Parameter itself, which goes by torch's name, is None there."""
    return (kind or Parameter)(data, requires_grad)


text.PLAIN.add(Parameter)
