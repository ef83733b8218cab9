"""Images sampled at the places of a grid: after Jaderberg et al., "Spatial Transformer Networks" (2015)."""

from mini_autograd.backward.grid import double_backward
from mini_autograd.dtypes import BOOL, COMPLEX, INT
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import op, same
from mini_autograd.op.support import only, unimplemented

# fmt: off

STEPS = "int interpolation_mode, int padding_mode, bool align_corners"


def check_sizes(input, grid):
    shape, places = list(input._array.shape), list(grid._array.shape)
    if shape[:1] != places[:1]:
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, but got input with sizes {shape} and grid "
            f"with sizes {places}")
    if places[-1] != len(shape) - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {len(shape) - 2} in last dimension, but got grid with sizes "
            f"{places}")
    for dim in range(2, len(shape)):
        if shape[dim] <= 0:
            raise RuntimeError(
                f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {shape} with "
                f"dimension {dim} being empty")


def check_grid(spatial):
    def check(input, grid, interpolation_mode, padding_mode, align_corners):
        check_sizes(input, grid)
        shape, places = list(input._array.shape), list(grid._array.shape)
        if len(shape) != spatial + 2 or len(places) != len(shape):
            raise RuntimeError(
                f"grid_sampler(): expected {spatial + 2}D input and grid with same number of dimensions, but got input "
                f"with sizes {shape} and grid with sizes {places}")
        if spatial == 3 and interpolation_mode == 2:
            raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
        if input._dtype is not grid._dtype:
            raise RuntimeError(f"expected scalar type {input._dtype.legacy} but found {grid._dtype.legacy}")

    return check


def grid_rows(spatial, word):
    name = f"grid_sampler_{spatial}d"
    backward, double = f"{name}_backward", f"_{name}_double_backward"
    tensors = "Tensor grad_output, Tensor input, Tensor grid"

    op(f"{name}(Tensor input, Tensor grid, {STEPS}) -> Tensor", kernel.grid_sampler,
        dtype=only(same, unimplemented(word, BOOL, COMPLEX, INT)), check=check_grid(spatial), variants="function",
        joint=(("input", "grid"), lambda grad, input, grid, interpolation_mode, padding_mode, align_corners, needs:
            getattr(F, backward)(grad, input, grid, interpolation_mode, padding_mode, align_corners, needs)))

    op(f"{backward}({tensors}, {STEPS}, bool[2] output_mask) -> (Tensor, Tensor)", kernel.grid_sampler_backward,
        variants="internal",
        joint=(("grad_output", "input", "grid"), lambda grads, grad_output, input, grid, interpolation_mode, padding_mode,
            align_corners: double_backward(spatial, grads, grad_output, input, grid, interpolation_mode, padding_mode,
                align_corners)))

    op(f"{double}(Tensor of_grid, {tensors}, {STEPS}) -> (Tensor, Tensor, Tensor)", kernel.grid_sampler_double_backward,
        promoted=("grad_output",), variants="internal")


grid_rows(2, "grid_sampler_2d_cpu_kernel_impl")
grid_rows(3, "grid_sampler3d_cpu")


def grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners):
    check_sizes(input, grid)
    sampler = F.grid_sampler_3d if input._array.ndim == 5 else F.grid_sampler_2d
    if input._array.ndim not in (4, 5) or input._array.ndim != grid._array.ndim:
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{list(input._array.shape)} and grid with sizes {list(grid._array.shape)}")
    return sampler(input, grid, interpolation_mode, padding_mode, align_corners)


op(f"grid_sampler(Tensor input, Tensor grid, {STEPS}) -> Tensor", composite=grid_sampler, variants="function")
