"""Faults that a kernel met on the device: noted in a cell there, and raised by the next synchronisation.

The host is not asked about each launch, so an index out of range is clamped where it is used, and told later.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from mini_autograd.kernels import accelerator
from mini_autograd.kernels.cuda import module

# Ops by their codes; a cell of 0 has no fault.
_OPS: list[str] = [""]
# Of these codes the text is all there is to say.
_WHOLE: set[int] = set()


def code(op: str) -> int:
    """The number by which kernels tell of an op."""
    if op not in _OPS:
        _OPS.append(op)
    return _OPS.index(op)


def cell() -> Any:
    """The current device's four numbers: code, index, dimension and size."""
    return _cell(module.device_module().cuda.Device().id)


@functools.cache
def _cell(device: int) -> Any:
    return module.device_module().zeros(4, np.uint64)


def check() -> None:
    """RuntimeError for the first fault since the last check; waits for the device."""
    if not _cell.cache_info().currsize:
        return
    noted = cell().get()
    if not noted[0]:
        return
    cell()[...] = 0
    index, dim, size = (int(one) for one in noted[1:].astype(np.int64))
    if int(noted[0]) in _WHOLE:
        raise RuntimeError(f"CUDA error: device-side assert triggered\n{_OPS[int(noted[0])]}")
    raise RuntimeError(
        f"CUDA error: device-side assert triggered\n{_OPS[int(noted[0])]}: index {index} is out of bounds for "
        f"dimension {dim} with size {size}"
    )


def from_front(index: Any, size: int) -> Any:
    """An index that counts from either end, counted from the front."""
    xp = module.device_module()
    return xp.where(index < 0, index + size, index)


def watch(op: str, index: Any, dim: int, size: int) -> None:
    """Note the first element of ``index`` that is out of range, without waiting."""
    sizes, steps = module.collapsed(index.shape, module.steps_of(index))
    layout = module.layout(sizes, steps[0])
    if layout is None or not index.size:
        return
    run = module.kernel("scattering", "watch", index.dtype)
    numbers = np.int64(dim), np.int64(size), np.uint64(code(op))
    run(module.blocks_for(index.size, 256), (256,), (index, np.int64(index.size), layout, *numbers, cell()))


def note(text: str, wrong: Any) -> None:
    """Note a fault that is told by ``text`` if an element of ``wrong`` is true, without waiting."""
    noted = cell()
    _WHOLE.add(code(text))
    first = (noted[0] == 0) & wrong.any()
    noted[0] += first * np.uint64(code(text))


accelerator.CHECKS.append(check)
