"""The tensor: an array, its type, its version, and its place in the graph. No mathematics.

Fields are plain attributes with a leading underscore so that they never shadow a public name of torch's; the
public properties and methods are attached to :class:`Tensor` by ``mini_autograd.methods``.
"""

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING, Any

import numpy as np

from mini_autograd import dtypes
from mini_autograd.kernels.by_array import address, memory_of
from mini_autograd.kernels.shared import memory

if TYPE_CHECKING:
    from mini_autograd.interface import Interface
else:
    Interface = object


FLOAT64 = dtypes.float64
ndarray = np.ndarray

# NOTE [Bits]: ``conj`` and ``_neg_view`` compute nothing: they are views with a bit that says that the elements are the
# conjugates, or the negatives, of what the memory holds. A view of such a tensor has its bits too; to all other ops the
# elements are given as they are meant, and what they write through it is turned back (see ``op.bits``).
#
# NOTE [Zero tensors]: the slope of a real ``sgn``, and in a graph the tangent of what has none, say by a bit that they
# are 0 everywhere; so do their views, products and sums with others. They have no memory: they are not written to, nor
# given to numpy, and to all other ops they are one zero that is expanded.
WRAPPED, CONJ, NEG, ZERO_BIT = 1, 2, 4, 8
BITS = CONJ | NEG | ZERO_BIT


class Version:
    """How many times the memory of a tensor and of its views was written in place."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


class Storage:
    """A block of memory, as bytes, that one or several tensors look into."""

    __slots__ = ("memory",)

    def __init__(self, memory: np.ndarray) -> None:
        self.memory = memory


class View:
    """What a tensor that looks into another one knows of it.

    ``base`` is never itself a view. ``creation`` says under which circumstances the view was made (see
    ``graph.view``), ``attr_version`` the version of the memory for which the tensor's ``grad_fn`` is right,
    ``steps`` how it came from its base where that has to be known (see ``graph.replay``), None elsewhere.
    """

    __slots__ = ("attr_version", "base", "creation", "made_by", "steps")

    def __init__(self, base: TensorBase, creation: int, attr_version: int, made_by: str) -> None:
        self.base = base
        self.creation = creation
        self.attr_version = attr_version
        self.made_by = made_by
        self.steps: tuple | None = None


class Apart(View):
    """What a primal that was unpacked from a dual knows, and what a part of it: the tangent of its base is not its own.
    ``top`` is the primal of a part, None for the primal."""

    __slots__ = ("top",)

    top: TensorBase | None


class TensorBase:
    """The part of a tensor that the engine and the dispatch read directly.

    ===================  ==========================================================================
    ``_array``           numpy array; its shape and strides are the tensor's
    ``_dtype``           element type
    ``_requires``        the flag of a leaf; a non-leaf requires grad because it has a ``_node``
    ``_node``, ``_nr``   the graph node that made it, and which of its outputs it is
    ``_marks``           ``WRAPPED``: made from a Python number, weakest in promotion; ``CONJ``, ``NEG``: NOTE [Bits]
    ``_gradient``        ``.grad``
    ``_counter``         version counter, shared with views; None stands for 0, never written
    ``_view``            what it looks into, or None
    ``_storage``         memory shared with other tensors, or None while it alone owns its array
    ``_accumulator``     weak reference to the node that adds to ``.grad``
    ``_hooks``           tensor hooks: dict id -> function; None where new ones go to the present node
    ``_after_hooks``     functions called after ``.grad`` was accumulated
    ``_tangent``         forward-mode tangent at the active level
    ``_inference``       made in inference mode
    ``_retains``         ``retain_grad()`` was called on a non-leaf
    ===================  ==========================================================================
    """

    __slots__ = (
        "_accumulator",
        "_after_hooks",
        "_array",
        "_counter",
        "_dtype",
        "_gradient",
        "_hooks",
        "_inference",
        "_marks",
        "_node",
        "_nr",
        "_requires",
        "_retains",
        "_storage",
        "_tangent",
        "_view",
    )

    # Whether it belongs to a transform of functions, and its array does not tell all of it: NOTE [Layers].
    _layered = False

    def _init(self, array: np.ndarray, dtype: dtypes.dtype) -> None:
        """Give every field its first value; ``wrap`` calls it once, right after allocation."""
        self._array = array
        self._dtype = dtype
        if FILLED:
            return
        self._requires = False
        self._node: Any = None
        self._nr = 0
        self._gradient: Any = None
        self._counter: Any = None
        self._view: Any = None
        self._storage: Any = None
        self._accumulator: Any = None
        self._hooks: Any = None
        self._after_hooks: Any = None
        self._tangent: Any = None
        self._marks = 0
        self._inference = False
        self._retains = False

    def _twin(self) -> Any:
        """What :func:`twin` makes of a tensor whose value is not all in its array."""
        raise NotImplementedError

    def _detached(self) -> Any:
        """What :func:`alias_of` makes of it."""
        raise NotImplementedError

    def _elements(self) -> Any:
        """The array of all its elements; an error where there is none."""
        raise NotImplementedError

    def _outside(self) -> Any:
        """What it is once the transform that it belongs to has ended."""
        raise NotImplementedError


# Compiled classes come with None or 0 in every field.
FILLED = hasattr(TensorBase.__new__(TensorBase), "_node")


class Tensor(TensorBase, Interface):
    """A multi-dimensional array of one element type that can take part in a graph of derivatives.

    See https://pytorch.org/docs/stable/tensors.html.
    """

    __module__ = "torch"


def wrap(array: np.ndarray, dtype: dtypes.dtype) -> Tensor:
    """A new tensor over ``array``, outside any graph."""
    tensor: Tensor = copyreg.__newobj__(Tensor)  # type: ignore[attr-defined]
    tensor._init(array, dtype)
    return tensor


def twin(tensor: TensorBase) -> Tensor:
    """A new tensor of the same value, outside any graph."""
    return (
        wrap(tensor._array, tensor._dtype)
        if type(tensor) is Tensor or not tensor._layered
        else tensor._twin()
    )


def wrap_number(value: object) -> Tensor:
    """A 0-d tensor standing for a Python number: it yields to every tensor of its category in promotion."""
    if type(value) is float:
        tensor = wrap(memory.cell(value), FLOAT64)
    else:
        dtype = dtypes.of_scalar(value)
        if dtype.category == dtypes.FLOAT:
            dtype = FLOAT64
        elif dtype.category == dtypes.COMPLEX:
            dtype = dtypes.complex128
        tensor = wrap(np.array(value, dtype.numpy), dtype)
    tensor._marks = WRAPPED
    return tensor


def requires_grad(tensor: TensorBase) -> bool:
    """Whether gradients flow to ``tensor``; a view also asks its base, which may have been written since."""
    if tensor._requires or tensor._node is not None:
        return True
    view = tensor._view
    return view is not None and requires_grad(view.base)


def metadata_of(tensor: TensorBase) -> tuple:
    """What the gradient of ``tensor`` has to be: its shape, its dtype and, on a GPU, the number of that."""
    array: Any = tensor._array
    if type(array) is ndarray:
        return (memory.shape_of(array), tensor._dtype)
    return (array.shape, tensor._dtype, array.device.id)


def version_of(tensor: TensorBase) -> int:
    counter = tensor._counter
    return 0 if counter is None else counter.value


def counter_of(tensor: TensorBase) -> Version:
    """The version counter, made on first use: most tensors are never written or looked into."""
    counter = tensor._counter
    if counter is None:
        counter = tensor._counter = Version.__new__(Version)
        counter.value = 0
    return counter


def storage_of(tensor: TensorBase) -> Storage:
    """The memory the tensor looks into, found on first use."""
    storage = tensor._storage
    if storage is None:
        storage = tensor._storage = Storage(memory_of(tensor._array))
    return storage


def storage_offset(tensor: TensorBase) -> int:
    """Where in its storage the tensor's first element lies, in elements."""
    if tensor._storage is None and tensor._array.base is None:
        return 0
    return (address(tensor._array) - address(storage_of(tensor).memory)) // tensor._dtype.itemsize


def alias_of(tensor: TensorBase) -> Tensor:
    """A tensor without history over the same memory, counting its writes with ``tensor``'s."""
    if type(tensor) is not Tensor and tensor._layered:
        return tensor._detached()
    alias = wrap(tensor._array, tensor._dtype)
    alias._marks = tensor._marks
    alias._storage = tensor._storage
    alias._inference = tensor._inference
    alias._counter = tensor._counter if tensor._inference else counter_of(tensor)
    return alias
