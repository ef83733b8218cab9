"""What a draw of arguments is made of: tensors that fit, dimensions, numbers, masks, indices."""

from __future__ import annotations

import math
from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, LARGEST, Invalid, State, inside
from ..statements import literal
from .row import Row


def operand(state: State, row: Row, ndim: tuple[int, int] = (0, 4), **options: Any) -> str:
    """A tensor that the row takes."""
    keep = options.pop("keep", lambda tensor: True)
    if row.only:
        inner = keep

        def keep(tensor: Any) -> bool:
            return dtype_name(tensor.dtype) in row.only and inner(tensor)

    if row.only and state.existing(keep) is None:
        domain = options.get("domain", row.domain)
        return state.leaf(state.shape(*ndim), state.choice.pick(row.only), domain)
    return state.tensor(row.dtypes, options.pop("domain", row.domain), ndim, keep, **options)


def optional(state: State, row: Row) -> dict[str, Any]:
    """The row's keyword options, each drawn or left out."""
    drawn = {}
    for name, values in row.options.items():
        if state.choice.chance(0.6):
            drawn[name] = state.choice.pick(values)
    return drawn


def dimension(state: State, tensor: Any, beyond: int = 0) -> int:
    """A dimension of a tensor, counted from either end."""
    count = max(tensor.ndim + beyond, 1)
    place = state.choice.integer(0, count - 1)
    return place - count if state.choice.chance(0.4) else place


def partner_shape(state: State, shape: tuple[int, ...], grow: bool = True) -> tuple[int, ...]:
    """A shape that broadcasts with `shape`."""
    choice = state.choice
    if choice.chance(0.5):
        return shape
    kept = list(shape[choice.integer(0, len(shape)) :])
    kept = [1 if choice.chance(0.25) else size for size in kept]
    if grow and len(shape) < 3 and choice.chance(0.15):
        return (choice.integer(1, 3), *([1] * (len(shape) - len(kept))), *kept)
    return tuple(kept)


def broadcastable(state: State, shape: tuple[int, ...], dtypes: str, domain: str, like: str) -> str:
    """A tensor that broadcasts with `shape`; of the dtype `like` more often than not."""

    def fits(tensor: Any) -> bool:
        sizes = tuple(tensor.shape)
        pairs = zip(reversed(sizes), reversed(shape), strict=False)
        grown = math.prod(shape) * max(math.prod(sizes), 1)
        return all(a == b or a == 1 or b == 1 for a, b in pairs) and grown <= LARGEST * 8

    if state.choice.chance(0.6):
        name = state.existing(
            lambda tensor: (
                CLASS_OF.get(dtype_name(tensor.dtype), "?") in dtypes
                and fits(tensor)
                and (dtype_name(tensor.dtype) == like or state.choice.chance(0.35))
            )
        )
        if name is not None and inside(state.env[name], domain):
            return name
    dtype = like if CLASS_OF[like] in dtypes and state.choice.chance(0.75) else state.dtype(dtypes)
    return state.leaf(partner_shape(state, shape), dtype, domain)


def scalar(state: State, dtype: str, domain: str = "any") -> Any:
    """A Python number that goes with a dtype: usually of its class, at times of another."""
    choice, kind = state.choice, CLASS_OF[dtype]
    if kind == "b":
        return choice.chance(0.5) if choice.chance(0.5) else choice.integer(0, 3)
    if kind == "i":
        low = 0 if dtype == "uint8" else -4
        number = choice.integer(low, 5)
        return number or 1 if domain != "any" else number
    number = state.numbers(1, "float32", domain)[0]
    if kind == "c" and choice.chance(0.4):
        return complex(number, choice.integer(-8, 8) / 4)
    if choice.chance(0.25) and math.isfinite(number):
        return int(number) or 1
    return number


def alike(state: State, x: Any, shape: tuple[int, ...], domain: str = "any") -> str:
    """A tensor of a shape, of the dtype of `x`: one there is, or a new one."""
    name = state.existing(
        lambda other: other.dtype == x.dtype and tuple(other.shape) == shape and inside(other, domain)
    )
    if name is None or state.choice.chance(0.3):
        name = state.leaf(shape, dtype_name(x.dtype), domain)
    return name


def condition(state: State, shape: tuple[int, ...]) -> str:
    """A boolean tensor of a shape, one there is or a new one."""
    name = state.existing(lambda tensor: dtype_name(tensor.dtype) == "bool" and tuple(tensor.shape) == shape)
    return name or state.leaf(shape, "bool", letter="m")


def distinct(tensor: Any) -> bool:
    return tensor.numel() > 0 and len(set(tensor.flatten().tolist())) == tensor.numel()


def index_tensor(state: State, shape: tuple[int, ...], count: int, negative: bool = False) -> str:
    """A literal tensor of indices below `count`."""
    if count == 0 and math.prod(shape) > 0:
        raise Invalid("nothing to index")
    low = -count if negative else 0
    numbers = [state.choice.integer(low, count - 1) for _ in range(math.prod(shape))]
    name = state.name("i")
    state.run(literal(name, numbers, shape, "int64"))
    return name
