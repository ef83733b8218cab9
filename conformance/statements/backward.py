"""Running the backward pass: `Tensor.backward` and `autograd.grad`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .argument import Ref
from .op import function
from .output import bind_outputs
from .statement import Events, Name, Output, Statement


@dataclass(frozen=True, slots=True)
class Backward(Statement):
    """`tensor.backward(gradient, retain_graph, create_graph, inputs)`; null arguments are not passed."""

    kind: ClassVar[str] = "backward"
    tensor: Name
    gradient: Name | None = None
    retain_graph: bool | None = None
    create_graph: bool | None = None
    inputs: tuple[Name, ...] | None = None

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        tensor = arguments.bind(Ref(self.tensor), lib, env)
        return tensor.backward(**{key: arguments.bind(item, lib, env) for key, item in self._passed()})

    def _passed(self) -> list[tuple[str, Any]]:
        inputs = None if self.inputs is None else [Ref(name) for name in self.inputs]
        gradient = None if self.gradient is None else Ref(self.gradient)
        flags = {"retain_graph": self.retain_graph, "create_graph": self.create_graph}
        options = {"gradient": gradient, **flags, "inputs": inputs}
        return [(key, item) for key, item in options.items() if item is not None]

    def lines(self) -> list[str]:
        passed = ", ".join(f"{key}={arguments.source(item)}" for key, item in self._passed())
        return [f"{self.tensor}.backward({passed})"]

    def simpler(self) -> Iterator[Statement]:
        for name in ("inputs", "create_graph", "retain_graph", "gradient"):
            if getattr(self, name) is not None:
                yield dataclasses.replace(self, **{name: None})  # type: ignore[arg-type]
        if self.inputs is not None and len(self.inputs) > 1:
            for place in range(len(self.inputs) - 1, -1, -1):
                yield dataclasses.replace(self, inputs=_without(self.inputs, place))


@dataclass(frozen=True, slots=True)
class Grad(Statement):
    """`out, ... = torch.autograd.grad(outputs, inputs, ...)`; arguments left at null are not passed."""

    kind: ClassVar[str] = "grad"
    out: tuple[Output, ...]
    outputs: tuple[Name, ...]
    inputs: tuple[Name, ...]
    grad_outputs: tuple[Name | None, ...] | None = None
    retain_graph: bool | None = None
    create_graph: bool | None = None
    allow_unused: bool | None = None
    materialize_grads: bool | None = None
    is_grads_batched: bool | None = None

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        call = function(lib, "autograd.grad")
        outputs, inputs, options = (arguments.bind(item, lib, env) for item in self._arguments())
        result = call(outputs, inputs, **dict(options))
        return bind_outputs(self.out, result, env)

    def _arguments(self) -> tuple[list[Ref], list[Ref], list[tuple[str, Any]]]:
        given = self.grad_outputs
        options = {
            "grad_outputs": None
            if given is None
            else [None if name is None else Ref(name) for name in given],
            "retain_graph": self.retain_graph,
            "create_graph": self.create_graph,
            "allow_unused": self.allow_unused,
            "materialize_grads": self.materialize_grads,
            "is_grads_batched": self.is_grads_batched,
        }
        passed = [(key, item) for key, item in options.items() if item is not None]
        return [Ref(name) for name in self.outputs], [Ref(name) for name in self.inputs], passed

    def lines(self) -> list[str]:
        outputs, inputs, options = self._arguments()
        passed = "".join(f", {key}={arguments.source(item)}" for key, item in options)
        given = f"{arguments.source(outputs)}, {arguments.source(inputs)}{passed}"
        return [f"{arguments.listed(self.out)} = torch.autograd.grad({given})"]

    def simpler(self) -> Iterator[Statement]:
        for place in range(len(self.outputs) - 1, -1, -1) if len(self.outputs) > 1 else ():
            yield dataclasses.replace(
                self,
                outputs=_without(self.outputs, place),
                grad_outputs=None if self.grad_outputs is None else _without(self.grad_outputs, place),
            )
        for place in range(len(self.inputs) - 1, -1, -1) if len(self.inputs) > 1 else ():
            yield dataclasses.replace(
                self, inputs=_without(self.inputs, place), out=_without(self.out, place)
            )
        for name in ("materialize_grads", "allow_unused", "create_graph", "retain_graph", "grad_outputs"):
            if getattr(self, name) is not None:
                yield dataclasses.replace(self, **{name: None})  # type: ignore[arg-type]


def _without(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return items[:place] + items[place + 1 :]
