"""Moves about tensors that were something else before: a leaf no more or again, a view out of date, of other data."""

from __future__ import annotations

from typing import Any

import torch

from ..choice import Weighted
from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import Apply, Backward, Block, DType, Get, Grad, Hook, Name, Op, Output, Ref, Set, Statement
from .backward import differentiable
from .inside import inside
from .operation import writable
from .switch import THREADS

HOOKED = ("observe", "double", "negate")


def former(state: State) -> None:
    """One of these."""
    if torch.is_inference_mode_enabled() or not torch.is_grad_enabled():
        raise Invalid("nothing is recorded")
    KINDS.pick(state.choice)(state)


def _leaf(state: State, requires_grad: bool = True) -> str:
    dtype = state.choice.pick(("float32", "float64"))
    return state.leaf((state.choice.integer(1, 3),), dtype, "small", requires_grad)


def _op(state: State, name: str, *args: Any) -> str:
    """Append a call, and give the name of its result."""
    state.need(name)
    out = Output(state.name())
    state.run(Op(name, tuple(Ref(one) if isinstance(one, str) else one for one in args), out=out))
    return str(out)


def _hook(state: State, name: str) -> None:
    handle = state.name("h")
    state.attempt(Hook(Output(handle), Name(name), "tensor", state.choice.pick(HOOKED)))
    state.handles.append(handle)


def _pass(state: State, name: str) -> None:
    state.need("Tensor.backward")
    state.attempt(Backward(Name(name), Name(state.cotangent(state.env[name])), True))


def leaf_no_more(state: State) -> None:
    """x.requires_grad_(False), at times x.mul_(w), with a graph that leads to x and hooks on it; a pass; x.grad"""
    choice = state.choice
    x = _leaf(state)
    if choice.chance(0.5):
        _hook(state, x)
    y = _op(state, "operator.mul", x, choice.pick((x, 3, 3)))
    state.run(Set(Name(x), "requires_grad", False))
    if choice.chance(0.6):
        w = state.leaf(tuple(state.env[x].shape), dtype_name(state.env[x].dtype), "small", True)
        state.need("Tensor.mul_")
        state.attempt(Op("Tensor.mul_", (Ref(x), Ref(w))))
        if choice.chance(0.7):
            _hook(state, x)
        z = _op(state, "operator.mul", x, 3)
        if choice.chance(0.7):
            _pass(state, z)
    _pass(state, y)
    if state.env[x].is_leaf:
        state.run(Get(Output(state.name("d")), Name(x), "grad"))


def leaf_again(state: State) -> None:
    """y.detach_(), with hooks on y, then y.requires_grad_() and a pass to it"""
    state.need("Tensor.detach_", "Tensor.requires_grad_")
    choice = state.choice
    y = state.existing(lambda one: differentiable(one) and not one._is_view() and one.is_floating_point())
    if y is None or choice.chance(0.4):
        first, second = Output(state.name()), Output(state.name())
        state.need("std_mean")
        source = state.leaf((2, 3), "float32", "small", True)
        state.run(Op("std_mean", (Ref(source), -1), out=(first, second)))
        y = str(choice.pick((first, second)))
    if choice.chance(0.7):
        _hook(state, y)
    state.attempt(Op("Tensor.detach_", (Ref(y),)))
    state.run(Get(Output(state.name("v")), Name(y), "output_nr"))
    state.attempt(Op("Tensor.requires_grad_", (Ref(y),)))
    _pass(state, _op(state, "operator.mul", y, 2))


def view_out_of_date(state: State) -> None:
    """A view whose base is written to, and that is used before anybody has looked at it"""
    choice = state.choice
    leaf = choice.chance(0.5)
    x = _leaf(state, not leaf)
    base = x if leaf else _op(state, "Tensor.clone", x)
    view = _op(state, "Tensor.view_as", base, base)
    state.need(THREADS, "Tensor.mul_")

    def unseen(state: State) -> None:
        seen, state.seen = state.seen, None  # features are seen by looking
        try:
            _used(state, x, base, view, leaf)
        finally:
            state.seen = seen

    inside(state, lambda found: Block(THREADS, found, (True,)), unseen)


def _used(state: State, x: str, base: str, view: str, leaf: bool) -> None:
    if not leaf:  # torch 2.13 crashes on hooking a view out of date that has no hooks
        _hook(state, view)
    w = state.leaf(tuple(state.env[x].shape), dtype_name(state.env[x].dtype), "small", leaf)
    state.attempt(Op("Tensor.mul_", (Ref(base), Ref(w))))
    if leaf:
        state.attempt(Op("Tensor.mul_", (Ref(view), 2)))
    else:
        _hook(state, view)
    _pass(state, _op(state, "operator.mul", view, 3))


def other_data(state: State) -> None:
    """x.data = y of another type or another shape, between a graph that leads to x and one more"""
    x = _leaf(state)
    y = _op(state, "operator.mul", x, x)
    other = state.leaf(
        state.shape(0, 1), state.choice.pick(("float32", "float64", "float16")), "small", False
    )
    state.attempt(Set(Name(x), "data", Ref(other)))
    z = _op(state, "operator.mul", x, x)
    for name in (z, y) if state.choice.chance(0.7) else (y, z):
        _pass(state, name)


def saved_result(state: State) -> None:
    """r = y.grad_fn._saved_result, then a write to y, which r has in its memory"""
    choice = state.choice
    x = _leaf(state)
    y = _op(state, choice.pick(("exp", "tanh", "sigmoid", "sqrt", "Tensor.exp")), x)
    node, held = Output(state.name("n")), Output(state.name())
    state.run(Get(node, Name(y), "grad_fn"))
    state.run(Get(held, Name(node), "_saved_result"))
    state.need("Tensor.add_")
    state.attempt(Op("Tensor.add_", (Ref(choice.pick((y, held))), 1)))
    state.run(Get(Output(state.name("v")), Name(held), "_version"))
    _pass(state, y)


def turned_result(state: State) -> None:
    """y = (x * 2).conj(); y.exp_(): a result that is saved, and whose memory holds the conjugates"""
    choice = state.choice
    x = state.leaf((choice.integer(1, 3),), choice.pick(("complex64", "complex128")), "small", True)
    y = _op(state, "conj", _op(state, "operator.mul", x, 2))
    method = choice.pick(("exp_", "tanh_", "sigmoid_", "reciprocal_", "sqrt_", "sgn_"))
    state.need(f"Tensor.{method}")
    state.attempt(Op(f"Tensor.{method}", (Ref(y),)))
    d = Output(state.name("d"))
    given = (Name(state.cotangent(state.env[y])),)
    state.need("autograd.grad")
    state.attempt(Grad((d,), (Name(y),), (Name(x),), given, True, choice.pick((True, None))))


def later_outputs(state: State) -> None:
    """mean of native_layer_norm, the last of std_mean, unbind or topk: a pass to which the first output is nothing"""
    choice = state.choice
    x = state.leaf((2, 3), choice.pick(("float32", "float64")), "small", True)
    name, args = choice.pick(
        (
            ("native_layer_norm", (Ref(x), [3], None, None, 1e-5)),
            ("std_mean", (Ref(x), -1)),
            ("var_mean", (Ref(x), -1)),
            ("aminmax", (Ref(x),)),
            ("unbind", (Ref(x),)),
            ("Tensor.split", (Ref(x), 1)),
        )
    )
    state.need(name)
    count = 3 if name == "native_layer_norm" else 2
    kwargs: dict[str, Any] = {"dim": -1} if name == "aminmax" else {}
    out = tuple(Output(state.name()) for _ in range(count))
    state.run(Op(name, args, kwargs, out))
    hooked = choice.pick(out)
    if choice.chance(0.5) and differentiable(state.env[hooked]):
        on, handle = choice.pick(("node", "prehook")), state.name("h")
        body = choice.pick(("observe", "first_for_all", "first_for_all"))
        state.run(Hook(Output(handle), Name(hooked), on, body))
        state.handles.append(handle)
    else:
        _hook(state, str(hooked))
    at = choice.integer(1, count - 1)
    if not differentiable(state.env[out[at]]):
        raise Invalid("no derivative")
    _pass(state, _op(state, "operator.mul", str(out[at]), str(out[at])))


def differentiated_twice(state: State) -> None:
    """A Function that can be differentiated once; the gradient of its gradient"""
    state.need("autograd.Function", "autograd.grad")
    x = _leaf(state)
    y, d = Output(state.name()), Output(state.name("d"))
    once = Apply("once", (Ref(x),), y)
    if state.choice.chance(0.5):
        other = state.leaf(tuple(state.env[x].shape), dtype_name(state.env[x].dtype), "small", True)
        once = Apply("once_of_several", (Ref(x), Ref(other)), y)
    state.run(once)
    shape, dtype = tuple(state.env[y].shape), dtype_name(state.env[y].dtype)
    given = (Name(state.leaf(shape, dtype, "small", True, "g")),)
    state.run(Grad((d,), (Name(y),), (Name(x),), given, None, True))
    again = (Name(state.cotangent(state.env[d])),)
    state.attempt(Grad((Output(state.name("d")),), (Name(d),), (Name(x),), again))


def emptied(state: State) -> None:
    """x.copy_(y), of complex numbers into real ones, of which there may be none"""
    shape = (0, 2) if state.choice.chance(0.6) else (2,)
    source = state.leaf(shape, "complex64", "small", False)
    target = state.leaf(shape, "float32", "small", False)
    state.need("Tensor.copy_")
    state.attempt(Op("Tensor.copy_", (Ref(target), Ref(source))))


def made_unseen(state: State) -> None:
    """What inference mode has made, as a Variable, as other bits, as its data; and whether it is still one of those"""
    choice = state.choice
    state.need("inference_mode", "exp", "Tensor.is_inference")
    source, name = _leaf(state, False), Output(state.name())
    made: tuple[Statement, ...] = (Op("exp", (Ref(source),), out=name),)
    out = Output(state.name())
    kind = choice.integer(0, 4)
    bits = DType({"float32": "int32", "float64": "int64"}[dtype_name(state.env[source].dtype)])
    if kind == 4:
        made = (*made, Op("Tensor.view", (Ref(name), bits), out=out))
    state.run(Block("inference_mode", made))
    if kind == 0:
        state.need("autograd.Variable")
        state.run(Op("autograd.Variable", (Ref(name),), out=out))
    elif kind == 1:
        state.run(Get(out, Name(name), "data"))
    elif kind == 2:
        state.need("Tensor.view")
        state.run(Op("Tensor.view", (Ref(name), bits), out=out))
    elif kind == 3:
        state.run(Op("Tensor.detach", (Ref(name),), out=out))
    state.run(Op("Tensor.is_inference", (Ref(out),), out=Output(state.name("v"))))
    if state.env[out].is_floating_point() and writable(state.env[out]):
        state.attempt(Op("Tensor.mul_", (Ref(out), 2)))


KINDS = Weighted(
    (
        (3, leaf_no_more),
        (2, leaf_again),
        (3, view_out_of_date),
        (2, other_data),
        (2, saved_result),
        (1, turned_result),
        (2, later_outputs),
        (1, differentiated_twice),
        (1, emptied),
        (1, made_unseen),
    )
)
NAMES = (
    *(
        "std_mean",
        "var_mean",
        "native_layer_norm",
        "aminmax",
        "unbind",
        "Tensor.split",
        "Tensor.is_inference",
    ),
    *("Tensor.clone", "Tensor.view_as", "Tensor.view", "operator.mul"),
)
