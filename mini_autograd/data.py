"""Tensors from data: ``tensor``, ``as_tensor``, ``from_numpy`` and ``Tensor.new_tensor``."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from typing import Any

from mini_autograd import devices, dtypes
from mini_autograd.devices import DEFAULT as DEFAULT_DEVICE
from mini_autograd.devices import is_number
from mini_autograd.dtypes import DEFAULT, dtype, of_numpy, promote_types
from mini_autograd.graph.operations import F
from mini_autograd.kernels import accelerator, transfer
from mini_autograd.kernels.by_array import clone
from mini_autograd.kernels.shared import nested
from mini_autograd.kernels.shared.memory import lend
from mini_autograd.op import device_call  # noqa: F401 -- it gives ``device`` its errors
from mini_autograd.op.binding import CONVERTERS, UNBOUND
from mini_autograd.op.bits import elements_of
from mini_autograd.op.cast import cast
from mini_autograd.op.factory import new, pinned
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.typename import type_name
from mini_autograd.warning import warn_discarded

COPY_OF_TENSOR = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than {}(sourceTensor)."
)
LIST_OF_ARRAYS = (
    "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the "
    "list to a single numpy.ndarray with numpy.array() before converting to a tensor."
)
NOT_WRITABLE = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means "
    "writing to this tensor will result in undefined behavior. You may want to copy the array to protect its "
    "data or make it writable before converting it to a tensor. This type of warning will be suppressed for "
    "the rest of this program."
)


def tensor(*args: Any, **kwargs: Any) -> Tensor:
    """``tensor(data, *, dtype=None, device=None, pin_memory=False, requires_grad=False)``: a leaf with a copy
    of ``data``, a number, nested sequences of numbers, a numpy array or a tensor.

    TypeError or ValueError for what is no number, and for sequences of different lengths.
    """
    data, options = arguments("tensor", args, kwargs, ("dtype", "device", "pin_memory", "requires_grad"))
    if isinstance(data, TensorBase):
        warnings.warn(COPY_OF_TENSOR.format("torch.tensor"), UserWarning, stacklevel=2)
    array, kind = converted(data, options["dtype"])
    array = transfer.put(array, options["device"] or where_lies(data))
    if options["pin_memory"]:
        array = pinned(array)
    return new(array, kind, options["requires_grad"])


def new_tensor(self: TensorBase, *args: Any, **kwargs: Any) -> Tensor:
    """As :func:`tensor`, of this tensor's dtype unless another is given."""
    data, options = arguments("new_tensor", args, kwargs, ("dtype", "device", "requires_grad"))
    if isinstance(data, TensorBase):
        warnings.warn(COPY_OF_TENSOR.format("tensor.new_tensor"), UserWarning, stacklevel=2)
    array, kind = converted(data, options["dtype"] or self._dtype)
    device = options["device"] or accelerator.device_of(self._array)
    return new(transfer.put(array, device), kind, options["requires_grad"])


def as_tensor(*args: Any, **kwargs: Any) -> Tensor:
    """``as_tensor(data, dtype=None, device=None)``: ``data`` itself if it is a tensor of that dtype; a tensor
    over the memory of a numpy array of that dtype; else a new tensor."""
    data, options = arguments("as_tensor", args, kwargs, ("dtype", "device"))
    wanted, device = options["dtype"], options["device"] or where_lies(data)
    if nested.is_array(data):
        data = from_numpy(data)
    elif is_of_gpu(data):
        data = over_gpu(data)
    if isinstance(data, TensorBase):
        converted_tensor: Any = F.to(data, device=device, dtype=wanted)
        return converted_tensor
    array, kind = converted(data, wanted)
    return new(transfer.put(array, device), kind)


def where_lies(data: Any) -> Any:
    """The device of a tensor that nobody names one for: None for where ``data`` lies."""
    return None if isinstance(data, TensorBase) or is_of_gpu(data) else DEFAULT_DEVICE.device


def is_of_gpu(data: Any) -> bool:
    """Whether ``data`` is another library's array in the memory of a GPU."""
    return not isinstance(data, TensorBase) and hasattr(data, "__cuda_array_interface__")


def over_gpu(data: Any) -> Tensor:
    """A tensor over the memory of another library's array."""
    array = accelerator.start().xp.asarray(data)
    kind = of_array(array)
    return new(array, kind)


def from_numpy(*args: Any) -> Tensor:
    """``from_numpy(ndarray)``: a tensor over the memory of a numpy array.

    TypeError for other objects and for element types that tensors lack; ValueError for negative strides.
    """
    if len(args) != 1:
        raise TypeError(
            f"torch._VariableFunctionsClass.from_numpy() takes exactly one argument ({len(args)} given)"
        )
    ndarray = args[0]
    if not nested.is_array(ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(ndarray)})")
    if not ndarray.flags.writeable:
        warnings.warn(NOT_WRITABLE, UserWarning, stacklevel=2)
    kind = of_array(ndarray)
    made = new(nested.aliased(ndarray, kind), kind)
    lend(made._array)
    return made


def of_array(array: Any) -> dtype:
    numpy_type = nested.scalar_type(array)
    return of_numpy(numpy_type if numpy_type.isnative else numpy_type.newbyteorder("="))


def arguments(name: str, args: tuple, kwargs: dict, options: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """The data and the options of a call; TypeError in torch's words for a call that does not fit."""
    if len(args) > 1:
        raise TypeError(f"{name}() takes 1 positional argument but {len(args)} were given")
    values: dict[str, Any] = dict.fromkeys(options)
    for key, value in kwargs.items():
        if key in values:
            values[key] = option(name, key, value)
        elif key != "data" or args:
            problem = "multiple values for" if key == "data" else "an unexpected keyword"
            raise TypeError(f"{name}() got {problem} argument '{key}'")
    if not args and "data" not in kwargs:
        raise TypeError(f'{name}() missing 1 required positional arguments: "data"')
    return args[0] if args else kwargs["data"], values


OPTIONS = {
    "dtype": ("ScalarType", "torch.dtype"),
    "device": ("Device", "torch.device"),
    "pin_memory": ("bool", "bool"),
    "requires_grad": ("bool", "bool"),
}


def option(name: str, key: str, value: Any) -> Any:
    if value is None and key in ("dtype", "device"):
        return None
    kind, word = OPTIONS[key]
    found = devices.device(value) if key == "device" and is_number(value) else CONVERTERS[kind](value)
    if found is UNBOUND:
        raise TypeError(f"{name}(): argument '{key}' must be {word}, not {type_name(value)}")
    return found


def converted(data: Any, wanted: dtype | None) -> tuple[Any, dtype]:
    """A new array with the elements of ``data``, and their type: ``wanted``, or what ``data`` suggests."""
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if isinstance(data, TensorBase):
        array = elements_of(data) if not data._layered else data._elements()
        return copied(array, wanted or data._dtype)
    if is_of_gpu(data):
        return converted(over_gpu(data), wanted)
    if nested.is_array(data):
        kind = of_array(data)
        return copied(nested.aliased(data, kind), wanted or kind)
    sizes = nested.sizes_of(data, is_tensor)
    items = nested.flat_numbers(data, sizes)
    kind = wanted or (inferred_of(items) if items is not None else inferred(data, 0))
    if items is None:
        items = [] if 0 in sizes else elements(data, sizes, 0, LEAVES[kind.category])
    return nested.from_numbers(items, sizes, kind), kind


def copied(array: Any, kind: dtype) -> tuple[Any, dtype]:
    held = dtypes.FROM_NUMPY[array.dtype]
    warn_discarded(held, kind, array.size, 3)
    return cast(clone(array), kind), kind


def is_tensor(obj: object, /) -> bool:
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, TensorBase)


def inferred_of(items: list) -> dtype:
    """The type of Python numbers; the default floating type for none."""
    kinds = set(map(type, items))
    if complex in kinds:
        return DEFAULT.complex
    if float in kinds or not kinds:
        return DEFAULT.float
    return dtypes.int64 if int in kinds else dtypes.bool


def inferred(data: Any, depth: int) -> dtype:
    """The smallest type for everything in ``data``; RuntimeError for what is no number."""
    if isinstance(data, TensorBase):
        return data._dtype
    if nested.is_array(data) or nested.is_numpy_scalar(data):
        return of_array(data)
    if isinstance(data, (bool, int, float, complex)):
        return dtypes.of_scalar(data)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not nested.is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type_name(data)}")
    result: dtype | None = None
    for item in data:
        if item is data:
            raise TypeError("new(): self-referential lists are incompatible")
        kind = inferred(item, depth + 1)
        result = kind if result is None else promote_types(result, kind)
    return result or DEFAULT.float


def elements(data: Any, sizes: list[int], dim: int, leaf: Callable[[Any], Any]) -> list:
    """The elements of nested sequences as Python numbers, in order; ValueError where lengths differ."""
    if dim == len(sizes):
        return [leaf(data)]
    try:
        sequence = list(data)
    except TypeError:
        raise TypeError("not a sequence") from None
    if len(sequence) != sizes[dim]:
        raise ValueError(f"expected sequence of length {sizes[dim]} at dim {dim} (got {len(sequence)})")
    found = []
    for item in sequence:
        if nested.is_array(item):
            warnings.warn(LIST_OF_ARRAYS, UserWarning, stacklevel=2)
            item = item.tolist()
        found += elements(item, sizes, dim + 1, leaf)
    return found


def integer_of(value: Any) -> Any:
    """An int, or a float as it is: its fraction is cut off later."""
    return float(value) if isinstance(value, float) else operator.index(value)


def float_of(value: Any) -> float:
    if hasattr(value, "__float__"):
        return float(value)
    if hasattr(value, "__index__"):
        return float(operator.index(value))
    raise TypeError(f"must be real number, not {type(value).__name__}")


def complex_of(value: Any) -> complex:
    if isinstance(value, complex) or hasattr(value, "__complex__"):
        return complex(value)
    return complex(float_of(value))


def bool_of(value: Any) -> bool:
    if isinstance(value, (bool, int, float, complex)) or nested.is_numpy_scalar(value):
        return value != 0
    return operator.index(value) != 0


LEAVES = {dtypes.BOOL: bool_of, dtypes.INT: integer_of, dtypes.FLOAT: float_of, dtypes.COMPLEX: complex_of}
