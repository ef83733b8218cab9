"""Moves of forward mode: a dual level, in which dual numbers are made, computed with, written to and looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..choice import Weighted
from ..reading import is_tensor
from ..state import CLASS_OF, Invalid, State
from ..statements import Attempt, Backward, Block, Get, Index, Name, Op, Output, Print, Ref, SavedHooks
from . import function, indexing, operation
from .backward import cotangent, leaves_behind
from .inside import Body, inside

LEVEL = "autograd.forward_ad.dual_level"
MAKE, UNPACK = "autograd.forward_ad.make_dual", "autograd.forward_ad.unpack_dual"
NAMES = (LEVEL, MAKE, UNPACK)
MOST_UNPACKED = 8


def dual(state: State, body: Body) -> None:
    """with forward_ad.dual_level(): dual tensors, what is done with them, tangents; at times another such block"""
    del body
    state.need(*NAMES)
    made: list[str] = []

    def inner(state: State) -> None:
        before = set(state.env)
        for _ in range(2 if state.choice.chance(0.3) else 1):
            made.append(dual_of(state))
        for _ in range(state.choice.integer(1, 5)):
            try:
                STEPS.pick(state.choice)(state)
            except Invalid:
                continue
        unpack(state, [name for name in state.tensors() if name not in before])

    inside(state, lambda found: Block(LEVEL, found), inner)
    if state.choice.chance(0.1):
        inside(state, lambda found: Block(LEVEL, found), lambda state: unpack(state, made))


def dual_of(state: State, name: str | None = None) -> str:
    """make_dual(x, t)"""
    if name is None:
        name = state.tensor("fc" if state.choice.chance(0.2) else "f", "small", keep=_counted, fresh=0.3)
    made = Output(state.name())
    state.run(Op(MAKE, (Ref(name), Ref(state.cotangent(state.env[name]))), out=made))
    return str(made)


def _counted(tensor: Any) -> bool:
    return not tensor.is_inference()


def has_tangent(tensor: Any) -> bool:
    return torch.autograd.forward_ad.unpack_dual(tensor).tangent is not None


def existing_dual(state: State, keep: Callable[[Any], bool] = lambda tensor: True) -> str:
    name = state.existing(lambda tensor: has_tangent(tensor) and keep(tensor))
    if name is None:
        raise Invalid("no dual tensor")
    return name


def unpack(state: State, names: list[str]) -> None:
    """unpack_dual(x), of as many as are looked at"""
    for name in names[-MOST_UNPACKED:]:
        if is_tensor(state.env[name]) and CLASS_OF.get(str(state.env[name].dtype).rpartition(".")[2]) != "?":
            state.run(Op(UNPACK, (Ref(name),), out=(Output(state.name()), Output(state.name("t")))))


def apply(state: State) -> None:
    """An op on a dual tensor: of a few draws the first that is one."""
    for _ in range(4):
        row, name = operation.drawn_row(state, in_place=False)
        args, kwargs = row.pattern(state, row)
        if any(_is_dual(state, one) for one in args):
            _append(state, operation.called(state, name, args, kwargs))
            return
    raise Invalid("no op on a dual tensor")


def _append(state: State, call: Op) -> None:
    """Append a call; as an attempt, where torch says that the op has no forward mode."""
    try:
        operation.append_call(state, call)
    except Invalid as error:
        if not isinstance(error.__cause__, NotImplementedError):
            raise
        state.dropped.pop()
        state.append(Attempt(call))


def _is_dual(state: State, argument: Any) -> bool:
    if isinstance(argument, list | tuple):
        return any(_is_dual(state, one) for one in argument)
    value = state.env.get(argument.name) if isinstance(argument, Ref) else None
    return is_tensor(value) and has_tangent(value)


def part_of_base(state: State) -> None:
    """y = x.clone(); part = y[i]; part.mul_(dual): the base gets the tangent of a part"""
    name = state.existing(lambda one: one.ndim and one.shape[0] and one.is_floating_point() and _counted(one))
    if name is None:
        raise Invalid("nothing to take a part of")
    state.need("Tensor.clone", "Tensor.__getitem__")
    base, part = Output(state.name()), Output(state.name())
    state.run(Op("Tensor.clone", (Ref(name),), out=base))
    state.run(Index(part, Name(base), state.choice.integer(0, state.env[base].shape[0] - 1)))
    like = state.env[part]
    written = dual_of(state, state.leaf(tuple(like.shape), str(like.dtype).rpartition(".")[2], "small"))
    method = state.choice.pick(("copy_", "mul_", "add_", "copy_"))
    state.need(f"Tensor.{method}")
    state.attempt(Op(f"Tensor.{method}", (Ref(part), Ref(written))))


def written(state: State) -> None:
    """d.copy_(x), d.exp_(), d.zero_(), d.round_(): what is written loses its tangent, or keeps or changes it"""
    name = existing_dual(state, operation.writable)
    x = state.env[name]
    method = state.choice.pick(
        ("copy_", "copy_", "exp_", "sin_", "zero_", "bernoulli_", "sign_", "fill_", "mul_")
    )
    state.need(f"Tensor.{method}")
    args: tuple[Any, ...] = ()
    if method in ("copy_", "mul_"):
        args = (Ref(state.leaf(tuple(x.shape), str(x.dtype).rpartition(".")[2], "small")),)
    elif method in ("fill_", "bernoulli_"):
        args = (1,)
    state.attempt(Op(f"Tensor.{method}", (Ref(name), *args)))


def rounded_towards(state: State) -> None:
    """fmod(d, x), where what is divided by is larger, or of another type: the tangent of d is not like the result"""
    name = existing_dual(state, lambda one: one.is_floating_point() and one.ndim < 3)
    x, choice = state.env[name], state.choice
    shape = (choice.integer(1, 3), *x.shape) if choice.chance(0.6) else tuple(x.shape)
    other = state.leaf(shape, choice.pick(("float32", "float64")), "nonzero", choice.chance(0.3))
    op = choice.pick(("fmod", "remainder", "Tensor.fmod"))
    state.need(op)
    state.run(Op(op, (Ref(name), Ref(other)), out=Output(state.name())))


def differentiated(state: State) -> None:
    """y = d * d, at times under hooks; y.backward(g); x.grad: gradients that have tangents"""
    state.need("operator.mul", "Tensor.backward")
    name = existing_dual(state, lambda one: one.requires_grad and one.numel() > 0)
    product = Output(state.name())
    kind = state.choice.integer(0, 4)
    statement = Op("operator.mul", (Ref(name), Ref(name)), out=product)
    if kind in (2, 3):
        statement = Op("Tensor.exp", (Ref(name),), out=product)
    elif kind == 4:
        x = state.env[name]
        target = state.leaf(tuple(x.shape), str(x.dtype).rpartition(".")[2], "small", False)
        state.need("nn.functional.soft_margin_loss")
        statement = Op("nn.functional.soft_margin_loss", (Ref(name), Ref(target)), out=product)
    if state.choice.chance(0.4):
        pack = state.choice.pick(("same", "shape", "half"))
        inside(state, lambda inner: SavedHooks(pack, inner), lambda state: state.run(statement))
    else:
        state.run(statement)
    given = cotangent(state, product)
    inputs = leaves_behind(state, product)
    if state.attempt(Backward(Name(product), None if given is None else Name(given))):
        for leaf in inputs[:2]:
            state.run(Get(Output(state.name("d")), Name(leaf), "grad"))


def cut_off(state: State) -> None:
    """d.detach_(), d.detach(), d.requires_grad_(False)"""
    name = existing_dual(state, lambda one: not one._is_view())
    method = state.choice.pick(("detach_", "detach_", "detach", "data", "requires_grad_"))
    if method == "data":
        state.run(Get(Output(state.name()), Name(name), "data"))
        return
    state.need(f"Tensor.{method}")
    out = Output(state.name()) if method == "detach" else None
    state.attempt(Op(f"Tensor.{method}", (Ref(name),), out=out))


def printed(state: State) -> None:
    """print(d)"""
    state.run(Print(Name(existing_dual(state, lambda one: one.numel() <= 24))))


def another(state: State) -> None:
    """One more dual tensor."""
    dual_of(state)


STEPS = Weighted(
    (
        (30, apply),
        (4, operation.apply),
        (6, function.apply_dual),
        (4, indexing.read),
        (2, indexing.write),
        (4, operation.apply_in_place),
        (1, operation.resize_in_place),
        (3, part_of_base),
        (4, written),
        (2, rounded_towards),
        (3, differentiated),
        (2, cut_off),
        (1, printed),
        (2, another),
    )
)
