"""Additions to many arrays in one launch: what accumulates gradients, and the step of an optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import module

MOST, CHUNK = 120, 4096
LIST = np.dtype(
    [
        ("length", np.int64),
        ("target", np.uint64, MOST),
        ("source", np.uint64, MOST),
        ("count", np.int64, MOST),
        ("first", np.int64, MOST + 1),
    ]
)


def axpy(targets: Sequence[Any], sources: Sequence[Any], scale: float = 1.0, factor: float = 1.0) -> None:
    """Make each target ``factor`` times itself and ``scale`` times its source: contiguous floats of one type, of the
    sizes of each other."""
    pairs = [(to, source) for to, source in zip(targets, sources, strict=True) if to.size]
    for begin in range(0, len(pairs), MOST):
        launch(pairs[begin : begin + MOST], scale, factor)


def takes(targets: Sequence[Any], sources: Sequence[Any]) -> bool:
    """Whether :func:`axpy` is for these."""
    kind = targets[0].dtype
    return kind in module.FLOATS and all(
        one.dtype == kind and one.flags.c_contiguous for one in (*targets, *sources)
    )


def launch(pairs: list[tuple[Any, Any]], scale: float, factor: float) -> None:
    described = np.zeros(1, LIST)
    described["length"] = len(pairs)
    chunks = 0
    for at, (to, source) in enumerate(pairs):
        described["target"][0, at], described["source"][0, at] = to.data.ptr, source.data.ptr
        described["count"][0, at] = to.size
        described["first"][0, at] = chunks
        chunks += -(-to.size // CHUNK)
    described["first"][0, len(pairs)] = chunks
    kind = pairs[0][0].dtype
    vector = module.lanes(*[one for pair in pairs for one in pair], width=CHUNK)
    run = module.kernel("accumulation", "axpy_list", kind, vector)
    run(
        module.blocks_for(chunks, 1),
        (256,),
        (described, module.number(scale, kind), module.number(factor, kind)),
    )
