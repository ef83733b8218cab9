"""Scaled dot product attention: as one op where torch has one for the processor, else by its formula."""

import math

from mini_autograd import dtypes
from mini_autograd.backward.arithmetic import no_tangent, not_implemented
from mini_autograd.dtypes import BOOL, FLOAT
from mini_autograd.graph.operations import F, options_of
from mini_autograd.kernels.lookup import kernel
from mini_autograd.op.declare import as_is, family, op
from mini_autograd.op.node_class import NO_DERIVATIVE
from mini_autograd.op.support import CPP_NAMES, HALF
from mini_autograd.tensor import requires_grad

# fmt: off

fused = family(dtype=as_is)
INPUTS = "Tensor query, Tensor key, Tensor value"
MASKED = "*, Tensor? attn_mask=None, float? scale=None"
NAME = "_scaled_dot_product_flash_attention_for_cpu"


def check_fused(query, key, value, dropout_p, is_causal, attn_mask, scale):
    head = "scaled_dot_product_attention_flash_attention: "
    shapes = [one._array.shape for one in (query, key, value)]
    if any(len(shape) != 4 for shape in shapes):
        raise RuntimeError(f"{head}Accept only 4 dims inputs shape of {{B, H, T, K}}")
    if dropout_p != 0:
        raise RuntimeError(f"{head}Currently do not support dropout > 0")
    if len({shape[3] for shape in shapes}) > 1:
        raise RuntimeError(f"{head}Q/K/V should have the same head size")
    for one in (key, value):
        if one._dtype is not query._dtype:
            raise RuntimeError(f"expected scalar type {query._dtype.legacy} but found {one._dtype.legacy}")


fused(f"{NAME}({INPUTS}, float dropout_p=0.0, bool is_causal=False, {MASKED}) -> (Tensor output, Tensor logsumexp)",
    kernel.attention, check=check_fused, derived=1, variants="function",
    joint=(("query", "key", "value"),
        lambda grad, query, key, value, output, logsumexp, dropout_p, is_causal, attn_mask, scale:
            getattr(F, f"{NAME}_backward")(grad, query, key, value, output, logsumexp, dropout_p, is_causal,
                attn_mask=attn_mask, scale=scale)))

refused = not_implemented(f"{NAME}_backward")
fused(f"{NAME}_backward(Tensor grad_out, {INPUTS}, Tensor out, Tensor logsumexp, float dropout_p, bool is_causal, "
    f"{MASKED}) -> (Tensor grad_query, Tensor grad_key, Tensor grad_value)", kernel.attention_backward,
    variants="internal", grad_fn=NO_DERIVATIVE, jvp=no_tangent(f"{NAME}_backward"),
    grad_out = refused, query = refused, key = refused, value = refused, out = refused)


def check_inputs(query, key, value, attn_mask):
    given = (query, key, value)
    if any(one._dtype is not query._dtype for one in given):
        one, two, three = (CPP_NAMES[tensor._dtype] for tensor in given)
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {one} key.dtype: {two} and "
            f"value.dtype: {three} instead.")
    dims = [tensor._array.ndim for tensor in given]
    if min(dims) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{dims[0]} key.dim: {dims[1]} and value.dim: {dims[2]} instead.")
    if attn_mask is not None:
        kind, wanted = attn_mask._dtype, query._dtype
        if kind.category != BOOL and kind is not wanted and kind is not dtypes.float32:
            raise RuntimeError(
                "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
                f"{CPP_NAMES[kind]} and  query.dtype: {CPP_NAMES[wanted]} instead.")


def scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa):
    check_inputs(query, key, value, attn_mask)
    if attn_mask is not None and attn_mask._dtype.category == BOOL:
        attn_mask = added(attn_mask, query._dtype)
    if not all(one._array.size for one in (query, key, value)):
        return no_elements(query, key, value)
    if dropout_p == 0 and fits(query, key, value, attn_mask, enable_gqa):
        return getattr(F, NAME)(query, key, value, 0.0, is_causal, attn_mask=attn_mask, scale=scale)[0]
    return by_formula(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)


def added(mask, kind):
    """The mask as what is added to scores: 0 where it holds, minus infinity elsewhere."""
    zeros = F.zeros(mask._array.shape, **options_of(mask, kind))
    return F.masked_fill(zeros, F.logical_not(mask), -math.inf)


def no_elements(query, key, value):
    """Zeros that depend on all inputs."""
    result = F.zeros((*query._array.shape[:-1], value._array.shape[-1]), **options_of(query))
    total = F.add(F.add(F.sum(query), F.sum(key)), F.sum(value))
    return F.add(result, F.mul_scalar(total, 0))


def fits(query, key, value, mask, grouped):
    """Whether the op for the processor takes the inputs."""
    given = [one._array for one in (query, key, value)]
    if query._dtype.category != FLOAT or any(array.ndim != 4 for array in given):
        return False
    queries, keys, values = (array.shape for array in given)
    heads = (queries[1], keys[1], values[1])
    if grouped:
        if keys[1] != values[1] or queries[1] % keys[1]:
            return False
    elif len(set(heads)) > 1:
        return False
    if len({queries[0], keys[0], values[0]}) > 1 or len({queries[3], keys[3], values[3]}) > 1:
        return False
    if any(array.strides[3] != array.itemsize for array in given):
        return False
    return mask is None or (not requires_grad(mask) and mask_fits(mask._array.shape, queries, keys))


def mask_fits(mask, queries, keys):
    if len(mask) not in (2, 4):
        return False
    whole = (*queries[:3], keys[2])
    return all(size in (1, other) for size, other in zip(mask, whole[-len(mask):], strict=True))


def by_formula(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa):
    kind = query._dtype
    if kind in HALF:
        query, key, value = (F.to(one, dtypes.float32) for one in (query, key, value))
        attn_mask = None if attn_mask is None else F.to(attn_mask, dtypes.float32)
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
        shape = (query._array.shape[-2], key._array.shape[-2])
        attn_mask = added(F.tril(F.ones(shape, **options_of(query, dtypes.bool))), query._dtype)
    if enable_gqa:
        key, value = repeated(query, key, value)
    scale = 1 / math.sqrt(query._array.shape[-1]) if scale is None else scale
    root = math.sqrt(abs(scale))
    query = F.mul_scalar(query, math.copysign(root, scale))
    scores = F.matmul(query, F.mul_scalar(F.transpose(key, -2, -1), root))
    if attn_mask is not None:
        scores = F.add(scores, attn_mask)
    weights = F._safe_softmax(scores, -1)
    if dropout_p > 0:
        weights = F.dropout(weights, dropout_p, True)
    result = F.matmul(weights, value)
    return F.to(result, kind) if kind in HALF else result


def repeated(query, key, value):
    """Keys and values, each head as often as heads of queries use it."""
    heads, ours, theirs = (one._array.shape[-3] for one in (query, key, value))
    if heads % ours or heads % theirs:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in ")
    if ours != heads:
        key = F.repeat_interleave(key, heads // ours, -3)
    if theirs != heads:
        value = F.repeat_interleave(value, heads // theirs, -3)
    return key, value


op(f"scaled_dot_product_attention({INPUTS}, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, "
    "float? scale=None, bool enable_gqa=False) -> Tensor", composite=scaled_dot_product_attention, variants="nn")
