"""Functions of any number of tensors, which no native schema describes.

See https://pytorch.org/docs/stable/torch.html; torch keeps them in ``torch.functional``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mini_autograd import errors
from mini_autograd.data import tensor
from mini_autograd.dtypes import INT, int64
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.op.resize import resize, warn_resized
from mini_autograd.size import Size
from mini_autograd.tensor import Tensor, TensorBase, requires_grad

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "detach_",
    "einsum",
    "lu",
    "meshgrid",
    "tensordot",
    "unravel_index",
]


def only_tensors(tensors: Any, argument: int = 0) -> list[TensorBase]:
    """The arguments as a list; TypeError for the first that is no tensor."""
    for index, one in enumerate(tensors):
        if not isinstance(one, Tensor):
            raise TypeError(
                f"expected Tensor as element {index} in argument {argument}, but got {type(one).__name__}"
            )
    return list(tensors)


def unpacked(tensors: tuple) -> tuple:
    """What was given one by one or as one list."""
    return tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors


def broadcast_tensors(*tensors: TensorBase) -> tuple[Tensor, ...]:
    """The tensors expanded to the shape that they have together; RuntimeError where there is none."""
    return F.broadcast_tensors(only_tensors(tensors))


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes, ints or tuples of ints, have together; RuntimeError for none."""
    given = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    sizes = [1] * max([len(shape) for shape in given], default=0)
    for index, shape in enumerate(given):
        for dim in range(-1, -1 - len(shape), -1):
            size = shape[dim]
            if size < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if size not in (1, sizes[dim]) and sizes[dim] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {size} at {dim}! Mismatching argument at index "
                    f"{index} had {shape}; but expected shape should be broadcastable to {sizes}"
                )
            sizes[dim] = size if sizes[dim] == 1 else sizes[dim]
    return Size(sizes)


def detach_(input: TensorBase) -> Tensor:
    """Cut the tensor off from its history, in place."""
    return input.detach_()  # type: ignore[attr-defined]


def lu(
    A: TensorBase, pivot: bool = True, get_infos: bool = False, out: tuple[TensorBase, ...] | None = None
) -> Any:
    """Both triangular factors in one matrix, and the pivots; for each matrix of a batch whether that succeeded."""
    result = F._lu_with_info(A, pivot=pivot, check_errors=not get_infos)
    if not get_infos:
        result = tuple(result[:2])
    if out is None:
        return result
    check_outputs(out, 2 + get_infos)
    for one, made in zip(out, result, strict=True):
        into(one, made)
    return out


def check_outputs(out: Any, count: int) -> None:
    if not isinstance(out, (tuple, list)):
        raise TypeError(f"argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if len(out) != count:
        raise TypeError(f"expected tuple of {count} elements but got {len(out)}")


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The 1-d (or 0-d) tensors as the axes of a grid, each expanded to its shape; ``indexing``: "ij" or "xy"."""
    axes = only_tensors(unpacked(tensors))
    return F.meshgrid(axes) if indexing is None else F.meshgrid(axes, indexing=indexing)


def cartesian_prod(*tensors: TensorBase) -> Tensor:
    """All combinations of elements of 1-d tensors, a row each; a single tensor as it is."""
    return F.cartesian_prod(only_tensors(tensors))


COMPUTE_MODES = {
    "use_mm_for_euclid_dist_if_necessary": None,
    "use_mm_for_euclid_dist": 1,
    "donot_use_mm_for_euclid_dist": 2,
}


def cdist(
    x1: TensorBase,
    x2: TensorBase,
    p: float = 2.0,
    compute_mode: str = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """The distances of each row of ``x1`` to each of ``x2``; Euclidean ones of many rows by a product of matrices."""
    if compute_mode not in COMPUTE_MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    distances: Tensor = F.cdist(x1, x2, p, COMPUTE_MODES[compute_mode])
    return distances


def block_diag(*tensors: TensorBase) -> Tensor:
    """The tensors, of at most two dimensions, along the diagonal of a matrix of zeros."""
    return F.block_diag(only_tensors(tensors))


def atleast_1d(*tensors: Any) -> Any:
    """The tensor, or each of several, with at least one dimension."""
    return at_least(F.atleast_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """The tensor, or each of several, with at least two dimensions."""
    return at_least(F.atleast_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """The tensor, or each of several, with at least three dimensions."""
    return at_least(F.atleast_3d, tensors)


def at_least(raised: Any, tensors: tuple) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return raised(tensors[0])
    return raised(only_tensors(unpacked(tensors)))


def chain_matmul(*matrices: TensorBase, out: TensorBase | None = None) -> Tensor:
    """The product of the matrices, in the order that takes the fewest multiplications."""
    several = only_tensors(matrices)
    if out is None or len(several) == 1:
        return F.chain_matmul(several)
    if modes.current().grad and any(map(requires_grad, [*several, out])):
        raise errors.no_derivative_of_out("mm")
    product = F.chain_matmul(several)
    if product._dtype is not out._dtype:
        raise RuntimeError(
            f"Expected out tensor to have dtype {dtype_word(product)}, but got {dtype_word(out)} instead"
        )
    return into(out, product)


def dtype_word(tensor: TensorBase) -> str:
    return tensor._dtype.legacy.lower()


def into(out: TensorBase, product: TensorBase) -> Any:
    """``out`` in the shape of ``product`` and with its elements."""
    warn_resized(out._array, product._array.shape, 4)
    resize(out, product._array.shape)
    return F.copy_(out, product)


def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation such as ``"ij,jk->ik"`` describes, over the operands that follow.

    Instead of letters in an equation a list of ints after each operand may name its dimensions.
    """
    if len(args) < 2:
        raise ValueError(TOO_FEW_FOR_EINSUM)
    if isinstance(args[0], Tensor):
        equation, operands = spelled(args)
    else:
        equation, operands = args[0], list(args[1:])
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = list(operands[0])
        if not operands:
            raise ValueError(TOO_FEW_FOR_EINSUM)
    return F.einsum(equation, only_tensors(operands, 1))


TOO_FEW_FOR_EINSUM = (
    "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
    "subscripts list"
)


def spelled(args: tuple) -> tuple[str, list]:
    """The equation for operands that are each followed by a list of subscripts."""
    terms = [",".join("".join(letter(one) for one in subscripts) for subscripts in args[1::2])]
    operands = list(args[::2])
    if len(args) % 2:
        equation = ",".join("".join(letter(one) for one in subscripts) for subscripts in args[1:-1:2])
        terms = [f"{equation}->" + "".join(letter(one) for one in args[-1])]
        operands = list(args[:-1:2])
    return terms[0], operands


def letter(subscript: Any) -> str:
    if subscript is Ellipsis:
        return "..."
    if 0 <= subscript < 26:
        return chr(ord("A") + subscript)
    if 26 <= subscript < 52:
        return chr(ord("a") + subscript - 26)
    raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")


def tensordot(a: TensorBase, b: TensorBase, dims: Any = 2, out: TensorBase | None = None) -> Tensor:
    """The sum of products over ``dims``: the last so many of ``a`` and first of ``b``, or two lists."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, (list, tuple)) and dims and not isinstance(dims[0], int):
        dims_a, dims_b = dims
    elif isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a._array.ndim, b._array.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = tuple(range(-dims, 0)), tuple(range(dims))
    else:
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two "
            f"lists, but got dims={dims}"
        )
    product = F.tensordot(a, b, tuple(dims_a), tuple(dims_b))
    if out is None:
        return product
    if out._dtype is not product._dtype:
        raise RuntimeError(
            f"tensordot: Expected the output tensor to have dtype {product._dtype.legacy}, but got an output tensor "
            f"with dtype {out._dtype.legacy}"
        )
    return into(out, product)


def unravel_index(indices: TensorBase, shape: Any) -> tuple[Tensor, ...]:
    """The places in a tensor of that shape that these indices into it as one row stand for, a tensor a dimension."""
    if indices.is_complex() or indices._dtype.category != INT:  # type: ignore[attr-defined]
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices._dtype}")
    if not isinstance(shape, (int, Sequence)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else shape
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    steps = [math.prod(sizes[at + 1 :]) for at in range(len(sizes))]
    rows = F.floor_divide(F.unsqueeze(indices, -1), tensor(steps, dtype=int64))
    return F.unbind(F.remainder(rows, tensor(list(sizes), dtype=int64)), -1)
