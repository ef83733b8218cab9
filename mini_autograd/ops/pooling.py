"""Poolings: of windows that slide over the last one to three dimensions the largest element, or the mean."""

from mini_autograd import dtypes
from mini_autograd.backward.pooling import taken, taken_jvp
from mini_autograd.backward.writing import zeros
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import count_write
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.window import has_channels_last, pooled_size
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import BOOL, COMPLEX, HALF, only, unimplemented
from mini_autograd.ops.gradient_dtype import check_alike, check_gradient
from mini_autograd.tensor import requires_grad

# fmt: off

SMALL = (dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32)
LETTERS = ("T", "H", "W")
COUNTED = {1: "one", 2: "two", 3: "three"}

# Arguments ------------------------------------------------------------------------------------------------


def each(sizes, spatial):
    """One number for each dimension, where a single one stands for all."""
    return tuple(sizes) * spatial if len(sizes) == 1 else tuple(sizes)


def steps(spatial, kernel_size, stride, *rest):
    """The same of several arguments; no stride is the size of the window."""
    return [each(one, spatial) for one in (kernel_size, stride or kernel_size, *rest)]


def sliding(function, spatial, arguments):
    """A kernel whose ``arguments``, from the one with the windows on, are of any length that torch takes."""
    first, count = arguments

    def run(*args):
        return function(*args[:first], *steps(spatial, *args[first : first + count]), *args[first + count :])

    return run


def check_lengths(name, spatial, kernel_size, stride, padding, dilation=None):
    more = COUNTED[spatial]
    either = "" if name == "avg_pool3d" else "either "
    given = (("kernel_size", kernel_size, f"{either}be "), ("stride", stride, f"{either}be omitted, "),
        ("padding", padding, f"{either}be "), ("dilation", dilation, "be either "))
    for what, sizes, words in given:
        if sizes is not None and len(sizes) not in (1, spatial) and (what != "stride" or sizes):
            raise RuntimeError(f"{name}: {what} must {words}a single int, or a tuple of {more} ints")


def check_step(size, kernel, stride, pad, dilation):
    if not stride:
        raise RuntimeError("stride should not be zero")
    if pad < 0:
        raise RuntimeError(f"pad must be non-negative, but got pad: {pad}")
    if pad > (dilation * (kernel - 1) + 1) // 2:
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={pad}, kernel_size={kernel} and "
            f"dilation={dilation}")


def check_positive(spatial, kernel_size, stride, dilation):
    names = LETTERS[-spatial:]
    for what, before, sizes in (("kernel size", "k", kernel_size), ("stride", "d", stride),
        ("dilation", "dilation", dilation)):
        if min(sizes) <= 0:
            shown = " ".join(f"{before}{letter}: {size}" for letter, size in zip(names, sizes, strict=True))
            raise RuntimeError(f"{what} should be greater than zero, but got {shown}")


def check_not_empty(name, shape, spatial):
    if spatial == 2:
        if len(shape) not in (3, 4) or 0 in shape[len(shape) - 3 :] or 0 in shape[1:]:
            raise RuntimeError(
                "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:"
                f"{list(shape)}")
    elif 0 in shape[len(shape) - 4 :]:
        raise RuntimeError(
            f"{name}: Expected input's non-batch dimensions to have positive length, but input has a shape of "
            f"{list(shape)} and non-batch dimension 0 has length zero!")


def check_windows(name, shape, spatial, given, ceil_mode, smaller=False):
    """Raise where there is no window, or none that slides."""
    kernel_size, stride, padding, dilation = given
    sizes = shape[-spatial:]
    counts = []
    for size, length, by, pad, far in zip(sizes, kernel_size, stride, padding, dilation, strict=True):
        check_step(size, length, by, pad, far)
        counts.append(pooled_size(size, length, by, pad, far, ceil_mode))
    check_positive(spatial, kernel_size, stride, dilation)
    check_not_empty(name, shape, spatial)
    if smaller and any(size < length for size, length in zip(sizes, kernel_size, strict=True)):
        image, window = (
            " ".join(f"{before}{letter}: {size}" for letter, size in zip(LETTERS, several, strict=True))
            for before, several in (("", sizes), ("k", kernel_size)))
        raise RuntimeError(f"input image ({image}) smaller than kernel size ({window})")
    if min(counts) < 1:
        before, after = ("x".join(str(one) for one in (shape[-spatial - 1], *several)) for several in (sizes, counts))
        raise RuntimeError(f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small")


def check_max(spatial):
    name = f"max_pool{spatial}d"
    dims = (spatial + 1, spatial + 2)
    full = "max_pool3d_with_indices_out_cpu_template()"

    def check(self, kernel_size, stride, padding, dilation, ceil_mode):
        check_lengths(name, spatial, kernel_size, stride, padding, dilation)
        if self._array.ndim not in dims:
            raise RuntimeError(
                f"non-empty {dims[0]}D or {dims[1]}D (batch mode) tensor expected for input")
        given = steps(spatial, kernel_size, stride, padding, dilation)
        check_windows(full, self._array.shape, spatial, given, ceil_mode)
        if spatial == 3 and self._array.ndim == 4 and has_channels_last(self._array):
            raise RuntimeError("Unsupported memory format. Supports only ChannelsLast3d, Contiguous")

    return check


def check_avg(spatial):
    name = f"avg_pool{spatial}d"

    def check(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
        check_lengths(name, spatial, kernel_size, stride, padding)
        if divisor_override == 0:
            raise RuntimeError("divisor must be not zero")
        shape = self._array.shape
        if spatial == 3 and len(shape) not in (4, 5):
            raise RuntimeError("non-empty 4D or 5D (batch mode) tensor expected for input")
        if len(shape) < 3:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-len(shape)}, {len(shape) - 1}], but got -3)")
        given = [*steps(spatial, kernel_size, stride, padding), (1,) * spatial]
        check_windows(f"{name}()", shape, spatial, given, ceil_mode, spatial == 3)

    return check


def check_dims(name, self):
    if self._array.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {self._array.ndim}-dimensional tensor for argument #1 'self' (while "
            f"checking arguments for {name})")


def check_single(name, **given):
    for what, sizes in given.items():
        if len(sizes) != 1 and (what != "stride" or sizes):
            raise RuntimeError(f"{name}() argument '{what}' should contain one int (got {len(sizes)})")


# Maxima ---------------------------------------------------------------------------------------------------

def max_rows(spatial):
    ints = f"int[{spatial}]"
    head = f"{ints} kernel_size, {ints} stride"
    name = f"max_pool{spatial}d_with_indices"
    backward = f"{name}_backward"
    unable = unimplemented(f"max_pool{spatial}d", BOOL, COMPLEX)

    op(f"{name}(Tensor self, {head}=[], {ints} padding=0, {ints} dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
        sliding(kernel.max_pool, spatial, (1, 4)), dtype=only(same, unable), result=(None, dtypes.int64),
        check=check_max(spatial), variants="nn", jvp=lambda self_t, result1: (taken_jvp(self_t, result1, spatial), None),
        self = lambda grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1:
            getattr(F, backward)(grad, self, kernel_size, stride, padding, dilation, ceil_mode, result1))

    op(f"{backward}(Tensor grad_output, Tensor self, {head}, {ints} padding, {ints} dilation, bool ceil_mode, "
        "Tensor indices) -> Tensor", sliding(kernel.max_pool_backward, spatial, (2, 4)), promoted=("grad_output", "self"),
        variants="internal", check=check_gradient("gradOutput"),
        jvp=lambda grad_output_t, self, kernel_size, stride, padding, dilation, ceil_mode, indices:
            getattr(F, backward)(grad_output_t, self, kernel_size, stride, padding, dilation, ceil_mode, indices),
        grad_output = lambda grad, indices:   taken(grad, indices, spatial),
        self        = lambda grad, self_info: zeros(*self_info))

    op(f"max_pool{spatial}d(Tensor self, {head}=[], {ints} padding=0, {ints} dilation=1, bool ceil_mode=False) -> Tensor",
        composite=lambda *args: getattr(F, name)(*args)[0], variants="function")


max_rows(2)
max_rows(3)

# What no gradient is asked of has a kernel of its own.
op("_max_pool1d(Tensor self, int[1] kernel_size, int[1] stride, int[1] padding, int[1] dilation, bool ceil_mode) -> Tensor",
    kernel.max_pool1d, dtype=only(same, unimplemented("max_pool1d_impl", BOOL, COMPLEX, dtypes.int64, *SMALL)),
    variants="internal")


def check_max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode):
    shape = self._array.shape
    if len(shape) not in (2, 3) or 0 in shape[len(shape) - 2 :]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:"
            f"{list(shape)}")
    expected = (("kernel_size", kernel_size, "an int, list of ints or tuple of ints"),
        ("stride", stride, "None, an int, list of ints, or tuple of ints"),
        ("padding", padding, "an int, list of ints, or tuple of ints"),
        ("dilation", dilation, "an int, list of ints or tuple of ints"))
    for name, sizes, kinds in expected:
        if len(sizes) != 1 and (name != "stride" or sizes):
            raise RuntimeError(f"max_pool1d() {name} must be {kinds} of size 1 but got size {len(sizes)}")
    (length,), (by,), (pad,), (far,) = kernel_size, stride or kernel_size, padding, dilation
    for name, size in (("kernel_size", length), ("stride", by)):
        if size <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {size}")
    if pad < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {pad}")
    if pad > length // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={pad} and "
            f"kernel_size={length}")
    if far <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {far}")
    count = pooled_size(shape[-1], length, by, pad, far, ceil_mode)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")


def max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode):
    check_max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode)
    recorded = modes.current().grad and requires_grad(self)
    if recorded or self._layered or self._tangent is not None:
        return F.max_pool1d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0]
    pooled = F._max_pool1d(self, kernel_size, stride or kernel_size, padding, dilation, ceil_mode)
    if self._array.ndim == 2:
        count_write(pooled)  # a batch of one, which is taken out in place
    return pooled


def max_pool1d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode):
    """Along the width of an image of height 1."""
    check_dims("max_pool1d", self)
    check_single("max_pool1d", kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    wide = [(1, *(stride or kernel_size)), (0, *padding), (1, *dilation)]
    found = F.max_pool2d_with_indices(F.unsqueeze(self, -2), (1, *kernel_size), *wide, ceil_mode)
    return tuple([F.squeeze(one, -2) for one in found])


for name, function, returned in (
    ("max_pool1d", max_pool1d, "Tensor"), ("max_pool1d_with_indices", max_pool1d_with_indices, "(Tensor, Tensor)"),
):
    op(f"{name}(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, "
        f"bool ceil_mode=False) -> {returned}", composite=function, variants="function")

# Means ----------------------------------------------------------------------------------------------------

def avg_rows(spatial, unable):
    ints = f"int[{spatial}]"
    name = f"avg_pool{spatial}d"
    backward = f"{name}_backward"
    rest = "bool count_include_pad{}, int? divisor_override{}"

    op(f"{name}(Tensor self, {ints} kernel_size, {ints} stride=[], {ints} padding=0, bool ceil_mode=False, "
        f"{rest.format('=True', '=None')}) -> Tensor", sliding(kernel.avg_pool, spatial, (1, 3)),
        dtype=only(same, unable), check=check_avg(spatial), variants="nn", jvp="linear",
        self = lambda grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override:
            getattr(F, backward)(grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override))

    op(f"{backward}(Tensor grad_output, Tensor self, {ints} kernel_size, {ints} stride, {ints} padding, bool ceil_mode, "
        f"{rest.format('', '')}) -> Tensor", sliding(kernel.avg_pool_backward, spatial, (2, 3)), variants="internal",
        check=check_gradient("gradOutput") if spatial == 2 else check_alike,
        jvp=lambda grad_output_t, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override:
            getattr(F, backward)(grad_output_t, self, kernel_size, stride, padding, ceil_mode, count_include_pad,
                divisor_override),
        grad_output = lambda grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override:
            getattr(F, name)(grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override),
        self        = lambda grad, self_info: zeros(*self_info))


avg_rows(2, unimplemented("avg_pool2d", BOOL, COMPLEX, *SMALL))
avg_rows(3, unimplemented("avg_pool3d_out_frame", BOOL, COMPLEX, *SMALL, *HALF))


def avg_pool1d(self, kernel_size, stride, padding, ceil_mode, count_include_pad):
    check_single("avg_pool1d", kernel_size=kernel_size, stride=stride, padding=padding)
    check_dims("avg_pool1d", self)
    wide = [(1, *kernel_size), (1, *(stride or kernel_size)), (0, *padding)]
    return F.squeeze(F.avg_pool2d(F.unsqueeze(self, -2), *wide, ceil_mode, count_include_pad), -2)


op("avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, "
    "bool count_include_pad=True) -> Tensor", composite=avg_pool1d, variants="function")
