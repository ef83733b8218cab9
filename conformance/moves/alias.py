"""Moves between a tensor and others that share its memory or its history: detach, data, Variable, numpy."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, Invalid, State
from ..statements import ArrayLiteral, ArrayWrite, Get, Name, Op, Output, Print, Ref, Set
from ..statements.argument import float_text
from .operation import writable


def _floating(tensor: Any) -> bool:
    return CLASS_OF.get(dtype_name(tensor.dtype), "?") in "fc"


def detached(state: State) -> None:
    """y = x.detach(), y = x.data, y = Variable(x)"""
    kind = state.choice.integer(0, 2)
    unseen = state.choice.chance(0.1)
    name = state.existing(
        lambda tensor: (kind != 2 or _floating(tensor)) and (not unseen or tensor.is_inference())
    )
    if name is None:
        raise Invalid("nothing to take an alias of")
    out = Output(state.name())
    if kind == 0:
        state.need("Tensor.detach")
        state.run(Op("Tensor.detach", (Ref(name),), out=out))
    elif kind == 1:
        state.run(Get(out, Name(name), "data"))
    else:
        state.need("autograd.Variable")
        state.run(Op("autograd.Variable", (Ref(name),), {"requires_grad": state.choice.chance(0.5)}, out))


def detached_in_place(state: State) -> None:
    """x.detach_()"""
    state.need("Tensor.detach_")
    name = state.existing(lambda tensor: tensor.grad_fn is not None)
    if name is None:
        raise Invalid("nothing to detach")
    state.attempt(Op("Tensor.detach_", (Ref(name),)))


def flagged(state: State) -> None:
    """x.requires_grad_(), x.requires_grad_(False), x.requires_grad = True"""
    name = state.existing(lambda tensor: tensor.is_leaf and _floating(tensor))
    if name is None:
        raise Invalid("no leaf to change")
    flag = state.choice.chance(0.75)
    if state.choice.chance(0.3):
        state.attempt(Set(Name(name), "requires_grad", flag))
    else:
        state.need("Tensor.requires_grad_")
        state.attempt(Op("Tensor.requires_grad_", (Ref(name), *(() if flag else (False,)))))


def data_set(state: State) -> None:
    """x.data = y"""
    name = state.existing(lambda tensor: not tensor.is_inference())
    if name is None or state.is_lent(name):  # torch frees the memory that it has lent
        raise Invalid("nothing to set")
    x = state.env[name]
    other = state.existing(
        lambda tensor: (
            tensor.dtype == x.dtype and tensor is not x and tensor.shape == x.shape and tensor.numel()
        )
    )
    if other is None:
        raise Invalid("nothing to set it to")
    state.attempt(Set(Name(name), "data", Ref(other)))


def array(state: State) -> None:
    """x = torch.from_numpy(a), and at times a[i] = value"""
    state.need("from_numpy")
    dtype = state.choice.pick(("float32", "float64", "int64", "float32"))
    shape = state.shape(1, 2)
    count = 1
    for size in shape:
        count *= size
    numbers = state.numbers(count, dtype)
    data = tuple(float_text(number) if isinstance(number, float) else number for number in numbers)
    held, out = Output(state.name("a")), Output(state.name())
    state.run(ArrayLiteral(held, data, shape, dtype))
    state.run(Op("from_numpy", (Ref(held),), out=out))
    if count and state.choice.chance(0.6):
        state.run(ArrayWrite(Name(held), 0, state.choice.integer(1, 5)))


def array_out(state: State) -> None:
    """a = x.numpy(), and at times a[...] = value"""
    state.need("Tensor.numpy")
    name = state.existing(
        lambda tensor: (
            not tensor.requires_grad
            and dtype_name(tensor.dtype) != "bfloat16"
            and not tensor.is_conj()
            and not tensor.is_neg()
        )
    )
    if name is None:
        raise Invalid("nothing to read as an array")
    held = Output(state.name("a"))
    state.run(Op("Tensor.numpy", (Ref(name),), out=held))
    x = state.env[name]
    if x.numel() and writable(x) and state.choice.chance(0.5):
        value = state.choice.integer(0, 1)
        # Of indices, which backward passes of torch write through unseen, 0 is in range: see conformance/findings.
        state.run(ArrayWrite(Name(held), Ellipsis, value if x.is_floating_point() or x.is_complex() else 0))


def printed(state: State) -> None:
    """print(x)"""
    name = state.existing(lambda tensor: tensor.numel() <= 24)
    if name is None:
        raise Invalid("nothing to print")
    state.run(Print(Name(name)))


def asked(state: State) -> None:
    """x.output_nr, x.is_inference(), x._version"""
    name = state.existing(lambda tensor: True)
    if name is None:
        raise Invalid("nothing to ask about")
    if state.choice.chance(0.3):
        state.need("Tensor.is_inference")
        state.run(Op("Tensor.is_inference", (Ref(name),), out=Output(state.name("v"))))
    else:
        attribute = state.choice.pick(("output_nr", "is_leaf", "retains_grad", "output_nr"))
        state.run(Get(Output(state.name("v")), Name(name), attribute))


def number(state: State) -> None:
    """x.item()"""
    state.need("Tensor.item")
    name = state.existing(lambda tensor: tensor.numel() == 1)
    if name is None:
        raise Invalid("no single element")
    state.run(Op("Tensor.item", (Ref(name),), out=Output(state.name("v"))))
