"""Functions on the memory of arrays, for those who hold a tensor's array and do not know whose it is.

Numpy's arrays go to the shared function itself, those of a GPU to its counterpart there: NOTE [Two instances].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.lookup import elsewhere, kernel, ndarray
from mini_autograd.kernels.shared import arrangement, copying, filling, lapack, memory, overlap


def by_array(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, or the host's own of its name, where the first argument is numpy's; its counterpart where that is
    a GPU's."""
    name = function.__name__
    function = getattr(kernel, name)

    def chosen(array: Any, *rest: Any) -> Any:
        if type(array) is ndarray:
            return function(array, *rest)
        kernels = elsewhere()
        with kernels.on(array.device.id):
            return getattr(kernels, name)(array, *rest)

    return chosen


address = by_array(memory.address)
memory_of = by_array(memory.memory_of)
owner_of = by_array(memory.owner_of)
placed = by_array(memory.placed)
grown = by_array(memory.grown)
relaid = by_array(memory.relaid)
handed_out = by_array(memory.handed_out)
cast_with_room = by_array(memory.cast_with_room)
copy_laid_like = by_array(memory.copy_laid_like)
restrided = by_array(arrangement.restrided)
add_into = by_array(filling.add_into)
clone = by_array(copying.clone)
contiguous_copy = by_array(memory.contiguous_copy)
check_apart = by_array(overlap.check_apart)
check_disjoint = by_array(overlap.check_disjoint)
is_tangled = by_array(overlap.is_tangled)
report = by_array(lapack.report)
