"""Older ways to make tensors: ``Tensor([1, 2])``, ``Tensor(2, 3)``, ``FloatTensor([1, 2])``, ``x.new(2, 3)``.

See https://pytorch.org/docs/stable/tensors.html; new code says ``tensor``, ``empty`` and ``dtype=``.
"""

from __future__ import annotations

from functools import reduce
from types import ModuleType
from typing import Any

from mini_autograd import dtypes
from mini_autograd.data import converted
from mini_autograd.devices import device, set_default_device
from mini_autograd.graph.operations import F
from mini_autograd.kernels import accelerator
from mini_autograd.kernels.lookup import on_host
from mini_autograd.kernels.shared.nested import is_sequence
from mini_autograd.op.binding import CONVERTERS, UNBOUND, is_spread
from mini_autograd.op.factory import new
from mini_autograd.op.out_dtype import WORDS
from mini_autograd.size import Size
from mini_autograd.tensor import ZERO_BIT, Tensor, TensorBase
from mini_autograd.typename import type_name
from mini_autograd.warning import warn_once

DEFAULT_TYPE = (
    "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
    "torch.set_default_device() as alternatives."
)
# The dtypes that have a class of tensors.
CLASSES = ("Byte", "Char", "Short", "Int", "Long", "Half", "Float", "Double", "Bool", "BFloat16")


def __init__(self: TensorBase, *args: Any, **kwargs: Any) -> None:
    """``Tensor(*sizes)``, ``Tensor(data)`` or ``Tensor(other)``: uninitialized, of the numbers, or an alias.

    Does nothing to a tensor that its class has made already.
    """
    if getattr(self, "_array", None) is None:
        made = legacy(dtypes.get_default_dtype(), args, kwargs)
        self._init(made._array, made._dtype)
        for name in ("_requires", "_node", "_nr", "_counter", "_view", "_storage", "_inference", "_marks"):
            setattr(self, name, getattr(made, name))


def legacy(kind: dtypes.dtype, args: tuple, kwargs: dict[str, Any]) -> TensorBase:
    """A tensor of ``kind`` from sizes or numbers; an alias of a tensor. TypeError for anything else."""
    options = dict(kwargs)
    device = CONVERTERS["Device"](options.pop("device", "cpu"))
    if device is UNBOUND:
        raise unfit(args, kwargs)
    if device.type != "cpu":
        raise RuntimeError(
            f"legacy constructor expects device type: cpu but device type: {device.type} was passed"
        )
    if len(options) > 1 or (options and args):
        raise unfit(args, kwargs)
    for name, value in options.items():
        if name not in ("size", "data", "other"):
            raise unfit(args, kwargs)
        args = tuple(value) if name == "size" else (value,)
    if not args:
        return F.empty((0,), dtype=kind)
    first = args[0]
    if isinstance(first, TensorBase) and len(args) == 1:
        return F.alias(first)
    if "data" not in options and (is_size(first) or isinstance(first, Size)):
        return F.empty(first if isinstance(first, Size) else args, dtype=kind)
    if len(args) > 1:
        raise unfit(args, kwargs)
    if not isinstance(first, (str, bytes)) and (isinstance(first, dict) or not is_sequence(first)):
        raise TypeError(f"new(): data must be a sequence (got {type_name(first)})")
    return new(*converted(first, kind))


def is_size(value: Any) -> bool:
    return is_spread(value) and not isinstance(value, (bool, TensorBase))


def unfit(args: tuple, kwargs: dict[str, Any]) -> TypeError:
    got = [type_name(value) for value in args]
    got += [f"{name}={type_name(value)}" for name, value in kwargs.items()]
    return TypeError(f"new() received an invalid combination of arguments - got ({', '.join(got)})")


def legacy_of(kind: dtypes.dtype, args: tuple, kwargs: dict[str, Any]) -> TensorBase:
    """As :func:`legacy`; TypeError for a tensor of another dtype, which is not converted."""
    made = legacy(kind, args, kwargs)
    if made._dtype is not kind:
        raise TypeError(f"expected {options_text(kind)} (got {options_text(made._dtype)})")
    return made


def options_text(kind: dtypes.dtype) -> str:
    """How torch writes all that tells tensors of one kind from those of another, of which the dtype is a part."""
    return (
        f"TensorOptions(dtype={WORDS[kind.name]}, device=cpu, layout=Strided, requires_grad=false (default), "
        "pinned_memory=false (default), memory_format=(nullopt))"
    )


class LegacyType(type):
    """A class of the tensors of one dtype, which has no tensors of its own."""

    dtype: dtypes.dtype
    is_cuda = False

    def __instancecheck__(cls, instance: object) -> bool:
        if not isinstance(instance, TensorBase) or instance._marks & ZERO_BIT:
            return False  # what torch holds no memory for is of none of these types to it
        return instance._dtype is cls.dtype and on_host(instance._array) is not cls.is_cuda

    def __call__(cls, *args: Any, **kwargs: Any) -> TensorBase:
        if not cls.is_cuda:
            return legacy_of(cls.dtype, args, kwargs)
        check_available(cls)
        made: TensorBase = F.to(legacy_of(cls.dtype, args, kwargs), device("cuda"))
        return made


def check_available(kind: type) -> None:
    """TypeError for a class of tensors of a GPU where there could be none."""
    if not accelerator.is_built():
        raise TypeError(
            f"type torch.cuda.{kind.__name__} not available. Torch not compiled with CUDA enabled."
        )


LegacyType.__name__ = "tensortype"


def types_of(module: str, is_cuda: bool) -> dict[str, type]:
    return {
        f"{kind.legacy}Tensor": LegacyType(
            f"{kind.legacy}Tensor", (), {"dtype": kind, "__module__": module, "is_cuda": is_cuda}
        )
        for kind in dtypes.FROM_NUMPY.values()
        if kind.legacy in CLASSES
    }


TYPES = types_of("torch", is_cuda=False)
CUDA_TYPES = types_of("torch.cuda", is_cuda=True)


NAMED = {
    **{f"torch.{name}": kind for name, kind in TYPES.items()},
    **{f"torch.cuda.{name}": kind for name, kind in CUDA_TYPES.items()},
}


def new_of(self: TensorBase, *args: Any, **kwargs: Any) -> TensorBase:
    """``new(*sizes)``, ``new(data)`` or ``new(other)``: as the class of its own dtype makes one."""
    made = legacy_of(self._dtype, args, kwargs)
    return made if on_host(self._array) else F.to(made, accelerator.device_of(self._array))


def type_of(self: Any, dtype: Any = None, non_blocking: bool = False, **kwargs: Any) -> Any:
    """The name of the tensor's class, or the tensor cast to ``dtype``: one, a class, or a class's name."""
    if dtype is None:
        return f"torch.{'' if on_host(self._array) else 'cuda.'}{self._dtype.legacy}Tensor"
    if isinstance(dtype, str):
        wanted = NAMED.get(dtype)
        if wanted is None:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = wanted
    if isinstance(dtype, LegacyType):
        if dtype.is_cuda and not accelerator.is_built():
            raise RuntimeError(accelerator.WITHOUT_LIBRARY.format("initialize CUDA"))
        here = accelerator.device_of(self._array) if dtype.is_cuda is self.is_cuda else None
        target = here or device("cuda" if dtype.is_cuda else "cpu")
        return F.to(self, target, dtype.dtype, non_blocking)
    kind = dtypes.of_type(dtype)
    if kind is None:
        raise TypeError("dtype must be a type, str, or dtype object")
    return self if kind is self._dtype else F.to(self, kind)


def typename(obj: Any) -> str:
    """The full name of the type of ``obj``, or of ``obj`` itself where that is a class, a function or a module."""
    if isinstance(obj, TensorBase):
        name: str = type_of(obj)
        return name
    if isinstance(obj, ModuleType):
        return obj.__name__
    owner = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(owner, "__module__", None)
    return owner.__qualname__ if module in (None, "builtins") else f"{module}.{owner.__qualname__}"


def set_default_tensor_type(t: Any, /) -> None:
    """Make the dtype of ``t``, a class of floating tensors or its name, the one that Python floats take."""
    kind = class_named(t) if isinstance(t, str) else t
    warn_once(DEFAULT_TYPE)
    if not isinstance(kind, LegacyType):
        raise TypeError("invalid type object: only floating-point types are supported as the default type")
    if kind.is_cuda:
        check_available(kind)
    dtypes.set_default_dtype(kind.dtype)
    set_default_device("cuda" if kind.is_cuda else None)


def class_named(name: str) -> Any:
    """The object of a dotted name, which torch imports: ``torch`` stands for this library."""
    first, *rest = name.split(".")
    if rest[:1] == ["cuda"] and first == "torch":
        return CUDA_TYPES[rest[1]]
    if first != "torch":
        return reduce(getattr, rest, __import__(first))
    if rest and rest[0] not in TYPES:
        raise AttributeError(f"module 'torch' has no attribute '{rest[0]}'")
    return reduce(getattr, rest[1:], TYPES[rest[0]]) if rest else None


def attach() -> None:
    cls: Any = Tensor
    cls.__init__ = __init__
    type_of.__name__, new_of.__name__ = "type", "new"
    cls.type = type_of
    cls.new = new_of
