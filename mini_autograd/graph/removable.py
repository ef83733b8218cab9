"""The handle by which a hook is taken away again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

_ids = itertools.count()


class RemovableHandle:
    """What registering a hook returns; as a context manager it removes the hook at the end of the block."""

    def __init__(self, hooks: dict) -> None:
        self.hooks = hooks
        self.id = next(_ids)

    def remove(self) -> None:
        """Remove the hook; nothing happens when it is gone already."""
        self.hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"


def add(hooks: dict, hook: Callable[..., Any]) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle
