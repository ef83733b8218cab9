"""Embeddings: rows of a table by their number, alone or put together in bags, and the gradients of the table."""

from __future__ import annotations

from typing import Any

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros
from mini_autograd.kernels.shared.scattering import Combine, combine_at

SUM, MEAN, MAX = range(3)


def embedding(
    weight: Array, indices: Array, padding_idx: int, scale_grad_by_freq: bool, sparse: bool
) -> Array:
    """The row that each index names; IndexError for one of no row."""
    check_rows(indices, weight)
    result = allocate((*indices.shape, *weight.shape[1:]), weight.dtype)
    result[...] = weight[indices]
    return result


def check_rows(indices: Array, weight: Array) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= len(weight)):
        raise IndexError("index out of range in self")


def embedding_dense_backward(
    grad_output: Array,
    indices: Array,
    num_weights: int,
    padding_idx: int,
    scale_grad_by_freq: bool,
    combine: Combine = combine_at,
) -> Array:
    """The sum of what arrives at each row, over how often it was named with ``scale_grad_by_freq``."""
    flat = indices.reshape(-1)
    rows = grad_output.reshape(flat.size, grad_output.shape[-1])
    kept = flat != padding_idx
    if scale_grad_by_freq:
        counts = xp.bincount(flat, minlength=num_weights)
        rows = rows / counts[flat][:, None].astype(rows.dtype)
    return gathered(num_weights, flat[kept], rows[kept], combine)


def gathered(count: int, places: Array, rows: Array, combine: Combine) -> Array:
    """Rows added up by their places; half types in float32."""
    if rows.dtype.itemsize == 2:
        return gathered(count, places, rows.astype(xp.float32), combine).astype(rows.dtype)
    result = allocate_zeros((count, rows.shape[1]), rows.dtype)
    combine(xp.add, result, 0, places, rows)
    return result


def embedding_renorm(self: Array, indices: Array, max_norm: float, norm_type: float) -> Array:
    """Scale the rows that are named down to ``max_norm``, where they are longer."""
    check_rows(indices, self)
    rows = xp.unique(indices)
    wide = self[rows].astype(xp.float64)
    length = xp.linalg.norm(wide, norm_type, axis=1)
    scale = xp.where(length > max_norm, max_norm / (length + 1e-7), 1)
    self[rows] = wide * scale[:, None]
    return self


# --- Bags -------------------------------------------------------------------------------------------------


def embedding_bag(
    weight: Array,
    indices: Array,
    offsets: Array,
    scale_grad_by_freq: bool,
    mode: int,
    sparse: bool,
    per_sample_weights: Array | None,
    include_last_offset: bool,
    padding_idx: int,
    combine: Combine = combine_at,
) -> tuple[Array, Array, Array, Array]:
    """The rows of each bag put together, the bag of each index, the sizes of bags, and where maxima are from."""
    bags = len(offsets) - 1 if include_last_offset else len(offsets)
    kind = xp.result_type(indices.dtype, offsets.dtype)
    named = kept_rows(indices, weight, padding_idx)
    of_bag: Array = xp.asarray(xp.searchsorted(offsets[:bags], xp.arange(indices.size), side="right")) - 1
    rows, places = weight[indices[named]], of_bag[named]
    sizes = xp.bincount(places, minlength=bags).astype(kind)
    shape = (bags, weight.shape[1])
    if mode == MAX:
        result, from_row = largest(rows, indices[named], places, shape, kind)
    else:
        if per_sample_weights is not None:
            rows = rows * per_sample_weights[named][:, None]
        result, from_row = gathered(bags, places, rows, combine), allocate_zeros((bags,), kind)
        if mode == MEAN:
            from_row[...] = sizes
            result = (result / xp.maximum(sizes, 1)[:, None].astype(xp.float64)).astype(weight.dtype)
    counted = allocate_zeros((bags,), kind)
    if mode != SUM:
        counted[...] = sizes
    # For sums in narrow types torch has a kernel that does not say which bag is whose.
    unsaid = mode == SUM and padding_idx < 0 and weight.itemsize < 8 and weight.strides[1] == weight.itemsize
    bag = allocate((0 if unsaid else indices.size,), kind)
    bag[...] = of_bag[: bag.size]
    return result, bag, counted, from_row


def bags_of(offset2bag: Array, indices: Array, offsets: Array) -> Array:
    """The bag of each index, where it was not said found anew."""
    if offset2bag.size == indices.size:
        return offset2bag
    return xp.asarray(xp.searchsorted(offsets, xp.arange(indices.size), side="right")) - 1


def kept_rows(indices: Array, weight: Array, padding_idx: int) -> Array:
    """Which indices count; RuntimeError for one of no row."""
    wrong: Array = xp.asarray((indices < 0) | (indices >= len(weight)))
    if wrong.any():
        raise RuntimeError(
            "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be "
            f"{indices[wrong][0]}"
        )
    kept: Array = indices != padding_idx
    return kept


def largest(
    rows: Array, indices: Array, places: Array, shape: tuple[int, int], kind: Any
) -> tuple[Array, Array]:
    """The largest element of each column of a bag, 0 of none, and the row that it is from: the first of several."""
    result, from_row = allocate_zeros(shape, rows.dtype), allocate_zeros(shape, kind)
    for bag in xp.unique(places).tolist():
        own = places == bag
        best = xp.argmax(rows[own], axis=0)
        result[bag], from_row[bag] = xp.take_along_axis(rows[own], best[None], 0)[0], indices[own][best]
    return result, from_row


def embedding_bag_backward(
    grad: Array,
    indices: Array,
    offsets: Array,
    offset2bag: Array,
    bag_size: Array,
    maximum_indices: Array,
    num_weights: int,
    scale_grad_by_freq: bool,
    mode: int,
    sparse: bool,
    per_sample_weights: Array | None,
    padding_idx: int,
    combine: Combine = combine_at,
) -> Array:
    if mode == MAX:
        full = xp.flatnonzero(bag_size)
        result = allocate_zeros((num_weights, grad.shape[1]), grad.dtype)
        columns = xp.broadcast_to(xp.arange(grad.shape[1]), (len(full), grad.shape[1]))
        xp.add.at(result, (maximum_indices[full], columns), grad[full])
        return result
    of_bag = bags_of(offset2bag, indices, offsets)
    order = xp.argsort(indices, kind="stable")
    chosen = order[indices[order] != padding_idx]
    scale = xp.ones(chosen.size)
    if per_sample_weights is not None:
        scale *= per_sample_weights[chosen].astype(xp.float64)
    if scale_grad_by_freq:
        scale /= frequencies(indices)[chosen]
    if mode == MEAN:
        scale /= bag_size[of_bag[chosen]]
    rows = grad[of_bag[chosen]] * scale[:, None].astype(grad.dtype)
    return gathered(num_weights, indices[chosen], rows, combine)


def frequencies(indices: Array) -> Array:
    """What torch divides by: of the n-th distinct index how often that is named which comes n-th in sorted order, not
    itself."""
    distinct, inverse = xp.unique(indices, return_inverse=True)
    counts = xp.bincount(indices, minlength=1)
    ordered = xp.sort(indices)[: len(distinct)]
    found: Array = counts[ordered][inverse]
    return found


def embedding_bag_per_sample_weights_backward(
    grad: Array, weight: Array, indices: Array, offsets: Array, offset2bag: Array, mode: int, padding_idx: int
) -> Array:
    products = (grad[bags_of(offset2bag, indices, offsets)] * weight[indices]).sum(1)
    result = allocate((indices.size,), grad.dtype)
    result[...] = xp.where(indices == padding_idx, products.dtype.type(0), products)
    return result
