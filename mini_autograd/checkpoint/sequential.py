"""A chain of functions in segments, each with a checkpoint but the last."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from mini_autograd.checkpoint.call import checkpoint


def chained(functions: list[Callable[..., Any]]) -> Callable[..., Any]:
    def run(value: Any) -> Any:
        for function in functions:
            value = function(value)
        return value

    return run


def checkpoint_sequential(
    functions: Iterable[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """What ``functions`` make of ``input`` one after the other, as ``segments`` checkpoints of the same length.

    See https://pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential.
    """
    if use_reentrant is None:
        warnings.warn(UNSPECIFIED, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions)
    length = len(functions) // segments
    starts = range(0, length * (segments - 1), length)
    for start in starts:
        input = checkpoint(
            chained(functions[start : start + length]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve,
        )
    return chained(functions[len(starts) * length :])(input)


UNSPECIFIED = (
    "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In version "
    "2.9 we will raise an exception if use_reentrant is not passed. use_reentrant=False is recommended, but if you "
    "need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details "
    "on the differences between the two variants."
)
checkpoint_sequential.__module__ = "torch.utils.checkpoint"
