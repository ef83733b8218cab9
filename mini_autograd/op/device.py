"""Ops on a GPU's tensors: on which device they run, and with which kernels.

Dispatch comes here for what is not all numpy's. A tensor without dimensions on the CPU stands for a number beside those
of a GPU, where an op is elementwise; anything else on two devices is an error in torch's words.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.lookup import elsewhere, on_host
from mini_autograd.kernels.transfer import put
from mini_autograd.op.row import Op
from mini_autograd.op.rules import check_broadcast
from mini_autograd.tensor import TensorBase

# Ops that go from one device to another, and ops whose indices may lie on the CPU.
CROSSING = ("copy_", "copy", "_copy_across")
# Whose value may be a tensor without dimensions on the CPU.
FILLING = ("fill", "fill_", "masked_fill", "masked_fill_", "index_fill", "index_fill_")
INDEXING = ("index", "index_put", "index_put_", "_index_put_impl", "_index_put_impl_", "_unsafe_index")
# Whose wrapper in torch is named by the op alone; those of the others have the overload's name, if any, before it.
STRUCTURED = frozenset((
    "_linalg_solve_ex", "_log_softmax_backward_data", "_softmax_backward_data", "adaptive_max_pool2d_backward",
    "adaptive_max_pool3d_backward", "addmm", "addmv", "avg_pool2d_backward", "avg_pool3d_backward", "baddbmm", "bmm",
    "cat", "fractional_max_pool2d", "fractional_max_pool3d", "gather", "index_add", "index_copy", "index_reduce",
    "isin", "linalg_cross", "linalg_ldl_solve", "linalg_lu_solve", "max_pool2d_with_indices_backward", "mm",
    "nll_loss_backward", "nll_loss_forward", "reflection_pad1d_backward", "reflection_pad3d_backward",
    "replication_pad1d_backward", "scatter", "scatter_add", "scatter_reduce", "triangular_solve",
))  # fmt: skip


def name_of_device(array: Any) -> str:
    """``cpu``, ``cuda:0``."""
    return "cpu" if on_host(array) else f"cuda:{array.device.id}"


def run_elsewhere(op: Op, args: list, arrays: list, run: Any) -> Any:
    """What the op's kernel for a GPU gives for ``arrays``; RuntimeError where they lie on several devices."""
    kernels = elsewhere()
    if op.name in CROSSING:
        return run_across(op, arrays, run)
    place = placed_together(op, args, arrays)
    function = kernels.counterpart(op.kernel)
    try:
        with kernels.on(place):
            return there(kernels, run(function, *arrays), place)
    except ValueError:
        if op.elementwise:
            check_broadcast([one.shape for at in op.tensors for one in listed(arrays[at])])
        raise


def there(kernels: Any, result: Any, place: int) -> Any:
    """What a kernel gave, with what it found out without the device brought to it."""
    if result is None or is_elsewhere(result):
        return result
    if isinstance(result, (tuple, list)):
        return [there(kernels, one, place) for one in result]
    return kernels.sent(result, place)


def is_elsewhere(value: Any) -> bool:
    """Whether a value is the array of a GPU."""
    return hasattr(value, "__cuda_array_interface__")


def run_across(op: Op, arrays: list, run: Any) -> Any:
    """The same of an op that goes from one device to another: it runs where what is written lies."""
    if op.name == "_copy_across":
        return run(op.kernel, *arrays)
    target = arrays[0]
    arrays[1] = put(arrays[1], device_of(target))
    if on_host(target):
        return run(op.kernel, *arrays)
    kernels = elsewhere()
    with kernels.on(target.device.id):
        return run(kernels.counterpart(op.kernel), *arrays)


def placed_together(op: Op, args: list, arrays: list) -> int:
    """The number of the device that all lie on; what may lie elsewhere is brought there, in ``arrays``."""
    place: Any = None
    first = ""
    for position in op.tensors:
        for array in listed(arrays[position]):
            if not on_host(array) and place is None:
                place, first = array.device.id, name_of_device(array)
    for position in op.tensors:
        value = arrays[position]
        if value is None:
            continue
        if isinstance(value, list):
            arrays[position] = [
                None if one is None else brought(op, one, place, first, position) for one in value
            ]
        else:
            arrays[position] = brought(op, value, place, first, position)
    return int(place)


def listed(value: Any) -> list:
    if value is None:
        return []
    return [one for one in value if one is not None] if isinstance(value, list) else [value]


def brought(op: Op, array: Any, place: int, first: str, position: int) -> Any:
    """``array`` as the kernel on device ``place`` takes it."""
    if on_host(array):
        if array.ndim == 0 and op.elementwise:
            return elsewhere().number(array)
        filled = array.ndim == 0 and op.name in FILLING + INDEXING
        if filled or (op.name in INDEXING and op.names[position] == "indices"):
            return elsewhere().sent(array, place)
    elif array.device.id == place:
        return array
    raise on_two_devices(op, array, first, position)


def on_two_devices(op: Op, array: Any, first: str, position: int) -> RuntimeError:
    other = name_of_device(array)
    if op.name in INDEXING and (position == 0 or op.names[position] == "indices"):
        indexed = first if position else other
        return RuntimeError(
            f"indices should be either on cpu or on the same device as the indexed tensor ({indexed})"
        )
    if op.elementwise or op.name in INDEXING:
        one, two = (other, first) if position == 0 else (first, other)
        return RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two devices, {one} and {two}!"
        )
    overload = op.schema.full_name.partition(".")[2]
    method = op.name if op.name in STRUCTURED else f"{overload}_{op.name}"
    return RuntimeError(
        f"Expected all tensors to be on the same device, but got {op.names[position]} is on {other}, different from "
        f"other tensors on {first} (when checking argument in method wrapper_CUDA_{method})"
    )


def check_device_of_out(op: Op, result: Any, out: Any) -> None:
    """RuntimeError where a result is to be written to another device."""
    made, wanted = name_of_device(result), name_of_device(out)
    if made == wanted:
        return
    if op.elementwise:
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two devices, {made} and {wanted}!"
        )
    raise RuntimeError(f"Expected out tensor to have device {made}, but got {wanted} instead")


def device_number(tensor: TensorBase) -> int:
    """Which GPU holds a tensor; -1 for the CPU."""
    array: Any = tensor._array
    return -1 if on_host(array) else int(array.device.id)
