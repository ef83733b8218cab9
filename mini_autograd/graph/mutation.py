"""Saved tensors that may be written: a copy is made of what a node keeps before its memory is written over.

As in torch a write is told by where its target begins in memory and how often that was written by then, so that a
write through a view that begins elsewhere goes unseen.
"""

from __future__ import annotations

import weakref
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.kernels.by_array import address
from mini_autograd.tensor import TensorBase, version_of


class Handle:
    """Stands for a tensor that a node keeps."""

    __slots__ = ("__weakref__",)


Handle.__name__ = Handle.__qualname__ = "_Handle"
Handle.__module__ = "torch.autograd.graph"


class AllowMutationOnSavedContext:
    """What was saved: as it is in ``original``, or in ``cloned`` once it was written; ``saved`` are its handles by
    place in memory and version."""

    def __init__(self) -> None:
        self.original: Any = weakref.WeakKeyDictionary()
        self.cloned: Any = weakref.WeakKeyDictionary()
        self.saved: dict[tuple, Any] = {}

    def clear(self) -> None:
        """Forget everything: no pass through what was recorded is possible from now on."""
        self.original.clear()
        self.cloned.clear()
        self.saved.clear()

    def pack(self, tensor: Any) -> Handle:
        handle = Handle()
        self.original[handle] = tensor
        self.saved.setdefault(place_of(tensor), weakref.WeakSet()).add(handle)
        return handle

    def unpack(self, handle: Handle) -> Any:
        """The tensor as it was; AssertionError where that is no longer known."""
        found = self.cloned.get(handle)
        if found is None:
            found = self.original.get(handle)
        if found is None:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was "
                "originally recorded."
            )
        return found

    def before_write(self, target: TensorBase) -> None:
        """Copy what was saved of the memory that is about to be written."""
        if target._inference and target._counter is None:
            raise RuntimeError("Inference tensors do not track version counter.")
        handles = self.saved.pop(place_of(target), None)
        if handles is None:
            return
        switches = modes.current()
        recording, switches.written = switches.grad, None
        switches.grad = False
        try:
            for handle in handles:
                self.cloned[handle] = F.clone(self.original.pop(handle))
        finally:
            switches.grad, switches.written = recording, self


AllowMutationOnSavedContext.__name__ = "_AllowMutationOnSavedContext"
AllowMutationOnSavedContext.__qualname__ = "_AllowMutationOnSavedContext"
AllowMutationOnSavedContext.__module__ = "torch.autograd.graph"


def place_of(tensor: TensorBase) -> tuple[int, int]:
    """Where a tensor begins in memory, and how often that was written."""
    return address(tensor._array) if tensor._array.size else 0, version_of(tensor)


def about_to_write(target: TensorBase) -> None:
    """Tell whoever wants to know, on this thread, that ``target`` will be written."""
    context = modes.current().written
    if context is not None:
        context.before_write(target)
