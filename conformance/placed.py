"""Comparing libraries that are placed on a device, one of which may be emulated: NOTE [Emulated devices]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import chance
from .compare import Comparison
from .lane import Lane
from .observation import Observation
from .overwriting import overwrite
from .placement import DEVICES, SHARING, Placement, unnamed
from .program import Program
from .reading import array_of, dtype_name, is_tensor, saved_names
from .statements import ArrayLiteral, ArrayWrite, Get, IsInstance, NumpyCall, Op, Statement
from .statements.statement import nested
from .twin import Location, Role, Twin, Window, read

# What makes, or takes, memory that numpy has too, and what puts a tensor in a place of its own.
NUMPYS = frozenset(
    (
        "Tensor.numpy",
        "Tensor.__array__",
        "Tensor.__dlpack__",
        "Tensor.__dlpack_device__",
        "from_dlpack",
        *SHARING,
    )
)
MOVES = frozenset(("Tensor.cpu", "Tensor.cuda", "Tensor", "Tensor.new", "Tensor.type", "Tensor.get_device"))


@dataclass(slots=True)
class PlacedComparison(Comparison):
    """A comparison in which tensors have a device, and numbers that were drawn are others: NOTE [Drawn on a device].

    `draws` says whether the present statement draws, and whether that is to be seen in what it gives. `drawn` counts
    the values that were compared as samples.
    """

    placement: Placement = field(kw_only=True)
    draws: Callable[[], tuple[bool, bool]] = field(kw_only=True)
    hidden: bool = False
    drawn: int = 0

    def layout(self, expected: Any, got: Any, location: Location, role: Role) -> Window | None:
        """As for any tensors, and compare where they are."""
        devices = self._due(expected, role), str(got.device)
        if devices[0] is not None and devices[0] != devices[1]:
            self._tensor_differs(
                Observation.ALIAS, role, location, *devices, dtype_name(expected.dtype), "device"
            )
        return Comparison.layout(self, expected, got, location, role)

    def _due(self, expected: Any, role: Role) -> str | None:
        """The device on which the subject's tensor has to be; None where that cannot be told."""
        if not self.placement.emulated:
            return str(expected.device)
        # A Python number, as an op keeps it and its hooks are given it, is the CPU's.
        number = role.kind in (Observation.SAVED, Observation.HOOK) and expected.ndim == 0
        return None if number else self.placement.where

    def settled(self, expected: Any, got: Any, dtype: str, location: Location, tensor: Any) -> bool:
        """As for any arrays, but those that were drawn: these agree as samples do."""
        draws, in_the_open = self.draws()
        self.hidden |= draws and not in_the_open
        if not (draws or self.hidden) or expected.dtype != got.dtype or expected.shape != got.shape:
            return Comparison.settled(self, expected, got, dtype, location, tensor)
        self.drawn += 1
        if not self.hidden and not chance.alike(expected, got):
            return False
        overwrite(expected, got, dtype, tensor, self.modules[1])
        return True

    def _grad_fn(self, twin: Twin) -> None:
        Comparison._grad_fn(self, twin)
        if Observation.SAVED not in self.observes and self.draws()[0] and not twin.failed:
            self._same_masks(twin.expected.grad_fn, twin.got.grad_fn, set())

    def _same_masks(self, expected: Any, got: Any, seen: set[int]) -> None:
        """Give what the subject's nodes saved the numbers that the reference's have: NOTE [Drawn on a device]."""
        if expected is None or got is None or expected.name() != got.name() or id(expected) in seen:
            return
        seen.add(id(expected))
        for name in saved_names(expected):
            self._same_mask(read(expected, name)[0], read(got, name)[0])
        for (ahead, _), (other, _) in zip(expected.next_functions, got.next_functions, strict=False):
            self._same_masks(ahead, other, seen)

    def _same_mask(self, expected: Any, got: Any) -> None:
        if not (is_tensor(expected) and is_tensor(got)) or expected.shape != got.shape:
            return
        dtype = dtype_name(expected.dtype)
        if dtype == dtype_name(got.dtype):
            overwrite(array_of(expected, dtype), array_of(got, dtype), dtype, got, self.modules[1])

    def _near(self, expected: Any, got: Any, location: Location) -> bool:
        if self.draws()[0] or self.hidden:
            return type(expected) is type(got)
        if self.placement.emulated and type(expected).__name__ == "device" == type(got).__name__:
            return unnamed(str(expected)) == unnamed(str(got))
        return Comparison._near(self, expected, got, location)


@dataclass(slots=True)
class UnnamedLane(Lane):
    """A side whose texts do not say on which device it is."""

    def run(self, statement: Statement) -> None:
        """Execute a statement, and take devices out of what it printed, raised and warned of."""
        told = len(self.events)
        Lane.run(self, statement)
        for place in range(told, len(self.events)):
            label, given = self.events[place]
            self.events[place] = label, _unnamed(given)
        if isinstance(self.result, str):
            self.result = unnamed(self.result)
        if self.error is not None and self.error.args and isinstance(self.error.args[0], str):
            self.error.args = (unnamed(self.error.args[0]), *self.error.args[1:])
        self.warned = [(category, unnamed(text)) for category, text in self.warned]


def _unnamed(given: Any) -> Any:
    """What a hook was given, or a block printed, with texts that name no device."""
    if isinstance(given, str):
        return unnamed(given)
    return type(given)(map(_unnamed, given)) if type(given) in (list, tuple) else given


def unsaid(program: Program) -> str | None:
    """Why a program says nothing on an emulated device, beside torch on the CPU; None where it does."""
    for outer in program.statements:
        for one in nested(outer):
            name = one.name if isinstance(one, Op) else one.kind
            if name in NUMPYS or isinstance(one, ArrayLiteral | ArrayWrite | NumpyCall):
                return f"{name} on a device, which shares no memory with numpy"
            if isinstance(one, IsInstance) and one.of.endswith("Tensor") and one.of != "Tensor":
                return f"{one.label} on an emulated device, whose tensors are of no class of the CPU's"
            elsewhere = name in MOVES or (isinstance(one, Get) and one.attribute == "is_cuda")
            if elsewhere or (isinstance(one, Op) and _names_device([*one.args, one.kwargs])):
                return f"{name} with a place of its own, on an emulated device"
    if writes_beside_copies(program):
        return "save_on_cpu beside writes, of which a copy from an emulated device knows nothing"
    return None


def writes_beside_copies(program: Program) -> bool:
    """Whether something is written to while `save_on_cpu` keeps what it saves: on the CPU that is the tensor itself."""
    everything = [one for outer in program.statements for one in nested(outer)]
    copies = any(getattr(one, "mode", None) == "autograd.graph.save_on_cpu" for one in everything)
    return copies and any(isinstance(one, Op) and one.name.endswith("_") for one in everything)


def _names_device(given: Any) -> bool:
    if isinstance(given, str):
        return given.partition(":")[0] in (*DEVICES, "meta")
    if isinstance(given, dict):
        return any(map(_names_device, given.values()))
    return isinstance(given, tuple | list) and any(map(_names_device, given))
