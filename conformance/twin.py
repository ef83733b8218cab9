"""A tensor beside its partner in the other run, and what is read of values, nodes and tensors to compare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy

from .observation import Observation
from .reading import array_of, dtype_name, error_text, is_tensor, version_of
from .tolerance import near

# Where a value is: a name of the program followed by attributes and indices, kept as a chain of pairs.
Location = tuple[Any, ...]
Wide = Callable[[Location], Any]
Array = numpy.ndarray[Any, Any]


def place_text(location: Location) -> str:
    """`x1.grad_fn.next_functions[0]` for a location."""
    head, *rest = location
    return str(head) + "".join(f"[{item}]" if isinstance(item, int) else f".{item}" for item in rest)


class Role(NamedTuple):
    """What a tensor is to the program: a value of its own, a gradient, saved, or given to a hook."""

    kind: Observation | None = None
    name: str = ""


VALUE = Role()
GRAD = Role(Observation.GRAD)
HOOK = Role(Observation.HOOK)


# All that says which memory a tensor's values are read from, and as what: address, dtype, shape, stride, offset in the
# storage, and whether the memory holds the negatives.
Place = tuple[int, Any, Any, Any, int, bool]


def place_of(tensor: Any) -> Place:
    """The place of a tensor of either library, in numbers that the other's can be compared with, save the address."""
    negative = getattr(tensor, "is_neg", bool)()
    try:
        return (
            tensor.data_ptr(),
            tensor.dtype,
            tensor.shape,
            tensor.stride(),
            tensor.storage_offset(),
            negative,
        )
    except AttributeError:  # it does not let see where it lies
        return 0, tensor.dtype, tensor.shape, (), 0, negative


def array_at(find: Wide, location: Location) -> Array | None:
    """The array of the value at a location of a run beside, None where there is none."""
    value = find(location)
    if isinstance(value, float):
        return numpy.array(value)
    if value is None or not is_tensor(value):
        return value if isinstance(value, numpy.ndarray) else None
    return array_of(value, dtype_name(value.dtype))


class Window(NamedTuple):
    """Two tensors as arrays, which show what is written later for as long as both tensors stay where they are."""

    places: tuple[Place, Place]
    arrays: tuple[Array, Array]

    def lasting(self) -> bool:
        """Whether the arrays are the tensors' own memory, and no copies; a conjugate's may be either."""
        if self.arrays[0].dtype.kind == "c":
            return False
        pairs = zip(self.places, self.arrays, strict=True)
        return all(array.__array_interface__["data"][0] == place[0] for place, array in pairs)


@dataclass(slots=True)
class Twin:
    """A tensor of the reference, its partner, and what was last seen of both.

    `failed`: the reference failed an assertion of its own on it, and what it says of its history means nothing then.
    """

    location: Location
    expected: Any
    got: Any
    role: Role
    births: tuple[int | None, int | None]
    versions: tuple[int | None, int | None]
    memory: tuple[int | None, int | None]
    grads: tuple[Any, Any] = (None, None)
    flags: tuple[Any, ...] = ()
    failed: bool = False
    window: Window | None = None

    def moved(self) -> bool:
        """Whether a version has changed since it was last seen, or there is none that would tell."""
        versions = version_of(self.expected), version_of(self.got)
        return versions != self.versions or None in versions


def same_plain(expected: Any, got: Any) -> bool:
    """Whether two Python values agree: type and value; other objects by the name of their type."""
    if isinstance(expected, float) and isinstance(got, float):
        return near(expected, got)
    if isinstance(expected, complex) and isinstance(got, complex):
        return near(expected.real, got.real) and near(expected.imag, got.imag)
    if type(expected).__name__ != type(got).__name__:
        return False
    if isinstance(expected, bool | int | str | tuple | list | type(None)):
        return expected == got
    if type(expected).__name__ in ("dtype", "device", "layout", "memory_format"):
        return str(expected).rpartition(".")[2] == str(got).rpartition(".")[2]
    return True


def edges_of(edges: Any) -> list[tuple[str, int] | None]:
    """The names and indices of what a node leads to."""
    return [None if node is None else (node.name(), index) for node, index in edges]


def gone(birth: int | None, version: int | None) -> int | None:
    """How often a tensor was written to since it was first seen."""
    return None if birth is None or version is None else version - birth


def flags_of(tensor: Any) -> tuple[Any, bool]:
    """`is_leaf` and `requires_grad`; the error of a view whose history was modified in a forbidden way."""
    try:
        return tensor.is_leaf, tensor.requires_grad
    except RuntimeError as error:
        return error_text(error), tensor.requires_grad


def keeps_grad(tensor: Any) -> bool:
    """Whether a tensor has a `.grad` of its own to look at."""
    try:
        return tensor.requires_grad and (tensor.is_leaf or tensor.retains_grad)
    except (RuntimeError, AttributeError):
        return False


def read(node: Any, name: str) -> tuple[Any, str | None]:
    """An attribute of a node, or the error of reading it."""
    try:
        return getattr(node, name), None
    except Exception as error:  # the error is what is compared
        return None, f"{type(error).__name__}: {error_text(error)}"
