"""Moves about tensors whose memory holds the conjugates or the negatives of their elements."""

from __future__ import annotations

from typing import Any

from ..choice import Weighted
from ..state import Invalid, State
from ..statements import Get, Name, Op, Output, Ref, Set
from ..vocabulary.operand import scalar
from .operation import writable

# Dots before a name are an attribute's.
COMPLEX = Weighted(
    (
        *((4, "conj"), (3, "Tensor.conj"), (1, "adjoint"), (1, "Tensor.adjoint"), (2, ".mH"), (1, ".H")),
        *((2, ".real"), (4, ".imag"), (1, "view_as_real")),
        *((1, "resolve_conj"), (1, "Tensor.resolve_conj"), (1, "resolve_neg"), (1, "is_conj")),
        *((1, "Tensor.is_conj"), (1, "Tensor.is_neg"), (1, "Tensor.conj_physical"), (1, "Tensor.clone")),
    )
)
REAL = Weighted(
    (
        *((2, "resolve_neg"), (2, "Tensor.resolve_neg"), (1, "view_as_complex")),
        *((1, "is_neg"), (1, "Tensor.is_neg"), (1, "Tensor.conj"), (1, "Tensor.resolve_conj"), (1, "clone")),
    )
)
# What they call by name.
NAMES = sorted({one for table in (COMPLEX, REAL) for one in table.options if not one.startswith(".")})


def has_bit(tensor: Any) -> bool:
    """Whether the memory of a tensor does not hold its elements as they are."""
    return bool(tensor.is_conj() or tensor.is_neg())


def turned(state: State) -> None:
    """y = x.conj(), x.mH, x.imag, x.resolve_conj(), and at times a write through it"""
    choice = state.choice
    name = state.existing(has_bit) if choice.chance(0.4) else None
    if name is None:
        name = state.tensor("c", fresh=0.2)
    x = state.env[name]
    form = (COMPLEX if x.is_complex() else REAL).pick(choice)
    if form in ("adjoint", "Tensor.adjoint", ".mH") and x.ndim == 1:
        raise Invalid("no matrix")
    if form == "view_as_complex" and (x.ndim == 0 or x.shape[-1] != 2):
        raise Invalid("no pairs")
    if form == ".H" and x.ndim not in (0, 2):
        raise Invalid("no matrix")
    out = Output(state.name())
    if form.startswith("."):
        state.run(Get(out, Name(name), form[1:]))
    else:
        state.need(form)
        state.run(Op(form, (Ref(name),), out=out))
    if choice.chance(0.3):
        written_through(state, str(out))


def written_through(state: State, name: str) -> None:
    """x.mul_(2), x.add_(y), x.copy_(y), x.real = y, through a view that turns what is written"""
    x, choice = state.env[name], state.choice
    if not hasattr(x, "is_conj") or not writable(x):
        return
    dtype = str(x.dtype).rpartition(".")[2]
    method = choice.pick(("mul_", "add_", "sub_", "fill_", "copy_", "real", "imag"))
    source = state.existing(lambda other: other.dtype == x.dtype and other.shape == x.shape)
    if method in ("real", "imag"):
        part = state.existing(lambda other: other.dtype == x.real.dtype and other.shape == x.shape)
        if part is not None and x.is_complex():
            state.attempt(Set(Name(name), method, Ref(part)))
        return
    number = method == "fill_" or (method != "copy_" and choice.chance(0.4))
    if not number and source is None:
        return
    state.need(f"Tensor.{method}")
    operand = scalar(state, dtype) if number or source is None else Ref(source)
    state.attempt(Op(f"Tensor.{method}", (Ref(name), operand)))
