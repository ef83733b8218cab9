"""Attention of several heads: A. Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mini_autograd.dtypes import BOOL
from mini_autograd.graph.operations import F, options_of
from mini_autograd.nn.dropout import dropout
from mini_autograd.op.declare import NN
from mini_autograd.tensor import Tensor
from mini_autograd.warning import warn_user

__all__ = ["multi_head_attention_forward"]

Given = Tensor | None


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Given,
    in_proj_bias: Given,
    bias_k: Given,
    bias_v: Given,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Given,
    training: bool = True,
    key_padding_mask: Given = None,
    need_weights: bool = True,
    attn_mask: Given = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Given = None,
    k_proj_weight: Given = None,
    v_proj_weight: Given = None,
    static_k: Given = None,
    static_v: Given = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Given]:
    """What each query finds in the values, (L, N, E) or (L, E), and with ``need_weights`` where it looked."""
    batched = check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    sizes = Sizes(query.size(0), query.size(1), query.size(2), num_heads)
    masks = Masks(attn_mask, key_padding_mask, query, need_weights, is_causal)
    sizes.check(embed_dim_to_check, key, value, use_separate_proj_weight)
    if use_separate_proj_weight:
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = each_projected((query, key, value), weights, in_proj_bias)
    else:
        q, k, v = projected_by_one(query, key, value, in_proj_weight, in_proj_bias)
    masks.add_dimension_of_heads(sizes, key.size(0))
    if bias_k is not None and bias_v is not None:
        k, v = with_bias(k, v, bias_k, bias_v, (static_k, static_v), sizes)
        masks.lengthen()
    q, k, v = sizes.by_head(q), sizes.given("static_k", k, static_k), sizes.given("static_v", v, static_v)
    if add_zero_attn:
        zeros = F.zeros((sizes.examples * num_heads, 1, sizes.head), **options_of(k))
        k, v = F.cat([k, zeros], dim=1), F.cat([v, zeros], dim=1)
        masks.lengthen()
    look = looked_up if need_weights else fused
    found, weight = look(q, k, v, masks, dropout_p if training else 0.0, sizes)
    result = sizes.by_place(NN["linear"](found, out_proj_weight, out_proj_bias))
    if weight is not None and average_attn_weights:
        weight = weight.mean(dim=1)
    if batched:
        return result, weight
    return result.squeeze(1), None if weight is None else weight.squeeze(0)


@dataclass(slots=True)
class Sizes:
    """How many queries, examples, features and heads there are."""

    queries: int
    examples: int
    features: int
    heads: int

    @property
    def head(self) -> int:
        """How many features a head has."""
        return self.features // self.heads

    def check(self, wanted: int, key: Tensor, value: Tensor, apart: bool) -> None:
        assert self.features == wanted, (
            f"was expecting embedding dimension of {wanted}, but got {self.features}"
        )
        assert self.head * self.heads == self.features, (
            f"embed_dim {self.features} not divisible by num_heads {self.heads}"
        )
        if apart:
            assert key.shape[:2] == value.shape[:2], (
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
        else:
            assert key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}"

    def by_head(self, projected: Tensor) -> Tensor:
        """(example and head, place, feature)."""
        rows = projected.view(projected.shape[0], self.examples * self.heads, self.head)
        return rows.transpose(0, 1)

    def by_place(self, rows: Tensor) -> Tensor:
        """(query, example, feature)."""
        return rows.view(self.queries, self.examples, rows.size(1))

    def given(self, name: str, projected: Tensor, static: Given) -> Tensor:
        """What is given by head already, else what was projected."""
        if static is None:
            return self.by_head(projected)
        rows = self.examples * self.heads
        assert static.size(0) == rows, f"expecting {name}.size(0) of {rows}, but got {static.size(0)}"
        assert static.size(2) == self.head, (
            f"expecting {name}.size(2) of {self.head}, but got {static.size(2)}"
        )
        return static


def with_bias(
    k: Tensor, v: Tensor, bias_k: Tensor, bias_v: Tensor, static: tuple, sizes: Sizes
) -> tuple[Tensor, Tensor]:
    """One more key and value, the same for all examples."""
    assert static[0] is None, "bias cannot be added to static key."
    assert static[1] is None, "bias cannot be added to static value."
    longer_k = F.cat([k, bias_k.repeat(1, sizes.examples, 1)])
    return longer_k, F.cat([v, bias_v.repeat(1, sizes.examples, 1)])


def check_shapes(query: Tensor, key: Tensor, value: Tensor, padding: Given, mask: Given, heads: int) -> bool:
    """Whether there is a dimension of examples."""
    ndim = query.dim()
    if ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {ndim}-D query tensor"
        )
    kind = "batched (3-D)" if ndim == 3 else "unbatched (2-D)"
    assert (key.dim(), value.dim()) == (ndim, ndim), (
        f"For {kind} `query`, expected `key` and `value` to be {ndim}-D but found {key.dim()}-D and {value.dim()}-D "
        "tensors respectively"
    )
    if padding is not None:
        assert padding.dim() == ndim - 1, (
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D but found "
            f"{padding.dim()}-D tensor instead"
        )
    if mask is not None:
        assert mask.dim() in (2, 3), (
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor instead"
        )
        if ndim == 2 and mask.dim() == 3:
            wanted = (heads, query.shape[0], key.shape[0])
            assert mask.shape == wanted, f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}"
    return ndim == 3


# --- Masks ------------------------------------------------------------------------------------------------


class Masks:
    """What is added to scores, for each query and key, and for the keys of an example."""

    def __init__(
        self, mask: Given, padding: Given, query: Tensor, need_weights: bool, is_causal: bool
    ) -> None:
        if is_causal and mask is None:
            raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
        other = None if mask is None else mask.dtype
        self.padding = added(padding, "key_padding_mask", other, "attn_mask", query)
        hinted = is_causal and self.padding is None
        # The hint says it all where the op for attention is to be used.
        self.mask = None if hinted and not need_weights else added(mask, "attn_mask", None, "", query)
        self.is_causal = hinted

    def add_dimension_of_heads(self, sizes: Sizes, keys: int) -> None:
        mask = self.mask
        if mask is None:
            return
        wide = mask.dim() == 3
        wanted: tuple[int, ...] = (sizes.queries, keys)
        if wide:
            wanted = (sizes.examples * sizes.heads, *wanted)
        if mask.shape != wanted:
            raise RuntimeError(
                f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be {wanted}."
            )
        self.mask = mask if wide else mask.unsqueeze(0)

    def lengthen(self) -> None:
        """Let one more key through."""
        self.mask = None if self.mask is None else F.constant_pad_nd(self.mask, (0, 1), 0)
        self.padding = None if self.padding is None else F.constant_pad_nd(self.padding, (0, 1), 0)

    def merged(self, sizes: Sizes, keys: int) -> Given:
        """Both as one."""
        padding = self.padding
        if padding is None:
            return self.mask
        wanted = (sizes.examples, keys)
        assert padding.shape == wanted, (
            f"expecting key_padding_mask shape of {wanted}, but got {padding.shape}"
        )
        padding = padding.view(sizes.examples, 1, 1, keys).expand(-1, sizes.heads, -1, -1)
        padding = padding.reshape(sizes.examples * sizes.heads, 1, keys)
        return padding if self.mask is None else self.mask + padding


def added(mask: Given, name: str, other: Any, other_name: str, query: Tensor) -> Given:
    """The mask as what is added to scores: minus infinity where a bool one holds."""
    if mask is None:
        return None
    kind = mask.dtype
    assert kind.category == BOOL or kind.is_floating_point, (
        f"only bool and floating types of {name} are supported"
    )
    if other is not None and kind is not other:
        warn_user(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=4,
        )
    if kind.category != BOOL:
        return mask
    zeros: Tensor = F.zeros_like(mask, dtype=query.dtype)
    return zeros.masked_fill_(mask, -math.inf)


# --- Projections ------------------------------------------------------------------------------------------


def split_bias(bias: Given) -> Any:
    return (None, None, None) if bias is None else bias.chunk(3)


def each_projected(inputs: tuple, weights: tuple, bias: Given) -> list[Tensor]:
    for name, one in zip("qkv", weights, strict=True):
        assert one is not None, f"use_separate_proj_weight is True but {name}_proj_weight is None"
    parts = split_bias(bias)
    return [NN["linear"](*given) for given in zip(inputs, weights, parts, strict=True)]


def projected_by_one(query: Tensor, key: Tensor, value: Tensor, weight: Any, bias: Given) -> Any:
    """By one product for what is one tensor."""
    assert weight is not None, "use_separate_proj_weight is False but in_proj_weight is None"
    features = query.size(-1)
    if key is not value:
        return each_projected((query, key, value), weight.chunk(3), bias)
    if query is key:
        return stacked(NN["linear"](query, weight, bias), 3, features)
    of_query, of_rest = weight.split([features, 2 * features])
    first, rest = (None, None) if bias is None else bias.split([features, 2 * features])
    q = NN["linear"](query, of_query, first)
    return (q, *stacked(NN["linear"](key, of_rest, rest), 2, features))


def stacked(projected: Tensor, count: int, features: int) -> list[Tensor]:
    """The parts of the last dimension, each contiguous."""
    parts = projected.unflatten(-1, (count, features)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
    return [parts[at] for at in range(count)]


# --- Scores -----------------------------------------------------------------------------------------------


def weights_of(q: Tensor, k: Tensor, mask: Given) -> Tensor:
    scaled = q * math.sqrt(1.0 / q.size(2))
    turned = k.transpose(-2, -1)
    scores = F.bmm(scaled, turned) if mask is None else F.baddbmm(mask, scaled, turned)
    weights: Tensor = F.softmax(scores, -1)
    return weights


def looked_up(
    q: Tensor, k: Tensor, v: Tensor, masks: Masks, rate: float, sizes: Sizes
) -> tuple[Tensor, Given]:
    """What is found, a row for each query and example, and with which weights."""
    weight = weights_of(q, k, masks.merged(sizes, k.size(1)))
    if rate > 0:
        weight = dropout(weight, p=rate)
    rows: Tensor = F.bmm(weight, v)
    found = rows.transpose(0, 1).reshape(sizes.queries * sizes.examples, sizes.features)
    return found, weight.view(sizes.examples, sizes.heads, sizes.queries, k.size(1))


def fused(q: Tensor, k: Tensor, v: Tensor, masks: Masks, rate: float, sizes: Sizes) -> tuple[Tensor, Given]:
    """The same by the op for attention, which tells no weights."""
    lead, mask = (sizes.examples, sizes.heads), masks.merged(sizes, k.size(1))
    if mask is not None:
        whole = mask.size(0) == 1 and mask.dim() == 3
        mask = mask.unsqueeze(0) if whole else mask.view(*lead, -1, k.size(1))
    q = q.view(*lead, sizes.queries, sizes.head)
    k, v = k.view(*lead, k.size(1), sizes.head), v.view(*lead, v.size(1), sizes.head)
    found = NN["scaled_dot_product_attention"](q, k, v, mask, rate, masks.is_causal)
    return found.permute(2, 0, 1, 3).reshape(sizes.examples * sizes.queries, sizes.features), None
