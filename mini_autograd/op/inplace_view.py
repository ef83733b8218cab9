"""Ops that change in place what a tensor shows of its memory, and nothing in the memory: ``unsqueeze_`` and
the like.

Their node takes the place of the tensor's own, also for a view, whose base keeps its history. Hooks that the
tensor has stay at the node that it had, and so, as in torch, do those that it gets later.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mini_autograd.graph import modes
from mini_autograd.graph.mutation import about_to_write
from mini_autograd.graph.version import count_write
from mini_autograd.graph.view import check_in_place
from mini_autograd.kernels.lookup import kernels_of
from mini_autograd.op.declare import op
from mini_autograd.op.dispatch import execute
from mini_autograd.op.recorded import record
from mini_autograd.op.row import Op
from mini_autograd.tensor import TensorBase, metadata_of, requires_grad, storage_of, version_of


def inplace_view(
    schema: str, kernel: Callable[..., Any], grad_fn: str, aliases: tuple = (), **formulas: Any
) -> None:
    """Declare the op of ``schema``; ``kernel`` gives the array that the tensor is to show."""
    row = op(f"_{schema}", kernel, jvp="linear", grad_fn=grad_fn, variants="internal", bits=0, **formulas)
    op(schema, composite=partial(change, row), variants="method", aliases=aliases)


def change_tangent(row: Op, target: TensorBase, *args: Any) -> None:
    """Have the tangent, which may be held elsewhere, show the same part; under a transform another takes its place."""
    tangent: Any = target._tangent
    if not tangent._layered:
        change(row, tangent, *args)
        return
    target._tangent = execute(row, [tangent, *args])
    target._tangent._marks = tangent._marks


def change(row: Op, *args: Any) -> TensorBase:
    target: TensorBase = args[0]
    switches = modes.current()
    recording = switches.grad and not switches.inference and requires_grad(target)
    if recording:
        check_in_place(target)
    array = kernels_of(target._array).counterpart(row.kernel)(target._array, *args[1:])
    node = record(row, list(args), True) if recording else None
    about_to_write(target)
    storage_of(target)
    target._array = array
    count_write(target)
    if node is not None:
        node._outputs = (metadata_of(target),)
        before = target._node
        if before is not None and before._tensor_hooks is not None and target._hooks is None:
            target._hooks = before._tensor_hooks.get(target._nr)
        target._node, target._nr = node, 0
        if target._view is not None:
            target._view.attr_version = version_of(target)
    if target._tangent is not None:  # last, for it may be refused where the target itself is not
        change_tangent(row, target, *args[1:])
    return target
