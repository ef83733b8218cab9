"""The areas of autograd that a program is about, by the statements it holds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import EllipsisType, NoneType
from typing import Any

from .program import Program
from .statements import (
    Apply,
    ArrayWrite,
    Backward,
    Block,
    Chain,
    Checkpoint,
    Get,
    Grad,
    Hook,
    Index,
    ModeUse,
    MultiHook,
    NestedPass,
    Op,
    RawHooks,
    SavedHooks,
    Set,
    SetItem,
    Slice,
    Statement,
    Transform,
    Unhook,
)
from .statements.op import IN_PLACE
from .statements.statement import KINDS
from .statements.transformed_function import APPLYING
from .vocabulary import FAMILIES

# What a program may be about; it may be about several, or none. Plain texts, which are hashed at once.
SECOND_ORDER = "second order"
FORWARD_MODE = "forward mode"
MODES = "no_grad and modes"
WRITES_AND_VIEWS = "in-place and views"
FUNCTIONS = "custom functions"
HOOKS = "hooks"
AREAS = (SECOND_ORDER, FORWARD_MODE, MODES, WRITES_AND_VIEWS, FUNCTIONS, HOOKS)

# Of the vocabulary's views those that are copies or the tensor itself, and views of its other families.
NO_VIEWS = ("clone", "contiguous", "alias_copy")
OTHER_VIEWS = (
    *("moveaxis", "swapdims", "adjoint", "broadcast_tensors", "real", "imag", "conj", "view_as_real"),
    *("tensor_split", "hsplit", "atleast_1d", "atleast_2d", "atleast_3d"),
)
VIEWS = frozenset((*(row.name for row in FAMILIES["view"]), *OTHER_VIEWS)) - frozenset(NO_VIEWS)
VIEW_ATTRIBUTES = frozenset(("data", "T", "mT", "H", "mH", "real", "imag"))
WRITTEN_ATTRIBUTES = frozenset(("data", "real", "imag"))
WRITING_OPERATORS = frozenset(f"operator.{name}" for name in IN_PLACE)
ASKING_OF_MODES = frozenset(
    ("is_grad_enabled", "is_inference_mode_enabled", "is_inference", "Tensor.is_inference")
)
# Modes that are about something else than what is recorded.
MODE_AREAS: dict[str, tuple[str, ...]] = {
    "autograd.forward_ad.dual_level": (FORWARD_MODE,),
    "autograd.graph.disable_saved_tensors_hooks": (HOOKS,),
    "autograd.graph.save_on_cpu": (HOOKS,),
    "autograd.graph.allow_mutation_on_saved_tensors": (WRITES_AND_VIEWS,),
    "autograd.profiler.record_function": (),
}
# What functions of the fixed sets do inside, those that are checkpointed and those that are transformed.
BODY_AREAS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((body.__name__ for body in APPLYING), (FUNCTIONS,)),
    **dict.fromkeys(
        ("overwritten", "filled", "rescaled", "written", "spread", "in_place"), (WRITES_AND_VIEWS,)
    ),
    "unrecorded": (MODES,),
    "looked_at_twice": (FUNCTIONS,),
}
# How often transforms, and functions of the fixed set, differentiate what they are given.
ORDERS = {
    **dict.fromkeys(("func.grad", "func.grad_and_value", "func.jacrev", "func.jacfwd"), 1),
    **dict.fromkeys(("pulled", "pushed", "linearized", "recursive", "passed", "differentiated"), 1),
    **dict.fromkeys((f"autograd.functional.{name}" for name in ("vjp", "jvp", "jacobian")), 1),
    **dict.fromkeys((f"autograd.functional.{name}" for name in ("hessian", "vhp", "hvp")), 2),
    "func.hessian": 2,
    "autograd.gradcheck": 1,
    "autograd.gradgradcheck": 2,
}
FORWARD = frozenset(("func.jacfwd", "func.hessian", "pushed", "linearized"))


def areas(program: Program) -> list[str]:
    """The names of a program's areas, in the order of `AREAS`."""
    found: set[str] = set()
    _collect(program.statements, found)
    return [area for area in AREAS if area in found]


def _collect(statements: Iterable[Statement], found: set[str]) -> None:
    for statement in statements:
        kind = type(statement)
        look = LOOKS.get(kind)
        if look is not None:
            found.update(look(statement))
        if kind in NESTING:
            for body in statement.blocks():
                _collect(body, found)


# --- statements by kind -----------------------------------------------------------------------------------


def _of_op(op: Op) -> tuple[str, ...]:
    if not op.kwargs:
        return _of_name(op.name)
    found = _of_name(op.name)
    if "out" in op.kwargs or op.kwargs.get("inplace") is True:
        found = (*found, WRITES_AND_VIEWS)
    return (*found, SECOND_ORDER) if op.kwargs.get("create_graph") is True else found


@functools.lru_cache(4096)
def _of_name(name: str) -> tuple[str, ...]:
    if name.startswith("autograd.forward_ad."):
        return (FORWARD_MODE,)
    if name in ASKING_OF_MODES:
        return (MODES,)
    last = name.rpartition(".")[2]
    # requires_grad_ writes to no memory
    writes = name.endswith("_") and not name.endswith("__") and last != "requires_grad_"
    is_operator = name.startswith("operator.")
    writes = name in WRITING_OPERATORS if is_operator else writes or last == "increment_version"
    return (WRITES_AND_VIEWS,) if writes or (last in VIEWS and not is_operator) else ()


def _of_chain(chain: Chain) -> list[str]:
    return [area for call in (chain.first, *chain.then) if isinstance(call, Op) for area in _of_op(call)]


def _of_pass(made: Backward | Grad) -> tuple[str, ...]:
    return (SECOND_ORDER,) if made.create_graph else ()


def _of_index(made: Index) -> tuple[str, ...]:
    """Numbers and slices give a view, tensors and lists of indices a copy."""
    items = made.index if isinstance(made.index, tuple) else (made.index,)
    basic = all(type(item) in (Slice, int, NoneType, EllipsisType) for item in items)
    return (WRITES_AND_VIEWS,) if basic else ()


def _of_get(made: Get) -> tuple[str, ...]:
    return (WRITES_AND_VIEWS,) if made.attribute in VIEW_ATTRIBUTES else ()


def _of_set(made: Set) -> tuple[str, ...]:
    return (WRITES_AND_VIEWS,) if made.attribute in WRITTEN_ATTRIBUTES else ()


def _of_block(block: Block) -> tuple[str, ...]:
    return MODE_AREAS.get(block.mode, (MODES,))


def _of_nested_pass(made: NestedPass) -> tuple[str, ...]:
    return (HOOKS, SECOND_ORDER) if made.body == "deriving" else (HOOKS,)


def _of_checkpoint(made: Checkpoint) -> tuple[str, ...]:
    return BODY_AREAS.get(made.name, ())


def _of_transform(made: Transform) -> list[str]:
    steps = [name for name, _ in made.steps]
    found = list(BODY_AREAS.get(made.body, ()))
    order = sum(ORDERS.get(name, 0) for name in (made.body, *steps, made.call))
    if order > 1 or made.options.get("create_graph") is True:
        found.append(SECOND_ORDER)
    asked = "forward-mode" in made.options.values() or made.options.get("check_forward_ad") is True
    if asked or not FORWARD.isdisjoint(steps):
        found.append(FORWARD_MODE)
    return found


def _always(*found: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda statement: found


LOOKS: dict[type, Callable[[Any], Iterable[str]]] = {
    Op: _of_op,
    Chain: _of_chain,
    Backward: _of_pass,
    Grad: _of_pass,
    Index: _of_index,
    Get: _of_get,
    Set: _of_set,
    Block: _of_block,
    NestedPass: _of_nested_pass,
    Checkpoint: _of_checkpoint,
    Transform: _of_transform,
    ModeUse: _always(MODES),
    Apply: _always(FUNCTIONS),
    **dict.fromkeys((SetItem, ArrayWrite), _always(WRITES_AND_VIEWS)),
    **dict.fromkeys((Hook, Unhook, MultiHook, RawHooks, SavedHooks), _always(HOOKS)),
}
NESTING = frozenset(kind for kind in KINDS.values() if kind.blocks is not Statement.blocks)
