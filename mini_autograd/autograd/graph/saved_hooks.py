"""Contexts in which hooks see what is saved for the backward pass."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from mini_autograd.graph import modes, packing
from mini_autograd.graph.mutation import AllowMutationOnSavedContext
from mini_autograd.graph.operations import F
from mini_autograd.kernels import accelerator
from mini_autograd.tensor import Tensor


class saved_tensors_hooks:
    """Save what ``pack_hook`` makes of each tensor, and in the backward pass use what ``unpack_hook`` makes of that.

    Only the innermost pair is applied. RuntimeError on entering where :func:`disable_saved_tensors_hooks` forbids it.
    See https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.saved_tensors_hooks.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        for hook in (self.pack_hook, self.unpack_hook):
            if not callable(hook):
                raise TypeError(UNFIT.format(self.pack_hook, self.unpack_hook))
        packing.push(self.pack_hook, self.unpack_hook)

    def __exit__(self, *_: object) -> None:
        packing.pop()


UNFIT = (
    "_push_saved_tensors_default_hooks(): incompatible function arguments. The following argument types are "
    "supported:\n"
    "    1. (arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None\n\nInvoked with: {0!r}, {1!r}"
)


class save_on_cpu(saved_tensors_hooks):
    """Keep what is saved in the memory of the host, and bring it back to its device in the backward pass."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(tensor: Tensor) -> tuple:
            if not pin_memory:
                return tensor.device, tensor.cpu()
            held = F.empty(tensor.size(), dtype=tensor.dtype, pin_memory=accelerator.count() > 0)
            held.copy_(tensor)
            return tensor.device, held

        def unpack(packed: tuple) -> Tensor:
            device, tensor = packed
            moved: Tensor = tensor.to(device, non_blocking=pin_memory)
            return moved

        super().__init__(pack, unpack)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Raise RuntimeError with ``error_message`` where hooks are entered; at once where some are in force."""
    before = modes.current().packing_refused
    try:
        packing.refuse(error_message)
        yield
    finally:
        packing.refuse(before)


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[AllowMutationOnSavedContext]:
    """Let what nodes keep be written in place: the backward pass, inside the same context, sees it as it was.

    RuntimeError where contexts are nested.
    See https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.allow_mutation_on_saved_tensors.
    """
    context = AllowMutationOnSavedContext()
    with saved_tensors_hooks(context.pack, context.unpack):
        switches = modes.current()
        try:
            if switches.written is not None:
                raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
            switches.written = context
            try:
                yield context
            finally:
                switches.written = None
        finally:
            context.clear()


for _public in (saved_tensors_hooks, save_on_cpu):
    _public.__module__ = "torch.autograd.graph"
