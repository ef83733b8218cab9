"""One call of a checkpointed function: what it was called with, and what runs of it have saved."""

from __future__ import annotations

import contextlib
import itertools
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from mini_autograd.autograd.grad_mode import enable_grad
from mini_autograd.autograd.graph.saved_hooks import saved_tensors_hooks
from mini_autograd.checkpoint import errors
from mini_autograd.checkpoint.random_states import RandomStates
from mini_autograd.graph import modes, saved
from mini_autograd.graph.node import Node
from mini_autograd.tensor import TensorBase

# What ``set_checkpoint_early_stop`` says; None leaves it to each call.
_early_stop: bool | None = None
# Stands for a pass where none runs.
_outside = itertools.count(-1, -1)


class Stop(Exception):
    """All that was saved has been saved again; the rest of the function need not run."""


class Holder:
    """In the place of a saved tensor."""

    __slots__ = ("__weakref__",)


class Frame:
    """``holders``: weak, in the order of saving, with what :attr:`describe` said of each tensor. ``again``: by pass,
    the tensors that a run has saved again and that nobody has asked for yet."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple,
        kwargs: dict,
        describe: Callable[[TensorBase], Any],
        preserve_rng_state: bool,
        early_stop: bool,
    ) -> None:
        self.function = function
        self.kwargs = kwargs
        self.describe = describe
        self.early_stop = early_stop if _early_stop is None else _early_stop
        self.random_states = RandomStates(args, preserve_rng_state)
        self.node = Node.__new__(Node)
        self.args = [saved.hold(one, -1) if isinstance(one, TensorBase) else one for one in args]
        self.holders: list[tuple[weakref.ref[Holder], Any]] = []
        self.again: dict[int, weakref.WeakKeyDictionary[Holder, TensorBase]] = {}

    def saving(self) -> saved_tensors_hooks:
        """The hooks of the first run."""

        def pack(tensor: TensorBase) -> Holder:
            holder = Holder()
            self.holders.append((weakref.ref(holder), self.describe(tensor)))
            return holder

        return saved_tensors_hooks(pack, self.restored)

    def restored(self, holder: Holder) -> Any:
        """The tensor that ``holder`` stands for."""
        task = modes.current().task
        number = next(_outside) if task is None else task.number
        if number not in self.again:
            self.run_again(number)
        tensor = self.again[number].pop(holder, None)
        if tensor is None:
            raise errors.used_up()
        return tensor

    def run_again(self, number: int) -> None:
        """Run the function for what it saves."""
        args = [one.unpack(self.node) if type(one) is saved.SavedTensor else one for one in self.args]
        again = self.again[number] = weakref.WeakKeyDictionary()
        descriptions: list[Any] = []

        def pack(tensor: TensorBase) -> TensorBase:
            place = len(descriptions)
            if place == len(self.holders):
                if self.early_stop:
                    return tensor.detach()  # type: ignore[attr-defined]
                raise errors.too_many()
            descriptions.append(self.describe(tensor))
            holder = self.holders[place][0]()
            if holder is not None:
                again[holder] = tensor.detach()  # type: ignore[attr-defined]
            if self.early_stop and len(descriptions) == len(self.holders):
                raise Stop
            return tensor.detach()  # type: ignore[attr-defined]

        hooks = saved_tensors_hooks(pack, lambda tensor: tensor)
        with contextlib.suppress(Stop), self.random_states.back(), hooks, enable_grad():
            self.function(*args, **self.kwargs)
        self.compare(descriptions)

    def compare(self, descriptions: list) -> None:
        """CheckpointError where the runs did not save the like."""
        if len(descriptions) != len(self.holders):
            raise errors.too_few(len(self.holders), len(descriptions))
        pairs = zip(self.holders, descriptions, strict=True)
        differences = [
            (place, before, now)
            for place, ((holder, before), now) in enumerate(pairs)
            if holder() is not None and before != now
        ]
        if differences:
            raise errors.unlike(differences)


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether functions that are run again stop once all is there that was saved, whatever their calls say."""
    global _early_stop
    before = _early_stop
    try:
        _early_stop = enable
        yield
    finally:
        _early_stop = before
