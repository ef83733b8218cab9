"""``cuda.MemoryHook``: told of every allocation and release; what a peak of used memory is measured with."""

from __future__ import annotations

from typing import Any

_active: dict[str, MemoryHook] = {}


class MemoryHook:
    name = "MemoryHook"

    def __enter__(self) -> MemoryHook:
        if self.name in _active:
            raise KeyError(f"memory hook {self.name} already exists")
        _active[self.name] = self
        return self

    def __exit__(self, *error: object) -> None:
        del _active[self.name]

    def alloc_preprocess(self, **kwargs: Any) -> None: ...

    def alloc_postprocess(self, **kwargs: Any) -> None: ...

    def malloc_preprocess(self, **kwargs: Any) -> None: ...

    def malloc_postprocess(self, **kwargs: Any) -> None: ...

    def free_preprocess(self, **kwargs: Any) -> None: ...

    def free_postprocess(self, **kwargs: Any) -> None: ...


def get_memory_hooks() -> dict[str, MemoryHook]:
    return _active


def tell(event: str, **facts: Any) -> None:
    for hook in list(_active.values()):
        getattr(hook, event)(**facts)
