"""Windows as columns, and back."""

from mini_autograd.dtypes import INT
from mini_autograd.errors import dim_out_of_range
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.kernels.shared.window import pooled_size
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import only, unimplemented

# fmt: off

STEPS = "int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride"


def check_steps(kernel_size, dilation, padding, stride):
    for name, sizes in (("kernel_size", kernel_size), ("dilation", dilation), ("padding", padding), ("stride", stride)):
        if len(sizes) != 2:
            raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(sizes)}")
    given = (("kernel size", "kernel", kernel_size), ("stride", "stride", stride), ("dilation", "dilation", dilation))
    for what, name, (height, width) in given:
        if height <= 0 or width <= 0:
            raise RuntimeError(
                f"{what} should be greater than zero, but got {name}_height: {height} {name}_width: {width}")
    if min(padding) < 0:
        raise RuntimeError(
            f"padding should be non-negative, but got pad_height: {padding[0]} pad_width: {padding[1]}")


def windows(sizes, kernel_size, dilation, padding, stride):
    return [pooled_size(size, length, by, pad, far, False)
        for size, length, by, pad, far in zip(sizes, kernel_size, stride, padding, dilation, strict=True)]


def pair(sizes):
    return ", ".join(str(one) for one in sizes)


def check_unfold(self, kernel_size, dilation, padding, stride):
    check_steps(kernel_size, dilation, padding, stride)
    shape = self._array.shape
    if len(shape) < 3:
        raise dim_out_of_range(2, len(shape))
    if len(shape) not in (3, 4) or 0 in shape[len(shape) - 3 :]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(shape)}")
    counts = windows(shape[-2:], kernel_size, dilation, padding, stride)
    if min(counts) < 1:
        raise RuntimeError(
            f"Given input with spatial size ({pair(shape[-2:])}), kernel_size=({pair(kernel_size)}), "
            f"dilation=({pair(dilation)}), padding=({pair(padding)}), calculated shape of the array of sliding blocks as "
            f"({pair(counts)}), but its components must be at least one.")


def check_fold(self, output_size, kernel_size, dilation, padding, stride):
    if len(output_size) != 2:
        raise RuntimeError(f"It is expected output_size equals to 2, but got size {len(output_size)}")
    check_steps(kernel_size, dilation, padding, stride)
    shape = self._array.shape
    if len(shape) not in (2, 3) or 0 in shape[len(shape) - 2 :]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(shape)}")
    rows, columns = shape[-2:]
    if rows % (kernel_size[0] * kernel_size[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size=({pair(kernel_size)}).")
    counts = windows(output_size, kernel_size, dilation, padding, stride)
    steps = (
        f"output_size=({pair(output_size)}), kernel_size=({pair(kernel_size)}), dilation=({pair(dilation)}), "
        f"padding=({pair(padding)}), stride=({pair(stride)})")
    if columns != counts[0] * counts[1]:
        raise RuntimeError(
            f"Given {steps}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{counts[0]} * {counts[1]} = {counts[0] * counts[1]}, but got input.size(2)={columns}.")
    if min(counts) < 1:
        raise RuntimeError(
            f"Given {steps}, calculated shape of the array of sliding blocks as ({pair(counts)}), which is too small "
            "(non-positive)")


op(f"im2col(Tensor self, {STEPS}) -> Tensor", kernel.im2col, opmath=False, dtype=only(same, unimplemented("im2col_out_cpu", INT)),
     check=check_unfold, variants="nn",
    jvp="linear",
    self = lambda grad, self_sym_argsize_minus_2, self_sym_argsize_minus_1, kernel_size, dilation, padding, stride:
        F.col2im(grad, (self_sym_argsize_minus_2, self_sym_argsize_minus_1), kernel_size, dilation, padding, stride))
op(f"col2im(Tensor self, SymInt[2] output_size, {STEPS}) -> Tensor", kernel.col2im, check=check_fold,
    opmath=False, dtype=only(same, unimplemented("col2im_out_cpu", INT)), variants="nn",
    jvp="linear",
    self = lambda grad, kernel_size, dilation, padding, stride: F.im2col(grad, kernel_size, dilation, padding, stride))
