"""What ``grad_fn._raw_saved_self`` shows: the place where a node keeps a tensor, which takes a pair of hooks."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.graph.node import Node
from mini_autograd.graph.saved import FREED, MISSING
from mini_autograd.tensor import TensorBase

# One object a place, for as long as somebody holds it.
_shown: weakref.WeakValueDictionary[tuple, RawSaved] = weakref.WeakValueDictionary()


UNFIT = (
    "register_hooks(): incompatible function arguments. The following argument types are supported:\n    1. (self: "
    "torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None\n\n"
    "Invoked with: {0!r}, {1!r}, {2!r}"
)


class RawSaved:
    """The place ``place`` of ``node``; ``read()`` gives what is there: a SavedTensor, None, FREED or MISSING."""

    __slots__ = ("__weakref__", "node", "read")

    node: Node
    read: Callable[[], Any]

    def __new__(cls) -> RawSaved:
        raise RuntimeError("Trying to create a SavedTensor object from Python is forbidden.")

    @property
    def data(self) -> Any:
        """What is kept: the tensor, without history where the node itself made it, or what ``pack`` made of it."""
        held = self.read()
        if held in (None, FREED, MISSING):
            return None
        return held.tensor if held.packed is None else held.packed.content

    @property
    def unpack_hook(self) -> Callable[[Any], Any] | None:
        """The function that makes a tensor of ``data``; None without hooks."""
        held = self.read()
        if held in (None, FREED, MISSING) or held.packed is None:
            return None
        hook: Callable[[Any], Any] = held.packed.unpack
        return hook

    def unpack(self) -> TensorBase | None:
        """The saved tensor; RuntimeError once it was released, and for what the node itself made."""
        held = self.read()
        if held is None or held is MISSING:
            return None
        if held is FREED:
            raise errors.saved_freed()
        if held.packed is None and held.output_nr >= 0:
            raise errors.saved_detached()
        tensor: TensorBase = held.shown(self.node)
        return tensor

    def register_hooks(
        self, pack_hook: Callable[[TensorBase], Any], unpack_hook: Callable[[Any], Any]
    ) -> None:
        """Keep ``pack_hook(tensor)`` instead; RuntimeError where nothing is kept, and for a second pair."""
        if not callable(pack_hook) or not callable(unpack_hook):
            raise TypeError(UNFIT.format(self, pack_hook, unpack_hook))
        held = self.read()
        if held is None or held is MISSING:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        if held is FREED:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the "
                "graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need "
                "to backward through the graph a second time or if you need to access saved variables after calling "
                "backward."
            )
        if held.packed is not None:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of "
                "hooks is allowed at a time."
            )
        held.pack(self.node, (pack_hook, unpack_hook))
        self.node._reveal()


RawSaved.__name__ = RawSaved.__qualname__ = "SavedTensor"
RawSaved.__module__ = "torch._C._autograd"


def shown(node: Node, place: Any, read: Callable[[], Any]) -> RawSaved:
    """The handle of one place of ``node``."""
    key = (id(node), place)
    found = _shown.get(key)
    if found is None:
        found = _shown[key] = object.__new__(RawSaved)
        found.node, found.read = node, read
    return found
