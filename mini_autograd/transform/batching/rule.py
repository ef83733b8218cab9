"""How an op is run on all examples at once: by the rule of its name, its kind, or a loop over the examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.op.dispatch import execute
from mini_autograd.op.row import Op


class Call:
    """A call of ``op`` under a batch of ``size``: ``args`` are the values, ``dims`` says where the examples lie in
    each (None: it is the same for all), ``shown`` is what the function under ``vmap`` sees."""

    __slots__ = ("args", "dims", "op", "shown", "size")

    def __init__(self, op: Op, shown: list, args: list, dims: list, size: int) -> None:
        self.op, self.shown, self.args, self.dims, self.size = op, shown, args, dims, size

    def rank(self, position: int) -> int:
        """How many dimensions an argument has without that of the examples."""
        ndim: int = self.shown[position]._array.ndim
        return ndim

    def front(self, position: int) -> Any:
        """The value with the examples first; as it is where it has none."""
        return at_front(self.args[position], self.dims[position])

    def padded(self, position: int, rank: int) -> Any:
        """:meth:`front` with the dimensions that broadcasting would put before those of an example."""
        value = self.front(position)
        return value if self.dims[position] is None else padded(value, rank)

    def whole(self, position: int) -> Any:
        """The value with the examples first, repeated where it is the same for all."""
        return expanded(self.args[position], self.dims[position], self.size)

    def given(self) -> list[int]:
        """The positions of the tensors that were given."""
        return [position for position in self.op.tensors if self.args[position] is not None]

    def run(self, args: list) -> Any:
        return execute(self.op, args)

    def value(self, name: str) -> Any:
        return self.args[self.op.names.index(name)]


Rule = Callable[[Call], tuple[Any, int]]
RULES: dict[str, Rule] = {}
# For ops that are made of others, but not under a batch: functions of the layer, the op and its arguments.
COMPOSITES: dict[str, Callable[..., Any]] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Make a function the rule of the ops of these names, in place too."""

    def register(function: Rule) -> Rule:
        for name in names:
            RULES[name] = function
        return function

    return register


def composite(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            COMPOSITES[name] = function
        return function

    return register


def rule_of(op: Op) -> Rule:
    from mini_autograd.transform.batching import families  # the rules themselves, which need this module

    return families.rule_of(op)


def composite_of(op: Op) -> Callable[..., Any] | None:
    from mini_autograd.transform.batching import families  # as above

    return families.COMPOSITES.get(op.name)


def at_front(value: Any, dim: int | None) -> Any:
    return value if dim is None or dim == 0 else F.movedim(value, dim, 0)


def padded(value: Any, rank: int) -> Any:
    """A value that has the examples first with as many more dimensions as those of an example lack to ``rank``."""
    shape = value._array.shape
    missing = rank + 1 - len(shape)
    return value if missing <= 0 else F.view(value, (shape[0], *(1,) * missing, *shape[1:]))


def expanded(value: Any, dim: int | None, size: int) -> Any:
    if dim is None:
        return F.expand(value, (size, *value._array.shape))
    return at_front(value, dim)
