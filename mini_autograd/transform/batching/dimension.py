"""Ops along dimensions that they name: reductions, scans, sorting, views. The examples go first, so that each dimension
is one further on."""

from __future__ import annotations

from typing import Any

from mini_autograd import errors
from mini_autograd.graph.operations import F
from mini_autograd.kernels.lookup import kernel
from mini_autograd.layouts import contiguous_format
from mini_autograd.tensor import TensorBase, storage_offset
from mini_autograd.transform import refusal
from mini_autograd.transform.batching.loop import loop
from mini_autograd.transform.batching.rule import Call, expanded, rule

NAMES = ("dim", "dims", "dim0", "dim1", "dim2", "dimension", "unroll_dim")
# Sizes of a whole example.
SIZES = ("input_sizes",)
LAST_ALONE = ("flip", "roll")


def shifted(dim: int, rank: int) -> int:
    """The dimension with that of the examples before it; IndexError where an example has none such."""
    if not rank:
        if dim not in (0, -1):
            raise errors.dim_out_of_range(dim, rank)
        return 1
    if not -rank <= dim < rank:
        raise errors.dim_out_of_range(dim, rank)
    return dim + 1 if dim >= 0 else dim + rank + 1


def shifted_all(dims: Any, rank: int) -> Any:
    return (
        tuple([shifted(one, rank) for one in dims])
        if isinstance(dims, (tuple, list))
        else shifted(dims, rank)
    )


def along(call: Call) -> tuple[Any, int]:
    """The op with the examples first in every tensor and its dimensions shifted.

    An example without dimensions is given one for the while.
    """
    first = call.op.tensors[0]
    sized = [call.args[place] for place, name in enumerate(call.op.names) if name in SIZES]
    rank = len(sized[0]) if sized else call.rank(first)
    args = call.args[:]
    alone = len(call.given()) == 1
    for position in call.given():
        args[position] = call.front(position) if alone else call.whole(position)
        if not rank:
            args[position] = F.unsqueeze(args[position], 1)
    for place, name in enumerate(call.op.names):
        value = args[place]
        if name in SIZES:
            args[place] = (call.size, *value)
        elif name in NAMES:
            whole = value is None or (value == () and call.op.name not in LAST_ALONE)
            args[place] = every(rank) if whole else shifted_all(value, rank)
    result = call.run(args)
    return (result, 0) if rank or kept(call) is None else (squeezed(result), 0)


def kept(call: Call) -> Any:
    """How a result has come by the dimension that its example was given; None where it was reduced."""
    if "keepdim" in call.op.names and not call.value("keepdim"):
        return None
    return True


def squeezed(result: Any) -> Any:
    if isinstance(result, TensorBase):
        return F.squeeze(result, 1)
    return [squeezed(one) for one in result]


def every(rank: int) -> Any:
    return tuple(range(1, max(rank, 1) + 1))


@rule("sum", "nansum", "mean", "amax", "amin", "any", "all", "var", "std", "var_mean", "std_mean", "logsumexp",
      "linalg_vector_norm", "count_nonzero", "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "_softmax",
      "_log_softmax", "_softmax_backward_data", "_log_softmax_backward_data", "_safe_softmax", "sort", "argsort",
      "topk", "kthvalue", "mode", "glu", "glu_backward", "flip", "gather", "scatter", "scatter_add", "select_scatter",
      "slice_scatter", "diagonal_scatter", "linalg_cross", "select", "slice", "diagonal", "unfold", "split",
      "split_with_sizes", "unbind", "squeeze_dim", "select_backward", "slice_backward",
      "diagonal_backward", "unfold_backward", "narrow_copy", "select_copy", "slice_copy", "transpose_copy", "aminmax",
      "unsafe_split", "unsafe_split_with_sizes", "diagonal_copy", "unfold_copy")  # fmt: skip
def dimension(call: Call) -> tuple[Any, int]:
    names = call.op.names
    if not any(name in names for name in NAMES):
        return whole(call)
    return along(call)


@rule("prod", "max", "min", "argmax", "argmin", "median", "nanmedian")
def of_one_dimension(call: Call) -> tuple[Any, int]:
    """Along one dimension, or along all: these have no form with several."""
    if "dim" in call.op.names and call.value("dim") is not None:
        return along(call)
    return whole(call)


def whole(call: Call) -> tuple[Any, int]:
    """Over all of each example."""
    value = call.front(call.op.tensors[0])
    name = call.op.name
    rank = call.rank(call.op.tensors[0])
    options = {"dtype": call.value("dtype")} if "dtype" in call.op.names else {}
    if name in ("max", "min"):
        name = f"a{name}"
    if name in ("sum", "mean", "any", "all", "amax", "amin"):
        if not rank and name in ("any", "all"):
            return F.ne(value, 0), 0
        return (
            getattr(F, name)(value, every(rank), **options) if rank else one_element(name, value, options)
        ), 0
    flat = F.reshape(value, (call.size, -1)) if rank != 1 else value
    result = getattr(F, name)(flat, 1, **options)
    keep = "keepdim" in call.op.names and call.value("keepdim")
    result = result if isinstance(result, TensorBase) else result[0]
    return (F.view(result, (call.size, *(1,) * rank)) if keep else result), 0


def one_element(name: str, value: Any, options: dict) -> Any:
    return getattr(F, name)(F.unsqueeze(value, 1), (1,), **options)


@rule("roll")
def roll(call: Call) -> tuple[Any, int]:
    value = call.front(0)
    if call.value("dims"):
        return along(call)
    shape = value._array.shape
    return F.view(F.roll(F.reshape(value, (call.size, -1)), call.value("shifts"), (1,)), shape), 0


@rule("permute", "permute_copy")
def permute(call: Call) -> tuple[Any, int]:
    return call.run([call.front(0), (0, *[shifted(dim, call.rank(0)) for dim in call.value("dims")])]), 0


@rule("unsqueeze", "unsqueeze_copy")
def unsqueeze(call: Call) -> tuple[Any, int]:
    return call.run([call.front(0), shifted(call.value("dim"), call.rank(0) + 1)]), 0


def apart(call: Call, view: Any) -> Any:
    """The view, or a copy of it for an op that makes one."""
    return F.clone(view, memory_format=contiguous_format) if call.op.name.endswith("_copy") else view


@rule("squeeze", "squeeze_copy")
def squeeze(call: Call) -> tuple[Any, int]:
    if "dim" in call.op.names:
        if not call.rank(0):
            return apart(call, F.alias(call.front(0))), 0
        return along(call)
    shape = call.shown[0]._array.shape
    dims = tuple([dim + 1 for dim, size in enumerate(shape) if size == 1])
    return apart(call, F.squeeze(call.front(0), dims)), 0


@rule("transpose")
def transpose(call: Call) -> tuple[Any, int]:
    """Of examples without dimensions no view is made."""
    if call.rank(0) or not {call.value("dim0"), call.value("dim1")} <= {0, -1}:
        return along(call)
    return call.args[0], call.dims[0]


@rule("t", "t_copy")
def t(call: Call) -> tuple[Any, int]:
    """Of examples without dimensions no view is made, as of :func:`transpose`."""
    rank = call.rank(0)
    if rank > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {rank}D")
    if not rank and call.op.name == "t":
        return call.args[0], call.dims[0]
    return apart(call, F.transpose(call.front(0), 1, 2) if rank == 2 else F.alias(call.front(0))), 0


@rule("expand", "expand_copy")
def expand(call: Call) -> tuple[Any, int]:
    size = call.value("size")
    value = call.padded(0, len(size))
    if call.rank(0) >= len(size):
        value = F.view(value, value._array.shape)  # torch makes one of any, with more dimensions or not
    shape = value._array.shape[1:]
    size = tuple([shape[place] if one == -1 else one for place, one in enumerate(size)])
    return apart(call, F.expand(value, (call.size, *size))), 0


@rule("view", "_unsafe_view", "view_copy")
def view(call: Call) -> tuple[Any, int]:
    size = kernel.infer_size(tuple(call.value("size")), call.shown[0]._array.size)
    return call.run([call.front(0), (call.size, *size)]), 0


@rule("_reshape_alias")
def reshape_alias(call: Call) -> tuple[Any, int]:
    return F.view(call.front(0), (call.size, *call.value("size"))), 0


def check_part(call: Call, example: Any, offset: int | None) -> None:
    """RuntimeError where a part of an example would reach outside of it."""
    size, stride, own = tuple(call.value("size")), tuple(call.value("stride")), storage_offset(example)
    offset = own if offset is None else offset
    if len(size) != len(stride):
        raise refusal.part_of_unequal_lengths(list(size), list(stride))
    if 0 in size:
        return
    itemsize = example._array.itemsize
    end = own + 1 + reach(example._array.shape, [step // itemsize for step in example._array.strides])
    last = offset + 1 + reach(size, stride)
    if example._array.size and own <= offset and last <= end:
        return
    if not example._array.size:
        raise refusal.part_of_nothing(list(size), list(stride), offset)
    raise refusal.part_outside(
        list(size), list(stride), offset, last, own, end, " " if example.spaced else ""
    )


def reach(size: Any, stride: Any) -> int:
    """How far the last element lies from the first."""
    return sum((length - 1) * step for length, step in zip(size, stride, strict=True))


@rule("_places")
def places(call: Call) -> tuple[Any, int]:
    """The same for every example, whose elements have no part in them."""
    found = call.run([call.front(0), *call.args[1:]])
    return F.expand(found, (call.size, *found._array.shape)), 0


@rule("as_strided", "as_strided_copy")
def as_strided(call: Call) -> tuple[Any, int]:
    """The same part of every example, whose place is told from the first element of its own."""
    value = call.front(0)
    array = value._array
    offset = call.value("storage_offset")
    check_part(call, call.shown[0], offset)
    own = storage_offset(call.shown[0])
    start = 0 if offset is None else offset - own
    step = array.strides[0] // array.itemsize if call.size else 0
    place = storage_offset(value) + start
    part = F.as_strided(value, (call.size, *call.value("size")), (step, *call.value("stride")), place)
    return apart(call, part), 0


@rule("repeat")
def repeat(call: Call) -> tuple[Any, int]:
    repeats = call.value("repeats")
    return F.repeat(call.padded(0, len(repeats)), (1, *repeats)), 0


@rule("tril", "triu", "constant_pad_nd")
def on_last(call: Call) -> tuple[Any, int]:
    """What counts its dimensions from the last."""
    return call.run([call.front(0), *call.args[1:]]), 0


@rule("cat", "stack")
def join(call: Call) -> tuple[Any, int]:
    tensors, dims = call.args[0], call.dims[0]
    rank = max(one._array.ndim for one in call.shown[0]) + (call.op.name == "stack")
    parts = [expanded(one, dim, call.size) for one, dim in zip(tensors, dims, strict=True)]
    return call.run([parts, shifted(call.args[1], rank)]), 0


@rule("index_select")
def index_select(call: Call) -> tuple[Any, int]:
    if call.dims[2] is not None or not call.rank(0):
        return loop(call)
    return call.run([call.front(0), shifted(call.value("dim"), call.rank(0)), call.args[2]]), 0
