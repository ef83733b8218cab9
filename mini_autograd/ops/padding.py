"""Margins of what is inside: reflected, repeated or from the other end."""

from mini_autograd.backward.writing import zeros
from mini_autograd.dtypes import BOOL
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.window import has_channels_last
from mini_autograd.layouts import channels_last, contiguous_format
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import only, unimplemented
from mini_autograd.ops.gradient_dtype import check_scalar_type

# fmt: off

# -- By a number ---------------------------------------------------------------------------------------------


def check_pad(self, pad):
    size = list(self._array.shape)
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * len(size):
        raise RuntimeError(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(pad)}while the input has {len(size)}dimensions.")
    for place in range(len(pad) // 2):
        before, after = pad[2 * place : 2 * place + 2]
        if size[-1 - place] + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError("narrow(): length must be non-negative.")


def padded_below(self, pad, value):
    """torch fills what is larger, and copies what is kept over a part of it."""
    check_pad(self, pad)
    sides = [(self.ndim - 1 - at, *pad[2 * at : 2 * at + 2]) for at in range(len(pad) // 2)]
    kept, shape = self, list(self.shape)
    for dim, before, after in sides:
        cut = min(before, 0) + min(after, 0)
        kept = F.narrow(kept, dim, max(-before, 0), shape[dim] + cut) if cut else kept
        shape[dim] += before + after
    if all(size <= 0 for size in pad):
        return F.clone(kept)
    layout = channels_last if has_channels_last(self._array) else contiguous_format
    made = F.fill_(F.empty(shape, **options_of(self), memory_format=layout), value)
    inside = made
    for dim, before, after in sides:
        if before > 0 or after > 0:
            inside = F.narrow(inside, dim, max(before, 0), kept.shape[dim])
    F.copy_(inside, kept)
    return made


op("constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor", kernel.constant_pad_nd, opmath=False,
    variants="function", jvp=lambda self_t, pad: F.constant_pad_nd(self_t, pad, 0),
    check=lambda self, pad, value: check_pad(self, pad), below=padded_below, always_below=True,
    self = lambda grad, pad: F.constant_pad_nd(grad, tuple([-size for size in pad]), 0))

# -- By what is there ----------------------------------------------------------------------------------------


def check_margins(spatial, reflect):
    dims = (spatial + 1, spatial + 2)
    letters = ("D", "H", "W")[-spatial:]

    def check(self, padding):
        shape = self._array.shape
        if len(padding) != 2 * spatial:
            raise RuntimeError(f"padding size is expected to be {2 * spatial}, but got: {len(padding)}")
        if len(shape) not in dims or 0 in shape[len(shape) - spatial - 1 :]:
            raise RuntimeError(
                f"Expected {dims[0]}D or {dims[1]}D (batch mode) tensor with possibly 0 batch size and other non-zero "
                f"dimensions for input, but got: {list(shape)}")
        made = []
        for at in range(spatial):
            dim = len(shape) - 1 - at
            before, after = padding[2 * at : 2 * at + 2]
            if reflect and not (before < shape[dim] and after < shape[dim]):
                raise RuntimeError(
                    f"Argument #{4 + 2 * at}: Padding size should be less than the corresponding input dimension, but "
                    f"got: padding ({before}, {after}) at dimension {dim} of input {list(shape)}")
            made.append(shape[dim] + before + after)
        made.reverse()
        if max(made) < 1:
            raise too_small(shape[-spatial:], made)

    def too_small(sizes, made):
        given = [f"{letter}: {size}" for letter, size in zip(letters, sizes, strict=True)]
        outer = " ".join(f"{letter}: {size}" for letter, size in zip(letters, made, strict=True))
        before = {1: "{}", 2: "{}, {}" if reflect else "{}, {} ", 3: "{} {}, {}"}[spatial].format(*given)
        return RuntimeError(f"input ({before}) is too small. Calculated output {outer}")

    return check


def rows(name, spatial):
    full = f"{name}_pad{spatial}d"
    backward = f"{full}_backward"
    size = f"SymInt[{2 * spatial}] padding"

    op(f"{full}(Tensor self, {size}) -> Tensor", getattr(kernel, f"{name}_pad"), opmath=False,
        dtype=only(same, unimplemented(full, BOOL)), check=check_margins(spatial, name == "reflection"),
        jvp="linear", variants="nn",
        self = lambda grad, self, padding: getattr(F, backward)(grad, self, padding))
    op(f"{backward}(Tensor grad_output, Tensor self, {size}) -> Tensor", getattr(kernel, f"{name}_pad_backward"),
        variants="internal",
        check=lambda grad_output, self, padding: check_scalar_type(grad_output._dtype, self._dtype),
        jvp=lambda grad_output_t, self, padding: getattr(F, backward)(grad_output_t, self, padding),
        grad_output = lambda grad, padding:   getattr(F, full)(grad, padding),
        self        = lambda grad, self_info: zeros(*self_info))


for count in (1, 2, 3):
    rows("reflection", count)
    rows("replication", count)


def circular(self, pad):
    """The middle copied, then each margin from what is there at the other end."""
    shape = list(self._array.shape)
    spatial = len(pad) // 2
    if len(shape) < spatial + 1 or len(pad) % 2:
        raise RuntimeError(
            f"Invalid padding size, expected {2 * (len(shape) - 1)} or fewer but got {len(pad)}")
    made = list(shape)
    for at in range(spatial):
        dim = len(shape) - 1 - at
        before, after = pad[2 * at : 2 * at + 2]
        if before > shape[dim] or after > shape[dim]:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        made[dim] += before + after
        if made[dim] < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
    result = F.new_empty(self, tuple(made))
    source, target = self, result
    for at in range(spatial):
        dim = len(shape) - 1 - at
        before, after = pad[2 * at : 2 * at + 2]
        target = F.slice(target, dim, max(before, 0), made[dim] - max(after, 0))
        source = F.slice(source, dim, max(-before, 0), shape[dim] - max(-after, 0))
    F.copy_(target, source)
    for at in range(spatial):
        dim = len(shape) - 1 - at
        before, after = pad[2 * at : 2 * at + 2]
        end = made[dim] - max(after, 0)
        if before > 0:
            F.copy_(F.slice(result, dim, 0, before), F.slice(result, dim, end - before, end))
        if after > 0:
            start = max(before, 0)
            F.copy_(F.slice(result, dim, made[dim] - after, made[dim]), F.slice(result, dim, start, start + after))
    return result


SUPPORTED = """
Supported combinations for non-constant padding:
  - 2D or 3D input: padding size = 2 (pads last dimension)
  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)
  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"""


def padded(self, pad, mode, value):
    ndim = self._array.ndim
    if mode not in (*NAMES, "circular", "constant"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {ndim}")
    if mode == "constant":
        return F.constant_pad_nd(self, pad, 0.0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    spatial = len(pad) // 2
    if spatial in (1, 2, 3) and ndim in (spatial + 1, spatial + 2):
        if mode == "circular":
            return circular(self, pad)
        return getattr(F, f"{NAMES[mode]}_pad{spatial}d")(self, pad)
    raise NotImplementedError(f"Padding size {len(pad)} is not supported for {ndim}D input tensor.{SUPPORTED}")


NAMES = {"reflect": "reflection", "replicate": "replication"}

op('pad(Tensor self, SymInt[] pad, str mode="constant", float? value=None) -> Tensor', composite=padded, variants="nn")
op("_pad_circular(Tensor self, SymInt[] pad) -> Tensor", composite=circular, variants="internal")
