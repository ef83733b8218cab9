"""What Python and numpy make of a tensor: ``numpy()``, ``item()``, ``float()``, ``len()``, ``for``.

They become methods of Tensor by :func:`attach`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from mini_autograd import dtypes
from mini_autograd.data import from_numpy, new_tensor
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.by_array import handed_out
from mini_autograd.kernels.lookup import on_host
from mini_autograd.kernels.shared.memory import lend
from mini_autograd.kernels.transfer import to_host
from mini_autograd.op.bits import elements_of
from mini_autograd.tensor import CONJ, NEG, ZERO_BIT, Tensor, TensorBase, requires_grad
from mini_autograd.typename import type_name

REQUIRES_GRAD = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
NO_HOST_MEMORY = (
    "can't convert {} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
)
HAS_BIT = "Can't call numpy() on Tensor that has {} bit set. Use tensor.{}().numpy() instead."
SCALAR_REQUIRES_GRAD = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)


def numpy(self: TensorBase, *args: Any, **kwargs: Any) -> Any:
    """``numpy(*, force=False)``: a numpy array over the tensor's memory.

    RuntimeError for a tensor that requires a gradient, unless ``force``; TypeError for bfloat16.
    """
    if args:
        were = "was" if len(args) == 1 else "were"
        raise TypeError(f"numpy() takes 0 positional arguments but {len(args)} {were} given")
    force = kwargs.pop("force", False)
    if kwargs:
        raise TypeError(f"numpy() got an unexpected keyword argument '{next(iter(kwargs))}'")
    if not isinstance(force, bool):
        raise TypeError(f"numpy(): argument 'force' must be bool, not {type_name(force)}")
    return array_of(self, force)


def array_of(self: TensorBase, force: bool = False) -> Any:
    if not force and self._marks & ZERO_BIT:
        raise RuntimeError(
            " Cannot convert a ZeroTensor to numpy. Set force=True if you need the zero array."
        )
    if not force and modes.current().grad and requires_grad(self):
        raise RuntimeError(REQUIRES_GRAD)
    if not force and not on_host(self._array):
        raise TypeError(NO_HOST_MEMORY.format(device_of(self._array)))
    if self._dtype is dtypes.bfloat16:
        raise TypeError("Got unsupported ScalarType BFloat16")
    if force:
        return handed_out(to_host(elements_of(self)))
    if self._marks & CONJ:
        raise RuntimeError(HAS_BIT.format("conjugate", "resolve_conj"))
    if self._marks & NEG:
        raise RuntimeError(HAS_BIT.format("negative", "resolve_neg"))
    lend(self._array)
    return handed_out(self._array)


def __array__(self: TensorBase, dtype: Any = None) -> Any:
    array = array_of(self)
    return array if dtype is None else array.astype(dtype, copy=False)


def __array_wrap__(self: TensorBase, array: Any) -> TensorBase:
    """The result of a numpy function as a tensor; of bools as uint8."""
    return from_numpy(array.astype("uint8") if array.dtype == bool else array)


def no_arguments(name: str, args: tuple) -> None:
    if args:
        raise TypeError(f"TensorBase.{name}() takes no arguments ({len(args)} given)")


def item(self: TensorBase, *args: Any) -> Any:
    """The one element as a Python number; RuntimeError when there are more or none."""
    no_arguments("item", args)
    count = self._array.size
    if count != 1:
        raise RuntimeError(f"a Tensor with {count} elements cannot be converted to Scalar")
    return python_number(self)


def python_number(self: TensorBase) -> Any:
    value: Any = to_host(elements_of(self)).item()
    return float(value) if self._dtype is dtypes.bfloat16 else value


def tolist(self: TensorBase, *args: Any) -> Any:
    """The elements as Python numbers in nested lists; of a 0-d tensor, one number."""
    no_arguments("tolist", args)
    if self._marks & ZERO_BIT and self._array.size:
        raise RuntimeError("tolist() shouldn't be called on a tensor with unallocated storage")
    array = to_host(elements_of(self))
    return array.astype("f4").tolist() if self._dtype is dtypes.bfloat16 else array.tolist()


def one_element(self: TensorBase) -> Any:
    if self._array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return python_number(self)


def __float__(self: TensorBase) -> float:
    value = one_element(self)
    warn_of_lost_gradient(self)
    if isinstance(value, complex):
        if value.imag != 0:
            raise RuntimeError("value cannot be converted to type double without overflow")
        value = value.real
    return float(value)


def __complex__(self: TensorBase) -> complex:
    value = one_element(self)
    warn_of_lost_gradient(self)
    return complex(value)


def __int__(self: TensorBase) -> int:
    value = one_element(self)
    if isinstance(value, complex):
        if value.imag != 0:
            raise RuntimeError("value cannot be converted to type int64_t without overflow")
        value = value.real
    if isinstance(value, int) and value >= 1 << 63:
        raise RuntimeError("value cannot be converted to type int64_t without overflow")
    return int(value)


def __index__(self: TensorBase) -> int:
    if self._array.size != 1 or self._dtype.category >= dtypes.FLOAT:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return __int__(self)


def __bool__(self: TensorBase) -> bool:
    count = self._array.size
    if count != 1:
        number = "no values" if count == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {number} is ambiguous")
    return bool(to_host(self._array).item() != 0)


def is_nonzero(self: TensorBase) -> bool:
    """Whether the one element is not zero; RuntimeError when there are more or none."""
    return __bool__(self)


def warn_of_lost_gradient(self: TensorBase) -> None:
    if requires_grad(self):
        warnings.warn(SCALAR_REQUIRES_GRAD, UserWarning, stacklevel=3)


def __len__(self: TensorBase) -> int:
    if self._array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return len(self._array)


def __iter__(self: Any) -> Iterator[TensorBase]:
    """The slices along the first dimension, all made at once by ``unbind``."""
    if self._array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def __reversed__(self: TensorBase) -> TensorBase:
    """The slices along the first dimension in reverse, as a tensor."""
    return self if self._array.ndim == 0 else F.flip(self, (0,))


def __contains__(self: TensorBase, element: Any) -> bool:
    """Whether any element equals ``element``, a tensor or a number."""
    if not isinstance(element, (TensorBase, bool, int, float, complex)):
        raise RuntimeError(
            f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
        )
    return __bool__(F.any(F.eq(self, element)))


METHODS = (
    new_tensor,
    numpy,
    item,
    tolist,
    is_nonzero,
    __array__,
    __array_wrap__,
    __float__,
    __complex__,
    __int__,
    __index__,
    __bool__,
    __len__,
    __iter__,
    __reversed__,
    __contains__,
)


def attach() -> None:
    """Give Tensor these methods, and its operators the right to those with a numpy array."""
    for method in METHODS:
        setattr(Tensor, method.__name__, method)
        if method.__name__ in ("__array__", "__array_wrap__"):
            method.__qualname__ = (
                f"Tensor.{method.__name__}"  # what Python calls it where arguments do not fit
            )
    cls: Any = Tensor
    cls.__array_priority__ = 1000
