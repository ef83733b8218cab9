"""Hooks on tensors, leaves and graph nodes, with bodies from a fixed set, and their removal."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Name, Output, Statement

# --- bodies: printed into scripts as they stand here ------------------------------------------------------


def recorded(label, body, events):
    """The hook `body`, noting a copy of what it is given each time it runs."""

    def hook(*given):
        events.append((label, [copied(item) for item in given]))
        return body(*given)

    return hook


def copied(item):
    if isinstance(item, (tuple, list)):
        return type(item)(copied(inner) for inner in item)
    return item.detach().clone() if hasattr(item, "detach") else item


def observe(*given):
    return None


def double(grad):
    return grad * 2


def negate(grad):
    return -grad


def square(grad):
    return grad * grad


def double_in_place(grad):
    grad.mul_(2)


def zero(grad):
    return grad - grad


def scalar(grad):
    return grad.sum()


def fail(*given):
    raise ValueError("raised by the hook")


def number(grad):
    return 2


def in_other_precision(grad):
    return grad.float() if str(grad.dtype).endswith("float64") else grad.double()


def halve_grad(leaf):
    leaf.grad.mul_(0.5)


def clear_grad(leaf):
    leaf.grad = None


def double_inputs(grad_inputs, grad_outputs):
    return tuple(None if grad is None else grad * 2 for grad in grad_inputs)


def double_outputs(grad_outputs):
    return tuple(None if grad is None else grad * 2 for grad in grad_outputs)


def returned(leaf):
    return leaf


def counted(leaf):
    return 1


def listed(grads, *given):
    return list(grads)


def one_more(grads, *given):
    return (*grads, None)


def summed(grads, *given):
    return tuple(None if grad is None else grad.sum() for grad in grads)


def numbers(grads, *given):
    return tuple(None if grad is None else 2 for grad in grads)


def first_for_all(grads, *given):
    return (next((grad for grad in grads if grad is not None), None),) * len(grads)


def pack_same(tensor):
    return tensor


def pack_double(tensor):
    if "int" in str(tensor.dtype):
        # They may be indices, which backward passes of torch write through unseen: see conformance/findings.
        return tensor.detach().clamp(max=1)
    return tensor.detach() * 2


def pack_shape(tensor):
    return (tensor.detach().clone(), tensor.shape)


def pack_half(tensor):
    return tensor.detach().to(dtype=tensor.dtype) / 2


def pack_nothing(tensor):
    return None


def pack_written(tensor):
    return tensor.mul_(1 if "int" in str(tensor.dtype) else 2)  # in range as indices: see pack_double


def pack_by_flag(tensor):
    if "int" in str(tensor.dtype):
        return tensor.detach().clamp(max=0)  # in range as indices: see pack_double
    return tensor.detach() if tensor.requires_grad else -tensor.detach()


def pack_fails(tensor):
    raise ValueError("raised by the pack hook")


def unpack_fails(packed):
    raise ValueError("raised by the unpack hook")


def unpack_same(packed):
    return packed


def unpack_doubled(packed):
    return packed * 2


def unpack_first(packed):
    return packed[0]


REPLACING = (listed, one_more, summed, numbers, first_for_all)
BODIES: dict[str, dict[str, Callable[..., Any]]] = {
    "tensor": {
        body.__name__: body
        for body in (
            *(observe, double, negate, square, double_in_place, zero, scalar, fail),
            *(number, in_other_precision),
        )
    },
    "leaf": {body.__name__: body for body in (observe, halve_grad, clear_grad, fail, returned, counted)},
    "node": {body.__name__: body for body in (observe, double_inputs, fail, *REPLACING)},
    "prehook": {body.__name__: body for body in (observe, double_outputs, fail, *REPLACING)},
}
REGISTER = {
    "tensor": "register_hook",
    "leaf": "register_post_accumulate_grad_hook",
    "node": "grad_fn.register_hook",
    "prehook": "grad_fn.register_prehook",
}
PACKINGS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "same": (pack_same, unpack_same),
    "double": (pack_double, unpack_same),
    "shape": (pack_shape, unpack_first),
    "half": (pack_half, unpack_doubled),
    "nothing": (pack_nothing, unpack_same),
    "written": (pack_written, unpack_same),
    "by_flag": (pack_by_flag, unpack_same),
    "fails": (pack_fails, unpack_same),
    "lost": (pack_same, unpack_fails),
}


def sources(*bodies: Callable[..., Any]) -> list[str]:
    """The definitions a script needs to use these bodies as recorded hooks."""
    return [inspect.getsource(body).rstrip() for body in (recorded, copied, *bodies)]


# --- statements -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hook(Statement):
    """`out = x.register_hook(body)` on a tensor, a leaf (after accumulation) or the tensor's grad_fn."""

    kind: ClassVar[str] = "hook"
    out: Output
    x: Name
    on: str
    body: str

    def __post_init__(self) -> None:
        if self.on not in BODIES:
            raise ProgramError(f"unknown place for a hook {self.on!r}, expected one of {sorted(BODIES)}")
        if self.body not in BODIES[self.on]:
            raise ProgramError(
                f"unknown {self.on} hook {self.body!r}, expected one of {sorted(BODIES[self.on])}"
            )

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        body = recorded(self.out, BODIES[self.on][self.body], events)
        register = functools.reduce(
            getattr, REGISTER[self.on].split("."), arguments.bind(arguments.Ref(self.x), lib, env)
        )
        env[self.out] = handle = register(body)
        return handle

    def lines(self) -> list[str]:
        return [f"{self.out} = {self.x}.{REGISTER[self.on]}({self._body()})"]

    def _body(self) -> str:
        if self._plain:
            given = "grad" if self.on == "tensor" else self.on
            return f'lambda {given}: events.append(("{self.out}", [{given}.detach().clone()]))'
        return f'recorded("{self.out}", {self.body}, events)'

    @property
    def _plain(self) -> bool:
        """Whether the hook only notes one tensor."""
        return self.body == "observe" and self.on in ("tensor", "leaf")

    def definitions(self) -> list[str]:
        return [] if self._plain else sources(BODIES[self.on][self.body])

    @property
    def label(self) -> str:
        return f"hook.{self.on}.{self.body}"

    def simpler(self) -> Iterator[Statement]:
        if self.body != observe.__name__:
            yield dataclasses.replace(self, body=observe.__name__)


@dataclass(frozen=True, slots=True)
class Unhook(Statement):
    """`handle.remove()`, or the end of a block that the handle is entered for."""

    kind: ClassVar[str] = "unhook"
    handle: Name
    entered: bool = False

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        handle = arguments.bind(arguments.Ref(self.handle), lib, env)
        if not self.entered:
            return handle.remove()
        with handle:
            return None

    def lines(self) -> list[str]:
        return [f"with {self.handle}:", "    pass"] if self.entered else [f"{self.handle}.remove()"]
