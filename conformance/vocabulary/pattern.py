"""How arguments are drawn: one function a family of signatures, on what is known of the program so far."""

from __future__ import annotations

import math
from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, LARGEST, Invalid, State, inside
from ..statements import DType, Ref, literal
from .row import Arguments, Row


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


# --- pointwise --------------------------------------------------------------------------------------------


def unary(state: State, row: Row) -> Arguments:
    """op(x, **options)"""
    return [Ref(operand(state, row))], optional(state, row)


def binary(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast, or a tensor and a number"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    dtype = dtype_name(x.dtype)
    if state.choice.chance(0.25):
        return [Ref(name), scalar(state, dtype, row.domain)], optional(state, row)
    other = broadcastable(state, tuple(x.shape), row.dtypes, row.domain, dtype)
    return [Ref(name), Ref(other)], optional(state, row)


def binary_tensor(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    other = broadcastable(state, tuple(x.shape), row.dtypes, row.domain, dtype_name(x.dtype))
    return [Ref(name), Ref(other)], optional(state, row)


def binary_same(state: State, row: Row) -> Arguments:
    """op(x, y): two tensors that broadcast, of one dtype, both inside the domain"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, partner_shape(state, tuple(x.shape)), row.domain))], optional(
        state, row
    )


def power(state: State, row: Row) -> Arguments:
    """pow(x, y): a positive base with any exponent, or any base with a small whole exponent"""
    choice = state.choice
    if choice.chance(0.5):
        name = state.tensor("fc", "any")
        return [Ref(name), choice.pick((0, 1, 2, 3, -1, 2.0, 3.0, 0.5 if choice.chance(0.2) else 2))], {}
    name = state.tensor("f", "positive")
    if choice.chance(0.4):
        return [Ref(name), choice.integer(-16, 16) / 8], {}
    x = state.env[name]
    return [Ref(name), Ref(broadcastable(state, tuple(x.shape), "f", "small", dtype_name(x.dtype)))], {}


def whole_power(state: State, row: Row) -> Arguments:
    """pow(x, n) of integers"""
    return [Ref(state.tensor("i", "any")), state.choice.integer(0, 3)], {}


def ternary(state: State, row: Row) -> Arguments:
    """op(x, y, z): addcmul, addcdiv"""
    name = operand(state, row, domain="any")
    x = state.env[name]
    shape = tuple(x.shape)
    others = [
        alike(state, x, partner_shape(state, shape, grow=False), domain) for domain in ("any", row.domain)
    ]
    return [Ref(name), *map(Ref, others)], optional(state, row)


def interpolation(state: State, row: Row) -> Arguments:
    """lerp(x, end, weight)"""
    name = operand(state, row)
    x = state.env[name]
    end = alike(state, x, partner_shape(state, tuple(x.shape), grow=False))
    if state.choice.chance(0.5):
        return [Ref(name), Ref(end), state.choice.integer(-4, 12) / 8], {}
    return [Ref(name), Ref(end), Ref(alike(state, x, partner_shape(state, tuple(x.shape), grow=False)))], {}


def alike(state: State, x: Any, shape: tuple[int, ...], domain: str = "any") -> str:
    """A tensor of a shape, of the dtype of `x`: one there is, or a new one."""
    name = state.existing(
        lambda other: other.dtype == x.dtype and tuple(other.shape) == shape and inside(other, domain)
    )
    if name is None or state.choice.chance(0.3):
        name = state.leaf(shape, dtype_name(x.dtype), domain)
    return name


def bounds(state: State, row: Row) -> Arguments:
    """clamp(x, min, max): numbers or tensors, one may be missing"""
    name = operand(state, row)
    x, choice = state.env[name], state.choice
    dtype = dtype_name(x.dtype)
    if CLASS_OF[dtype] == "f" and choice.chance(0.25):
        ends = [alike(state, x, partner_shape(state, tuple(x.shape), grow=False)) for _ in range(2)]
        return [Ref(name), *map(Ref, ends)], {}
    low = choice.integer(-2, 1) if dtype != "uint8" else choice.integer(0, 1)
    given: dict[str, Any] = {"min": low, "max": low + choice.integer(1, 3)}
    if CLASS_OF[dtype] == "f":
        given = {key: value + 0.0625 for key, value in given.items()}
    if choice.chance(0.4):
        del given[choice.pick(("min", "max"))]
    return [Ref(name)], given


def bound(state: State, row: Row) -> Arguments:
    """clamp_min(x, number)"""
    name = operand(state, row)
    dtype = dtype_name(state.env[name].dtype)
    number: float = (
        state.choice.integer(0, 2) if CLASS_OF[dtype] == "i" else state.choice.integer(-8, 8) / 8 + 0.0625
    )
    return [Ref(name), number], {}


def condition(state: State, shape: tuple[int, ...]) -> str:
    """A boolean tensor of a shape, one there is or a new one."""
    name = state.existing(lambda tensor: dtype_name(tensor.dtype) == "bool" and tuple(tensor.shape) == shape)
    return name or state.leaf(shape, "bool", letter="m")


def selection(state: State, row: Row) -> Arguments:
    """where(condition, x, y)"""
    name = operand(state, row)
    x = state.env[name]
    mask = condition(state, partner_shape(state, tuple(x.shape), grow=False))
    if state.choice.chance(0.25):
        return [Ref(mask), Ref(name), scalar(state, dtype_name(x.dtype))], {}
    other = broadcastable(state, tuple(x.shape), row.dtypes, "any", dtype_name(x.dtype))
    return [Ref(mask), Ref(name), Ref(other)], {}


# --- reductions -------------------------------------------------------------------------------------------


def reduction(state: State, row: Row) -> Arguments:
    """op(x), op(x, dim, keepdim), op(x, [dims], keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    x, choice = state.env[name], state.choice
    if choice.chance(0.4):
        return [Ref(name)], optional(state, row)
    given: dict[str, Any] = {"dim": dimension(state, x)}
    if x.ndim > 1 and choice.chance(0.3):
        given = {"dim": _dimensions(state, x)}
    if choice.chance(0.4):
        given["keepdim"] = choice.chance(0.7)
    if choice.chance(0.3):
        return [Ref(name), given.pop("dim")], {**given, **optional(state, row)}
    return [Ref(name)], {**given, **optional(state, row)}


def reduction_all(state: State, row: Row) -> Arguments:
    """op(x)"""
    return [Ref(operand(state, row, keep=lambda tensor: tensor.numel() > 0))], optional(state, row)


def reduction_one(state: State, row: Row) -> Arguments:
    """op(x) or op(x, dim, keepdim): one dimension at most"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    if state.choice.chance(0.3):
        return [Ref(name)], {}
    return _with_dimension(state, name, row)


def reduction_dim(state: State, row: Row) -> Arguments:
    """op(x, dim, keepdim): the dimension is needed"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    return _with_dimension(state, name, row)


def reduction_dims(state: State, row: Row) -> Arguments:
    """op(x, dims, keepdim): dimensions are needed"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    dims = _dimensions(state, x) if x.ndim > 1 and state.choice.chance(0.5) else dimension(state, x)
    return [Ref(name), dims], optional(state, row)


def _with_dimension(state: State, name: str, row: Row) -> Arguments:
    args = [Ref(name), dimension(state, state.env[name])]
    if state.choice.chance(0.3):
        return args, {"keepdim": state.choice.chance(0.7)}
    return args, optional(state, row)


def _dimensions(state: State, x: Any) -> Any:
    places = [place for place in range(x.ndim) if state.choice.chance(0.6)] or [0]
    places = [place - x.ndim if state.choice.chance(0.3) else place for place in places]
    return places if state.choice.chance(0.5) else tuple(places)


def spread(state: State, row: Row) -> Arguments:
    """var(x), std(x, dim, correction, keepdim)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 1)
    x, choice = state.env[name], state.choice
    if choice.chance(0.3):
        return [Ref(name)], {"unbiased": choice.chance(0.5)} if choice.chance(0.4) else {}
    wide = [place for place, size in enumerate(x.shape) if size > 1]
    if not wide:
        raise Invalid("no dimension to spread over")
    given: dict[str, Any] = {"dim": choice.pick(wide), "correction": choice.integer(0, 1)}
    if choice.chance(0.4):
        given["keepdim"] = True
    return [Ref(name)], given


def norm(state: State, row: Row) -> Arguments:
    """norm(x, p, dim, keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    choice = state.choice
    order = choice.pick((2, 1, 3, 0, 2.0, 1.5, float("inf"), float("-inf")))
    if choice.chance(0.4):
        return [Ref(name)], {} if choice.chance(0.4) else {"p": order}
    return [Ref(name), order, dimension(state, state.env[name])], {"keepdim": True} if choice.chance(
        0.3
    ) else {}


def vector_norm(state: State, row: Row) -> Arguments:
    """linalg.vector_norm(x, ord, dim, keepdim)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    choice = state.choice
    order = choice.pick((2, 1, 3, 0, float("inf"), float("-inf")))
    given: dict[str, Any] = {"dim": dimension(state, state.env[name])} if choice.chance(0.5) else {}
    return [Ref(name), order], given


def scan(state: State, row: Row) -> Arguments:
    """cumsum(x, dim)"""
    name = operand(state, row)
    return [Ref(name), dimension(state, state.env[name])], optional(state, row)


def ordering(state: State, row: Row) -> Arguments:
    """sort(x, dim, descending): values without ties, whose order torch leaves open"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    given: dict[str, Any] = {"dim": dimension(state, state.env[name])} if state.choice.chance(0.7) else {}
    return [Ref(name)], {**given, **optional(state, row)}


def distinct(tensor: Any) -> bool:
    return tensor.numel() > 0 and len(set(tensor.flatten().tolist())) == tensor.numel()


def largest(state: State, row: Row) -> Arguments:
    """topk(x, k, dim, largest, sorted=True)"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    x = state.env[name]
    place = dimension(state, x)
    given: dict[str, Any] = {"dim": place}
    if state.choice.chance(0.4):
        given["largest"] = state.choice.chance(0.5)
    return [Ref(name), state.choice.integer(1, x.shape[place])], given


def kth(state: State, row: Row) -> Arguments:
    """kthvalue(x, k, dim)"""
    name = operand(state, row, ndim=(1, 3), keep=distinct)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), state.choice.integer(1, x.shape[place]), place], {}


# --- several tensors --------------------------------------------------------------------------------------


def join(state: State, row: Row) -> Arguments:
    """cat([x, y], dim)"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    place = dimension(state, x)
    parts = [name]
    for _ in range(state.choice.integer(0, 2)):
        shape = list(x.shape)
        shape[place] = state.choice.integer(1, 3)
        parts.append(alike(state, x, tuple(shape)))
    return [[Ref(part) for part in parts], place], {}


def pile(state: State, row: Row) -> Arguments:
    """stack([x, y], dim)"""
    name = operand(state, row, ndim=(0, 3))
    x = state.env[name]
    parts = [name, *(alike(state, x, tuple(x.shape)) for _ in range(state.choice.integer(0, 2)))]
    return [[Ref(part) for part in parts], dimension(state, x, beyond=1)], {}


def batch_of_tensors(state: State, row: Row) -> Arguments:
    """hstack([x, y])"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    return [[Ref(name), Ref(alike(state, x, tuple(x.shape)))]], {}


# --- matrices ---------------------------------------------------------------------------------------------

_SIZES = {"n": (1, 3), "m": (1, 3), "p": (1, 3), "b": (1, 2)}


def contraction(*shapes: str) -> Any:
    """A pattern for tensors whose shapes are spelled in letters, equal letters being equal sizes."""

    def pattern(state: State, row: Row) -> Arguments:
        first = operand(state, row, ndim=(len(shapes[0]), len(shapes[0])))
        x = state.env[first]
        sizes = dict(zip(shapes[0], x.shape, strict=True))
        names = [first]
        for letters in shapes[1:]:
            for letter in letters:
                sizes.setdefault(letter, state.choice.integer(*_SIZES[letter]))
            names.append(alike(state, x, tuple(sizes[letter] for letter in letters)))
        if any(sizes[letter] != size for letter, size in zip(shapes[0], x.shape, strict=True)):
            raise Invalid("a dimension is used twice")
        return [Ref(name) for name in names], optional(state, row)

    pattern.__doc__ = f"op({', '.join(shapes)})"
    return pattern


def well_conditioned(state: State, size: int, dtype: str) -> str:
    """A new square matrix with a heavy diagonal."""
    numbers = state.numbers(size * size, dtype, "unit")
    numbers = [number + (3 if place % (size + 1) == 0 else 0) for place, number in enumerate(numbers)]
    name = state.name()
    state.run(literal(name, numbers, (size, size), dtype, state.choice.chance(0.8)))
    return name


def square(state: State, row: Row) -> Arguments:
    """op(x) of a square matrix"""
    dtype = state.choice.pick(row.only or ("float32", "float64"))
    return [Ref(well_conditioned(state, state.choice.integer(1, 3), dtype))], optional(state, row)


def matrix_product(state: State, row: Row) -> Arguments:
    """matmul(x, y): vectors, matrices and batches that broadcast"""
    choice = state.choice
    name = operand(state, row, ndim=(1, 4))
    x = state.env[name]
    inner = x.shape[-1]
    kind = choice.integer(0, 3)
    if kind == 0:
        shape: tuple[int, ...] = (inner,)
    elif kind == 1 or x.ndim < 3:
        shape = (inner, choice.integer(1, 3))
    else:
        batch = [1 if choice.chance(0.3) else size for size in x.shape[:-2]]
        shape = (*batch[choice.integer(0, len(batch)) :], inner, choice.integer(1, 3))
    return [Ref(name), Ref(alike(state, x, shape))], {}


def summation(state: State, row: Row) -> Arguments:
    """einsum(equation, x, y)"""
    equation = state.choice.pick(
        (
            "ij,jk->ik",
            "ij,ij->i",
            "i,j->ij",
            "ij->ji",
            "ii->i",
            "ii",
            "bij,bjk->bik",
            "ij,j",
            "ij,kj->ik",
            "...i,i->...",
        )
    )
    parts = equation.partition("->")[0].replace("...", "b").split(",")
    dtype = state.dtype(row.dtypes)
    sizes = {letter: state.choice.integer(1, 3) for letter in "".join(parts)}
    names = []
    for letters in parts:
        shape = tuple(sizes[letter] for letter in letters)
        names.append(of_shape(state, shape, dtype))
    return [equation, *map(Ref, names)], {}


def of_shape(state: State, shape: tuple[int, ...], dtype: str) -> str:
    """A tensor of a shape and dtype: one there is, or a new one."""
    found = state.existing(lambda tensor: dtype_name(tensor.dtype) == dtype and tuple(tensor.shape) == shape)
    return found or state.leaf(shape, dtype)


def affine(state: State, row: Row) -> Arguments:
    """linear(x, weight, bias)"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    size = state.choice.integer(1, 3)
    args = [Ref(name), Ref(alike(state, x, (size, x.shape[-1])))]
    if state.choice.chance(0.6):
        args.append(Ref(alike(state, x, (size,))))
    return args, {}


# --- losses and normalisation -----------------------------------------------------------------------------

REDUCTIONS = ("mean", "sum", "none")


def loss(state: State, row: Row) -> Arguments:
    """mse_loss(input, target, reduction): of one shape and dtype"""
    name = operand(state, row)
    x = state.env[name]
    domain = "probability" if row.domain == "probability" else "any"
    target = alike(state, x, tuple(x.shape), domain)
    return [Ref(name), Ref(target)], optional(state, row)


def classes(state: State, row: Row) -> Arguments:
    """cross_entropy(input, target indices, reduction)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x, choice = state.env[name], state.choice
    count = x.shape[0] if x.ndim == 1 else x.shape[1]
    shape = () if x.ndim == 1 else (x.shape[0], *x.shape[2:])
    target = index_tensor(state, shape, count)
    given = optional(state, row)
    if choice.chance(0.3):
        given["weight"] = Ref(state.leaf((count,), dtype_name(x.dtype), "positive", requires_grad=False))
    if choice.chance(0.2):
        given["ignore_index"] = choice.integer(0, count - 1)
    return [Ref(name), Ref(target)], given


def logits(state: State, row: Row) -> Arguments:
    """binary_cross_entropy_with_logits(input, target, weight, pos_weight)"""
    args, given = loss(state, row)
    x = state.env[args[0].name]
    for key in ("weight", "pos_weight"):
        if state.choice.chance(0.2):
            given[key] = Ref(state.leaf(tuple(x.shape), dtype_name(x.dtype), "positive", requires_grad=False))
    return args, given


def normalised(state: State, row: Row) -> Arguments:
    """softmax(x, dim)"""
    name = operand(state, row)
    return [Ref(name), dimension(state, state.env[name])], optional(state, row)


def layer(state: State, row: Row) -> Arguments:
    """layer_norm(x, normalized_shape, weight, bias)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 1)
    x = state.env[name]
    shape = tuple(x.shape[state.choice.integer(0, x.ndim - 1) :])
    if math.prod(shape) < 2:
        raise Invalid("nothing to normalise over")
    given = {}
    if state.choice.chance(0.6):
        given["weight"] = Ref(alike(state, x, shape))
        if state.choice.chance(0.7):
            given["bias"] = Ref(alike(state, x, shape))
    return [Ref(name), list(shape)], given


def lookup(state: State, row: Row) -> Arguments:
    """embedding(indices, weight)"""
    name = operand(state, row, ndim=(2, 2), keep=lambda tensor: tensor.numel() > 0)
    return [Ref(index_tensor(state, state.shape(0, 2), state.env[name].shape[0])), Ref(name)], {}


def slope(state: State, row: Row) -> Arguments:
    """prelu(x, weight)"""
    name = operand(state, row, ndim=(1, 3))
    x = state.env[name]
    size = x.shape[1] if x.ndim > 1 and state.choice.chance(0.4) else 1
    return [Ref(name), Ref(alike(state, x, (size,)))], {}


def step(state: State, row: Row) -> Arguments:
    """threshold(x, threshold, value)"""
    return [
        Ref(operand(state, row)),
        state.choice.integer(-8, 8) / 8 + 0.0625,
        state.choice.integer(-4, 4),
    ], {}


# --- indices ----------------------------------------------------------------------------------------------


def index_tensor(state: State, shape: tuple[int, ...], count: int, negative: bool = False) -> str:
    """A literal tensor of indices below `count`."""
    if count == 0 and math.prod(shape) > 0:
        raise Invalid("nothing to index")
    low = -count if negative else 0
    numbers = [state.choice.integer(low, count - 1) for _ in range(math.prod(shape))]
    name = state.name("i")
    state.run(literal(name, numbers, shape, "int64"))
    return name


def gathered(state: State, row: Row) -> Arguments:
    """gather(x, dim, index)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    at = place % x.ndim
    shape = tuple(
        state.choice.integer(1, 3) if i == at else state.choice.integer(1, n) for i, n in enumerate(x.shape)
    )
    return [Ref(name), place, Ref(index_tensor(state, shape, x.shape[at]))], {}


def scattered(state: State, row: Row) -> Arguments:
    """scatter(x, dim, index, source): no index twice, as torch leaves open which one wins"""
    args, _ = gathered(state, row)
    x, index = state.env[args[0].name], state.env[args[2].name]
    place = args[1] % x.ndim
    if row.name == "scatter" and _repeats(index, place):
        raise Invalid("an index comes twice")
    if row.name == "scatter" and state.choice.chance(0.3):
        return [*args, scalar(state, dtype_name(x.dtype))], {}
    return [*args, Ref(alike(state, x, tuple(index.shape)))], optional(state, row)


def _repeats(index: Any, place: int) -> bool:
    rows = index.movedim(place, -1).reshape(-1, index.shape[place]).tolist()
    return any(len(set(row)) != len(row) for row in rows)


def indexed(state: State, row: Row) -> Arguments:
    """index_select(x, dim, index)"""
    name = operand(state, row, ndim=(1, 3), keep=lambda tensor: tensor.numel() > 0)
    x = state.env[name]
    place = dimension(state, x)
    return [Ref(name), place, Ref(index_tensor(state, (state.choice.integer(1, 3),), x.shape[place]))], {}


def index_added(state: State, row: Row) -> Arguments:
    """index_add(x, dim, index, source, alpha)"""
    args, _ = indexed(state, row)
    x, index = state.env[args[0].name], state.env[args[2].name]
    if row.name == "index_copy" and len(set(index.tolist())) != index.numel():
        raise Invalid("an index comes twice")
    shape = list(x.shape)
    shape[args[1]] = index.shape[0]
    return [*args, Ref(alike(state, x, tuple(shape)))], optional(state, row)


def index_filled(state: State, row: Row) -> Arguments:
    """index_fill(x, dim, index, value)"""
    args, _ = indexed(state, row)
    return [*args, scalar(state, dtype_name(state.env[args[0].name].dtype))], {}


def masked(state: State, row: Row) -> Arguments:
    """masked_select(x, mask)"""
    name = operand(state, row)
    shape = partner_shape(state, tuple(state.env[name].shape), grow=False)
    return [Ref(name), Ref(condition(state, shape))], {}


def mask_filled(state: State, row: Row) -> Arguments:
    """masked_fill(x, mask, value)"""
    args, _ = masked(state, row)
    return [*args, scalar(state, dtype_name(state.env[args[0].name].dtype))], {}


def taken(state: State, row: Row) -> Arguments:
    """take(x, index)"""
    name = operand(state, row, keep=lambda tensor: tensor.numel() > 0)
    return [
        Ref(name),
        Ref(index_tensor(state, state.shape(0, 2), state.env[name].numel(), negative=True)),
    ], {}


# --- creation and conversion ------------------------------------------------------------------------------


def sized(state: State, row: Row) -> Arguments:
    """zeros(shape, dtype)"""
    given: dict[str, Any] = {"dtype": DType(state.dtype())} if state.choice.chance(0.6) else {}
    shape = list(state.shape(0, 3))
    if row.name == "full":
        dtype = given["dtype"].name if given else "float32"
        return [shape, scalar(state, dtype)], given
    if row.name == "eye":
        return [
            state.choice.integer(1, 3),
            *([state.choice.integer(1, 3)] if state.choice.chance(0.4) else []),
        ], given
    if given.get("dtype") in (None, DType("float32")) and state.choice.chance(0.3):
        given["requires_grad"] = True
    return [shape], given


def counted(state: State, row: Row) -> Arguments:
    """arange(start, end, step), linspace(start, end, steps)"""
    choice = state.choice
    if row.name == "linspace":
        return [choice.integer(-8, 8) / 4, choice.integer(-8, 8) / 4, choice.integer(1, 6)], {}
    start = choice.integer(-4, 4)
    if choice.chance(0.4):
        return [choice.integer(0, 6)], {}
    length, width = choice.integer(0, 5), choice.pick((1, 2, 0.5))
    given = {"dtype": DType(state.dtype("fi"))} if choice.chance(0.3) and start >= 0 else {}
    return [start, start + length * width, width], given


def like(state: State, row: Row) -> Arguments:
    """zeros_like(x, dtype)"""
    name = operand(state, row)
    given: dict[str, Any] = {}
    if state.choice.chance(0.3):
        given["dtype"] = DType(state.dtype())
    args: list[Any] = [Ref(name)]
    if row.name == "full_like":
        args.append(state.choice.integer(0, 3))
    if row.name.startswith("new_"):
        args.append(list(state.shape(0, 2)))
        if row.name == "new_full":
            args.append(state.choice.integer(0, 3))
    return args, given


def converted(state: State, row: Row) -> Arguments:
    """x.to(dtype)"""
    name = operand(state, row)
    x = state.env[name]
    targets = "fcib" if CLASS_OF[dtype_name(x.dtype)] != "c" else "c"
    args: list[Any] = [Ref(name), DType(state.dtype(targets))]
    if row.name == "type_as":
        args[1] = Ref(state.tensor(targets))
    return args, {"copy": True} if row.name == "to" and state.choice.chance(0.2) else {}


def paired(state: State, row: Row) -> Arguments:
    """complex(real, imag), polar(abs, angle)"""
    name = operand(state, row)
    x = state.env[name]
    return [Ref(name), Ref(alike(state, x, tuple(x.shape)))], {}


def last_is_pair(state: State, row: Row) -> Arguments:
    """view_as_complex(x): the last dimension has two elements, side by side in memory"""
    dtype = state.choice.pick(("float32", "float64"))
    return [Ref(state.leaf((*state.shape(0, 2), 2), dtype))], {}
