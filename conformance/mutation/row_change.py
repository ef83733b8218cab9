"""What can be made wrong in a row: contexts inside which some of its fields are others."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType
from typing import Any

from .library import part

Change = Callable[[Any], Any]


@contextlib.contextmanager
def with_fields(objects: Sequence[Any], **fields: Any) -> Iterator[None]:
    """Inside, the fields of all ``objects`` have these values."""
    before = [[getattr(one, name) for name in fields] for one in objects]
    try:
        for one in objects:
            for name, value in fields.items():
                setattr(one, name, value)
        yield
    finally:
        for one, values in zip(objects, before, strict=True):
            for name, value in zip(fields, values, strict=True):
                setattr(one, name, value)


@contextlib.contextmanager
def without(cls: type, name: str) -> Iterator[None]:
    """Inside, the class has no such attribute."""
    held = vars(cls)[name]
    delattr(cls, name)
    try:
        yield
    finally:
        setattr(cls, name, held)


# --- derivatives ------------------------------------------------------------------------------------------


def formulas_of(row: Any) -> list[Any]:
    """The derivatives of a row, one where it has them together."""
    return [row.joint] if row.joint is not None else list(row.formulas)


def on_gradients(formula: Any, change: Change) -> contextlib.AbstractContextManager[None]:
    """The gradients that a derivative gives are changed."""
    right = formula.function

    @functools.wraps(right)
    def wrong(*args: Any) -> Any:
        return each(right(*args), change)

    return with_fields([formula], function=wrong)


def each(given: Any, change: Change) -> Any:
    """Tensors, alone or in lists, changed; None as it is."""
    if given is None:
        return None
    if isinstance(given, (list, tuple)):
        changed = [each(one, change) for one in given]
        return changed if isinstance(given, list) else tuple(changed)
    return change(given)


def on_value(formula: Any, slot: int, change: Change) -> contextlib.AbstractContextManager[None]:
    """A derivative is given another value than was saved in ``slot``."""
    right, places = formula.function, [at for at, one in enumerate(formula.slots) if one == slot]

    @functools.wraps(right)
    def wrong(*args: Any) -> Any:
        return right(*[change(one) if at in places else one for at, one in enumerate(args)])

    return with_fields([formula], function=wrong)


class _Without:
    """Operations of which some are others."""

    def __init__(self, operations: Any, others: dict[str, Any]) -> None:
        self.operations, self.others = operations, others

    def __getattr__(self, name: str) -> Any:
        return self.others[name] if name in self.others else getattr(self.operations, name)


def unconjugated(formula: Any) -> contextlib.AbstractContextManager[None]:
    """A derivative that conjugates nothing."""
    right: FunctionType = formula.function
    names = dict(right.__globals__)

    def same(x: Any) -> Any:
        return x

    names["conj"] = same
    if "F" in names:
        names["F"] = _Without(names["F"], {"conj": same})
    wrong = FunctionType(right.__code__, names, right.__name__, right.__defaults__, right.__closure__)
    return with_fields([formula], function=wrong)


def none(given: Any) -> None:
    return None


def negated(given: Any) -> Any:
    return part("graph.operations").F.neg(given)


def doubled(given: Any) -> Any:
    return part("graph.operations").F.mul_scalar(given, 2)


def zeroed(given: Any) -> Any:
    return part("graph.operations").F.zeros_like(given)


def detached(given: Any) -> Any:
    return part("graph.operations").F.detach(given)


def averaged(given: Any) -> Any:
    """The same everywhere: right where the gradient that arrived is even."""
    operations = part("graph.operations").F
    if given._dtype.category < 2 or not given._array.size:
        return given
    return operations.expand(operations.mean(given), given._array.shape)


# --- forward mode -----------------------------------------------------------------------------------------


def negated_tangents(row: Any) -> contextlib.AbstractContextManager[None]:
    """The rule by which tangents go through a row has the wrong sign."""
    forward, rule, count = part("op.forward"), row.jvp, len(row.names)

    def wrong(*values: Any) -> Any:
        args, tangents = list(values[:count]), list(values[count : 2 * count])
        return each(forward.apply(row, rule, args, tangents, list(values[2 * count :])), negated)

    names = ", ".join([*row.names, *(f"{name}_t" for name in row.names), *row.output_names])
    named = eval(f"lambda {names}: wrong({names})", {"wrong": wrong})  # a rule's parameters say what it takes
    return with_fields([row], jvp=named)


# --- kernels ----------------------------------------------------------------------------------------------


def on_result(row: Any, change: Change) -> contextlib.AbstractContextManager[None]:
    """The arrays that a kernel gives are changed."""
    right = row.kernel

    def wrong(*args: Any) -> Any:
        return each(right(*args), change)

    return with_fields([row], kernel=wrong)


def on_argument(row: Any, position: int, change: Change) -> contextlib.AbstractContextManager[None]:
    """A kernel is given another argument."""
    right = row.kernel

    def wrong(*args: Any) -> Any:
        return right(*[change(one) if at == position else one for at, one in enumerate(args)])

    return with_fields([row], kernel=wrong)


def other_dim(dim: Any) -> Any:
    """Another dimension, where there is one."""
    if isinstance(dim, tuple):
        return tuple(map(other_dim, dim[:1]))
    return dim if dim is None else 0 if dim else -1


def off(array: Any) -> Any:
    """One part in ten thousand too large."""
    return array if array.dtype.kind not in "fc" else array * array.dtype.type(1.0001)


def widened(kind: Any) -> Any:
    """Twice as precise, or half as."""
    dtypes = part("dtypes")
    pairs = (
        (dtypes.float32, dtypes.float64),
        (dtypes.complex64, dtypes.complex128),
        (dtypes.int32, dtypes.int64),
    )
    others = {one: other for pair in pairs for one, other in (pair, pair[::-1])}
    return others.get(kind, kind)


def turned(array: Any) -> Any:
    """The same elements in another order in memory."""
    return array if array.ndim < 2 else array.T.copy().T


def copied(array: Any) -> Any:
    return array.copy()
