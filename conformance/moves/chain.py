"""Moves that make a view of a view of a tensor, write to it at several levels, and differentiate what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..state import Invalid, State
from ..statements import (
    Backward,
    Block,
    Get,
    Hook,
    Index,
    Name,
    Op,
    Output,
    Ref,
    Set,
    SetItem,
    Slice,
    Statement,
)
from ..vocabulary.operand import scalar
from .backward import differentiable

LEVELS = (2, 3)
NAMES = (
    *("Tensor.view", "Tensor.t", "Tensor.transpose", "Tensor.unsqueeze", "Tensor.select", "Tensor.narrow"),
    *("Tensor.diagonal", "Tensor.expand", "Tensor.split", "Tensor.unbind", "Tensor.detach", "Tensor.flatten"),
    *("Tensor.view_as", "Tensor.as_strided", "Tensor.mul_", "Tensor.add_", "Tensor.zero_", "Tensor.clone"),
    *(
        "Tensor.retain_grad",
        "Tensor.register_hook",
        "Tensor.detach_",
        "Tensor.resize_",
        "Tensor.requires_grad_",
    ),
)


def written_chain(state: State) -> None:
    """v = x.view(-1); w = v[1:]; v.mul_(2); w.add_(1); x.sum().backward()"""
    state.need(*NAMES)
    choice = state.choice
    levels = [_base(state)]
    for _ in range(choice.integer(*LEVELS)):
        levels += _viewed(state, choice.pick(levels[-2:]))
        if choice.chance(0.3):
            _changed(state, choice.pick(levels))
    for _ in range(choice.integer(1, 3)):
        _changed(state, choice.pick(levels))
        if choice.chance(0.3):
            _read(state, choice.pick(levels))
    for _ in range(choice.integer(1, 2)):
        _differentiated(state, choice.pick(levels))


def _base(state: State) -> str:
    """Something to look into: what was computed, a leaf, or a leaf's clone."""

    def fits(tensor: Any) -> bool:
        return 1 <= tensor.ndim <= 3 and 1 < tensor.numel() <= 24 and tensor.is_floating_point()

    name = state.existing(lambda tensor: fits(tensor) and differentiable(tensor))
    if name is not None and state.choice.chance(0.5):
        return name
    name = state.leaf((state.choice.integer(1, 3), 2), state.dtype("f"))
    if state.env[name].requires_grad and state.choice.chance(0.8):
        source, name = name, state.name()
        state.run(Op("Tensor.clone", (Ref(source),), out=Output(name)))
    return name


def _viewed(state: State, name: str) -> list[str]:
    """Views of a tensor, made by one statement, at times where nothing is recorded."""
    x, out = state.env[name], Output(state.name())
    made: Statement
    if state.choice.chance(0.15) and x.ndim and x.shape[0] < 5:
        method = state.choice.pick(("Tensor.split", "Tensor.unbind"))
        outs = (out, *(Output(state.name()) for _ in range(x.shape[0] - 1)))
        made = Op(method, (Ref(name), *((1,) if method == "Tensor.split" else ())), out=outs)
    else:
        made = state.choice.pick(_views(state, name, x, out))()
    mode = (
        state.choice.pick(("no_grad", "inference_mode", "enable_grad")) if state.choice.chance(0.1) else None
    )
    state.run(made if mode is None else Block(mode, (made,)))
    return [str(one) for one in made.writes()]


def _views(state: State, name: str, x: Any, out: Output) -> list[Callable[[], Statement]]:
    """Ways to look into a tensor."""

    def call(method: str, *args: Any) -> Callable[[], Statement]:
        return lambda: Op(f"Tensor.{method}", (Ref(name), *args), out=out)

    ways = [call("view_as", Ref(name)), call("unsqueeze", 0), call("flatten"), call("expand", 2, *x.shape)]
    ways += [call("as_strided", (1,), (1,), x.storage_offset()), call("detach")]
    if x.is_contiguous():
        ways += [call("view", -1)] * 2
    if x.ndim <= 2:
        ways.append(call("t"))
    if x.ndim >= 1 and x.shape[0]:
        last = x.shape[0] - 1
        ways += [call("select", 0, last), call("narrow", 0, last, 1)]
        ways += [lambda: Index(out, Name(name), Slice(1 if last else 0, None))] * 2
    if x.ndim >= 2:
        ways += [call("transpose", 0, 1), call("diagonal")]
    return ways


def _changed(state: State, name: str) -> None:
    """A write to a tensor, to its data or unseen by the graph, or what else a view may refuse."""
    choice, x = state.choice, state.env[name]
    number = scalar(state, str(x.dtype).rpartition(".")[2])
    write = Op(choice.pick(("Tensor.mul_", "Tensor.add_")), (Ref(name), number))
    kind = choice.integer(0, 15)
    if kind <= 7:
        state.attempt(write)
    elif kind == 8:
        state.attempt(Op("Tensor.zero_", (Ref(name),)))
    elif kind == 9 and x.ndim and x.shape[0]:
        state.attempt(SetItem(Name(name), choice.pick((0, Ellipsis, [0])), number))
    elif kind == 10:
        state.attempt(Block(choice.pick(("no_grad", "inference_mode")), (write,)))
    elif kind == 11:
        data = Output(state.name())
        state.run(Get(data, Name(name), "data"))
        state.attempt(Op("Tensor.mul_", (Ref(data), number)))
    elif kind == 12:
        other = state.leaf(tuple(x.shape), str(x.dtype).rpartition(".")[2], requires_grad=choice.chance(0.5))
        state.attempt(Set(Name(name), "data", Ref(other)))
    elif kind == 13:
        state.attempt(Op(choice.pick(("Tensor.detach_", "Tensor.requires_grad_")), (Ref(name),)))
    elif kind == 14:
        if (
            x._backward_hooks is None
        ):  # on a view that was written since its node was looked at, torch crashes
            state.run(Get(Output(state.name("v")), Name(name), "grad_fn"))
        state.attempt(Hook(Output(state.name("h")), Name(name), "tensor", choice.pick(("observe", "double"))))
    else:
        other = state.leaf(tuple(x.shape), str(x.dtype).rpartition(".")[2], requires_grad=True)
        state.attempt(Op("Tensor.mul_", (Ref(name), Ref(other))))


def _read(state: State, name: str) -> None:
    """What a view tells of where it is from."""
    attribute = state.choice.pick(("_base", "_version", "grad_fn", "is_leaf", "requires_grad", "output_nr"))
    state.attempt(Get(Output(state.name("v")), Name(name), attribute))
    if state.choice.chance(0.3):
        state.attempt(Op("Tensor.retain_grad", (Ref(name),)))


def _differentiated(state: State, name: str) -> None:
    """x.backward(g), by a product that saves the tensor"""
    product = Output(state.name())
    if not state.attempt(Op("mul", (Ref(name), Ref(name)), out=product)):
        return
    if not state.env[product].requires_grad:
        raise Invalid("nothing to differentiate")
    if state.choice.chance(0.3):
        _changed(state, name)
    gradient = Name(state.cotangent(state.env[product]))
    state.attempt(Backward(Name(product), gradient, retain_graph=True))
