"""Applying a Function: its ``forward`` runs unrecorded, then its outputs are tied to its node."""

from __future__ import annotations

from typing import Any

from mini_autograd.autograd.function.forward_mode import push_forward
from mini_autograd.autograd.function.outputs import Outputs
from mini_autograd.autograd.function.pause import Pause
from mini_autograd.graph import modes, view
from mini_autograd.graph.version import count_write
from mini_autograd.tensor import TensorBase, requires_grad
from mini_autograd.typename import type_name


def apply_to(function: Any, args: tuple, split: bool) -> Any:
    """The result of ``function`` for ``args``; ``split`` says that ``setup_context`` is apart from ``forward``."""
    switches = modes.current()
    tensors = [one for one in args if isinstance(one, TensorBase)]
    needs = tuple([isinstance(one, TensorBase) and requires_grad(one) for one in args])
    recording = switches.grad and any(needs)
    edges = [view.gradient_edge(one) for one in tensors] if recording else []
    ctx = function._backward_cls()
    ctx._next_nodes, ctx._next_nrs = tuple([edge[0] for edge in edges]), tuple([edge[1] for edge in edges])
    ctx.needs_input_grad = needs
    ctx._are_tensors = tuple([isinstance(one, TensorBase) for one in args])
    result = run_forward(function, ctx, args, split)
    outputs = result if isinstance(result, tuple) else (result,)
    to_save, kept = saved_of(ctx, split, recording)
    tie = Outputs(ctx if recording else None, tensors, marked_constant(ctx), marked_dirty(ctx), kept)
    tied = tie.tied(outputs, bool(ctx._pure_view))
    if switches.level >= 0 and any(one._tangent is not None for one in tensors):
        push_forward(ctx, tensors, outputs, tied, tie)
    ctx._save(to_save, tie.dirty)
    ctx.to_save = ctx.saved_for_forward = ctx.non_differentiable = None
    return tuple(tied) if isinstance(result, tuple) else tied[0]


def run_forward(function: Any, ctx: Any, args: tuple, split: bool) -> Any:
    """What ``forward`` returns, run without recording and without forward mode."""
    with Pause(recording=False):
        if not split:
            return function.forward(ctx, *args)
        result = function.forward(*args)
        function.setup_context(ctx, args, result)
        return result


def saved_of(ctx: Any, split: bool, recording: bool) -> tuple[list, set[int]]:
    """The tensors to save, none unless ``recording``; and the ids of those that ``setup_context`` kept."""
    kept: set[int] = set()
    if split and ctx.saved_for_forward is not None:
        kept.update(map(id, marked(ctx, "saved_for_forward", "saved_for_forward attribute")))
    tensors = []
    for place, one in enumerate(marked(ctx, "to_save", "autograd internal error: to_save attribute")):
        if one is None or isinstance(one, TensorBase):
            tensors.append(one)
        elif recording:
            raise TypeError(
                f"save_for_backward can only save variables, but argument {place} is of type {type_name(one)}"
            )
    if split:
        kept.update([id(one) for one in tensors if one is not None])
    return tensors if recording else [], kept


def marked(ctx: Any, name: str, called: str) -> tuple:
    """The tuple that ``forward`` put under ``name``; RuntimeError, which torch leaves unfinished, for what is none."""
    value = getattr(ctx, name)
    if value is None:
        return ()
    if not isinstance(value, tuple):
        raise RuntimeError(f"{called} is expected to be a tuple but is ")
    return value


def marked_constant(ctx: Any) -> set[int]:
    """The ids of the outputs that are said to have no gradient."""
    tensors = marked(ctx, "non_differentiable", "autograd internal error: non_differentiable attribute")
    if not all(isinstance(one, TensorBase) for one in tensors):
        raise RuntimeError("mark_non_differentiable only accepts variable arguments, but got ")
    return set(map(id, tensors))


def marked_dirty(ctx: Any) -> dict[int, TensorBase]:
    """The tensors that are said to have been changed in place, by id; their writes are counted."""
    found = {}
    for one in marked(ctx, "dirty_tensors", "autograd internal error: dirty_tensors attribute"):
        if not isinstance(one, TensorBase):
            raise RuntimeError("mark_dirty can only accept variables, but argument ")
        found[id(one)] = one
        count_write(one)
    ctx.dirty_tensors = None
    return found
