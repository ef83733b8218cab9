"""Derivatives of poolings: of maxima, each gradient goes where the largest was, whatever the values beside it."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F


def taken(values: Any, indices: Any, spatial: int) -> Any:
    """The elements of ``values`` at ``indices``, which count over the last ``spatial`` dimensions."""
    if not indices._array.size:
        return F.empty_like(indices, dtype=values._dtype)
    indices = F.contiguous(indices)
    shape = (*indices.shape[:-spatial], -1)
    picked = F.gather(F.view(F.contiguous(values), shape), -1, F.view(indices, shape))
    return F.view(picked, indices.shape)


def taken_jvp(tangent: Any, indices: Any, spatial: int) -> Any:
    """The same of a tangent, seen in other dimensions where it can be."""
    start = tangent._array.ndim - spatial
    picked = F.gather(F.flatten(tangent, start, -1), -1, F.flatten(indices, start, -1))
    return F.view_as(picked, indices)


def zeros_of(info: Any) -> Any:
    """Zeros for what a gradient depends on by its shape alone."""
    shape, kind = info
    return F.zeros(shape, dtype=kind)
