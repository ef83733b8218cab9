"""Hooks on saved tensors: a node keeps what ``pack`` makes of a tensor, and ``unpack`` makes a tensor of that again.

See https://pytorch.org/docs/stable/notes/autograd.html, "Hooks for saved tensors".
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.graph import accumulate, modes, view
from mini_autograd.graph.recorder import by_user
from mini_autograd.graph.tangent import attach_kept
from mini_autograd.tensor import TensorBase, alias_of, requires_grad, version_of

# How many pairs of hooks are in force, in all threads: where there are none, saving asks nothing else.
active = 0


class Packed:
    """What ``pack`` made of a tensor, how to make a tensor of it, and the place in the graph to give it back."""

    __slots__ = ("content", "node", "nr", "requires", "tangent", "unpack")

    content: Any
    node: Any
    nr: int
    requires: bool
    tangent: Any
    unpack: Callable[[Any], Any]

    def restored(self) -> TensorBase:
        """What ``unpack`` gives, with the history of the tensor that was packed; TypeError for no tensor."""
        made = by_user(self.unpack, self.content)
        if not isinstance(made, TensorBase):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(made).__name__}"
            )
        if not self.requires and self.tangent is None and not requires_grad(made):
            return made
        alias = alias_of(made)
        attach_kept(alias, self.tangent)
        if not self.requires:
            return alias
        if self.node is not None and not isinstance(self.node, accumulate.AccumulateGrad):
            alias._node = self.node
            alias._nr = self.nr
            return alias
        if not alias._dtype.is_differentiable:
            raise errors.float_only_leaf()
        alias._requires = True
        if self.node is not None:  # a view of a leaf, made where nothing is recorded, has none
            alias._accumulator = weakref.ref(self.node)
        return alias


def hooks_in_force() -> tuple | None:
    """The calling thread's innermost ``(pack, unpack)``; None where there is none."""
    stack = modes.current().packing
    return stack[-1] if stack else None


def push(pack: Callable[[Any], Any], unpack: Callable[[Any], Any]) -> None:
    """Apply the hooks to what is saved from now on; RuntimeError where hooks are refused."""
    global active
    switches = modes.current()
    if switches.packing_refused is not None:
        raise RuntimeError(switches.packing_refused)
    switches.packing.append((pack, unpack))
    active += 1


def pop() -> None:
    """Take the innermost hooks away; RuntimeError where there are none."""
    global active
    stack = modes.current().packing
    if not stack:
        raise RuntimeError("no hooks on saved tensors are in force")
    stack.pop()
    active -= 1


def refuse(message: str | None) -> None:
    """Let :func:`push` raise ``message``, None for not at all; RuntimeError while hooks are in force."""
    switches = modes.current()
    if message is not None and switches.packing:
        raise RuntimeError(message)
    switches.packing_refused = message


def packed(tensor: TensorBase, given: TensorBase, hooks: tuple) -> Packed:
    """Save ``tensor`` as what the pack hook makes of ``given``, the same or a detached one over its memory.

    RuntimeError for a hook that writes to it.
    """
    made = Packed()
    pack, made.unpack = hooks
    made.requires = requires_grad(tensor)
    made.node, made.nr = view.gradient_edge(tensor)
    made.tangent = tensor._tangent
    switches = modes.current()
    recording = switches.grad
    before = version_of(given)
    switches.grad = False
    try:
        made.content = by_user(pack, given)
    finally:
        switches.grad = recording
    if version_of(given) != before:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot "
            "be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if "
            "you need to perform in-place operations on the input to a pack hook."
        )
    return made
