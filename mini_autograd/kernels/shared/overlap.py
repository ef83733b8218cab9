"""Which memory may be written while other arrays are read: none of which two elements of the target are one place,
and none that an input has in another arrangement.

As in torch that is found out only for arrays without gaps and repeats; others pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.shared.memory import address, is_dense

Array = np.ndarray[Any, Any]

APART, ALIKE, CROSSED = range(3)

WRITTEN_TWICE = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please "
    "clone() the tensor before performing the operation."
)
READ_AND_WRITTEN = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
    "location. Please clone() the tensor before performing the operation."
)


def overlap(one: Array, other: Array) -> int:
    """Whether the arrays share memory, and if so whether they lie on it ALIKE."""
    if one is other:
        return ALIKE
    if not (one.size and other.size and np.may_share_memory(one, other)):
        return APART
    if not (is_dense(one) and is_dense(other)):
        return APART
    whole = address(one) == address(other) and one.nbytes == other.nbytes
    return ALIKE if whole and one.strides == other.strides else CROSSED


def check_single(target: Array) -> None:
    """RuntimeError for an array of which several elements are one place in memory."""
    strides = target.strides
    if 0 not in strides or not target.size:
        return
    if any([step == 0 and size > 1 for step, size in zip(strides, target.shape, strict=True)]):  # noqa: C419
        raise RuntimeError(WRITTEN_TWICE)


def check_apart(target: Array, *others: Any) -> None:
    """RuntimeError where one of ``others`` is another arrangement of memory that is written."""
    for one in others:
        if overlap(target, one) == CROSSED:
            raise RuntimeError(READ_AND_WRITTEN)


def check_disjoint(target: Array, *others: Any) -> None:
    """RuntimeError where one of ``others``, if it is an array, lies in memory that is written."""
    for one in others:
        if isinstance(one, np.ndarray) and overlap(target, one) != APART:
            raise RuntimeError(READ_AND_WRITTEN)
