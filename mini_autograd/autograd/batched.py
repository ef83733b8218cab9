"""``autograd.grad`` of many cotangents at once: the pass runs under ``vmap``."""

from __future__ import annotations

from collections.abc import Callable

from mini_autograd.autograd.differentiate import check_both_complex
from mini_autograd.size import Size
from mini_autograd.tensor import TensorBase
from mini_autograd.transform.batching.layer import batched
from mini_autograd.transform.batching.rows import RowBatching
from mini_autograd.transform.vmap import batch_size, removed


def over_rows(run: Callable[[tuple], list], cotangents: tuple, randomness: str = "error") -> list:
    """``run`` of every row of the cotangents that are not None; None where it gives None."""
    size = batch_size(list(cotangents), [None if one is None else 0 for one in cotangents])
    layer = RowBatching(size, randomness)
    with layer:
        rows = tuple([None if one is None else batched(layer, one, 0) for one in cotangents])
        found = run(rows)
    return [None if one is None else removed(layer, one, 0) for one in found]


def check_batched(roots: tuple, grads: tuple) -> None:
    """RuntimeError unless the rows of each cotangent have the shape of their root."""
    for root, grad in zip(roots, grads, strict=True):
        if not isinstance(grad, TensorBase):
            continue
        is_tensor = isinstance(root, TensorBase)
        shape, kind = (
            (root._array.shape, root._dtype) if is_tensor else root.node._outputs[root.output_nr][:2]
        )
        if not grad._array.ndim:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
        if not grad._array.shape[0]:
            raise IndexError("index 0 is out of bounds for dimension 0 with size 0")
        if grad._array.shape[1:] != shape:
            if not is_tensor:
                raise RuntimeError("Batched grads are not supported with GradientEdge")
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
                "dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding "
                f"output, but a mismatch was detected: grad_output[{grads.index(grad)}] has a shape of "
                f"{Size(grad._array.shape[2:])} and output[{roots.index(root)}] has a shape of {Size(shape)}. If you "
                "only want some tensors in `grad_output` to be considered batched, consider using vmap."
            )
        check_both_complex(root, kind, grad, roots, grads)
