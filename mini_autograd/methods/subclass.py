"""Tensors of classes that a user has derived from Tensor."""

from __future__ import annotations

from typing import Any

from mini_autograd.autograd import forward_ad
from mini_autograd.graph.leaf import require_made
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import begin_to_count
from mini_autograd.methods import overriding
from mini_autograd.op import binding, override
from mini_autograd.op.declare import FFT, FUNCTIONS, INTERNAL, LINALG, METHODS, NN, SPECIAL
from mini_autograd.op.profiling import as_op
from mini_autograd.tensor import Tensor, TensorBase, alias_of
from mini_autograd.typename import type_name

NO_TENSOR_CLASS = (
    "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your class "
    "inherits from Tensor."
)


def as_subclass(self: TensorBase, *args: Any, **kwargs: Any) -> Any:
    """``as_subclass(cls)``: an alias of the tensor, in the graph as one, that is of class ``cls``."""
    cls = kwargs.pop("cls", args)
    if cls is not args or kwargs:
        cls = (cls,)
    if len(cls) != 1:
        raise TypeError('as_subclass() missing 1 required positional arguments: "cls"')
    check_class(cls[0])
    with override.plain_calls():
        made: Any = F.alias(self)
    made.__class__ = cls[0]
    return made


def _make_subclass(cls: Any, data: Any, require_grad: bool = False) -> Any:
    """A leaf of class ``cls`` over the memory of ``data``, whose writes it counts with."""
    check_class(cls)
    if not isinstance(data, TensorBase):
        raise TypeError(
            f"_make_subclass(): argument 'data' (position 2) must be Tensor, not {type_name(data)}"
        )
    made: Any = as_op("detach", alias_of, data)
    begin_to_count(made, data)
    require_made(made, require_grad)
    made.__class__ = cls
    return made


def check_class(cls: Any) -> None:
    if not isinstance(cls, type):
        raise TypeError(f"cls must be a type (got {type_name(cls)})")
    if not issubclass(cls, Tensor):
        raise TypeError(NO_TENSOR_CLASS)


def begin_to_override(cls: Any, /, **options: Any) -> None:
    """Have calls on tensors of a class that was derived from Tensor go to its ``__torch_function__``."""
    super(Tensor, cls).__init_subclass__(**options)
    first = not binding.is_asked()
    if not override.begin(cls):
        return
    if first:
        overriding.take_over_operators()
        spaces = (FUNCTIONS, METHODS, INTERNAL, NN, FFT, SPECIAL, LINALG)
        override.leave_out(packet for space in spaces for packet in space.values())
    overriding.take_over(cls)


def attach() -> None:
    cls: Any = Tensor
    cls.as_subclass = as_subclass
    override.AS_THEY_ARE.update(vars(Tensor)[name].__get__ for name in ("grad", "_grad", "_base"))
    override.NAMESPACES.append((vars(forward_ad), ("make_dual", "unpack_dual")))
    cls._make_subclass = staticmethod(_make_subclass)
    cls.__torch_function__ = classmethod(override.default)
    cls.__init_subclass__ = classmethod(begin_to_override)
