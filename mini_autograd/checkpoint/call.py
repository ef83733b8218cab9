"""Calling a function with a checkpoint."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from mini_autograd.checkpoint.frame import Frame
from mini_autograd.checkpoint.reentrant import checkpoint_reentrant
from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


def noop_context_fn() -> Contexts:
    """Contexts of the first and the second run that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def described(tensor: Any) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


def undescribed(tensor: TensorBase) -> None:
    return None


DETERMINISM_CHECKS: dict[str, Callable[[TensorBase], Any]] = {"default": described, "none": undescribed}


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, which is run again in the backward pass for what it saved.

    ``use_reentrant``: by a pass within the pass. ``preserve_rng_state``: with the random numbers of the first run.
    ``context_fn``: gives contexts for the two runs. ``determinism_check``: "none" lets what the second run saves be
    of another shape, dtype or device. ``early_stop``: it ends once it has saved all. CheckpointError in the backward
    pass where the runs differ. See https://pytorch.org/docs/stable/checkpoint.html.
    """
    if use_reentrant is None:
        warnings.warn(UNSPECIFIED, stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant:
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return checkpoint_reentrant(function, preserve, args)
    if determinism_check not in DETERMINISM_CHECKS:
        raise ValueError(
            f"determinism_check should be one of {list(DETERMINISM_CHECKS)}, but got {determinism_check}"
        )
    if debug:
        raise NotImplementedError("checkpoint(debug=True): what ran is not logged")
    forward, recompute = context_fn()
    if not modes.current().grad:
        return function(*args, **kwargs)

    def within(*inputs: Any, **options: Any) -> None:
        with recompute:
            function(*inputs, **options)

    frame = Frame(within, args, kwargs, DETERMINISM_CHECKS[determinism_check], preserve, early_stop)
    with frame.saving(), forward:
        return function(*args, **kwargs)


UNSPECIFIED = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling "
    "checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to "
    "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants."
)
for _public in (checkpoint, noop_context_fn):
    _public.__module__ = "torch.utils.checkpoint"
