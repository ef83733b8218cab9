"""Poolings to a size of the result that is given."""

from mini_autograd import dtypes
from mini_autograd.backward.pooling import taken, taken_jvp
from mini_autograd.backward.writing import zeros
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.window import has_channels_last
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import only, unimplemented
from mini_autograd.ops.gradient_dtype import check_alike, check_gradient
from mini_autograd.ops.pooling import check_dims, check_single

# fmt: off

def check_sizes(name, shape, dims, colon, first):
    """Raise for another number of dimensions, and for empty ones from ``first`` on."""
    if len(shape) not in dims:
        raise RuntimeError(f"{name}(): Expected {dims[0]}D or {dims[1]}D tensor, but got{colon} {list(shape)}")
    check_not_empty(name, shape, first)


def check_not_empty(name, shape, first):
    for dim in range(first % len(shape), len(shape)):
        if not shape[dim]:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{list(shape)} with dimension {dim} being empty")


def laid_like(mean, self):
    """One element for each channel, with strides that say that channels are last where they are."""
    if not has_channels_last(self._array) or self._array.ndim != mean._array.ndim:
        return mean
    batch, channels, *ones = mean._array.shape
    steps = (channels, 1, *[channels] * len(ones))
    return F.as_strided_(mean, (batch, channels, *ones), steps)


# Means ----------------------------------------------------------------------------------------------------

def avg_row(spatial, unable, first):
    name = f"adaptive_avg_pool{spatial}d"
    backward = f"_{name}_backward"
    dims = (spatial + 1, spatial + 2)

    op(f"_{name}(Tensor self, SymInt[{spatial}] output_size) -> Tensor",
        kernel.adaptive_avg_pool if spatial == 2 else kernel.adaptive_avg_pool3d, opmath=spatial == 2,
        dtype=only(same, unable), check=lambda self, output_size: check_sizes(name, self._array.shape, dims, "", first),
        jvp="linear", variants="function",
        self = lambda grad, self: getattr(F, backward)(grad, self))

    def pooled(self, output_size):
        if len(output_size) != spatial:
            raise RuntimeError(f"{name}: output_size must be {spatial}")
        if min(output_size) < 0:
            shown = f"{{{output_size[0]}, {','.join(str(one) for one in output_size[1:])}}}"
            raise RuntimeError(
                f"{name}: elements of output_size must be greater than or equal to 0 but received {shown}")
        if all(size == 1 for size in output_size):
            return laid_like(F.mean(self, tuple(range(-1, -1 - spatial, -1)), True), self)
        return getattr(F, f"_{name}")(self, output_size)

    op(f"{name}(Tensor self, SymInt[{spatial}] output_size) -> Tensor", composite=pooled, variants="nn")


def check_shares(name, types):
    """Raise for a gradient of nothing, and what ``types`` raises."""
    def check(grad_output, self, *rest):
        shape = list(grad_output._array.shape)
        for dim in range(1, len(shape)):
            if not shape[dim]:
                raise RuntimeError(
                    f"{name}(): Expected grad_output to have non-zero size for non-batch dimensions, but grad_output has "
                    f"sizes {shape} with dimension {dim} being empty")
        types(grad_output, self, *rest)

    return check


avg_row(2, unimplemented("adaptive_avg_pool2d", BOOL, COMPLEX, INT), -2)
avg_row(3, unimplemented("adaptive_avg_pool3d_cpu", BOOL, COMPLEX, INT), 1)

op("_adaptive_avg_pool2d_backward(Tensor grad_output, Tensor self) -> Tensor", kernel.adaptive_avg_pool2d_backward,
    variants="internal", check=check_shares("adaptive_avg_pool2d_backward", check_gradient(
        "grad_output", "adaptive_avg_pool2d_backward_out_cpu_template: Expected")),
    jvp=lambda grad_output_t, self: F._adaptive_avg_pool2d_backward(grad_output_t, self),
    grad_output = lambda grad, grad_output_sym_argsize_minus_2, grad_output_sym_argsize_minus_1:
        F._adaptive_avg_pool2d(grad, (grad_output_sym_argsize_minus_2, grad_output_sym_argsize_minus_1)),
    self        = lambda grad, self_info: zeros(*self_info))
op("_adaptive_avg_pool3d_backward(Tensor grad_output, Tensor self) -> Tensor", kernel.adaptive_avg_pool3d_backward, opmath=False,
    variants="internal", check=check_shares("adaptive_avg_pool3d_backward", check_alike),
    jvp=lambda grad_output_t, self: F._adaptive_avg_pool3d_backward(grad_output_t, self),
    grad_output = lambda grad, grad_output_sym_argsize_minus_3, grad_output_sym_argsize_minus_2,
        grad_output_sym_argsize_minus_1: F._adaptive_avg_pool3d(grad, (grad_output_sym_argsize_minus_3,
            grad_output_sym_argsize_minus_2, grad_output_sym_argsize_minus_1)),
    self        = lambda grad, self_info: zeros(*self_info))


def adaptive_avg_pool1d(self, output_size):
    check_dims("adaptive_avg_pool1d", self)
    check_single("adaptive_avg_pool1d", output_size=output_size)
    return F.squeeze(F.adaptive_avg_pool2d(F.unsqueeze(self, -2), (1, *output_size)), -2)


op("adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor", composite=adaptive_avg_pool1d, variants="function")

# Maxima ---------------------------------------------------------------------------------------------------

def max_row(spatial, word):
    name = f"adaptive_max_pool{spatial}d"
    backward = f"{name}_backward"
    dims = (spatial + 1, spatial + 2)

    def check(self, output_size):
        shape = self._array.shape
        check_sizes(name, shape, dims, ":", 1)
        if len(output_size) != spatial:
            raise RuntimeError(f"{name}(): internal error: output_size.size() must be {spatial}")
        if min(output_size) < 0:
            made = [*shape[:-spatial], *output_size]
            raise RuntimeError(f"Trying to create tensor with negative dimension {min(output_size)}: {made}")

    op(f"{name}(Tensor self, int[{spatial}] output_size) -> (Tensor, Tensor)", kernel.adaptive_max_pool,
        dtype=only(same, unimplemented(word, BOOL, COMPLEX, INT)), result=(None, dtypes.int64), check=check, variants="nn",
        jvp=lambda self_t, result1: (taken_jvp(self_t, result1, spatial), None),
        self = lambda grad, self, result1: getattr(F, backward)(grad, self, result1))

    op(f"{backward}(Tensor grad_output, Tensor self, Tensor indices) -> Tensor", getattr(kernel, backward),
        promoted=("grad_output", "self"), variants="internal",
        check=check_shares(backward, check_gradient("grad_output" if spatial == 2 else "gradOutput")),
        jvp=lambda grad_output_t, self, indices: getattr(F, backward)(grad_output_t, self, indices),
        grad_output = lambda grad, indices:   taken(grad, indices, spatial),
        self        = lambda grad, self_info: zeros(*self_info))


max_row(2, "adaptive_max_pool2d")
max_row(3, "adaptive_max_pool3d_cpu")


def adaptive_max_pool1d(self, output_size):
    check_dims("adaptive_max_pool1d", self)
    check_single("adaptive_max_pool1d", output_size=output_size)
    check_not_empty("adaptive_max_pool1d", self._array.shape, 1)
    found = F.adaptive_max_pool2d(F.unsqueeze(self, -2), (1, *output_size))
    return tuple([F.squeeze(one, -2) for one in found])


op("adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)", composite=adaptive_max_pool1d,
    variants="function")
