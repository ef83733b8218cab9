"""Images made larger or smaller: by their nearest elements, or what is interpolated between these."""

from collections.abc import Callable

from mini_autograd import dtypes
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import HALF, only, unimplemented

# fmt: off

SCALES = {1: ("scales",), 2: ("scales_h", "scales_w"), 3: ("scales_d", "scales_h", "scales_w")}
LETTERS = ("D", "H", "W")
LARGE = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)


def check_resampled(name, spatial):
    names = LETTERS[-spatial:] if spatial > 1 else ("W",)

    def check(self, output_size, *rest):
        shape = self._array.shape
        if len(output_size) != spatial:
            raise RuntimeError(f"It is expected output_size equals to {spatial}, but got size {len(output_size)}")
        if len(shape) != spatial + 2:
            raise RuntimeError(f"It is expected input_size equals to {spatial + 2}, but got size {len(shape)}")
        if min(*shape[2:], *output_size) <= 0:
            before, after = (", ".join(f"{letter}: {size}" for letter, size in zip(names, sizes, strict=True))
                for sizes in (shape[2:], output_size))
            joined = " and " if spatial == 1 else " "
            raise RuntimeError(
                f"Input and output sizes should be greater than 0, but got input ({before}){joined}output ({after})")
        if 0 in shape[1:]:
            raise RuntimeError(f"Non-empty {spatial + 2}D data tensor expected but got a tensor with sizes {list(shape)}")

    return check


def kernel_word(name, mode):
    """What torch names where it has no kernel for a dtype."""
    if name in ("upsample_nearest2d", "_upsample_nearest_exact2d", "upsample_bilinear2d"):
        return f"upsample_{'bilinear' if mode == 'linear' else 'nearest'}2d_channels_last"
    return "compute_index_ranges_weights" if mode.endswith("aa") else f"compute_indices_weights_{mode.removesuffix('_exact')}"


def rows(name, spatial, mode, *unable):
    """The op and its gradient, each the other's derivative."""
    forward, backward = kernel.resampling(mode)
    align = "" if mode.startswith("nearest") else ", bool align_corners"
    scales = ", ".join(f"float? {scale}=None" for scale in SCALES[spatial])
    size, other = f"SymInt[{spatial}] output_size", f"SymInt[{spatial + 2}] input_size"
    back = f"{name}_backward"
    formulas = FORMULAS[spatial, bool(align)]
    there, here = formulas(name, back)

    op(f"{name}(Tensor self, {size}{align}, {scales}) -> Tensor", forward,
        dtype=only(same, unimplemented(kernel_word(name, mode), *unable)),
        check=check_resampled(name, spatial), jvp="linear", variants="internal", self=there)
    op(f"{back}(Tensor grad_output, {size}, {other}{align}, {scales}) -> Tensor", backward, jvp="linear",
        variants="internal", grad_output=here)


# A formula's parameters say what is saved, so that each set of them is written out.
FORMULAS: dict[tuple[int, bool], Callable[[str, str], tuple[Callable, Callable]]] = {
    (1, False): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, scales: getattr(F, back)(grad, output_size, self_sym_sizes, scales),
        lambda grad, output_size, scales: getattr(F, name)(grad, output_size, scales)),
    (2, False): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, scales_h, scales_w:
            getattr(F, back)(grad, output_size, self_sym_sizes, scales_h, scales_w),
        lambda grad, output_size, scales_h, scales_w: getattr(F, name)(grad, output_size, scales_h, scales_w)),
    (3, False): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, scales_d, scales_h, scales_w:
            getattr(F, back)(grad, output_size, self_sym_sizes, scales_d, scales_h, scales_w),
        lambda grad, output_size, scales_d, scales_h, scales_w:
            getattr(F, name)(grad, output_size, scales_d, scales_h, scales_w)),
    (1, True): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, align_corners, scales:
            getattr(F, back)(grad, output_size, self_sym_sizes, align_corners, scales),
        lambda grad, output_size, align_corners, scales: getattr(F, name)(grad, output_size, align_corners, scales)),
    (2, True): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, align_corners, scales_h, scales_w:
            getattr(F, back)(grad, output_size, self_sym_sizes, align_corners, scales_h, scales_w),
        lambda grad, output_size, align_corners, scales_h, scales_w:
            getattr(F, name)(grad, output_size, align_corners, scales_h, scales_w)),
    (3, True): lambda name, back: (
        lambda grad, output_size, self_sym_sizes, align_corners, scales_d, scales_h, scales_w:
            getattr(F, back)(grad, output_size, self_sym_sizes, align_corners, scales_d, scales_h, scales_w),
        lambda grad, output_size, align_corners, scales_d, scales_h, scales_w:
            getattr(F, name)(grad, output_size, align_corners, scales_d, scales_h, scales_w)),
}

for count in (1, 2, 3):
    rows(f"upsample_nearest{count}d", count, "nearest", BOOL, COMPLEX, *LARGE)
    rows(f"_upsample_nearest_exact{count}d", count, "nearest_exact", BOOL, COMPLEX, *LARGE)
rows("upsample_linear1d", 1, "linear", BOOL, COMPLEX, INT)
rows("upsample_bilinear2d", 2, "linear", BOOL, COMPLEX, INT)
rows("upsample_trilinear3d", 3, "linear", BOOL, COMPLEX, INT)
rows("upsample_bicubic2d", 2, "cubic", BOOL, COMPLEX, INT)
rows("_upsample_bilinear2d_aa", 2, "linear_aa", BOOL, COMPLEX, INT, *HALF)
rows("_upsample_bicubic2d_aa", 2, "cubic_aa", BOOL, COMPLEX, INT, *HALF)
rows("_upsample_lanczos2d_aa", 2, "lanczos_aa", BOOL, COMPLEX, INT, *HALF)

# Channels to places, and among themselves -----------------------------------------------------------------

def check_shuffle(name, factor):
    def check(self, by):
        shape = self._array.shape
        if len(shape) < 3:
            raise RuntimeError(
                f"{name} expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)")
        if by <= 0:
            raise RuntimeError(f"{name} expects a positive {factor}, but got {by}")
        if name == "pixel_shuffle":
            if shape[-3] % (by * by):
                raise RuntimeError(
                    "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                    f"upscale_factor, but input.size(-3)={shape[-3]} is not divisible by {by * by}")
            return
        for dim, word in ((-2, "height"), (-1, "width")):
            if shape[dim] % by:
                raise RuntimeError(
                    f"pixel_unshuffle expects {word} to be divisible by downscale_factor, but input.size({dim})="
                    f"{shape[dim]} is not divisible by {by}")

    return check


def check_groups(self, groups):
    shape = self._array.shape
    if len(shape) < 3:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} groups.")


op("pixel_shuffle(Tensor self, int upscale_factor) -> Tensor", kernel.pixel_shuffle, opmath=False, jvp="linear",
    check=check_shuffle("pixel_shuffle", "upscale_factor"), variants="function",
    self = lambda grad, upscale_factor: F.pixel_unshuffle(grad, upscale_factor))
op("pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor", kernel.pixel_unshuffle, opmath=False, jvp="linear",
    check=check_shuffle("pixel_unshuffle", "downscale_factor"), variants="function",
    self = lambda grad, downscale_factor: F.pixel_shuffle(grad, downscale_factor))
op("channel_shuffle(Tensor self, SymInt groups) -> Tensor", kernel.channel_shuffle, opmath=False, jvp="linear",
    check=check_groups, variants="function",
    self = lambda grad, groups: F.channel_shuffle(grad, grad.shape[1] // groups))
