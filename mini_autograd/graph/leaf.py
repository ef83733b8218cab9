"""The flag of a leaf: whether its gradient is wanted."""

from __future__ import annotations

from mini_autograd import errors
from mini_autograd.graph import modes
from mini_autograd.tensor import TensorBase
from mini_autograd.typename import type_name

LEAF_FLAG = "you can only change requires_grad flags of leaf variables."
DETACH = (
    " If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = "
    "var.detach()."
)
OUTSIDE = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."


def check_flag(value: object) -> None:
    """TypeError where what was given to ``requires_grad_`` is no bool."""
    if not isinstance(value, bool):
        raise TypeError(
            f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {type_name(value)}"
        )


def require(tensor: TensorBase, value: bool, float_only: str) -> None:
    """Set the flag; RuntimeError for what is computed, not differentiable, or an inference tensor outside.

    A view whose memory was written since passes for what it was before.
    """
    leaf = tensor._node is None
    if not leaf and not value:
        raise RuntimeError(LEAF_FLAG + DETACH)
    if value and not tensor._dtype.is_differentiable:
        raise RuntimeError(float_only)
    if value:
        check_mode(tensor)
    if leaf:
        tensor._requires = value


def require_made(tensor: TensorBase, value: bool) -> None:
    """The same for a leaf that was just made over the memory of another tensor."""
    if value:
        check_mode(tensor)
        if not tensor._dtype.is_differentiable:
            raise errors.float_only_leaf()
    tensor._requires = value


def check_mode(tensor: TensorBase) -> None:
    if tensor._inference and not modes.current().inference:
        raise RuntimeError(OUTSIDE)
