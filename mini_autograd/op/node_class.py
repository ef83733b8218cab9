"""The types of nodes: one for each ``grad_fn`` name, with an attribute for each thing that it saves."""

from __future__ import annotations

from functools import partial, partialmethod
from typing import Any

from mini_autograd import errors
from mini_autograd.graph import raw_saved
from mini_autograd.graph.saved import FREED
from mini_autograd.op.recorded import RecordedOp
from mini_autograd.op.row import GEOMETRY, INFO, OUTPUT, SIZES, TENSOR, TENSORS, Op, Save
from mini_autograd.op.underived import UnderivedOp

NO_DERIVATIVE = "torch::autograd::NotImplemented"
_NODE_CLASSES: dict[str, type] = {}


class Saved(property):
    """What a node shows of what it saved; assigning to it or deleting it is an error in torch's words."""

    def __init__(self, name: str, get: Any) -> None:
        super().__init__(get)
        self.name = name

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(f"attribute '{self.name}' of '{instance.name()}' objects is not writable")

    def __delete__(self, instance: Any) -> None:
        self.__set__(instance, None)


def node_class(row: Op) -> type:
    """The node type that carries the row's name and shows what it saves; rows of one name share it."""
    found: Any = _NODE_CLASSES.get(row.node_name)
    if found is None:
        members: dict[str, Any] = {"__slots__": (), "__module__": "builtins"}
        scope, _, name = row.node_name.rpartition("::")
        if scope:
            members["name"] = partialmethod(full_name, row.node_name)
        base = UnderivedOp if row.node_name == NO_DERIVATIVE else RecordedOp
        found = _NODE_CLASSES[row.node_name] = type(name, (base,), members)
    for save in row.saves:
        if is_shown(row, save) and not hasattr(found, f"_saved_{save.name}"):
            setattr(
                found,
                f"_saved_{save.name}",
                Saved(f"_saved_{save.name}", partial(saved_value, name=save.name)),
            )
            if save.kind in (TENSOR, TENSORS, OUTPUT):
                setattr(
                    found,
                    f"_raw_saved_{save.name}",
                    Saved(f"_raw_saved_{save.name}", partial(raw_value, name=save.name)),
                )
    return found


def full_name(node: RecordedOp, name: str) -> str:
    return name


def is_shown(row: Op, save: Save) -> bool:
    """Whether torch has an attribute for it: not for a whole layout, nor for the sizes of several tensors, nor for what
    has a name of this library's own."""
    return (
        save.kind not in (GEOMETRY, INFO)
        and not (save.kind == SIZES and row.arguments[save.index].is_list)
        and not save.name.startswith("_")
    )


def saved_value(node: RecordedOp, name: str) -> Any:
    """What the node keeps under ``name``, as torch shows it; RuntimeError once released or written to."""
    return node.shown(slot_of(node, name, "_saved_"))


def raw_value(node: RecordedOp, name: str) -> Any:
    """The place of a saved tensor, or a tuple of those of several; RuntimeError once several were released."""
    slot = slot_of(node, name, "_raw_saved_")
    if node.op.saves[slot].kind != TENSORS:
        return raw_saved.shown(node, slot, partial(saved_in, node, slot))
    held = node.saved[slot]
    if held is FREED:
        raise errors.saved_freed()
    return tuple(
        [raw_saved.shown(node, (slot, at), partial(saved_among, node, slot, at)) for at in range(len(held))]
    )


def slot_of(node: RecordedOp, name: str, prefix: str) -> int:
    """Rows that share a node type need not save the same."""
    for slot, save in enumerate(node.op.saves):
        if save.name == name:
            return slot
    raise AttributeError(f"'{node.name()}' object has no attribute '{prefix}{name}'")


def saved_in(node: RecordedOp, slot: int) -> Any:
    return node.saved[slot]


def saved_among(node: RecordedOp, slot: int, at: int) -> Any:
    held = node.saved[slot]
    return FREED if held is FREED else held[at]
