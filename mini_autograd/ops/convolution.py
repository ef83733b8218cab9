"""Convolutions with one to three spatial dimensions, and their transposes."""

from mini_autograd import dtypes
from mini_autograd.backward import convolution as backward
from mini_autograd.dtypes import BOOL, FLOAT
from mini_autograd.errors import cannot_cast, not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op, same
from mini_autograd.op.row import ON_HOST
from mini_autograd.op.support import CPP_NAMES
from mini_autograd.warning import warn_once

# fmt: off

STEPS = ("SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, "
    "SymInt groups")
EXTENTS = ("depth", "height", "width")
row = family(dtype=same, promoted=("input", "weight", "bias"))


def check_convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    spatial = weight._array.ndim - 2
    if spatial < 1:
        raise RuntimeError("weight should have at least three dimensions")
    for name, given in (("stride", stride), ("padding", padding), ("dilation", dilation)):
        if len(given) not in (1, spatial):
            raise RuntimeError(
                f"expected {name} to be a single integer value or a list of {spatial} values to match the convolution "
                f"dimensions, but got {name}={list(given)}")
    check_steps(stride, padding, dilation, output_padding, groups)
    check_shapes(input, weight, bias, stride, padding, dilation, transposed, groups)
    check_types(input, weight, bias, stride, dilation, transposed, groups)
    if min(dilation) == 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {shown_dilation(dilation, spatial, transposed)}")
    if transposed:
        check_output_padding(output_padding, stride, dilation)


def shown_dilation(dilation, spatial, transposed):
    sizes = spread_over(dilation, spatial)
    if not transposed:
        return list(sizes)
    sizes = (1,) * (2 - spatial) + sizes
    return ", ".join(f"dilation_{name}: {size}" for name, size in zip(EXTENTS[-len(sizes):], sizes, strict=True))


def check_steps(stride, padding, dilation, output_padding, groups):
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(output_padding, default=0) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")


def check_shapes(input, weight, bias, stride, padding, dilation, transposed, groups):
    size, shape = list(input._array.shape), list(weight._array.shape)
    ndim = len(shape)
    if len(size) != ndim:
        raise RuntimeError(
            f"Expected {ndim}-dimensional input for {ndim}-dimensional weight {shape}, but got {len(size)}-dimensional "
            f"input of size {size} instead")
    if shape[0] < groups or shape[0] == 0:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{shape} instead")
    if shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"[{shape}] instead")
    channels = shape[0] if transposed else shape[1] * groups
    if size[1] != channels:
        head = "Given transposed=1, " if transposed else f"Given groups={groups}, "
        raise RuntimeError(
            f"{head}weight of size {shape}, expected input{size} to have {channels} channels, but got {size[1]} channels "
            "instead")
    made = shape[1] * groups if transposed else shape[0]
    if bias is not None and bias._array.shape != (made,):
        head = "Given transposed=1, weight" if transposed else "Given weight"
        raise RuntimeError(
            f"{head} of size {shape}, expected bias to be 1-dimensional with {made} elements, but got bias of size "
            f"{list(bias._array.shape)} instead")
    if not transposed:
        check_fit(size[2:], shape[2:], padding, dilation)


def check_fit(size, kernel_size, padding, dilation):
    """RuntimeError where the kernel is larger than the input with its margins."""
    count = len(size)
    padding, dilation = padding * (count // len(padding)), dilation * (count // len(dilation))
    padded = [one + 2 * pad for one, pad in zip(size, padding, strict=True)]
    reach = [far * (length - 1) + 1 for length, far in zip(kernel_size, dilation, strict=True)]
    if any(one < two for one, two in zip(padded, reach, strict=True)):
        shown = (" x ".join(str(one) for one in sizes) for sizes in (padded, reach))
        raise RuntimeError(
            "Calculated padded input size per channel: ({}). Kernel size: ({}). Kernel size can't be greater than actual "
            "input size".format(*shown))


WITHOUT_TENSOR_TYPE = (dtypes.bfloat16, dtypes.bool, dtypes.complex64, dtypes.complex128)


def check_types(input, weight, bias, stride, dilation, transposed, groups):
    kind = input._dtype
    if kind.category < FLOAT:
        check_integers(kind, input._array.ndim - 2, dilation, transposed)
    if weight._dtype is not kind:
        refuse_type(input, "weight", weight, by_library(input, weight, stride, dilation, groups))
    if bias is not None and bias._dtype is not kind:
        check_bias(input, bias, transposed, by_library(input, weight, stride, dilation, groups))


def check_bias(input, bias, transposed, library):
    """Only what convolves transposed in one or two dimensions by itself takes a bias of another type: it adds it."""
    kind = input._dtype
    if not transposed or input._array.ndim > 4 or kind.is_complex or library:
        refuse_type(input, "bias", bias, library)
    sum_kind = dtypes.promote_types(kind, bias._dtype)
    if not dtypes.can_cast(sum_kind, kind):
        raise cannot_cast(sum_kind.legacy, kind.legacy)


def by_library(input, weight, stride, dilation, groups):
    """Whether torch leaves it to oneDNN, which it does for bfloat16 and, in one thread, where it pays."""
    if input._dtype is not dtypes.float32:
        return input._dtype is dtypes.bfloat16
    batch, kernel_size = input._array.shape[0], (1, *weight._array.shape[2:])[-2:]
    moved = max(*stride, *dilation) > 1 or max(kernel_size) > 1
    large = groups > 1 or batch > 1 or min(kernel_size) > 3 or input._array.size > 20480
    return (moved or batch >= 16) and large


def refuse_type(input, name, other, library):
    kinds = (input._dtype, other._dtype)
    if not library and not kinds[0].is_complex:
        raise RuntimeError(f"expected scalar type {kinds[0].legacy} but found {kinds[1].legacy}")
    one, two = (f"CPU{kind.legacy}Type" if kind in WITHOUT_TENSOR_TYPE else f"torch.{kind.legacy}Tensor" for kind in kinds)
    tail = f" or input should be a MKLDNN tensor and {name} is a dense tensor" if library else ""
    raise RuntimeError(f"Input type ({one}) and {name} type ({two}) should be the same{tail}")


def check_bias_first(input, weight, bias, *rest):
    if bias is not None and bias._dtype is not input._dtype:
        raise RuntimeError(
            f"Input type ({CPP_NAMES[input._dtype]}) and bias type ({CPP_NAMES[bias._dtype]}) should be the same")


def check_integers(kind, spatial, dilation, transposed):
    if transposed and kind is not dtypes.int64:
        raise not_implemented(f"slow_conv_transpose{3 if spatial == 3 else 2}d_out_cpu", kind)
    if max(dilation) > 1 and kind is not dtypes.int64:
        raise not_implemented("slow_conv_dilated<>", kind)
    if kind.category == BOOL:
        raise not_implemented("compute_columns3d" if spatial == 3 else "slow_conv2d_cpu", kind)


def check_output_padding(output_padding, stride, dilation):
    pairs = zip(output_padding, stride, dilation, strict=False)
    if all(more < by or more < far for more, by, far in pairs):
        return
    given = {"output_padding": output_padding, "stride": stride, "dilation": dilation}
    places = range(-max(len(output_padding), 2), 0)
    padded = {name: ((0,) if name == "output_padding" else (1,)) * (2 - len(sizes)) + tuple(sizes)
              for name, sizes in given.items()}
    shown = " ".join(f"{name}_{EXTENTS[at]}: {sizes[at]}" for name, sizes in padded.items() for at in places)
    raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {shown}")


row(f"convolution(Tensor input, Tensor weight, Tensor? bias, {STEPS}) -> Tensor", kernel.convolution,
    check=check_convolution, variants="function", opmath=ON_HOST, jvp=backward.convolution_jvp,
    joint=(("input", "weight", "bias"),
        lambda grad, input, weight, bias_sym_sizes_opt, stride, padding, dilation, transposed, output_padding, groups,
            needs: F.convolution_backward(grad, input, weight, bias_sym_sizes_opt, stride, padding, dilation,
                transposed, output_padding, groups, needs)))

op("convolution_backward(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, "
    f"{STEPS}, bool[3] output_mask) -> (Tensor, Tensor, Tensor)", kernel.convolution_backward, variants="internal",
    opmath=ON_HOST, jvp=backward.convolution_backward_jvp,
    joint=(("grad_output", "input", "weight"), backward.convolution_double_backward))


def spread_over(steps, spatial):
    return tuple(steps) * spatial if len(steps) == 1 else tuple(steps)


def general(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    """Convolution of any type: of complex numbers by three real ones."""
    rest = (stride, padding, dilation, transposed, output_padding, groups)
    if not input._dtype.is_complex:
        return F.convolution(input, weight, bias, *rest)
    check_types(input, weight, bias, stride, dilation, transposed, groups)
    parts = [(None, None) if one is None else parts_of(one) for one in (input, weight, bias)]
    real, imaginary = zip(*parts, strict=True)
    a = F.convolution(*real, *rest)
    b = F.convolution(*imaginary[:2], None, *rest)
    both = [None if one is None else F.add(one, two) for one, two in reversed(parts)]  # as torch makes them
    c = F.convolution(*reversed(both), *rest)
    turned = F.mul_scalar(F.sub(F.sub(c, a), b), 1j)
    return F.add(F.sub(a, b), turned)


def parts_of(tensor):
    """The real and the imaginary part."""
    pairs = F.view_as_real(tensor)
    last = pairs._array.ndim - 1
    return F.select(pairs, last, 0), F.select(pairs, last, 1)


def batched(name, spatial, function, check=None):
    """``function`` of inputs with a batch dimension, for those without one too."""

    def apply(input, *rest):
        if check is not None:
            check(input, *rest)
        ndim = input._array.ndim
        if ndim == spatial + 2:
            return function(input, *rest)
        if ndim != spatial + 1:
            raise RuntimeError(
                f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {name}, but got input of "
                f"size: {list(input._array.shape)}")
        return F.squeeze(function(F.unsqueeze(input, 0), *rest), 0)

    return apply


def convolve(input, weight, bias, stride, padding, dilation, groups):
    return general(input, weight, bias, stride, padding, dilation, False, (0,) * len(stride), groups)


def convolve_with_word(input, weight, bias, stride, padding, dilation, groups):
    """``padding``: "valid" for none, "same" for as much as gives a result of the size of the input."""
    if padding == "valid":
        return general(input, weight, bias, stride, (0,), dilation, False, (0,), groups)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    size, shape = list(input._array.shape), list(weight._array.shape)
    if len(size) != len(shape):
        raise RuntimeError(
            f"Expected {len(shape)}-dimensional input for {len(shape)}-dimensional weight{shape}, but got "
            f"{len(size)}-dimensional input of size {size} instead")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if any(by != 1 for by in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    lengths = weight._array.shape[2:]
    dilation = spread_over(dilation, len(lengths))
    totals = [far * (length - 1) for far, length in zip(dilation, lengths, strict=True)]
    more = [total % 2 for total in totals]
    if any(more):
        warn_once(
            "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input "
            "be created")
        input = F.constant_pad_nd(input, tuple(size for one in reversed(more) for size in (0, one)), 0)
    return convolve(input, weight, bias, stride, tuple(total // 2 for total in totals), dilation, groups)


def transpose(input, weight, bias, stride, padding, output_padding, groups, dilation):
    return general(input, weight, bias, stride, padding, dilation, True, output_padding, groups)


for count in (1, 2, 3):
    head = "Tensor input, Tensor weight, Tensor? bias=None"
    ints = f"SymInt[{count}]"
    for overload, kind, function in (
        ("", f"{ints} padding=0", convolve), (".padding", 'str padding="valid"', convolve_with_word),
    ):
        name = f"conv{count}d"
        op(f"{name}{overload}({head}, {ints} stride=1, {kind}, {ints} dilation=1, SymInt groups=1) -> Tensor",
            composite=batched(name, count, function, check_bias_first), variants="function")
    name = f"conv_transpose{count}d"
    op(f"{name}{'.input' if count > 1 else ''}({head}, {ints} stride=1, {ints} padding=0, {ints} output_padding=0, "
        f"SymInt groups=1, {ints} dilation=1) -> Tensor", composite=batched(name, count, transpose),
        variants="function")
