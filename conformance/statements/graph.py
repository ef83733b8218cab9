"""What is done with the graph itself: a node called by hand, hooks on one saved tensor, one hook for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from . import hook
from .error import ProgramError
from .op import function
from .statement import Events, Name, Output, Statement


@dataclass(frozen=True, slots=True)
class NodeCall(Statement):
    """`out = x.grad_fn(*grads)`; null for no gradient."""

    kind: ClassVar[str] = "node_call"
    out: Output
    x: Name
    grads: tuple[Name | None, ...]

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        node = arguments.bind(arguments.Ref(self.x), lib, env).grad_fn
        grads = [
            None if name is None else arguments.bind(arguments.Ref(name), lib, env) for name in self.grads
        ]
        env[self.out] = result = node(*grads)
        return result

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}.grad_fn({', '.join(map(str, self.grads))})"]


@dataclass(frozen=True, slots=True)
class NodeOrder(Statement):
    """`y = x * 2`, `z = y * 2`, `out = z.grad_fn._sequence_nr() - y.grad_fn._sequence_nr()`; or the number of a node
    that was given `number`.

    Only the distance between nodes that are made at once is the program's own: what ran before it in the process, and
    who looks at it, has counted too.
    """

    kind: ClassVar[str] = "node_order"
    out: Output
    x: Name
    number: int | None = None

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        y = arguments.bind(arguments.Ref(self.x), lib, env) * 2
        z = y * 2
        behind = y.grad_fn._sequence_nr()
        if self.number is not None:
            z.grad_fn._set_sequence_nr(self.number)
            behind = 0
        env[self.out] = result = z.grad_fn._sequence_nr() - behind
        return result

    def lines(self) -> list[str]:
        made = [f"y = {self.x} * 2", "z = y * 2"]
        if self.number is not None:
            given = f"z.grad_fn._set_sequence_nr({self.number})"
            return [*made, given, f"{self.out} = z.grad_fn._sequence_nr()"]
        return [*made, f"{self.out} = z.grad_fn._sequence_nr() - y.grad_fn._sequence_nr()"]

    @property
    def writes_memory(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class RawHooks(Statement):
    """`x.grad_fn._raw_saved_self.register_hooks(pack, unpack)`, with bodies of the fixed set."""

    kind: ClassVar[str] = "raw_hooks"
    x: Name
    saved: str
    pack: str

    def __post_init__(self) -> None:
        if self.pack not in hook.PACKINGS:
            raise ProgramError(f"unknown packing {self.pack!r}, expected one of {sorted(hook.PACKINGS)}")
        if not self.saved.startswith("_raw_saved_") or not self.saved.isidentifier():
            raise ProgramError(f"{self.saved!r} is not the place of a saved tensor")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        raw = getattr(arguments.bind(arguments.Ref(self.x), lib, env).grad_fn, self.saved)
        recorded: Any = hook.recorded  # printed into scripts as it stands, so without annotations
        pack, unpack = hook.PACKINGS[self.pack]
        return raw.register_hooks(recorded("pack", pack, events), recorded("unpack", unpack, events))

    def lines(self) -> list[str]:
        pack, unpack = hook.PACKINGS[self.pack]
        hooks = f'recorded("pack", {pack.__name__}, events), recorded("unpack", {unpack.__name__}, events)'
        return [f"{self.x}.grad_fn.{self.saved}.register_hooks({hooks})"]

    def definitions(self) -> list[str]:
        return hook.sources(*hook.PACKINGS[self.pack])


@dataclass(frozen=True, slots=True)
class MultiHook(Statement):
    """`out = torch.autograd.graph.register_multi_grad_hook([x, y], observe, mode="all")`."""

    kind: ClassVar[str] = "multi_hook"
    out: Output
    tensors: tuple[Name, ...]
    mode: str = "all"

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        register = function(lib, "autograd.graph.register_multi_grad_hook")
        tensors = [arguments.bind(arguments.Ref(name), lib, env) for name in self.tensors]
        recorded: Any = hook.recorded
        env[self.out] = handle = register(tensors, recorded(self.out, hook.observe, events), mode=self.mode)
        return handle

    def lines(self) -> list[str]:
        names = ", ".join(self.tensors)
        body, mode = f'recorded("{self.out}", observe, events)', arguments.source(self.mode)
        return [f"{self.out} = torch.autograd.graph.register_multi_grad_hook([{names}], {body}, mode={mode})"]

    def definitions(self) -> list[str]:
        return hook.sources(hook.observe)

    @property
    def label(self) -> str:
        return f"multi_hook.{self.mode}"
