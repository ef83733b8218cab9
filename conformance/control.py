"""The reference with one thing wrong in it: what the harness does not catch here is a fault of the harness.

A control is the reference under a function mode, so that functions, methods and operators all pass through it.
"""

from __future__ import annotations

import contextlib
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from .observation import Observation
from .program import Program
from .statements import (
    Attempt,
    Backward,
    Get,
    Grad,
    Hook,
    Name,
    Op,
    Output,
    Print,
    Ref,
    Statement,
    literal,
)
from .subjects import Subject

Wrong = Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Control:
    """What is wrong, the kind of observation that must tell, and a program that shows it."""

    name: str
    kind: Observation
    wrong: Wrong
    statements: tuple[Statement, ...]

    def subject(self) -> Subject:
        """The control as a library."""
        return Subject(f"torch with {self.name}", torch.__version__, torch, around=self._mode)

    def program(self) -> Program:
        """The program that shows the fault."""
        return Program(f"control-{self.name.replace(' ', '-')}", self.statements, "control")

    def _mode(self) -> AbstractContextManager[Any]:
        return _Mode(self.wrong)


class _Mode(TorchFunctionMode):  # type: ignore[misc]
    """Passes every call of a function, method or operator to what is wrong with it."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__()
        self.wrong = wrong

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        return self.wrong(name, func, args, kwargs or {})


# --- what goes wrong --------------------------------------------------------------------------------------

Change = Callable[[Any], Any]


def result(names: str, change: Change) -> Wrong:
    """The results of some ops are changed."""

    def wrong(name: str, func: Any, args: Any, kwargs: Any) -> Any:
        made = func(*args, **kwargs)
        return change(made) if name in names.split() else made

    return wrong


def gradient(names: str, change: Change) -> Wrong:
    """The gradient that reaches the results of some ops is changed; the graph looks as it should."""

    def hooked(made: Any) -> Any:
        if isinstance(made, torch.Tensor) and made.requires_grad:
            made.register_hook(change)
        return made

    return result(names, hooked)


def before(names: str, act: Callable[[tuple[Any, ...]], None]) -> Wrong:
    """Something happens to the arguments of some ops before they run."""

    def wrong(name: str, func: Any, args: Any, kwargs: Any) -> Any:
        if name in names.split():
            act(args)
        return func(*args, **kwargs)

    return wrong


def instead(names: str, call: Callable[..., Any]) -> Wrong:
    """Some ops are replaced; the replacement is given the right op first."""

    def wrong(name: str, func: Any, args: Any, kwargs: Any) -> Any:
        return call(func, *args, **kwargs) if name in names.split() else func(*args, **kwargs)

    return wrong


def inside(names: str, context: Callable[[], AbstractContextManager[Any]]) -> Wrong:
    """Some ops run inside a context they should not run in."""

    def wrong(name: str, func: Any, args: Any, kwargs: Any) -> Any:
        with context() if name in names.split() else contextlib.nullcontext():
            return func(*args, **kwargs)

    return wrong


def _raised_otherwise(kind: type[Exception] | None, text: str | None) -> Wrong:
    def wrong(name: str, func: Any, args: Any, kwargs: Any) -> Any:
        try:
            return func(*args, **kwargs)
        except (RuntimeError, IndexError) as error:
            raise (kind or type(error))(text or str(error)) from None

    return wrong


def _stale(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    version = x._version
    made = func(x, *args, **kwargs)
    torch._C._autograd._unsafe_set_version_counter((x,), (version,))
    return made


def _leaves(x: Any) -> Iterator[Any]:
    waiting, seen = [x.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        waiting += [one for one, _ in node.next_functions]
        if hasattr(node, "variable"):
            yield node.variable


def _none_for_zero(func: Any, x: Any, *args: Any, **kwargs: Any) -> None:
    leaves = list(_leaves(x))
    func(x, *args, **kwargs)
    for leaf in leaves:
        if leaf.grad is not None and not leaf.grad.any():
            leaf.grad = None


def _overwritten(func: Any, x: Any, *args: Any, **kwargs: Any) -> None:
    for leaf in _leaves(x):
        leaf.grad = None
    func(x, *args, **kwargs)


def _always_retained(func: Any, x: Any, *args: Any, **kwargs: Any) -> None:
    func(x, *args, **{**kwargs, "retain_graph": True})


def _zero_for_none(func: Any, *args: Any, **kwargs: Any) -> Any:
    made = func(*args, **kwargs)
    return tuple(torch.zeros_like(x) if one is None else one for one, x in zip(made, args[1], strict=True))


def _hook_first(func: Any, x: Any, body: Any) -> Any:
    handle = func(x, body)
    hooks = list(x._backward_hooks.items())
    x._backward_hooks.clear()
    x._backward_hooks.update(reversed(hooks))
    return handle


def _unhooked(func: Any, x: Any, body: Any) -> Any:
    handle = func(x, body)
    x._backward_hooks.clear()
    return handle


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _nudged(made: Any) -> Any:
    """One element moved by a few units in the last place."""
    with torch.no_grad():
        made.detach().numpy().reshape(-1)[0] *= 1 + 24 * torch.finfo(made.dtype).eps
    return made


def _beside_a_thread(func: Any, x: Any) -> Any:
    threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
    return func(x)


def _spoiled(args: tuple[Any, ...]) -> None:
    args[0].detach().numpy()[...] += 1


def _off(made: Any) -> Any:
    with torch.no_grad():
        made.detach().numpy()[...] *= 1.001
    return made


# --- programs ---------------------------------------------------------------------------------------------


def _x(name: str = "x", requires_grad: bool = True, dtype: str = "float32") -> Statement:
    return literal(name, [0.5, -1.25, 2.0, 0.75], (2, 2), dtype, requires_grad)


def _op(name: str, *args: Any, out: str | None = "y", **kwargs: Any) -> Op:
    given = tuple(Ref(one) if isinstance(one, str) else one for one in args)
    return Op(name, given, kwargs, None if out is None else Output(out))


def _back(root: str = "y", **options: Any) -> tuple[Statement, ...]:
    return literal("g", [1.0, -2.0, 0.5, 3.0], (2, 2), "float32"), Backward(Name(root), Name("g"), **options)


def _get(name: str, attribute: str) -> Get:
    return Get(Output("v"), Name(name), attribute)


def _hooks(*bodies: str) -> tuple[Statement, ...]:
    hooks = [Hook(Output(f"h{place}"), Name("y"), "tensor", body) for place, body in enumerate(bodies)]
    return _x(), _op("mul", "x", 3.0), *hooks, *_back()


_LEAF_WRITE = (_x(), Attempt(_op("Tensor.mul_", "x", 2.0, out=None)))
_UNUSED = (
    _x(),
    _x("w"),
    _op("sum", "x"),
    Grad((Output("a"), Output("b")), (Name("y"),), (Name("x"), Name("w")), allow_unused=True),
)
_TWICE = (_x(), _op("exp", "x"), *_back(retain_graph=True), Backward(Name("y"), Name("g")))
_VIEW = (_x(requires_grad=False), _op("transpose", "x", 0, 1))

CONTROLS: tuple[Control, ...] = (
    Control(
        "a wrong derivative",
        Observation.GRAD,
        gradient("exp", lambda g: g * 1.01),
        (_x(), _op("exp", "x"), *_back()),
    ),
    Control(
        "a derivative wrong for uneven cotangents",
        Observation.GRAD,
        gradient("mul", lambda g: g.mean().expand_as(g)),
        (_x(), _op("mul", "x", 2.0), *_back()),
    ),
    Control(
        "a transposed derivative",
        Observation.GRAD,
        gradient("mm", lambda g: g.t()),
        (_x(), _op("Tensor.mm", "x", "x"), *_back()),
    ),
    Control("a wrong value", Observation.VALUE, result("sin", _off), (_x(), _op("Tensor.sin", "x"))),
    Control("a float32 error of 24 ULP", Observation.VALUE, result("cos", _nudged), (_x(), _op("cos", "x"))),
    Control(
        "a float64 error of 1e-10",
        Observation.VALUE,
        result("cos", lambda made: made * (1 + 1e-10)),
        (_x(requires_grad=False, dtype="float64"), _op("cos", "x")),
    ),
    Control(
        "an argument written to",
        Observation.VALUE,
        before("neg", _spoiled),
        (_x(requires_grad=False), _op("neg", "x")),
    ),
    Control(
        "a NaN lost",
        Observation.VALUE,
        result("log", lambda made: made.nan_to_num(nan=0.0)),
        (_x(requires_grad=False), _op("log", "x")),
    ),
    Control(
        "a lost gradient",
        Observation.GRAPH,
        instead("mul", lambda func, x, y: func(x, y.detach())),
        (_x(), _x("w"), _op("mul", "x", "w")),
    ),
    Control(
        "another node",
        Observation.GRAPH,
        instead("square", lambda func, x: x * x),
        (_x(), _op("square", "x")),
    ),
    Control(
        "another saved value",
        Observation.SAVED,
        instead("pow", lambda func, x, exponent: func(x, float(exponent))),
        (_x(), _op("pow", "x", 2)),
    ),
    Control(
        "None for a zero gradient",
        Observation.GRAD,
        instead("backward", _none_for_zero),
        (_x(), _op("mul", "x", 0.0), *_back()),
    ),
    Control("a zero for None", Observation.VALUE, instead("grad", _zero_for_none), _UNUSED),
    Control("gradients overwritten", Observation.GRAD, instead("backward", _overwritten), _TWICE),
    Control(
        "a graph that is never freed",
        Observation.SAVED,
        instead("backward", _always_retained),
        (_x(), _op("exp", "x"), *_back()),
    ),
    Control(
        "a stale version",
        Observation.VERSION,
        instead("add_", _stale),
        (_x(requires_grad=False), _op("Tensor.add_", "x", 1.0, out=None)),
    ),
    Control(
        "a copy for an alias",
        Observation.ALIAS,
        result("detach", lambda made: made.clone()),
        (_x(), _op("Tensor.detach", "x")),
    ),
    Control(
        "a conjugate that is computed at once",
        Observation.STRIDE,
        result("conj", lambda made: made.resolve_conj()),
        (_x(dtype="complex64"), _op("conj", "x")),
    ),
    Control("other strides", Observation.STRIDE, result("transpose", lambda made: made.contiguous()), _VIEW),
    Control(
        "a narrower dtype",
        Observation.DTYPE,
        result("argmax", lambda made: made.int()),
        (_x(), _op("argmax", "x")),
    ),
    Control(
        "a dimension kept",
        Observation.SHAPE,
        instead("sum", lambda func, x, dim, keepdim=False: func(x, dim, keepdim=True)),
        (_x(requires_grad=False), _op("sum", "x", 1)),
    ),
    Control(
        "requires_grad lost",
        Observation.REQUIRES_GRAD,
        result("requires_grad_", lambda made: made.requires_grad_(False)),
        (_x(requires_grad=False), _op("Tensor.requires_grad_", "x", out=None)),
    ),
    Control(
        "a leaf made of a result",
        Observation.LEAF,
        result("exp", lambda made: made.detach().requires_grad_()),
        (_x(), _op("exp", "x")),
    ),
    Control("a hook forgotten", Observation.GRAD, instead("register_hook", _unhooked), _hooks("double")),
    Control(
        "hooks in another order",
        Observation.HOOK,
        instead("register_hook", _hook_first),
        _hooks("observe", "observe"),
    ),
    Control("another error type", Observation.ERROR, _raised_otherwise(ValueError, None), _LEAF_WRITE),
    Control("another error text", Observation.ERROR, _raised_otherwise(None, "a leaf."), _LEAF_WRITE),
    Control("a missing error", Observation.ERROR, inside("mul_", torch.no_grad), _LEAF_WRITE),
    Control(
        "a missing op",
        Observation.ERROR,
        instead("tanh", lambda func, x: x.no_such_method()),
        (_x(), _op("tanh", "x")),
    ),
    Control(
        "a missing warning",
        Observation.WARNING,
        inside("__get__", _silence),
        (_x(), _op("exp", "x"), _get("y", "grad")),
    ),
    Control(
        "a thread left behind",
        Observation.PROCESS,
        instead("exp", _beside_a_thread),
        (_x(), _op("exp", "x")),
    ),
    Control(
        "another repr",
        Observation.REPR,
        result("__repr__", lambda text: text.replace("requires_grad=True", "requires_grad")),
        (_x(), Print(Name("x"))),
    ),
)
