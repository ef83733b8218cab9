"""Poolings, and what undoes them; with ``return_indices`` a pooling of maxima also says where these were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import FUNCTIONS, NN
from mini_autograd.tensor import Tensor

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices", "adaptive_max_pool2d", "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d", "adaptive_max_pool3d_with_indices", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "fractional_max_pool2d", "fractional_max_pool2d_with_indices", "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_pool1d",
    "max_pool1d_with_indices", "max_pool2d", "max_pool2d_with_indices", "max_pool3d", "max_pool3d_with_indices",
    "max_unpool1d", "max_unpool2d", "max_unpool3d",
]  # fmt: skip

avg_pool1d, avg_pool2d, avg_pool3d = FUNCTIONS["avg_pool1d"], NN["avg_pool2d"], NN["avg_pool3d"]
adaptive_avg_pool1d = FUNCTIONS["adaptive_avg_pool1d"]

Ints = int | Sequence[int]
Pair = tuple[Tensor, Tensor]

# Maxima ---------------------------------------------------------------------------------------------------


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Pair:
    """The largest of each window over the last dimension, and their indices."""
    strides = [] if stride is None else stride
    return FUNCTIONS["max_pool1d_with_indices"](input, kernel_size, strides, padding, dilation, ceil_mode)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Pair:
    """The largest of each window over the last two dimensions, and their indices."""
    strides = [] if stride is None else stride
    return NN["max_pool2d_with_indices"](input, kernel_size, strides, padding, dilation, ceil_mode)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Pair:
    """The largest of each window over the last three dimensions, and their indices."""
    strides = [] if stride is None else stride
    return NN["max_pool3d_with_indices"](input, kernel_size, strides, padding, dilation, ceil_mode)


def max_pool1d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window over the last dimension."""
    if return_indices:
        return max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    strides = [] if stride is None else stride
    return FUNCTIONS["max_pool1d"](input, kernel_size, strides, padding, dilation, ceil_mode)


def max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window over the last two dimensions."""
    if return_indices:
        return max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    strides = [] if stride is None else stride
    return FUNCTIONS["max_pool2d"](input, kernel_size, strides, padding, dilation, ceil_mode)


def max_pool3d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest of each window over the last three dimensions."""
    if return_indices:
        return max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    strides = [] if stride is None else stride
    return FUNCTIONS["max_pool3d"](input, kernel_size, strides, padding, dilation, ceil_mode)


# To a size that is given ----------------------------------------------------------------------------------


def with_own_sizes(output_size: Any, sizes: Sequence[int]) -> Any:
    """The sizes asked for, where None is for the one that there is."""
    if isinstance(output_size, int):
        return output_size
    if len(sizes) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    own = sizes[len(sizes) - len(output_size) :]
    return [size if asked is None else asked for asked, size in zip(output_size, own, strict=True)]


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that share out the last two dimensions."""
    return NN["adaptive_avg_pool2d"](input, with_own_sizes(output_size, input.size()))


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that share out the last three dimensions."""
    return NN["adaptive_avg_pool3d"](input, with_own_sizes(output_size, input.size()))


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Pair:
    """The largest of windows that share out the last dimension, and their indices."""
    return FUNCTIONS["adaptive_max_pool1d"](input, output_size)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Pair:
    """The largest of windows that share out the last two dimensions, and their indices."""
    return NN["adaptive_max_pool2d"](input, with_own_sizes(output_size, input.size()))


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Pair:
    """The largest of windows that share out the last three dimensions, and their indices."""
    return NN["adaptive_max_pool3d"](input, with_own_sizes(output_size, input.size()))


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that share out the last dimension."""
    found = adaptive_max_pool1d_with_indices(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that share out the last two dimensions."""
    found = adaptive_max_pool2d_with_indices(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that share out the last three dimensions."""
    found = adaptive_max_pool3d_with_indices(input, output_size)
    return found if return_indices else found[0]


# Over windows at random -----------------------------------------------------------------------------------


def fractional(spatial: int, input: Tensor, kernel_size: Ints, size: Any, ratio: Any, samples: Any) -> Pair:
    name = f"fractional_max_pool{spatial}d"
    if size is None and ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if size is None:
        if spatial == 2 and len(ratio) > 2:
            raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
        ratios = ratio if isinstance(ratio, (tuple, list)) else (ratio,) * spatial
        size = [int(input.size(dim - spatial) * ratios[dim]) for dim in range(spatial)]
    if samples is None:
        batch = 1 if input.dim() == spatial + 1 else input.size(0)
        samples = F.rand((batch, input.size(-spatial - 1), spatial), **options_of(input))
    return NN[name](input, kernel_size, size, samples)


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Ints,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Pair:
    """The largest of windows of one size at random places of the last two dimensions, and their indices."""
    return fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Ints,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Pair:
    """The largest of windows of one size at random places of the last three dimensions, and their indices."""
    return fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest of windows of one size at random places of the last two dimensions."""
    found = fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Ints,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest of windows of one size at random places of the last three dimensions."""
    found = fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


# Norms of windows -----------------------------------------------------------------------------------------


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: int, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The norm of each window over the last dimension."""
    return norm_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The norm of each window over the last two dimensions."""
    return norm_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None, ceil_mode: bool = False
) -> Tensor:
    """The norm of each window over the last three dimensions."""
    return norm_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def norm_pool(spatial: int, input: Any, p: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Any:
    if p == float("inf"):
        maxima = (max_pool1d, max_pool2d, max_pool3d)[spatial - 1]
        return maxima(input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    average = (avg_pool1d, avg_pool2d, avg_pool3d)[spatial - 1]
    strides = () if stride is None else (stride,)
    mean = average(input.pow(p), kernel_size, *(strides or ([],)), 0, ceil_mode)
    lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * spatial
    count = 1
    for length in lengths:
        count *= length
    return F.mul(F.mul(F.sign(mean), F.relu(F.abs(mean))), count).pow(1.0 / p)


# Back to where the maxima were ----------------------------------------------------------------------------


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements of ``input`` at the indices, along the last dimension."""
    sizes, _, _ = unpooled(1, input, kernel_size, stride, padding, output_size)
    wide = NN["max_unpool2d"](input.unsqueeze(-1), indices.unsqueeze(-1), [*sizes, 1])
    return wide.squeeze(-1)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements of ``input`` at the indices, which count over the last two dimensions."""
    sizes, _, _ = unpooled(2, input, kernel_size, stride, padding, output_size)
    return NN["max_unpool2d"](input, indices, sizes)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements of ``input`` at the indices, which count over the last three dimensions."""
    sizes, strides, pads = unpooled(3, input, kernel_size, stride, padding, output_size)
    return NN["max_unpool3d"](input, indices, sizes, strides, pads)


def unpooled(
    spatial: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> tuple[list, tuple, tuple]:
    """The size of the result: the one asked for if it could have been pooled so, else the one that fits best."""
    lengths, pads = (
        one if isinstance(one, (tuple, list)) else (one,) * spatial for one in (kernel_size, padding)
    )
    steps = (
        lengths if stride is None else stride if isinstance(stride, (tuple, list)) else (stride,) * spatial
    )
    sizes = input.size()
    fitting = [
        (sizes[-spatial:][dim] - 1) * steps[dim] + lengths[dim] - 2 * pads[dim] for dim in range(len(lengths))
    ]
    if output_size is None:
        return fitting, tuple(steps), tuple(pads)
    asked = list(output_size)
    if len(asked) == spatial + 2:
        asked = asked[2:]
    if len(asked) != spatial:
        raise ValueError(
            f"output_size should be a sequence containing {spatial} or {spatial + 2} elements, but it has a length of "
            f"'{len(asked)}'"
        )
    for dim in range(spatial):
        least, most = fitting[dim] - steps[dim], fitting[dim] + steps[dim]
        if not least < asked[dim] < most:
            raise ValueError(
                f'invalid output_size "{output_size}" (dim {dim} must be between {least} and {most})'
            )
    return asked, tuple(steps), tuple(pads)
