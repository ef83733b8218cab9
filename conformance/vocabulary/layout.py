"""How arguments of view and shape ops are drawn."""

from __future__ import annotations

import math
from typing import Any

from ..state import LARGEST, Invalid, State
from ..statements import Ref
from .operand import alike, dimension, operand
from .row import Arguments, Row


def reshaped(state: State, row: Row) -> Arguments:
    """reshape(x, shape): -1 at times"""
    name = operand(state, row, keep=lambda t: row.name == "reshape" or t.is_contiguous())
    x, choice = state.env[name], state.choice
    count = x.numel()
    if count == 0:
        return [Ref(name), list(x.shape)], {}
    splits = [size for size in range(1, count + 1) if count % size == 0]
    first = choice.pick(splits)
    shapes: list[list[int]] = [[count], [first, count // first], [count, 1], [1, first, count // first]]
    if count == 1:
        shapes.append([])
    shape = choice.pick(shapes)
    if shape and choice.chance(0.4):
        shape = list(shape)
        shape[choice.integer(0, len(shape) - 1)] = -1
    return [Ref(name), shape if choice.chance(0.5) or not shape else tuple(shape)], {}


def expanded(state: State, row: Row) -> Arguments:
    """expand(x, shape), broadcast_to"""
    name = operand(state, row, ndim=(0, 3))
    x, choice = state.env[name], state.choice
    sizes = [choice.integer(1, 3) if size == 1 else choice.pick((size, -1)) for size in x.shape]
    if row.name == "broadcast_to":
        sizes = [own if size == -1 else size for size, own in zip(sizes, x.shape, strict=True)]
    if choice.chance(0.4):
        sizes = [choice.integer(1, 3), *sizes]
    return [Ref(name), sizes], {}


def like_other(state: State, row: Row) -> Arguments:
    """expand_as(x, other), view_as(x, other), reshape_as"""
    if row.name == "expand_as":
        name = operand(state, row, ndim=(0, 2))
        shape = tuple(state.choice.integer(1, 3) if size == 1 else size for size in state.env[name].shape)
        return [Ref(name), Ref(state.leaf((state.choice.integer(1, 2), *shape), "float32"))], {}
    name = operand(state, row, keep=lambda t: t.is_contiguous())
    count = state.env[name].numel()
    return [Ref(name), Ref(state.leaf((count,), "float32"))], {}


def permuted(state: State, row: Row) -> Arguments:
    """permute(x, dims)"""
    name = operand(state, row)
    places = list(range(state.env[name].ndim))
    order = [places.pop(state.choice.integer(0, len(places) - 1)) for _ in range(len(places))]
    if order and state.choice.chance(0.3):
        order = [place - len(order) for place in order]
    return [Ref(name), order if state.choice.chance(0.5) else tuple(order)], {}


def swapped(state: State, row: Row) -> Arguments:
    """transpose(x, a, b), movedim(x, a, b)"""
    name = operand(state, row, ndim=(0 if row.name == "transpose" else 1, 4))
    x = state.env[name]
    return [Ref(name), dimension(state, x), dimension(state, x)], {}


def flat_matrix(state: State, row: Row) -> Arguments:
    """t(x)"""
    return [Ref(operand(state, row, ndim=(0, 2)))], {}


def plain(state: State, row: Row) -> Arguments:
    """op(x)"""
    return [Ref(operand(state, row))], {}


def squeezed(state: State, row: Row) -> Arguments:
    """squeeze(x), squeeze(x, dim)"""
    name = operand(state, row)
    if state.choice.chance(0.4):
        return [Ref(name)], {}
    return [Ref(name), dimension(state, state.env[name])], {}


def unsqueezed(state: State, row: Row) -> Arguments:
    """unsqueeze(x, dim)"""
    name = operand(state, row, ndim=(0, 3))
    return [Ref(name), dimension(state, state.env[name], beyond=1)], {}


def selected(state: State, row: Row) -> Arguments:
    """select(x, dim, index)"""
    name = operand(state, row, ndim=(1, 4), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), place, state.choice.integer(-x.shape[place], x.shape[place] - 1)], {}


def narrowed(state: State, row: Row) -> Arguments:
    """narrow(x, dim, start, length)"""
    name = operand(state, row, ndim=(1, 4))
    x = state.env[name]
    place = dimension(state, x)
    start = state.choice.integer(0, x.shape[place])
    return [Ref(name), place, start, state.choice.integer(0, x.shape[place] - start)], {}


def split(state: State, row: Row) -> Arguments:
    """split(x, size or sizes, dim), chunk(x, chunks, dim)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    size: Any = state.choice.integer(1, 3)
    if row.name == "split" and state.choice.chance(0.4):
        first = state.choice.integer(0, x.shape[place])
        size = [first, x.shape[place] - first]
    return [Ref(name), size], {"dim": place}


def unbound(state: State, row: Row) -> Arguments:
    """unbind(x, dim)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda t: t.numel() > 0)
    return [Ref(name), dimension(state, state.env[name])], {}


def flipped(state: State, row: Row) -> Arguments:
    """flip(x, dims)"""
    name = operand(state, row, ndim=(1, 3))
    places = [place for place in range(state.env[name].ndim) if state.choice.chance(0.6)]
    return [Ref(name), places or [0]], {}


def rolled(state: State, row: Row) -> Arguments:
    """roll(x, shifts, dims)"""
    name = operand(state, row, ndim=(1, 3))
    shift = state.choice.integer(-3, 3)
    if state.choice.chance(0.3):
        return [Ref(name), shift], {}
    return [Ref(name), shift, dimension(state, state.env[name])], {}


def unfolded(state: State, row: Row) -> Arguments:
    """unfold(x, dim, size, step)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), place, state.choice.integer(1, x.shape[place]), state.choice.integer(1, 2)], {}


def strided(state: State, row: Row) -> Arguments:
    """as_strided(x, size, stride, offset) inside the memory that x itself spans"""
    name = operand(state, row, keep=lambda t: t.numel() > 1 and t.is_contiguous() and t.storage_offset() == 0)
    count, choice = state.env[name].numel(), state.choice
    stride, size = choice.integer(1, 2), choice.integer(1, max(count // 2, 1))
    offset = choice.integer(0, max(count - 1 - (size - 1) * stride, 0))
    if offset + (size - 1) * stride >= count:
        raise Invalid("out of the storage")
    if choice.chance(0.4) and offset + (size - 1) * stride + 1 < count:
        return [Ref(name), [size, 2], [stride, 1], offset], {}
    return [Ref(name), [size], [stride], offset], {}


def diagonal(state: State, row: Row) -> Arguments:
    """diagonal(x, offset), diag, tril, triu"""
    low = 1 if row.name == "diag" else 2
    name = operand(state, row, ndim=(low, 2 if row.name == "diag" else 3))
    given = (
        {"offset": state.choice.integer(-1, 1)}
        if row.name == "diagonal"
        else {"diagonal": state.choice.integer(-1, 1)}
    )
    return [Ref(name)], given if state.choice.chance(0.5) else {}


def flattened(state: State, row: Row) -> Arguments:
    """flatten(x, start, end)"""
    name = operand(state, row, keep=lambda t: t.numel() > 0)
    x = state.env[name]
    if x.ndim < 2 or state.choice.chance(0.5):
        return [Ref(name)], {}
    start = state.choice.integer(0, x.ndim - 1)
    return [Ref(name), start, state.choice.integer(start, x.ndim - 1)], {}


def unflattened(state: State, row: Row) -> Arguments:
    """unflatten(x, dim, sizes)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    size = x.shape[place]
    first = state.choice.pick([one for one in range(1, size + 1) if size % one == 0])
    return [Ref(name), place, [first, size // first] if state.choice.chance(0.6) else [first, -1]], {}


def repeated(state: State, row: Row) -> Arguments:
    """repeat(x, sizes), tile(x, sizes)"""
    name = operand(state, row, ndim=(0, 2))
    x = state.env[name]
    sizes = [state.choice.integer(1, 2) for _ in range(x.ndim + (1 if state.choice.chance(0.3) else 0))]
    if math.prod(sizes) * x.numel() > LARGEST:
        raise Invalid("too many elements")
    return [Ref(name), sizes], {}


def interleaved(state: State, row: Row) -> Arguments:
    """repeat_interleave(x, count, dim)"""
    name = operand(state, row, ndim=(1, 2))
    given = {"dim": dimension(state, state.env[name])} if state.choice.chance(0.6) else {}
    return [Ref(name), state.choice.integer(1, 3)], given


# --- seldom written ---------------------------------------------------------------------------------------


def embedded(state: State, row: Row) -> Arguments:
    """diag_embed(x, offset), diagflat(x, offset)"""
    name = operand(state, row, ndim=(1, 2), keep=lambda t: t.numel() <= 8)
    return [Ref(name)], {"offset": state.choice.integer(-1, 1)} if state.choice.chance(0.5) else {}


def corner(state: State, row: Row) -> Arguments:
    """diagonal_scatter(x, source)"""
    name = operand(state, row, ndim=(2, 2), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, (min(x.shape),)))], {}


def selected_scatter(state: State, row: Row) -> Arguments:
    """select_scatter(x, source, dim, index)"""
    args, _ = selected(state, row)
    x, place = state.env[args[0].name], args[1]
    shape = [size for at, size in enumerate(x.shape) if at != place % x.ndim]
    return [args[0], Ref(alike(state, x, tuple(shape))), place, args[2]], {}


def narrowed_scatter(state: State, row: Row) -> Arguments:
    """slice_scatter(x, source, dim, start, end)"""
    args, _ = narrowed(state, row)
    x, place, start, length = state.env[args[0].name], args[1], args[2], args[3]
    shape = [length if at == place % x.ndim else size for at, size in enumerate(x.shape)]
    return [args[0], Ref(alike(state, x, tuple(shape))), place, start, start + length], {}


def flipped_plain(state: State, row: Row) -> Arguments:
    """fliplr(x), flipud(x), adjoint(x)"""
    return [Ref(operand(state, row, ndim=(2, 3)))], {}


def turned(state: State, row: Row) -> Arguments:
    """rot90(x, k, dims)"""
    name = operand(state, row, ndim=(2, 3))
    return [Ref(name), state.choice.integer(-2, 5), [0, 1]], {}


def split_evenly(state: State, row: Row) -> Arguments:
    """hsplit(x, sections), tensor_split(x, sections or indices, dim)"""
    name = operand(state, row, ndim=(1, 2), keep=lambda t: t.numel() > 0)
    x = state.env[name]
    if row.name == "tensor_split":
        place = dimension(state, x)
        cut: Any = state.choice.integer(1, 3) if state.choice.chance(0.5) else [1]
        return [Ref(name), cut], {"dim": place}
    size = x.shape[0 if x.ndim == 1 else 1]
    return [Ref(name), state.choice.pick([one for one in range(1, size + 1) if size % one == 0])], {}


def split_sizes(state: State, row: Row) -> Arguments:
    """split_with_sizes(x, sizes, dim)"""
    name = operand(state, row, ndim=(1, 2), keep=lambda t: t.numel() > 0)
    place = dimension(state, state.env[name])
    size = state.env[name].shape[place]
    first = state.choice.integer(0, size)
    return [Ref(name), [first, size - first]], {"dim": place}
