"""Elements picked and put by tensors of indices and masks: the examples are one more dimension to index.

NOTE [Indices of examples]: tensors of indices that follow each other give their dimensions where they stand; others
give them before all that is not indexed. Where they differ from example to example, they are joined by an index of the
examples themselves, which stands first and may part them from what they followed. What is picked is put back in order;
what is to be put is not brought to that order, as torch has it, and may not fit.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.dtypes import int64
from mini_autograd.graph.operations import F, options_of
from mini_autograd.transform import refusal
from mini_autograd.transform.batching.rule import Call, at_front, expanded, padded, rule


class Places:
    """The indices of a call. ``rank`` is how many dimensions they give together, ``taken`` how many they index, and
    ``leading`` how many dimensions of an example come before those that they give."""

    def __init__(self, call: Call) -> None:
        self.size = call.size
        self.options = options_of(call.args[0], int64)
        self.indices, self.dims = call.args[1], call.dims[1]
        self.differ = any(dim is not None for dim in self.dims)
        given = [place for place, one in enumerate(self.indices) if one is not None]
        self.rank = self.taken = 0
        for place in given:
            shown = call.shown[1][place]
            mask = shown._dtype.category == 0
            if mask and self.dims[place] is not None:
                raise RuntimeError(refusal.MASK)
            self.rank = max(self.rank, 1 if mask else shown._array.ndim)
            self.taken += shown._array.ndim if mask else 1
        self.adjacent = not given or given[-1] - given[0] == len(given) - 1
        self.leading = given[0] if given and self.adjacent else 0

    def of_each(self) -> list:
        """The indices, with the examples first in those that differ."""
        return [
            one if dim is None else padded(at_front(one, dim), self.rank)
            for one, dim in zip(self.indices, self.dims, strict=True)
        ]

    def of_all(self) -> list:
        """The indices of a tensor that has the examples first."""
        if not self.differ:
            return [None, *self.indices]
        return [F.view(F.arange(self.size, **self.options), (self.size, *(1,) * self.rank)), *self.of_each()]

    def in_order(self, picked: Any) -> Any:
        """What :meth:`of_all` picked, with the examples first and the dimensions of an example after them."""
        if not self.differ:
            return picked if self.adjacent else F.movedim(picked, self.rank, 0)
        return (
            F.movedim(picked, every(1, self.rank), every(1 + self.leading, self.rank))
            if self.leading
            else picked
        )


def every(start: int, count: int) -> tuple[int, ...]:
    return tuple(range(start, start + count))


@rule("index")
def index(call: Call) -> tuple[Any, int]:
    places = Places(call)
    if call.dims[0] is None:
        return call.run([call.args[0], places.of_each()]), places.leading
    return places.in_order(call.run([call.front(0), places.of_all()])), 0


@rule("index_put", "_index_put_impl")
def index_put(call: Call) -> tuple[Any, int]:
    places = Places(call)
    values = padded(
        expanded(call.args[2], call.dims[2], call.size), places.rank + call.rank(0) - places.taken
    )
    return call.run([call.whole(0), places.of_all(), values, *call.args[3:]]), 0


@rule("masked_select")
def masked_select(call: Call) -> tuple[Any, int]:
    """As many elements of each example, where the mask is the same for all."""
    if call.dims[1] is not None:
        raise RuntimeError(refusal.SELECTED)
    mask = call.args[1]
    value = call.padded(0, mask._array.ndim)
    mask = F.expand(mask, F.broadcast_tensors([mask, call.shown[0]])[0]._array.shape)
    value = F.expand(value, (call.size, *mask._array.shape))
    return F.index(value, [None, mask]), 0
