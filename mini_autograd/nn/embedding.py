"""Embeddings: rows of a table by their number, alone or put together in bags."""

from __future__ import annotations

import warnings

from mini_autograd import dtypes
from mini_autograd.autograd.grad_mode import no_grad
from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import FUNCTIONS, NN
from mini_autograd.tensor import Tensor, TensorBase

__all__ = ["embedding", "embedding_bag", "one_hot"]

one_hot = NN["one_hot"]
MODES = {"sum": 0, "mean": 1, "max": 2}


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The row of ``weight`` that each index in ``input`` names.

    Row ``padding_idx`` gets no gradient, rows that are longer than ``max_norm`` are shortened to it in place, and with
    ``scale_grad_by_freq`` the gradient of a row is over how often it was named.
    """
    place = -1
    if padding_idx is not None:
        count = weight.size(0)
        assert -count <= padding_idx < count, "Padding_idx must be within num_embeddings"
        place = padding_idx % count
    if max_norm is not None:
        input = input.contiguous()
        renorm(weight, input, max_norm, norm_type)
    return FUNCTIONS["embedding"](weight, input, place, scale_grad_by_freq, sparse)


def renorm(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    with no_grad():
        FUNCTIONS["embedding_renorm_"](weight.detach(), input, max_norm, norm_type)


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows that each bag of indices names, a row of ``input`` or from each offset on.

    ``per_sample_weights``: what each row of a sum counts; ``padding_idx``: a row that does not count.
    """
    if weight.dtype is dtypes.int64 and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        weight, input = input, weight
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if weight.dim() != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    offsets = bag_offsets(input, offsets)
    if input.dim() == 2:
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    number = mode_number(mode, scale_grad_by_freq, sparse)
    if max_norm is not None:
        renorm(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    function = FUNCTIONS["embedding_bag"]
    return function(
        weight,
        input,
        offsets,
        scale_grad_by_freq,
        number,
        sparse,
        per_sample_weights,
        include_last_offset,
        padding_idx,
    )[0]


def bag_offsets(input: Tensor, offsets: Tensor | None) -> Tensor:
    """Where bags begin: given for a list of indices, each row of a matrix."""
    if input.dim() == 2:
        if offsets is not None:
            kind = str(type(offsets))
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {kind}"
            )
        made: Tensor = F.arange(0, input.numel(), input.size(1), **options_of(input))
        return made
    if input.dim() != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if not isinstance(offsets, TensorBase):
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets.dim() != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    return offsets


def mode_number(mode: str, scale_grad_by_freq: bool, sparse: bool) -> int:
    if mode not in MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    return MODES[mode]
