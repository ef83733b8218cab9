"""``tensor[index]`` and ``tensor[index] = value``: a chain of views, then at most one op with tensors of indices.

See https://pytorch.org/docs/stable/tensor_view.html and numpy's rules for advanced indexing.
"""

from __future__ import annotations

from operator import index as to_index
from typing import Any

from mini_autograd import dtypes
from mini_autograd.graph.operations import F
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.lookup import kernel, on_host
from mini_autograd.op.bits import elements_of
from mini_autograd.tensor import Tensor, TensorBase, wrap
from mini_autograd.warning import warn_user

LAST = 2**63 - 1
TOO_MANY_OF_NONE = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
    "tensor to a number"
)
NON_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
    "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
    "which will result either in an error or a different result"
)


def getitem(self: TensorBase, index: Any) -> TensorBase:
    """The part of the tensor at ``index``: a view, or a copy where tensors, lists or masks are among the indices."""
    if index is None:
        return F.unsqueeze(self, 0)
    if index is Ellipsis:
        return F.alias(self)
    if is_int(index):
        return select(self, 0, to_int(index))
    if isinstance(index, slice):
        if self._array.ndim == 0:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        return F.slice(self, 0, *bounds(index))
    part, places = walk(self, as_tuple(index))
    if places:
        return F.index(part, places)
    return F.alias(part) if part is self else part


def setitem(self: TensorBase, index: Any, value: Any) -> None:
    """Write ``value``, a number or a tensor that broadcasts, over the part of the tensor at ``index``."""
    source = as_value(self, value)
    if index is False:
        return
    if index is Ellipsis:
        copy_to(self, source)
    elif index is None or index is True:
        copy_to(F.unsqueeze(self, 0), source)
    elif is_int(index):
        copy_to(select(self, 0, to_int(index)), source)
    elif isinstance(index, slice):
        copy_to(cut(self, 0, index), source)
    else:
        part, places = walk(self, as_tuple(index))
        if places:
            shape = without_leading_ones(source._array.shape)
            F.index_put_(part, places, source if shape == source._array.shape else F.view(source, shape))
        else:
            copy_to(part, source)


# What was written in the brackets -------------------------------------------------------------------------


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def to_int(value: Any) -> int:
    """As an int64; ValueError for what does not fit."""
    number = to_index(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError("Overflow when unpacking long long")
    return number


def bounds(index: slice) -> tuple[int, int, int]:
    """Start, stop and step, with torch's numbers for those that are not given."""
    for one in (index.start, index.stop, index.step):
        if one is not None and not hasattr(one, "__index__"):
            raise TypeError("slice indices must be integers or None or have an __index__ method")
    step = 1 if index.step is None else to_index(index.step)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    start = 0 if index.start is None else to_index(index.start)
    return start, LAST if index.stop is None else to_index(index.stop), step


def as_tuple(index: Any) -> tuple:
    """The indices one by one; a short list of sequences, slices or tensors counts as a tuple, as numpy once had it."""
    if isinstance(index, tuple):
        return index
    if isinstance(index, TensorBase) or not is_sequence(index) or hasattr(index, "__array__"):
        return (index,)
    if len(index) < 32 and any(one is None or one is Ellipsis or splits(one) for one in index):
        warn_user(NON_TUPLE, UserWarning, stacklevel=3)
        return tuple(index)
    return (index,)


def splits(one: Any) -> bool:
    return isinstance(one, (slice, TensorBase)) or is_sequence(one)


def is_sequence(value: Any) -> bool:
    return (
        hasattr(value, "__getitem__")
        and hasattr(value, "__len__")
        and not isinstance(value, (dict, TensorBase))
    )


def dims_of(one: Any) -> int:
    """How many dimensions of the tensor an index uses up."""
    if one is None or one is Ellipsis or isinstance(one, bool):
        return 0
    if isinstance(one, TensorBase) and one._dtype in (dtypes.bool, dtypes.uint8):
        return one._array.ndim
    return 1


# Views first, then the tensors of indices -----------------------------------------------------------------


def walk(self: TensorBase, indices: tuple) -> tuple[TensorBase, list]:
    """Apply what makes views; the result, and the tensors of indices by dimension, None where there is none."""
    indices = tuple([as_index(one, self) for one in indices])
    used = sum(dims_of(one) for one in indices)
    ndim = self._array.ndim
    if used > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    part, dim = self, 0
    places: list = []
    covered = 0
    for number, one in enumerate(indices):
        if one is Ellipsis:
            dim += ndim - used
        elif isinstance(one, slice):
            part = cut(part, dim, one)
            dim += 1
        elif is_int(one):
            part = select(part, dim, one, number)
        elif one is None:
            part = F.unsqueeze(part, dim)
            dim += 1
        else:
            length = max(dims_of(one), 1)
            if isinstance(one, bool):
                part = F.unsqueeze(part, dim)
                one = F._int64_list(part, [0] if one else [])
            places += [None] * (dim - covered)
            places.append(one)
            dim += length
            covered = dim
    return part, places


def as_index(one: Any, source: TensorBase) -> Any:
    """An int, bool, slice, None, Ellipsis or tensor of indices; IndexError for anything else. A sequence becomes a
    tensor on the device of ``source``."""
    if one is None or one is Ellipsis or isinstance(one, (bool, slice)):
        return one
    if is_int(one):
        return to_int(one)
    if isinstance(one, TensorBase):
        if one._array.ndim == 0 and one._dtype.category <= dtypes.INT and not one._layered:
            boolean = one._dtype in (dtypes.bool, dtypes.uint8)
            return bool(one._array) if boolean else int(elements_of(one))
        return one
    if is_sequence(one) and not (hasattr(one, "__array__") and one.ndim == 0):
        array = kernel.index_of_sequence(one)
        made = wrap(array, dtypes.of_numpy(array.dtype))
        return made if on_host(source._array) else F.to(made, device=device_of(source._array))
    kind = type(one)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if hasattr(one, "__index__") and name != "numpy.bool":
        return to_int(one)
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
        f"{name})"
    )


def select(self: TensorBase, dim: int, index: int, number: int = 0) -> TensorBase:
    """The slice at ``index``, which errors place by its ``number`` among the indices, as torch does."""
    shape = self._array.shape
    if not shape:
        raise IndexError(TOO_MANY_OF_NONE)
    # A second ellipsis counts all the dimensions that are left once more, and so leads beyond them.
    length = shape[dim] if dim < len(shape) else 0
    if not -length <= index < length:
        raise IndexError(f"index {index} is out of bounds for dimension {number} with size {length}")
    return F.select(self, dim, index)


def cut(self: TensorBase, dim: int, index: slice) -> TensorBase:
    """The slice along ``dim``; the tensor itself where that is all of it."""
    start, stop, step = bounds(index)
    if self._array.ndim == 0:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if start == 0 and step == 1 and (dim >= self._array.ndim or stop >= self._array.shape[dim]):
        return self
    return F.slice(self, dim, start, stop, step)


# What is written ------------------------------------------------------------------------------------------


def as_value(self: TensorBase, value: Any) -> TensorBase:
    """The tensor that is written; TypeError for what is neither a tensor nor a number."""
    if isinstance(value, TensorBase):
        return value
    if isinstance(value, (int, float, complex)):
        return wrap(kernel.element(value, self._dtype), self._dtype)
    if hasattr(value, "dtype") and not hasattr(value, "__len__"):
        return wrap(kernel.element(value.item(), self._dtype), self._dtype)
    raise TypeError(f"can't assign a {full_name(type(value))} to a torch.{self._dtype.legacy}Tensor")


def full_name(kind: type) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def copy_to(target: TensorBase, source: TensorBase) -> None:
    shape = source._array.shape
    if target._array.shape == shape:
        F.copy_(target, source)
    elif not shape:
        F.fill_(target, source)
    else:
        source = F.view(source, without_leading_ones(shape))
        alike = source._array.shape == target._array.shape
        F.copy_(target, source if alike else F.expand(source, target._array.shape))


def without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    for dim, size in enumerate(shape):
        if size != 1:
            return shape[dim:]
    return ()


def attach() -> None:
    cls: Any = Tensor
    getitem.__name__, setitem.__name__ = "__getitem__", "__setitem__"
    cls.__getitem__ = getitem
    cls.__setitem__ = setitem
