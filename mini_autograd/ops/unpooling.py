"""Poolings over windows placed by chance, and what puts maxima back where they were."""

from mini_autograd import dtypes
from mini_autograd.backward.pooling import taken, taken_jvp
from mini_autograd.backward.writing import zeros
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import check_constant, only, unimplemented
from mini_autograd.ops.gradient_dtype import check_alike

# fmt: off

def fractional_row(spatial, word):
    ints = f"int[{spatial}]"
    name = f"fractional_max_pool{spatial}d"
    backward = f"{name}_backward"

    op(f"{name}(Tensor self, {ints} kernel_size, {ints} output_size, Tensor random_samples) -> (Tensor, Tensor)",
        getattr(kernel, name), dtype=only(same, unimplemented(word, BOOL, COMPLEX, INT)), promoted=("self",),
        result=(None, dtypes.int64), variants="nn", check=check_fractional(name, spatial),
        jvp=lambda self_t, result1: (taken_jvp(self_t, result1, spatial), None),
        self = lambda grad, self, kernel_size, output_size, result1:
            getattr(F, backward)(grad, self, kernel_size, output_size, result1))

    op(f"{backward}(Tensor grad_output, Tensor self, {ints} kernel_size, {ints} output_size, Tensor indices) -> Tensor",
        kernel.fractional_max_pool_backward, promoted=("grad_output", "self"), variants="internal", check=check_alike,
        jvp=lambda grad_output_t, self, kernel_size, output_size, indices:
            getattr(F, backward)(grad_output_t, self, kernel_size, output_size, indices),
        grad_output = lambda grad, indices:   taken(grad, indices, spatial),
        self        = lambda grad, self_info: zeros(*self_info))


def check_fractional(name, spatial):
    letters = ("time", "height", "width")[-spatial:]
    ints = "Ints" if spatial == 2 else "three Ints"
    called = f"{name}()" if spatial == 2 else f"{name}_out()"

    def check(self, kernel_size, output_size, random_samples):
        check_constant(name, "random_samples", random_samples)
        for what, given in (("kernel_size", kernel_size), ("output_size", output_size)):
            if len(given) != spatial:
                raise RuntimeError(f"{name}: {what} must either be a single Int or tuple of {ints}")
        shape, samples = self._array.shape, random_samples._array.shape
        if len(shape) not in (spatial + 1, spatial + 2):
            raise RuntimeError(f"{called}: Expected {spatial + 1}D or {spatial + 2}D tensor, but got: {list(shape)}")
        for letter, size, length, count in zip(letters, shape[-spatial:], kernel_size, output_size, strict=True):
            if count + length - 1 > (size if spatial == 2 else size - 1):
                raise RuntimeError(f"{called}: pool {letter} {length} too large relative to input {letter} {size}")
        if random_samples._dtype is not self._dtype:
            raise RuntimeError("Expect _random_samples to have the same dtype as input")
        if samples[-1] != spatial:
            raise RuntimeError(f"Expect _random_samples.size(2) equals to {spatial}; got {samples[-1]}.")

    return check


fractional_row(2, "fractional_max_pool2d_out_frame")
fractional_row(3, "fractional_max_pool3d_out_frame")


def check_unpool(spatial):
    def check(self, indices, output_size, *steps):
        if indices._dtype is not dtypes.int64:
            got = f" but got: {indices._dtype.legacy}" if spatial == 2 else ""
            raise RuntimeError(f"elements in indices should be type int64{got}")
        dims = (spatial + 1, spatial + 2)
        if self._array.ndim not in dims:
            raise RuntimeError(
                f"Input to max_unpooling{spatial}d should be a {dims[0]}d or {dims[1]}d Tensor, but got a tensor with "
                f"{self._array.ndim} dimensions.")
        shape, other = list(self._array.shape), list(indices._array.shape)
        if shape != other:
            raise RuntimeError(
                f"Expected shape of indices to be same as that of the input tensor ({shape}) but got indices tensor "
                f"with shape: {other}")

    return check


op("max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor", kernel.max_unpool2d, promoted=("self",),
    dtype=only(same, unimplemented("max_unpool2d", BOOL, COMPLEX, INT)), check=check_unpool(2), variants="nn",
    jvp=lambda self_t, indices, output_size: F.max_unpool2d(self_t, indices, output_size),
    self = lambda grad, indices: taken(grad, indices, 2))
op("max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> Tensor",
    kernel.max_unpool3d, dtype=only(same, unimplemented("max_unpool3d", BOOL, COMPLEX, INT)), promoted=("self",),
    check=check_unpool(3), variants="nn",
    jvp=lambda self_t, indices, output_size, stride, padding:
        F.max_unpool3d(self_t, indices, output_size, stride, padding),
    self = lambda grad, indices: taken(grad, indices, 3))
