"""Checkpointed calls of functions of a fixed set."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .op import function
from .output import assigned, bind_outputs
from .seed import seed
from .statement import Events, Output, Statement

# Functions draw the same random numbers in either library.
SEED = 7

# --- the set: each takes the library and the arguments; printed into scripts as it stands here ------------


def wave(torch, x):
    return (x.sin() * x).cos()


def product(torch, x, y):
    return (x * y).tanh() + x


def within(torch, x):
    inner = torch.utils.checkpoint.checkpoint(wave, torch, x.tanh(), use_reentrant=False)
    return inner * x


def noise(torch, x):
    return (x * torch.rand(x.shape)).sin()


def twofold(torch, x):
    return x.sin() * 2, x.exp()


def failing(torch, x):
    return x.sin() @ x.reshape(-1, 1, 1, 1)[:, :0]


def in_place(torch, x):
    y = x * 2
    y.mul_(y.detach())
    return y.sin()


def told(torch, x, events):
    y = x.sin() * x
    events.append(("checkpoint", ["before", torch.is_grad_enabled(), y.requires_grad]))
    z = y.cos()
    events.append(("checkpoint", ["after", torch.is_grad_enabled(), z.requires_grad]))
    return z


def looked_at_twice(torch, x, events):
    class LookedAtTwice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            events.append(("checkpoint", ["backward", x.detach().clone()]))
            (again,) = ctx.saved_tensors
            return grad * again.cos()

    return LookedAtTwice.apply(x * 2)


TELLING = (told, looked_at_twice)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    made.__name__: made for made in (wave, product, within, noise, twofold, failing, in_place, *TELLING)
}


@dataclass(frozen=True, slots=True)
class Checkpoint(Statement):
    """`out = torch.utils.checkpoint.checkpoint(function, torch, *args, ...)`; options at null are not passed."""

    kind: ClassVar[str] = "checkpoint"
    name: str
    args: tuple[arguments.Argument, ...]
    out: Output | tuple[Output, ...]
    reentrant: bool = False
    early_stop: bool | None = None
    preserve_rng_state: bool | None = None

    def __post_init__(self) -> None:
        if self.name not in FUNCTIONS:
            raise ProgramError(f"unknown function {self.name!r}, expected one of {sorted(FUNCTIONS)}")

    def _options(self) -> dict[str, bool]:
        options = {"early_stop": self.early_stop, "preserve_rng_state": self.preserve_rng_state}
        given = {key: value for key, value in options.items() if value is not None}
        return {"use_reentrant": self.reentrant, **given}

    @property
    def differentiates(self) -> bool:
        return True

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        args = [arguments.bind(item, lib, env) for item in self.args]
        run = function(lib, "utils.checkpoint.checkpoint")
        seed(lib, SEED)
        called = FUNCTIONS[self.name]
        result = run(called, lib, *args, *([events] if called in TELLING else ()), **self._options())
        return bind_outputs(self.out, result, env)

    def lines(self) -> list[str]:
        args = ", ".join([self.name, "torch", *map(arguments.source, self.args), *self._events()])
        options = ", ".join(f"{key}={value}" for key, value in self._options().items())
        seeded = f"torch.manual_seed({SEED})"
        return [seeded, assigned(self.out, f"torch.utils.checkpoint.checkpoint({args}, {options})")]

    def _events(self) -> list[str]:
        return ["events"] if FUNCTIONS[self.name] in TELLING else []

    def definitions(self) -> list[str]:
        needed = (wave, within) if self.name == "within" else (FUNCTIONS[self.name],)
        return [inspect.getsource(one).rstrip() for one in needed]

    @property
    def label(self) -> str:
        return f"checkpoint.{self.name}"
