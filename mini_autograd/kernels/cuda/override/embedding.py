"""Rows of a table by their number, and the gradient of the table: sorted by row, the same bits every time."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.cuda import fault, gathering, module
from mini_autograd.kernels.cuda.instance import shared_kernel


def check_rows(indices: Any, weight: Any) -> None:
    """Note an index of no row on the device."""
    fault.watch("embedding", indices, 0, len(weight))


def embedding(weight: Any, indices: Any, padding_idx: int, scale_grad_by_freq: bool, sparse: bool) -> Any:
    if not gathering.takes(indices) or weight.ndim != 2:
        return shared_kernel("embedding", "embedding")(
            weight, indices, padding_idx, scale_grad_by_freq, sparse
        )
    check_rows(indices, weight)
    xp = module.device_module()
    rows = gathering.pick(xp.ascontiguousarray(weight), 0, xp.ascontiguousarray(indices).reshape(-1))
    return rows.reshape(*indices.shape, weight.shape[1])


def embedding_dense_backward(
    grad_output: Any, indices: Any, num_weights: int, padding_idx: int, scale_grad_by_freq: bool
) -> Any:
    if not gathering.takes(indices) or grad_output.dtype not in module.FLOATS:
        kernel = shared_kernel("embedding", "embedding_dense_backward")
        return kernel(grad_output, indices, num_weights, padding_idx, scale_grad_by_freq)
    xp = module.device_module()
    width = grad_output.shape[-1]
    result = xp.zeros((num_weights, width), grad_output.dtype)
    if grad_output.size and num_weights:
        rows, keys = xp.ascontiguousarray(grad_output), xp.ascontiguousarray(indices).reshape(-1)
        fault.watch("embedding_dense_backward", keys, 0, num_weights)
        gathering.add_runs(result, keys, rows, width, padding_idx, scale_grad_by_freq)
    return result
