"""Softmax and its logarithm."""

from mini_autograd.backward import softmax as backward
from mini_autograd.dtypes import FLOAT
from mini_autograd.errors import not_implemented
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import family, op
from mini_autograd.op.rules import wrap_dim

# fmt: off

rows = family(variants="function")


def floating(name):
    """Computes in the tensor's own type, a floating one; torch names a kernel for the last dimension."""
    def computing(self, other, dim, *rest):
        kind = self._dtype
        if kind.category != FLOAT and self._array.size:
            last = wrap_dim(dim, self._array.ndim) >= self._array.ndim - 1
            raise not_implemented(f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl", kind)
        return kind

    return computing


def forward(name):
    computing = floating(name)
    return lambda self, dim, *rest: computing(self, None, dim)


def check(self, dim, half_to_float=False):
    if half_to_float:
        raise RuntimeError("softmax with half to float conversion is not supported on CPU")
    wrap_dim(dim, self._array.ndim)


def check_backward(grad_output, output, dim, input_dtype):
    wrap_dim(dim, grad_output._array.ndim)
    shape, other = list(grad_output._array.shape), list(output._array.shape)
    if shape != other:
        raise RuntimeError(
            "Expected tensor for argument #1 'grad' to have same size as tensor for argument #2 'output'; "
            f"but {shape} does not equal {other} (while checking arguments for softmax_backward)")
    if grad_output._dtype is not output._dtype:
        raise RuntimeError(
            f"expected scalar type {grad_output._dtype.legacy} but found {output._dtype.legacy}")


rows("_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", kernel.softmax,
    opmath=False, dtype=forward("softmax"), check=check, jvp=backward.softmax_jvp,
    self = lambda grad, result, dim: F._softmax_backward_data(grad, result, dim, grad._dtype))

rows("_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", kernel.log_softmax,
    opmath=False, dtype=forward("log_softmax"), check=check, jvp=backward.log_softmax_jvp,
    self = lambda grad, result, dim: F._log_softmax_backward_data(grad, result, dim, grad._dtype))

GRADIENT = "(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor"

rows(f"_softmax_backward_data{GRADIENT}", kernel.softmax_backward_data,
    dtype=floating("softmax_backward"), check=check_backward, jvp=backward.softmax_backward_jvp,
    grad_output = lambda grad, output, dim: F._softmax_backward_data(grad, output, dim, grad._dtype),
    output      = lambda grad, grad_output, output, dim:
        backward.softmax_double_backward(grad, grad_output, output, dim))

rows(f"_log_softmax_backward_data{GRADIENT}", kernel.log_softmax_backward_data,
    dtype=floating("log_softmax_backward"), check=check_backward, jvp=backward.log_softmax_backward_jvp,
    grad_output = lambda grad, output, dim: backward.log_softmax_grad_output(grad, output, dim),
    output      = lambda grad, grad_output, output, dim:
        backward.log_softmax_double_backward(grad, grad_output, output, dim))

# Where everything is minus infinity the result is 0, as attention wants it.
rows("_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", kernel.safe_softmax,
    opmath=False, dtype=forward("softmax"), check=lambda self, dim, dtype: check(self, dim), jvp=backward.safe_softmax_jvp,
    self = lambda grad, result, dim: F._softmax_backward_data(grad, result, dim, grad._dtype))


def converted(self, dtype):
    return self if dtype is None else F.to(self, dtype)


op("softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
    composite=lambda self, dim, dtype: F._softmax(converted(self, dtype), dim, False))
op("log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
    composite=lambda self, dim, dtype: F._log_softmax(converted(self, dtype), dim, False))
