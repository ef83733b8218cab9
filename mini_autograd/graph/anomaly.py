"""Anomaly mode: where in the forward pass a node comes from of which the backward pass fails.

A flag of the process, as in torch, not of a thread. While it is set a node keeps the lines that made it in its
``metadata["traceback_"]``, and in ``metadata["parent_"]`` the node in whose run that was.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.warning import OWN

enabled = False
check_nan = True
# Whether passes are watched node by node: in anomaly mode, or by a profiler, of whatever thread.
watched = False
profilers = 0


def is_enabled() -> bool:
    return enabled


def checks_nan() -> bool:
    return check_nan


def switch(mode: bool, nan: bool) -> None:
    global enabled, check_nan
    enabled, check_nan = mode, nan
    watch(0)


def watch(more: int) -> int:
    """How many threads are profiled, if that are so many ``more``."""
    global watched, profilers
    profilers += more
    watched = enabled or profilers > 0
    modes.withhold(watched)
    return profilers


def remember(node: Any) -> None:
    """Note where the node was made."""
    metadata = node.metadata
    stack = traceback.extract_stack(sys._getframe())
    metadata["traceback_"] = traceback.format_list([one for one in stack if not one.filename.startswith(OWN)])
    parent = modes.current().evaluating
    if parent is not None:
        metadata["parent_"] = parent


def check(node: Any, results: list) -> None:
    """RuntimeError for a result with a NaN in it."""
    for index, grad in enumerate(results):
        if grad is not None and has_nan(grad):
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {index}th output.")


def has_nan(grad: Any) -> bool:
    """Whether any element is NaN, of all examples under ``vmap``; RuntimeError in a pass over many cotangents at once,
    where torch has no way to ask."""
    while grad._layered:
        if grad._layer.internal:
            raise errors.no_batching_rule("item")
        grad = grad._value
    return bool((grad._array != grad._array).any())


def tell() -> None:
    """Warn where the node that failed was made, and the nodes in whose run that was."""
    node = modes.current().evaluating
    warn(node, "Error detected in {}. Traceback of forward call that caused the error:\n")
    while (node := node.metadata.get("parent_")) is not None:
        warn(
            node,
            "\n\nPrevious calculation was induced by {}. Traceback of forward call that induced the previous "
            "calculation:\n",
        )


def warn(node: Any, text: str) -> None:
    """Warn, in torch's words, when the pass is over."""
    made = node.metadata.get("traceback_")
    if made is None:
        text = (
            "Error detected in {}. No forward pass information available. Enable detect anomaly during forward pass "
            "for more information."
        )
    modes.current().task.warn(text.format(node.name()) + "".join(made or ()), None)
