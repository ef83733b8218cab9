"""How a tensor prints: ``repr``, ``str``, ``format`` and ``dir``."""

from __future__ import annotations

from mini_autograd.dtypes import DEFAULT
from mini_autograd.graph.view import grad_fn
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.transfer import to_host
from mini_autograd.op.bits import elements_of
from mini_autograd.op.forward import tangent_or_none
from mini_autograd.tensor import Tensor, TensorBase, requires_grad

# The classes whose tensors print as tensors.
PLAIN: set[type] = {Tensor}


def __repr__(self: TensorBase, *, tensor_contents: str | None = None) -> str:
    """The text of the tensor; ``tensor_contents`` stands in place of its values."""
    from mini_autograd.printing import format_tensor  # on first use: an import need not wait for it

    tangent = tangent_or_none(self)
    text = format_tensor(
        to_host(elements_of(self)),
        dtype_name=self._dtype.name,
        default_dtype_name=DEFAULT.float.name,
        device=str(device_of(self._array)),
        requires_grad=requires_grad(self),
        grad_fn_name=maker_name(self),
        tangent=None if tangent is None else format(tangent),
        type_name="tensor" if type(self) in PLAIN else type(self).__name__,
        contents=tensor_contents,
    )
    return f"Parameter({text})" if type(self) not in PLAIN and getattr(self, "_is_param", False) else text


def maker_name(tensor: TensorBase) -> str | None:
    """The name of the node that made ``tensor``; ``Invalid`` for a view that has lost its history."""
    try:
        node = grad_fn(tensor)
    except RuntimeError:
        return "Invalid"
    return None if node is None else type(node).__name__


def __format__(self: TensorBase, format_spec: str) -> str:
    """A 0-d tensor formats as its number, any other as its text."""
    if self._array.ndim == 0 and type(self) is Tensor:
        return format(to_host(elements_of(self)).item(), format_spec)
    return object.__format__(self, format_spec)


def __dir__(self: TensorBase) -> list[str]:
    """The public names, and those given to this tensor; not the fields behind them."""
    names: set[str] = set(dir(type(self))) - set(TensorBase.__slots__)
    return sorted(names | set(vars(self)))


METHODS = (__repr__, __format__, __dir__)


def attach() -> None:
    for method in METHODS:
        setattr(Tensor, method.__name__, method)
