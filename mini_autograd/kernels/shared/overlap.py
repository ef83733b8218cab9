"""Which memory may be written while other arrays are read: none of which two elements of the target are one place,
and none that an input has in another arrangement.

As in torch that is found out only for arrays without gaps and repeats; others pass, and are written element by
element, so that what is read may have been written before.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.arrangement import broadcast_strides, memory_order
from mini_autograd.kernels.shared.memory import address, is_dense, owner_of

APART, ALIKE, CROSSED, TANGLED = range(4)

WRITTEN_TWICE = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please "
    "clone() the tensor before performing the operation."
)
READ_AND_WRITTEN = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


def overlap(one: Array, other: Array) -> int:
    """Whether the arrays share memory, and if so whether they lie on it ALIKE; TANGLED where torch does not see, as it
    never does where the memory came from outside a second time."""
    if one is other:
        return ALIKE
    if not (one.size and other.size and may_meet(one, other)):
        return APART
    if not (is_dense(one) and is_dense(other)):
        return TANGLED
    whole = address(one) == address(other) and one.nbytes == other.nbytes
    if owner_of(one) is not owner_of(other):
        return TANGLED
    return ALIKE if whole and one.strides == other.strides else CROSSED


def may_meet(one: Array, other: Array) -> bool:
    """Whether the bytes between the first and the last element of both meet."""
    return xp.may_share_memory(one, other)


def is_expanded(array: Array) -> bool:
    """Whether several elements are one place in memory."""
    strides = array.strides
    if 0 not in strides or not array.size:
        return False
    return any([step == 0 and size > 1 for step, size in zip(strides, array.shape, strict=True)])  # noqa: C419


def check_single(target: Array) -> None:
    """RuntimeError for an array of which several elements are one place in memory."""
    if is_expanded(target):
        raise RuntimeError(WRITTEN_TWICE)


def warn_expanded(name: str, target: Array, example: str) -> None:
    """Warn where ``name`` is to write to an expanded array, as it may for now."""
    if is_expanded(target):
        warnings.warn(
            f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before performing this "
            f"operation. This also applies to advanced indexing e.g. {example}",
            UserWarning,
            stacklevel=5,
        )


def check_apart(target: Array, *others: Any) -> None:
    """RuntimeError where one of ``others`` is another arrangement of memory that is written."""
    for one in others:
        if overlap(target, one) == CROSSED:
            raise RuntimeError(READ_AND_WRITTEN)


def check_disjoint(target: Array, *others: Any) -> None:
    """RuntimeError where one of ``others``, if it is an array, lies in memory that is written."""
    if not are_disjoint(target, *others):
        raise RuntimeError(READ_AND_WRITTEN)


def are_disjoint(target: Array, *others: Any) -> bool:
    """Whether none of ``others`` is seen to be an array in the memory of ``target``."""
    arrays = [one for one in others if isinstance(one, xp.ndarray)]
    return not any(overlap(target, one) in (ALIKE, CROSSED) for one in arrays)


def is_tangled(target: Array, *others: Array) -> bool:
    """Whether writing an element may change another one, or one of ``others`` that is yet to be read."""
    if not target.size:
        return False
    return has_repeats(target) or any(
        overlap(target, one) == TANGLED and not match(target, one) and meet(target, one) for one in others
    )


def match(one: Array, other: Array) -> bool:
    """Whether each element of one is the same element of the other."""
    return address(one) == address(other) and one.shape == other.shape and one.strides == other.strides


def meet(one: Array, other: Array) -> bool:
    """Whether some byte is an element's of both, as none is of two slices side by side; True where that would take
    long to find out."""
    try:
        return xp.shares_memory(one, other, max_work=1000)  # type: ignore[arg-type]  # any number is taken
    except xp.exceptions.TooHardError:
        return True


def has_repeats(array: Array) -> bool:
    """Whether several elements may be one place in memory."""
    reach = 0
    for step, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size > 1:
            if abs(step) <= reach:
                return True
            reach += abs(step) * (size - 1)
    return False


def places(target: Array, *others: Array) -> Iterator[tuple[int, ...]]:
    """The indices of ``target`` in the order in which torch writes its elements, reading those of ``others``."""
    shape = target.shape
    layouts = [broadcast_strides((one.shape, one.strides), shape) for one in (target, *others)]
    order = memory_order(shape, layouts)
    for index in xp.ndindex(*[shape[dim] for dim in order]):
        at = dict(zip(order, index, strict=True))
        yield tuple([at[dim] for dim in range(len(shape))])
