"""Softmax functions with the dimension left to a rule that torch warns of."""

from __future__ import annotations

from mini_autograd.dtypes import dtype as Dtype
from mini_autograd.tensor import Tensor
from mini_autograd.warning import warn_user

__all__ = ["log_softmax", "softmax", "softmin"]


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """``exp(input)`` divided by its sum along ``dim``, in ``dtype`` if given; of the shape of ``input``."""
    dim = chosen_dim("softmax", input, dim, _stacklevel)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """:func:`softmax` of ``-input``."""
    dim = chosen_dim("softmin", input, dim, _stacklevel)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Dtype | None = None
) -> Tensor:
    """The logarithm of :func:`softmax`, without its loss of digits."""
    dim = chosen_dim("log_softmax", input, dim, _stacklevel)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def chosen_dim(name: str, input: Tensor, dim: int | None, stacklevel: int) -> int:
    """``dim``, or for None with a warning the dimension that older programs meant."""
    if dim is not None:
        return dim
    warn_user(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an "
        "argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1
