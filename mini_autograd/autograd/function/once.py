"""``once_differentiable``: for a ``backward`` that cannot itself be differentiated."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.function.outputs import UNDEFINED
from mini_autograd.autograd.grad_mode import no_grad
from mini_autograd.graph import modes, view
from mini_autograd.graph.error import Error
from mini_autograd.graph.node import LAST
from mini_autograd.graph.recorder import Scope
from mini_autograd.tensor import TensorBase, metadata_of, requires_grad, twin


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``fn``, a ``backward``, unrecorded; differentiating what it returns is an error."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args, **kwargs)
        recording = modes.current().grad
        if not recording or not any(isinstance(one, TensorBase) and requires_grad(one) for one in args):
            return outputs
        if not isinstance(outputs, tuple):
            return delayed_error((outputs,))[0]
        return delayed_error(outputs)

    return wrapper


def delayed_error(outputs: tuple) -> tuple:
    """The outputs as the results of a node that raises, each with a leaf of its own behind it."""
    leaves = [None if one is None else leaf_of(one) for one in outputs]
    recorder = modes.current().recorder
    if recorder is not None:  # what makes the node is one itself in torch, and is run at once
        recorder.end(recorder.begin("torch::autograd::DelayedError", Scope.BACKWARD_FUNCTION, -1, outputs))
    node = Error()
    node._begin()
    node._sequence = LAST  # as torch numbers it
    node._fills = False
    edges = [(None, 0) if leaf is None else view.gradient_edge(leaf) for leaf in leaves]
    node._next_nodes, node._next_nrs = tuple([edge[0] for edge in edges]), tuple([edge[1] for edge in edges])
    node._outputs = tuple([UNDEFINED if leaf is None else metadata_of(leaf) for leaf in leaves])
    return tuple([None if leaf is None else result_of(node, nr, leaf) for nr, leaf in enumerate(leaves)])


def leaf_of(output: Any) -> Any:
    leaf = output.detach()
    leaf.requires_grad = True
    return leaf


def result_of(node: Error, nr: int, leaf: TensorBase) -> TensorBase:
    result = twin(leaf)
    result._storage = leaf._storage
    result._node, result._nr = node, nr
    return result
