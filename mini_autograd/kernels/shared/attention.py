"""Attention of queries, (N, H, L, E), to keys and values, (N, H, S, E), and its gradients.

Half types are computed in float32. Heads of keys may each serve several of queries.
"""

from __future__ import annotations

import math

from mini_autograd import dtypes
from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.creation import empty_like


def attention(
    query: Array,
    key: Array,
    value: Array,
    dropout_p: float,
    is_causal: bool,
    attn_mask: Array | None,
    scale: float | None,
) -> tuple[Array, Array]:
    """The weighted values, laid out as the queries, and the logarithm of the sum of what the weights are made of.

    A query that may attend to nothing gets zeros, and 0 for the logarithm.
    """
    keys, values = served(key, query), served(value, query)
    weights = scores(query, keys, is_causal, attn_mask, scale)
    largest = xp.maximum.reduce(weights, axis=-1, keepdims=True)
    largest = xp.where(xp.isneginf(largest), 0, largest)
    weights -= largest
    xp.exp(weights, out=weights)
    total = xp.add.reduce(weights, axis=-1, keepdims=True)
    nothing = total == 0
    total[nothing] = 1
    weights /= total
    output = empty_like(query, None, dtypes.of_numpy(query.dtype))
    output[...] = xp.matmul(weights, values)
    logarithm = xp.log(total)
    logarithm += largest
    logarithm[nothing] = 0
    heads = xp.ascontiguousarray(xp.swapaxes(logarithm[..., 0], 1, 2))
    return output, xp.swapaxes(heads, 1, 2)


def attention_backward(
    grad_out: Array,
    query: Array,
    key: Array,
    value: Array,
    out: Array,
    logsumexp: Array,
    dropout_p: float,
    is_causal: bool,
    attn_mask: Array | None,
    scale: float | None,
) -> tuple[Array, Array, Array]:
    """The gradients of queries, keys and values; in memory, heads come after positions."""
    keys, values, grad = served(key, query), served(value, query), opened(grad_out)
    weights = scores(query, keys, is_causal, attn_mask, scale)
    weights -= opened(logsumexp)[..., None]
    xp.exp(weights, out=weights)
    grad_value = xp.matmul(xp.swapaxes(weights, -1, -2), grad)
    slope = xp.matmul(grad, xp.swapaxes(values, -1, -2))
    slope -= xp.add.reduce(grad * opened(out), axis=-1, keepdims=True)
    slope *= weights
    slope *= slope.dtype.type(factor(query, scale))
    grad_query = xp.matmul(slope, keys)
    grad_key = xp.matmul(xp.swapaxes(slope, -1, -2), opened(query))
    return (
        positions_first(grad_query, query),
        positions_first(gathered(grad_key, key), key),
        positions_first(gathered(grad_value, value), value),
    )


def scores(query: Array, keys: Array, is_causal: bool, attn_mask: Array | None, scale: float | None) -> Array:
    """The products of queries and keys, scaled and masked."""
    raised = opened(query)
    result = xp.matmul(raised * raised.dtype.type(factor(query, scale)), xp.swapaxes(keys, -1, -2))
    if attn_mask is not None:
        result += opened(attn_mask)
    if is_causal:
        result[..., ~xp.tri(*result.shape[-2:], dtype=xp.bool_)] = -xp.inf
    return result


def factor(query: Array, scale: float | None) -> float:
    return 1 / math.sqrt(query.shape[-1]) if scale is None else scale


def opened(array: Array) -> Array:
    """The array in the type that it is computed in."""
    return array.astype(xp.float32) if array.itemsize == 2 else array


def served(array: Array, query: Array) -> Array:
    """Keys or values, each head as often as heads of queries use it."""
    raised = opened(array)
    times = query.shape[1] // array.shape[1]
    return raised if times == 1 else xp.repeat(raised, times, axis=1)


def gathered(grad: Array, given: Array) -> Array:
    """The sum over the heads that :func:`served` made of one."""
    times = grad.shape[1] // given.shape[1]
    if times == 1:
        return grad
    batch, heads, *rest = given.shape
    return xp.add.reduce(grad.reshape(batch, heads, times, *rest), axis=2)


def positions_first(array: Array, given: Array) -> Array:
    result = xp.empty(xp.swapaxes(array, 1, 2).shape, given.dtype)
    result[...] = xp.swapaxes(array, 1, 2)
    return xp.swapaxes(result, 1, 2)
