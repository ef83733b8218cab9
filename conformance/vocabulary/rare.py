"""How arguments of ops that are seldom written are drawn."""

from __future__ import annotations

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Ref, literal
from .aggregation import reduction_one
from .gathering import gathered
from .operand import (
    alike,
    broadcastable,
    condition,
    dimension,
    distinct,
    index_tensor,
    operand,
    optional,
    partner_shape,
)
from .row import Arguments, Row


def binary_integers(state: State, row: Row) -> Arguments:
    """gcd(x, y), bitwise_left_shift(x, y): of one integer dtype, the second small and positive"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    dtype = dtype_name(x.dtype)
    shape = partner_shape(state, tuple(x.shape), grow=False)
    count = 1
    for size in shape:
        count *= size
    other = state.name()
    state.run(literal(other, [state.choice.integer(1, 5) for _ in range(count)], shape, dtype))
    return [Ref(name), Ref(other)], {}


def shifted(state: State, row: Row) -> Arguments:
    """ldexp(x, exponents)"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(broadcastable(state, tuple(x.shape), "i", "small", "int32"))], {}


def distinct_reduction(state: State, row: Row) -> Arguments:
    """median(x, dim, keepdim): values without ties, of which torch may point at any"""
    for _ in range(4):
        args, given = reduction_one(state, row)
        if distinct(state.env[args[0].name]):
            return args, given
    raise Invalid("ties")


def stepped(state: State, row: Row) -> Arguments:
    """diff(x, n, dim)"""
    name = operand(state, row, ndim=(1, 3))
    if state.choice.chance(0.4):
        return [Ref(name)], {}
    return [Ref(name), state.choice.integer(1, 2), dimension(state, state.env[name])], {}


def variables(state: State, row: Row) -> Arguments:
    """cov(x): rows of at least two observations"""
    name = operand(state, row, ndim=(1, 2), keep=lambda x: x.ndim in (1, 2) and x.shape[-1] > 1)
    return [Ref(name)], optional(state, row)


def shortened(state: State, row: Row) -> Arguments:
    """renorm(x, p, dim, maxnorm)"""
    name = operand(state, row, ndim=(2, 3), keep=lambda x: x.ndim > 1 and x.numel() > 0)
    dim = dimension(state, state.env[name])
    return [Ref(name), state.choice.pick((2, 1, 1.5, float("inf"))), dim, state.choice.pick((0.5, 1, 2))], {}


def order_of(state: State, row: Row) -> Arguments:
    """broadcast_tensors(x, y)"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, partner_shape(state, tuple(x.shape))))], {}


def vectors(state: State, row: Row) -> Arguments:
    """cross(x, y): the last dimension has three elements"""
    shape = (*state.shape(0, 1), 3)
    dtype = state.dtype(row.dtypes)
    return [Ref(state.leaf(shape, dtype)), Ref(state.leaf(shape, dtype))], {"dim": -1}


def masked_scatter(state: State, row: Row) -> Arguments:
    """masked_scatter(x, mask, source)"""
    name = operand(state, row)
    x = state.env[name]
    mask = condition(state, tuple(x.shape))
    return [Ref(name), Ref(mask), Ref(alike(state, x, (x.numel(),)))], {}


def put_values(state: State, row: Row) -> Arguments:
    """put(x, index, source, accumulate): no index twice unless they add up"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    count = state.choice.integer(1, 3)
    index = index_tensor(state, (count,), x.numel())
    add = state.choice.chance(0.5)
    if not add and len(set(state.env[index].tolist())) != count:
        raise Invalid("an index comes twice")
    return [Ref(name), Ref(index), Ref(alike(state, x, (count,)))], {"accumulate": True} if add else {}


def scatter_reduced(state: State, row: Row) -> Arguments:
    """scatter_reduce(x, dim, index, source, reduce, include_self)"""
    args, _ = gathered(state, row)
    x, index = state.env[args[0].name], state.env[args[2].name]
    reduce = state.choice.pick(("sum", "prod", "mean", "amax", "amin"))
    source = Ref(alike(state, x, tuple(index.shape)))
    given = {"include_self": state.choice.chance(0.5)} if state.choice.chance(0.5) else {}
    return [*args, source, reduce], given


def taken_along(state: State, row: Row) -> Arguments:
    """take_along_dim(x, index, dim)"""
    args, _ = gathered(state, row)
    index = state.env[args[2].name]
    x = state.env[args[0].name]
    if any(
        a != b for at, (a, b) in enumerate(zip(index.shape, x.shape, strict=True)) if at != args[1] % x.ndim
    ):
        raise Invalid("the other dimensions must broadcast")
    return [args[0], args[2], args[1]], {}


def counted_values(state: State, row: Row) -> Arguments:
    """bincount(x): not negative"""
    size = state.choice.integer(1, 6)
    return [Ref(index_tensor(state, (size,), 5))], {"minlength": 7} if state.choice.chance(0.3) else {}


def buckets(state: State, row: Row) -> Arguments:
    """bucketize(x, boundaries), searchsorted(sorted, x)"""
    dtype = state.dtype(row.dtypes)
    steps = [state.choice.integer(1, 6) / 4 for _ in range(4)]
    edges = [sum(steps[: place + 1]) - 2 for place in range(4)]
    name = state.name()
    state.run(literal(name, edges, (4,), dtype))
    x = state.leaf(state.shape(0, 2), dtype)
    pair = [Ref(x), Ref(name)] if row.name == "bucketize" else [Ref(name), Ref(x)]
    return list(pair), {"right": True} if state.choice.chance(0.4) else {}
