"""How arguments of products, factorisations and joins are drawn."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Ref, literal
from .operand import alike, dimension, operand, optional
from .row import Arguments, Row


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
