"""Images made larger, smaller or sampled at places that are given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.nn import pooling
from mini_autograd.op.declare import FUNCTIONS
from mini_autograd.tensor import Tensor
from mini_autograd.warning import warn_user

__all__ = [
    "channel_shuffle", "grid_sample", "interpolate", "pixel_shuffle", "pixel_unshuffle", "upsample",
    "upsample_bilinear", "upsample_nearest",
]  # fmt: skip

channel_shuffle = FUNCTIONS["channel_shuffle"]
pixel_shuffle, pixel_unshuffle = FUNCTIONS["pixel_shuffle"], FUNCTIONS["pixel_unshuffle"]

# By mode, the number of spatial dimensions and, after the mode's name, the op.
LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2, "lanczos": 2}
UNALIGNED = ("nearest", "area", "nearest-exact")


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """The last dimensions made as large as ``size``, or larger by ``scale_factor``."""
    if mode in UNALIGNED:
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
                "trilinear"
            )
    elif align_corners is None:
        align_corners = False
    sizes, scales = wanted(input, size, scale_factor)
    if recompute_scale_factor is not None and recompute_scale_factor and sizes is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if mode == "area" and sizes is None:
        recompute_scale_factor = True
    if recompute_scale_factor is not None and recompute_scale_factor:
        sizes = [math.floor(float(old) * by) for old, by in zip(input.size()[2:], scales, strict=True)]
        scales = None
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if mode == "lanczos" and input.ndim == 4:
        check_lanczos(align_corners, antialias)
    return resampled(input, sizes, scales, mode, align_corners, antialias)


def check_lanczos(align_corners: bool | None, antialias: bool) -> None:
    if align_corners:
        raise ValueError("Lanczos mode does not support align_corners=True")
    if not antialias:
        raise ValueError("Lanczos mode requires antialias=True")


def wanted(input: Tensor, size: Any, scale_factor: Any) -> tuple[Any, Any]:
    """Sizes or scales, one for each dimension, and None."""
    spatial = input.dim() - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    sized = size is not None
    given = size if sized else scale_factor
    if given is None:
        raise ValueError("either size or scale_factor should be defined")
    if not isinstance(given, (list, tuple)):
        several = [given] * spatial
    elif len(given) != spatial:
        what, letters = ("output", "o") if sized else ("scale_factor", "s")
        asked, wanted = (
            (f"output size of {given}", "output size") if sized else (f"scale_factor of shape {given}", what)
        )
        raise ValueError(
            f"Input and {what} must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {list(input.shape[2:])} and {asked}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            f"{wanted} in ({letters}1, {letters}2, ...,{letters}K) format."
        )
    else:
        several = list(given)
    return (several, None) if sized else (None, several)


def resampled(input: Tensor, sizes: Any, scales: Any, mode: str, align: Any, antialias: bool) -> Tensor:
    spatial = input.dim() - 2
    if spatial in (1, 2, 3) and mode in UNALIGNED:
        if mode == "area":
            functions: Any = (
                pooling.adaptive_avg_pool1d,
                pooling.adaptive_avg_pool2d,
                pooling.adaptive_avg_pool3d,
            )
            pooled: Tensor = functions[spatial - 1](input, sizes)
            return pooled
        name = f"upsample_nearest{spatial}d" if mode == "nearest" else f"_upsample_nearest_exact{spatial}d"
        return sized(name, input, sizes, scales)
    if LINEAR.get(mode) == spatial:
        name = f"upsample_{mode}{spatial}d"
        return sized(f"_{name}_aa" if antialias else name, input, sizes, scales, align)
    if spatial in (1, 2, 3) and mode in ("linear", "bilinear", "trilinear"):
        raise NotImplementedError(
            f"Got {spatial + 2}D input, but {mode} mode needs {LINEAR[mode] + 2}D input"
        )
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: nearest | linear "
        f"| bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def sized(name: str, input: Tensor, sizes: Any, scales: Any, *rest: Any) -> Tensor:
    """The op with the size that the scales come to, and these."""
    if sizes is None:
        sizes = [int(old * by) for old, by in zip(input.size()[2:], scales, strict=True)]
        by_dim: tuple = tuple([float(one) for one in scales])
    else:
        by_dim = (None,) * len(sizes)
    made: Tensor = getattr(F, name)(input, tuple(sizes), *rest, *by_dim)
    return made


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """:func:`interpolate` by its old name."""
    warn_of("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` by the nearest elements."""
    warn_of("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` between four elements, the corners on the corners."""
    warn_of("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def warn_of(name: str) -> None:
    warn_user(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.",
        stacklevel=3,
    )


MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
PADDINGS = {"zeros": 0, "border": 1, "reflection": 2}


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """``input`` at the places of ``grid``, whose corners are at -1 and 1."""
    if mode not in MODES:
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: "
            f"'{mode}'"
        )
    if padding_mode not in PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warn_user(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.",
            stacklevel=2,
        )
        align_corners = False
    sampled: Tensor = FUNCTIONS["grid_sampler"](
        input, grid, MODES[mode], PADDINGS[padding_mode], align_corners
    )
    return sampled
