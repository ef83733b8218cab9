"""Moves that put other moves inside a block for which the engine is set otherwise, and that ask how it is set."""

from __future__ import annotations

from ..reading import dtype_name
from ..state import State
from ..statements import Backward, Block, Get, Name, Op, Output, Ref
from .inside import Body, inside

THREADS, LAYOUTS = "autograd.set_multithreading_enabled", "autograd.enforce_grad_layout_policy"
ANOMALY = "autograd.set_detect_anomaly"
ASKED = (
    *("autograd.is_multithreading_enabled", "is_anomaly_check_nan_enabled", "is_anomaly_enabled"),
    *("is_grad_enabled", "is_inference_mode_enabled"),
)
NAMES = (THREADS, LAYOUTS, ANOMALY, *ASKED, "Tensor.t", "operator.mul")


def asked(state: State) -> None:
    """v = torch.is_anomaly_check_nan_enabled()"""
    name = state.choice.pick(ASKED)
    state.need(name)
    state.run(Op(name, (), out=Output(state.name("v"))))


def switched(state: State, body: Body) -> None:
    """with torch.autograd.set_detect_anomaly(True, False): ..., and what there is in it and after it"""
    choice = state.choice
    mode = choice.pick((THREADS, LAYOUTS, LAYOUTS, ANOMALY, ANOMALY))
    args: tuple[bool, ...] = (choice.chance(0.3),)
    if mode == ANOMALY:
        args = (choice.chance(0.7), False)
    state.need(mode)

    def inner(state: State) -> None:
        if mode == LAYOUTS:
            turned_gradient(state)
        elif mode == ANOMALY and choice.chance(0.6):
            inside(state, lambda found: Block("autograd.detect_anomaly", found, ()), body)
        else:
            body(state)
        asked(state)

    inside(state, lambda found: Block(mode, found, args), inner)
    if mode == LAYOUTS:
        turned_gradient(state)
    else:
        asked(state)


def turned_gradient(state: State) -> None:
    """(x.t() * w).backward(g), whose gradient for x lies as x does not; x.grad"""
    state.need("Tensor.t", "operator.mul", "Tensor.backward")
    shape = state.choice.pick(((2, 3), (3, 2), (2, 2)))
    x = state.leaf(shape, "float32", "small", requires_grad=True)
    w = state.leaf(shape[::-1], dtype_name(state.env[x].dtype), "small", requires_grad=False)
    turned, product = Output(state.name()), Output(state.name())
    state.run(Op("Tensor.t", (Ref(x),), out=turned))
    state.run(Op("operator.mul", (Ref(turned), Ref(w)), out=product))
    state.attempt(Backward(Name(product), Name(state.cotangent(state.env[product]))))
    state.run(Get(Output(state.name("d")), Name(x), "grad"))
