"""What torch 2.13 does not survive, or answers with memory of others: what moves draw around, and mutations too."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .reading import is_tensor
from .statements import (
    Apply,
    Get,
    Hook,
    MultiHook,
    NestedPass,
    NumpyCall,
    Op,
    RawHooks,
    Ref,
    Set,
    SetItem,
    Statement,
)
from .statements.hook import PACKINGS

RESIZING = ("Tensor.set_", "Tensor.resize_")
LENDING = ("from_dlpack", "asarray")


def hazardous(
    statement: Statement,
    env: Mapping[str, Any],
    is_lent: Callable[[str], bool],
    before: Sequence[Statement],
) -> bool:
    """Whether torch may not survive a statement that was drawn for another program."""
    return (
        beyond(statement, env)
        or _frees(statement, is_lent)
        or _confuses(statement, env)
        or _hooks_stale(statement, env, before)
        or any(fails_to_pack(one, env) for one in statement.flat() if isinstance(one, RawHooks))
    )


# --- what is looked at ------------------------------------------------------------------------------------


# NOTE [Growing]: what has to grow cannot be drawn. New memory holds anything; and memory that numpy has seen, as all
# has that was compared, torch refuses to grow after it has given the tensor the sizes that lie outside of it. Nor can
# what torch checks by the size alone while it keeps the strides (conformance/findings).


def beyond(statement: Statement, env: Mapping[str, Any]) -> bool:
    """Whether a statement makes a tensor look at memory that is not known to be written, or may do so: where it
    calls more than once, or with what it binds itself, that is not known before it runs."""
    calls = [one for one in statement.flat() if isinstance(one, Op) and one.name in RESIZING]
    return len(calls) > 1 or any(_beyond(call, env) for call in calls)


def _beyond(call: Op, env: Mapping[str, Any]) -> bool:
    given: list[Any] = [env.get(one.name) if isinstance(one, Ref) else one for one in call.args]
    x, *rest = given
    if not is_tensor(x) or any(one is None for one in rest):
        return True
    if call.name == "Tensor.resize_":
        return math.prod(rest) > room(x) - x.storage_offset()
    if len(rest) < 2:
        return False
    source, offset, size, *strides = rest
    held = _written(source) if is_tensor(source) else source.nbytes()
    reach = _reach(x, size, *strides)
    return bool(reach and (offset + reach) * x.element_size() > held)


def _written(source: Any) -> int:
    return int((room(source) - source.storage_offset()) * source.element_size())


def room(tensor: Any) -> int:
    """How many elements of the memory are known to be written: up to the end of a contiguous tensor."""
    return tensor.storage_offset() + tensor.numel() if tensor.is_contiguous() else 0


def _reach(x: Any, size: tuple[int, ...], stride: tuple[int, ...] = ()) -> int:
    """How many elements `x` looks over from its offset on; without strides it keeps its own where it keeps its size."""
    if 0 in size:
        return 0
    if not stride and size != tuple(x.shape):
        return math.prod(size)
    steps = stride or x.stride()
    return 1 + sum((length - 1) * step for length, step in zip(size, steps, strict=True))


# --- what is freed ----------------------------------------------------------------------------------------


def lends(statement: Statement) -> set[str]:
    """The names of the tensors whose memory a statement lends to others."""
    calls = (one for one in statement.flat() if isinstance(one, Op | NumpyCall) and one.name in LENDING)
    return {given.name for call in calls for given in call.args if isinstance(given, Ref)}


def _frees(statement: Statement, is_lent: Callable[[str], bool]) -> bool:
    """Whether a tensor is given other memory: torch frees what it had, though it has lent that."""
    changed = [
        one.x if isinstance(one, Set) else one.args[0].name
        for one in statement.flat()
        if (isinstance(one, Set) and one.attribute == "data")
        or (isinstance(one, Op) and one.name in RESIZING)
    ]
    return any(map(is_lent, changed))


# --- what crashes -----------------------------------------------------------------------------------------


def confuses(tensor: Any) -> bool:
    """Whether torch loses, in place, the place of a gradient that is to be kept, its own or its base's, and crashes."""
    owners = (tensor, tensor._base) if tensor._is_view() else (tensor,)
    return any(one is not None and one.retains_grad and one.output_nr > 0 for one in owners)


def writes_confused(statement: Statement, env: Mapping[str, Any]) -> bool:
    """Whether a call or an assignment of a part writes to such a tensor; what it only reads may be one."""
    targets = (env.get(target.name) for one in statement.flat() for target in _written_by(one))
    return any(is_tensor(one) and confuses(one) for one in targets)


def _written_by(statement: Statement) -> Iterator[Ref]:
    if isinstance(statement, SetItem):
        yield Ref(statement.x)
    elif isinstance(statement, Op) and statement.writes_memory and not statement.name.startswith("autograd."):
        given = statement.kwargs.get("out", statement.args[:1])
        yield from (
            one for one in (given if isinstance(given, tuple | list) else (given,)) if isinstance(one, Ref)
        )


def _confuses(statement: Statement, env: Mapping[str, Any]) -> bool:
    if any(isinstance(one, Apply) for one in statement.flat()):
        return any(env[name].retains_grad for name in statement.reads() if is_tensor(env.get(name)))
    return statement.writes_memory and any(
        confuses(env[name]) for name in statement.reads() if is_tensor(env.get(name))
    )


def _hooks_stale(statement: Statement, env: Mapping[str, Any], before: Sequence[Statement]) -> bool:
    """Whether a view is hooked whose node is not looked at right before: torch crashes where its base was written to
    since. What a block hooks was drawn so."""
    hooked: Sequence[str] = ()
    if isinstance(statement, NestedPass) or (isinstance(statement, Hook) and statement.on == "tensor"):
        hooked = (statement.x,)
    elif isinstance(statement, MultiHook):
        hooked = statement.tensors
    last = before[-1] if before else None
    looked = last.x if isinstance(last, Get) and last.attribute == "grad_fn" else None
    return any(name != looked and env[name]._is_view() for name in hooked)


def fails_to_pack(statement: RawHooks, env: Mapping[str, Any]) -> bool:
    """Whether the hook for a saved tensor raises as it is registered, after which torch crashes, or may do so."""
    node = getattr(env.get(statement.x), "grad_fn", None)
    if node is None:
        return True
    try:
        saved = getattr(node, statement.saved.removeprefix("_raw"))
        PACKINGS[statement.pack][0](saved)
    except Exception:
        return True
    return False
