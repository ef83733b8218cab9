"""Dropout: in training, elements or features of the input put to 0 with probability ``p``, the rest scaled up.

ValueError for a ``p`` that is no probability. ``inplace`` writes over the input and returns it.
"""

from __future__ import annotations

from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor
from mini_autograd.warning import warn_user

__all__ = [
    "alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout",
]  # fmt: skip


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Of each element."""
    return applied("dropout", input, p, training, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Of each element, put to a value that keeps mean and variance where the activation is SELU."""
    return applied("alpha_dropout", input, p, training, inplace)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """:func:`alpha_dropout` of whole features, which the second dimension counts."""
    return applied("feature_alpha_dropout", input, p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Of whole features of an input (C, L) or (N, C, L); RuntimeError for another number of dimensions."""
    check_probability(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists "
            "to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an "
            "optional batch dimension (i.e. 2D or 3D inputs)."
        )
    if input.dim() == 3:
        return applied("feature_dropout", input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = applied("feature_dropout", batch, p, training, inplace)
    return result.squeeze_(0) if inplace else result.squeeze(0)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Of whole features of an input (N, C, H, W)."""
    check_probability(p)
    warn_of_dimensions("dropout2d", input, 3, 2)
    if input.dim() == 3:
        warn_user(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
            "desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will "
            "change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, "
            "W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return applied("feature_dropout", input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Of whole features of an input (N, C, D, H, W) or (C, D, H, W)."""
    check_probability(p)
    warn_of_dimensions("dropout3d", input, 4, 3)
    if input.dim() == 5:
        return applied("feature_dropout", input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = applied("feature_dropout", batch, p, training, inplace)
    return result.squeeze_(0) if inplace else result.squeeze(0)


def applied(name: str, input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    check_probability(p)
    return FUNCTIONS[f"{name}_" if inplace else name](input, p, training)


def check_probability(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def warn_of_dimensions(name: str, input: Tensor, least: int, spatial: int) -> None:
    ndim = input.dim()
    if ndim in (least, least + 1):
        return
    warn_user(
        f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in an error in a future "
        "release. To retain the behavior and silence this warning, please use dropout instead. Note that "
        f"{name} exists to provide channel-wise dropout on inputs with {spatial} spatial dimensions, a channel "
        f"dimension, and an optional batch dimension (i.e. {least}D or {least + 1}D inputs).",
        stacklevel=3,
    )
