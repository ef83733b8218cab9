"""Torch's way to differentiate, over a library that differentiates functions.

Each op is a function of the library, and its pullback is the library's own; what joins them is the tape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy

# Strides, versions, sharing, graphs and warnings are no notion of such a library, and leafness is the tape's. Its
# errors have words and types of their own: that it raises is what is seen.
OBSERVES = {"value", "shape", "dtype", "grad", "process"}
JOINING = ("cat", "stack", "where")  # ops that are no methods
Pullback = Callable[[Any], Sequence[Any]]
Pull = Callable[[Callable[..., Any], Sequence[Any]], tuple[Any, Pullback]]


class Unsupported(NotImplementedError):
    """The library cannot do what was asked of it; no difference."""

    def __init__(self, unsupported: str) -> None:
        super().__init__(unsupported)
        self.unsupported = unsupported


@dataclass(frozen=True, slots=True)
class Backend:
    """What the tape needs of a library: arrays from numbers and back, and `pull`, which gives the value of a function
    at some arrays and what takes a gradient of it to theirs."""

    array: Callable[[Any, str], Any]
    numpy: Callable[[Any], Any]
    pull: Pull
    dtypes: tuple[str, ...]


Size = type("Size", (tuple,), {})
DType: Any = type("dtype", (str,), {"__slots__": ()})


class Tape:
    """A tensor: an array and how it came about. Each library has a subclass with its `backend` and ops as methods."""

    __slots__ = ("_grad", "array", "kept", "parents", "pullback", "requires_grad")
    backend: Backend

    def __init__(self, array: Any, requires_grad: bool = False) -> None:
        self.array, self.requires_grad = array, requires_grad
        self._grad: Any = None
        self.parents: tuple[Tape, ...] = ()
        self.pullback: Pullback | None = None
        self.kept = False

    dtype = property(lambda self: DType(self.numpy().dtype.name))
    shape = property(lambda self: Size(self.array.shape))
    ndim = property(lambda self: len(self.shape))
    is_leaf = property(lambda self: self.pullback is None)
    retains_grad = property(lambda self: self.kept)
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        raise Unsupported("operator.eq")

    def __array__(self, *given: Any, **options: Any) -> Any:
        raise Unsupported("numpy functions")

    def __reduce__(self) -> Any:
        raise Unsupported("copies")

    @property
    def grad(self) -> Any:
        return self._grad

    @grad.setter
    def grad(self, given: Any) -> None:
        if given is not None:
            raise Unsupported("set.grad")
        self._grad = None

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def numpy(self, force: bool = False) -> Any:
        return numpy.array(self.backend.numpy(self.array))

    def storage_offset(self) -> int:
        return 0

    def numel(self) -> int:
        return math.prod(self.shape)

    def detach(self) -> Any:
        return type(self)(self.array)

    def item(self) -> Any:
        return self.numpy().item()

    def tolist(self) -> Any:
        return self.numpy().tolist()

    def is_floating_point(self) -> bool:
        return "float" in self.dtype

    def is_complex(self) -> bool:
        return "complex" in self.dtype

    def retain_grad(self) -> None:
        self.kept = True

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        if create_graph:
            raise Unsupported("create_graph")
        found = gradients([self], [gradient], bool(retain_graph))
        for tensor in behind([self]) if inputs is None else inputs:
            if id(tensor) in found and (inputs is not None or tensor.kept or tensor.is_leaf):
                new = found[id(tensor)]
                if tensor.grad is None:
                    tensor._grad = type(self)(new)
                else:  # the same tensor, whoever holds it
                    tensor.grad.array = tensor.grad.array + new


def gradients(roots: Sequence[Tape], given: Sequence[Any], retain_graph: bool) -> dict[int, Any]:
    """The gradient of every tensor behind some roots that has one, by the tensor's id."""
    totals: dict[int, Any] = {}

    def add(tensor: Tape, part: Any) -> None:
        totals[id(tensor)] = totals[id(tensor)] + part if id(tensor) in totals else part

    for root, gradient in zip(roots, given, strict=True):
        if not root.requires_grad:
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if gradient is None and root.numel() != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if gradient is not None and gradient.shape != root.shape:
            raise RuntimeError("Mismatch in shape of a gradient and its output")
        ones = numpy.ones(root.shape)
        add(root, root.backend.array(ones, root.dtype) if gradient is None else gradient.array)
    for tensor in behind(roots):
        if tensor.pullback is not None and id(tensor) in totals:
            for parent, part in zip(tensor.parents, tensor.pullback(totals[id(tensor)]), strict=True):
                add(parent, part)
            tensor.pullback = tensor.pullback if retain_graph else spent
    return totals


def spent(gradient: Any) -> Sequence[Any]:
    """The pullback of what was gone back through: what torch can do again depends on what it has saved."""
    raise Unsupported("a second backward pass")


def behind(roots: Sequence[Tape]) -> Iterator[Tape]:
    """All tensors that some came of, each before what it came of."""
    order: list[Tape] = []
    seen: set[int] = set()
    waiting: list[tuple[Tape, bool]] = [(root, False) for root in roots]
    while waiting:
        tensor, done = waiting.pop()
        if done:
            order.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            waiting += [(tensor, True), *((parent, False) for parent in tensor.parents)]
    return reversed(order)


def op(kind: type[Tape], function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays as one of tensors, which are among its arguments or in a list that is the first."""

    def call(*args: Any, **kwargs: Any) -> Any:
        listed = len(args[0]) if isinstance(args[0], list | tuple) and _holds(args[0]) else 0
        flat = [*args[0], *args[1:]] if listed else list(args)
        arrays = [one.array if isinstance(one, Tape) else one for one in flat]
        wanted = {id(one): one for one in flat if isinstance(one, Tape) and one.requires_grad}

        def alone(*given: Any) -> Any:
            found = dict(zip(wanted, given, strict=True))
            filled = [found.get(id(one), array) for one, array in zip(flat, arrays, strict=True)]
            joined = [filled[:listed], *filled[listed:]] if listed else filled
            return function(*joined, **kwargs)

        pull, leaves = kind.backend.pull, [one.array for one in wanted.values()]
        try:
            value, pullback = pull(alone, leaves) if wanted else (alone(), None)
        except TypeError as error:
            if kwargs and "keyword" in str(error):
                raise Unsupported(next(iter(kwargs))) from error
            raise
        made = kind(value)
        if wanted and made.is_floating_point():
            made.requires_grad, made.pullback, made.parents = True, pullback, tuple(wanted.values())
        return made

    return call


def _holds(items: Sequence[Any]) -> bool:
    return any(isinstance(one, Tape) for one in items)


def torchlike(version: str, backend: Backend, ops: dict[str, Callable[..., Any]]) -> SimpleNamespace:
    """The namespace of a library. `ops` are by torch's names: of functions, which are methods as well where their first
    argument is a tensor, and of operators, with underlines."""
    kind: Any = type("Tensor", (Tape,), {"__slots__": (), "backend": backend})
    for name in ("add", "sub", "mul", "truediv", "matmul", "pow"):
        setattr(kind, f"__i{name}__", None)  # Python's own way would be an op that does not write
    calls = {name: op(kind, function) for name, function in ops.items()}
    for name, call in calls.items():
        if name not in JOINING:
            setattr(kind, name, _method(call))

    def tensor(data: Any, dtype: str | None = None, requires_grad: bool = False) -> Any:
        found = dtype or {"f": "float32", "i": "int64", "b": "bool"}[numpy.asarray(data).dtype.kind]
        return kind(backend.array(data, str(found)), requires_grad)

    def zeros(shape: Sequence[int], dtype: str = "float32", requires_grad: bool = False) -> Any:
        return kind(backend.array(numpy.zeros(shape), str(dtype)), requires_grad)

    def grad(outputs: Any, inputs: Any, grad_outputs: Any = None, **options: Any) -> Any:
        unknown = {name for name, value in options.items() if value} - {"retain_graph", "allow_unused"}
        if unknown:
            raise Unsupported(unknown.pop())
        found = gradients(outputs, grad_outputs or [None] * len(outputs), bool(options.get("retain_graph")))
        if not options.get("allow_unused") and any(id(one) not in found for one in inputs):
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph."
            )
        return tuple(kind(found[id(one)]) if id(one) in found else None for one in inputs)

    own = {"__version__": version, "Tensor": kind, "tensor": tensor, "zeros": zeros, "observes": OBSERVES}
    dtypes = {name: DType(name) for name in backend.dtypes}
    functions = {name: call for name, call in calls.items() if not name.startswith("__")}
    return SimpleNamespace(**functions, **dtypes, **own, autograd=SimpleNamespace(grad=grad))


def _method(call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: call(self, *args, **kwargs)
