"""Smaller programs to try in the place of one, pass by pass.

Every name that a statement reads stays bound before it. `cost` says what is smaller.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch

from .reading import array_of
from .statements import (
    ArrayLiteral,
    Attempt,
    Block,
    Chain,
    Hook,
    Index,
    ModeUse,
    Op,
    Output,
    SetItem,
    Statement,
    TensorLiteral,
    literal,
    to_json,
)
from .statements.argument import Ref, float_text, float_value
from .statements.block import Scope
from .statements.chain import BEFORE
from .statements.tensor import nested

Statements = tuple[Statement, ...]
Path = tuple[int, ...]
Pass = Callable[[Statements], Iterator[Statements]]

PLAIN = (1, 2, 3, 5, 7)
PRECISE = "float64"  # in which no rounding can be taken for a difference
FLOATS = ("float32", "float16", "bfloat16")
OBSERVE = "observe"
BYPASSES = 4
LONGEST = 64
FEW = 4  # numbers that can stand in a line among others
READABLE = 4  # statements: a program that is so short reads best with one thing a line


# --- editing a tree of statements -------------------------------------------------------------------------


def places(statements: Statements) -> Iterator[tuple[Path, Statement]]:
    """Every statement and where it stands, the last one first."""
    for index in range(len(statements) - 1, -1, -1):
        yield (index,), statements[index]
        inner = statements[index]
        if isinstance(inner, Scope):
            for path, statement in places(inner.body):
                yield (index, *path), statement


def edited(statements: Statements, path: Path, new: Statements) -> Statements:
    """The statements with the one at `path` replaced by `new`."""
    index, *inside = path
    if inside:
        scope: Any = statements[index]
        new = (dataclasses.replace(scope, body=edited(scope.body, tuple(inside), new)),)
    return (*statements[:index], *new, *statements[index + 1 :])


def consistent(statements: Statements, bound: set[str] | None = None) -> Statements:
    """The statements without those that read a name not bound before them, and without empty blocks."""
    bound = set() if bound is None else bound
    kept: list[Statement] = []
    for statement in statements:
        if isinstance(statement, Scope):
            body = consistent(statement.body, bound)
            if body:
                kept.append(dataclasses.replace(statement, body=body))  # type: ignore[type-var]
        elif bound.issuperset(statement.reads()):
            kept.append(statement)
            bound.update(statement.writes())
    return tuple(kept)


# --- dropping ---------------------------------------------------------------------------------------------


def sliced(statements: Statements) -> Iterator[Statements]:
    """Only what the last statement depends on, through names it reads and statements that write to them."""
    needed: set[str] = set()
    kept: list[Statement] = []
    for index, statement in enumerate(reversed(statements)):
        reads, writes = set(statement.reads()), set(statement.writes())
        if index == 0 or writes & needed or (statement.writes_memory and reads & needed):
            kept.append(statement)
            needed |= reads
    yield consistent(tuple(reversed(kept)))


def dropped(statements: Statements) -> Iterator[Statements]:
    """Without a run of statements (half of them, a quarter, ... one), and without what depended on it."""
    size = len(statements) // 2
    while size > 1:
        for start in range(0, len(statements), size):
            yield consistent(statements[:start] + statements[start + size :])
        size //= 2
    for path, _ in places(statements):
        yield consistent(edited(statements, path, ()))


def unwrapped(statements: Statements) -> Iterator[Statements]:
    """A block's body without the block; a statement without the attempt around it."""
    for path, statement in places(statements):
        if isinstance(statement, Scope):
            yield edited(statements, path, statement.body)
        if isinstance(statement, Block) and statement.decorator:
            yield edited(statements, path, (dataclasses.replace(statement, decorator=False),))
        if isinstance(statement, ModeUse):
            yield edited(statements, path, (Block(statement.mode, statement.body, statement.args),))
        if isinstance(statement, Attempt):
            yield edited(statements, path, (statement.statement,))


def blanked(statements: Statements) -> Iterator[Statements]:
    """A literal in the place of a statement in a block, which must have a body, whatever that is."""
    for path, statement in places(statements):
        if len(path) > 1 and not isinstance(statement, Scope | TensorLiteral):
            name = next((name for name in statement.writes()), "x")
            yield consistent(edited(statements, path, (literal(name, [1.0], (), PRECISE),)))


def bypassed(statements: Statements) -> Iterator[Statements]:
    """Without a statement, another name standing in for those that it bound."""
    for path, statement in places(statements):
        if isinstance(statement, Scope) or not statement.writes():
            continue
        earlier = _bound_before(statements, path)
        rest = edited(statements, path, ())
        for name in list(dict.fromkeys([*statement.reads(), *reversed(earlier)]))[:BYPASSES]:
            mapping = dict.fromkeys(statement.writes(), name)
            yield consistent(tuple(_renamed(inner, mapping) for inner in rest))


def cloned(statements: Statements) -> Iterator[Statements]:
    """A copy of one of its tensors in the place of what a call makes of several."""
    for path, statement in places(statements):
        if isinstance(statement, Op) and isinstance(statement.out, str) and len(statement.reads()) > 1:
            for name in statement.reads():
                copy = Op("clone", (Ref(name),), {}, statement.out)
                yield next(sliced(edited(statements, path, (copy,))))


def merged(statements: Statements) -> Iterator[Statements]:
    """A literal in the place of an earlier one too, which goes."""
    found = [(path, made) for path, made in places(statements) if isinstance(made, TensorLiteral)]
    for place, (path, made) in enumerate(found):
        for before, other in found[place + 1 :]:
            moved = edited(edited(statements, path, ()), before, (made,))
            yield consistent(tuple(_renamed(inner, {other.out: made.out}) for inner in moved))


def spelled(statements: Statements) -> Iterator[Statements]:
    """A literal that needs no gradient as numbers in the places of its name."""
    for path, made in places(statements):
        if isinstance(made, TensorLiteral) and not made.requires_grad and 0 < len(made.data) <= FEW:
            numbers = nested(made.numbers(), made.shape)
            rest = edited(statements, path, ())
            for place, statement in list(places(rest)):
                if isinstance(statement, Op | Index | SetItem) and made.out in statement.reads():
                    changed = {
                        field: _spelled(getattr(statement, field), made.out, numbers)
                        for field in ("args", "kwargs", "index", "value")
                        if hasattr(statement, field)
                    }
                    rest = edited(rest, place, (dataclasses.replace(statement, **changed),))
            yield consistent(rest)


def _spelled(argument: Any, name: str, numbers: Any) -> Any:
    if argument == Ref(name):
        return numbers
    if isinstance(argument, list | tuple):
        return type(argument)(_spelled(item, name, numbers) for item in argument)
    if isinstance(argument, dict):
        return {key: _spelled(item, name, numbers) for key, item in argument.items()}
    return argument


def inlined(statements: Statements) -> Iterator[Statements]:
    """In a long program, a method called on what a call gives instead of on a name that nobody else reads."""
    found = dict(places(statements))
    readers = Counter(name for one in found.values() if not isinstance(one, Scope) for name in one.reads())
    if len(found) <= READABLE:
        return
    for path, method in found.items():
        if isinstance(method, Op) and method.name.startswith("Tensor.") and isinstance(method.out, str):
            on = method.args[0] if method.args else None
            for before, call in found.items():
                if isinstance(on, Ref) and call.writes() == (on.name,) and readers[on.name] == 1:
                    made = _chained(call, method, method.out)
                    if made is not None:
                        yield consistent(edited(edited(statements, path, (made,)), before, ()))


def _chained(call: Statement, method: Op, out: Output) -> Chain | None:
    then = dataclasses.replace(method, args=(Ref(BEFORE), *method.args[1:]), out=None)
    if isinstance(call, Chain):
        return Chain(out, call.first, (*call.then, then))
    return Chain(out, dataclasses.replace(call, out=None), (then,)) if isinstance(call, Op) else None


def _bound_before(statements: Statements, path: Path) -> list[str]:
    names = [name for statement in statements[: path[0]] for name in statement.writes()]
    if len(path) > 1:
        names += _bound_before(statements[path[0]].blocks()[0], path[1:])
    return names


def _renamed(statement: Statement, mapping: Mapping[str, str]) -> Statement:
    return statement.renamed(mapping)


def cut_off(values: Callable[[Statements], Mapping[Path, Statements]]) -> Pass:
    """The pass that writes computed tensors out as the numbers they have, so that their history can go.

    `values` gives, by place, the literals that can stand for what the statements bind.
    """

    def offered(statements: Statements) -> Iterator[Statements]:
        for path, made in values(statements).items():
            rest = edited(statements, path, made)
            yield next(sliced(rest))

    return offered


# --- shrinking --------------------------------------------------------------------------------------------


def simplified(statements: Statements) -> Iterator[Statements]:
    """One statement replaced by a simpler variant of itself."""
    for path, statement in places(statements):
        if not isinstance(statement, Scope):
            for plain in statement.simpler():
                yield consistent(edited(statements, path, (plain,)))


def resized(statements: Statements) -> Iterator[Statements]:
    """A size made 1, 2 or 0 in all literals that have it at once, and in the arguments equal to it."""
    literals = [found for _, found in places(statements) if isinstance(found, TensorLiteral | ArrayLiteral)]
    yield _over_literals(statements, lambda made: _with_shape(made, ()))
    yield _over_literals(statements, lambda made: _with_shape(made, (1,) * len(made.shape)))
    yield _over_literals(statements, lambda made: _with_shape(made, made.shape[1:]))
    for size in sorted({size for made in literals for size in made.shape if size > 1}, reverse=True):
        for new in (1, 2, 0):
            if new < size:
                smaller = _over_literals(statements, partial(_resized, size=size, new=new))
                yield smaller
                yield _over_ops(smaller, size, new)


def rounded(statements: Statements) -> Iterator[Statements]:
    """All numbers of all literals made plain at once, then those of one literal, then one number."""
    yield _over_literals(statements, lambda made: _filled(made, lambda place: PLAIN[place % len(PLAIN)]))
    yield _over_literals(statements, lambda made: _filled(made, lambda place: 1))
    yield _over_literals(statements, _as_float64)
    for path, made in places(statements):
        if isinstance(made, TensorLiteral | ArrayLiteral):
            for number in (lambda place: PLAIN[place % len(PLAIN)], lambda place: 1, lambda place: 0):
                yield edited(statements, path, (_filled(made, number),))
            for place in range(len(made.data)):
                yield from (edited(statements, path, (item,)) for item in _one_plain(made, place))


def _over_literals(statements: Statements, change: Callable[[Any], Statement]) -> Statements:
    for path, statement in list(places(statements)):
        if isinstance(statement, TensorLiteral | ArrayLiteral):
            statements = edited(statements, path, (change(statement),))
    return statements


def _over_ops(statements: Statements, size: int, new: int) -> Statements:
    def shrunk(argument: Any) -> Any:
        if isinstance(argument, list | tuple):
            return type(argument)(shrunk(item) for item in argument)
        return new if type(argument) is int and argument == size else argument

    for path, statement in list(places(statements)):
        if isinstance(statement, Op):
            kwargs = {name: shrunk(item) for name, item in statement.kwargs.items()}
            op = dataclasses.replace(statement, args=shrunk(statement.args), kwargs=kwargs)
            statements = edited(statements, path, (op,))
    return statements


def _with_shape(made: Any, shape: tuple[int, ...]) -> Any:
    """The literal's first numbers in a shape of no more elements."""
    count = math.prod(shape)
    return dataclasses.replace(made, shape=shape, data=made.data[:count]) if count <= len(made.data) else made


def _resized(made: Any, size: int, new: int) -> Any:
    for place, length in enumerate(made.shape):
        if length == size:
            inner = math.prod(made.shape[place + 1 :])
            kept = tuple(item for at, item in enumerate(made.data) if (at // inner) % size < new)
            made = dataclasses.replace(
                made, data=kept, shape=(*made.shape[:place], new, *made.shape[place + 1 :])
            )
    return made


def _filled(made: Any, number: Callable[[int], int]) -> Any:
    return dataclasses.replace(made, data=tuple(_like(old, number(at)) for at, old in enumerate(made.data)))


def _one_plain(made: Any, place: int) -> Iterator[Any]:
    for number in (1, 2, 0, -1):
        data = (*made.data[:place], _like(made.data[place], number), *made.data[place + 1 :])
        yield dataclasses.replace(made, data=data)


def _like(old: Any, number: int) -> Any:
    """The number in the spelling of `old`: text of a float, a pair of them, a bool or an int."""
    if isinstance(old, tuple):
        return (float_text(float(number)), float_text(0.0))
    if isinstance(old, str):
        return float_text(float(number))
    return bool(number % 2) if isinstance(old, bool) else number


def _as_float64(made: Any) -> Any:
    return dataclasses.replace(made, dtype=PRECISE) if made.dtype in FLOATS else made


# --- what is smaller --------------------------------------------------------------------------------------


def cost(statements: Statements) -> tuple[int, ...]:
    """What the reducer makes smaller: statements, nesting, elements, dimensions, other types and hooks than the plain
    ones, odd numbers, text."""
    found = list(places(statements))
    literals = [made for _, made in found if isinstance(made, TensorLiteral | ArrayLiteral)]
    weight = sum(1 if isinstance(made, TensorLiteral) else 2 for _, made in found)
    records = [to_json(statement) for statement in statements]
    return (
        weight + sum(isinstance(made, Attempt) for _, made in found),
        sum(len(path) for path, _ in found),
        sum(len(made.data) for made in literals),
        sum(len(made.shape) for made in literals),
        sum(made.dtype in FLOATS for made in literals),
        sum(isinstance(made, Hook) and made.body != OBSERVE for _, made in found),
        _oddity(records),
        len(repr(records)),
    )


def _oddity(record: Any) -> int:
    """How far from plain the numbers in JSON data are."""
    if isinstance(record, dict):
        return sum(map(_oddity, record.values()))
    if isinstance(record, list):
        return sum(map(_oddity, record))
    if isinstance(record, str):
        try:
            return _oddity(float_value(record)) if record[:1] in "-0in" and "x" in record[:4] else 0
        except ValueError:
            return 0
    if record is None or isinstance(record, bool):
        return int(record is True)
    if record in PLAIN:
        return PLAIN.index(record)
    if record in (0, -1):
        return 2 if record == 0 else 5
    return 6 if math.isfinite(record) and record == math.floor(record) else 9


def literal_of(name: str, tensor: Any) -> TensorLiteral | None:
    """A literal with the values of a torch tensor; None where a literal cannot hold it or would be long."""
    if tensor.layout is not torch.strided or tensor.numel() > LONGEST:
        return None
    dtype = str(tensor.dtype).rpartition(".")[2]
    try:
        return literal(
            name,
            array_of(tensor, dtype).reshape(-1).tolist(),
            tuple(tensor.shape),
            dtype,
            tensor.requires_grad,
        )
    except ValueError:
        return None
