"""Mistakes with arguments that ops look at before they compute, and with blocks inside of one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..reading import dtype_name
from ..state import Invalid, State
from ..statements import (
    Apply,
    Backward,
    Block,
    DType,
    Grad,
    Index,
    Name,
    Op,
    Output,
    Ref,
    SavedHooks,
    Set,
    Statement,
)
from .backward import differentiable


def _found(state: State, keep: Callable[[Any], bool]) -> str:
    name = state.existing(keep)
    if name is None:
        raise Invalid("nothing to make this mistake with")
    return name


def _out(state: State) -> Output:
    return Output(state.name())


def index_of_wrong_type(state: State) -> Statement:
    """x[1.0], gather and scatter with an index of another type, of more dimensions, out of bounds"""
    choice = state.choice
    name = _found(state, lambda one: one.ndim >= 1 and one.numel() > 0)
    x = state.env[name]
    dtype = choice.pick(("float32", "int32", "bool", "int64", "complex64", "uint8", "uint8"))
    shape = choice.pick(((2,), (1, 2), tuple(x.shape), (*x.shape, 1)))
    index = Ref(state.leaf(shape, dtype, "any", False, "i"))
    op = choice.pick(("index", "gather", "gather", "index_select", "take", "scatter_add", "take_along_dim"))
    if op == "index":
        return Index(_out(state), Name(name), index)
    if op in ("take", "take_along_dim"):
        return Op(op, (Ref(name), index), out=_out(state))
    source = (Ref(name),) if op == "scatter_add" else ()
    return Op(op, (Ref(name), choice.integer(0, x.ndim - 1), index, *source), out=_out(state))


def bounds_that_are_none(state: State) -> Statement:
    """x.clamp(), x.clamp(tensor, number), x.clamp("text")"""
    name = _found(state, lambda one: True)
    args = state.choice.pick(((), (None, None), (0, Ref(name)), ("text",), (1j,), (None, 1j)))
    return Op(state.choice.pick(("clamp", "Tensor.clamp", "Tensor.clamp_")), (Ref(name), *args), out=None)


def sizes_that_the_op_refuses(state: State) -> Statement:
    """conv1d, layer_norm, nll_loss, stack, cat, where, logsumexp, sort with what does not go together"""
    choice = state.choice
    name = _found(state, lambda one: one.is_floating_point() and one.ndim < 4)
    x, ref = state.env[name], Ref(name)
    other = Ref(state.leaf(state.shape(0, 3), choice.pick((dtype_name(x.dtype), "float64", "int64"))))
    op, args = choice.pick(
        (
            ("nn.functional.conv1d", (ref, other)),
            ("nn.functional.conv2d", (ref, other, None, 0)),
            ("nn.functional.layer_norm", (ref, [2])),
            ("nn.functional.layer_norm", (ref, list(x.shape), other)),
            ("nn.functional.nll_loss", (ref, other)),
            ("stack", ([ref, other],)),
            ("stack", ([],)),
            ("cat", ([ref, other], 0)),
            ("cat", ([],)),
            ("where", (ref, ref, other)),
            ("logsumexp", (other, 0)),
            ("logsumexp", (ref, x.ndim + 1)),
            ("Tensor.sort", (ref, x.ndim + 1)),
            ("Tensor.sort", (Ref(state.leaf((2,), "complex64")),)),
            ("log_softmax", (other, 0)),
            ("log_softmax", (ref, x.ndim + 1)),
            ("nn.functional.relu", (Ref(state.leaf((2,), "complex64")),)),
            ("neg", (Ref(state.leaf((2,), "bool")),)),
            ("pow", (Ref(state.leaf((2,), "int64")), -1)),
            ("linalg.vector_norm", (other,)),
            ("linalg.vector_norm", (ref, 2, (0, 0))),
            ("sum", (ref, (0, 0))),
            ("amax", (ref, (0, 0))),
        )
    )
    return Op(op, args, out=_out(state))


def sum_into_integers(state: State) -> Statement:
    """x.sum(dtype=torch.int64), where x needs a gradient or is complex"""
    name = state.existing(lambda one: one.is_complex()) if state.choice.chance(0.4) else None
    name = name or _found(state, lambda one: one.requires_grad)
    op = state.choice.pick(("sum", "prod", "Tensor.sum"))
    return Op(
        op, (Ref(name),), {"dtype": DType(state.choice.pick(("int64", "bool", "float64")))}, _out(state)
    )


def write_to_overlapping_memory(state: State) -> Statement:
    """x.expand(3, ...).mul_(2)"""
    source = state.leaf(state.choice.pick(((1,), (2, 1))), "float32", requires_grad=False)
    view = _out(state)
    state.need("Tensor.expand")
    state.run(Op("Tensor.expand", (Ref(source), [2, 3]), out=view))
    names = ("Tensor.mul_", "Tensor.exp_", "Tensor.fill_", "Tensor.copy_", "Tensor.cumsum_", "Tensor.cumsum_")
    op = state.choice.pick(names)
    other = state.leaf((2, 3), "float32", requires_grad=False)
    args = {"Tensor.exp_": (), "Tensor.fill_": (2,), "Tensor.cumsum_": (0,)}.get(op, (Ref(other),))
    return Op(op, (Ref(view), *args))


def flag_that_is_no_bool(state: State) -> Statement:
    """x.requires_grad = 1, x.requires_grad_(None)"""
    name = _found(state, lambda one: one.is_leaf)
    value = state.choice.pick((1, None, 0, 1.0, "text"))
    if state.choice.chance(0.7):
        return Set(Name(name), "requires_grad", value)
    return Op("Tensor.requires_grad_", (Ref(name), value))


def data_of_integers(state: State) -> Statement:
    """x.data = i, where x needs a gradient and i has none"""
    name = _found(state, lambda one: one.is_leaf and one.requires_grad)
    other = state.leaf(tuple(state.env[name].shape), state.choice.pick(("int64", "bool")))
    return Set(Name(name), "data", Ref(other))


def surplus_of_gradients(state: State) -> Statement:
    """torch.autograd.backward([x, y], [g]), torch.autograd.grad(x, y, [g, g])"""
    name = _found(state, differentiable)
    given = Ref(state.cotangent(state.env[name]))
    if state.choice.chance(0.5):
        roots, grads = state.choice.pick((([name, name], [given]), ([name], [given, given]), ([name], [])))
        return Op("autograd.backward", ([Ref(one) for one in roots], grads), {"retain_graph": True})
    leaf = Name(_found(state, lambda one: one.requires_grad))
    both = tuple(Name(given.name) for _ in range(state.choice.pick((0, 2))))
    return Grad((Output(state.name("d")),), (Name(name),), (leaf,), both, True)


def no_inputs(state: State) -> Statement:
    """x.backward(g, inputs=[]), torch.autograd.grad(x, [])"""
    name = _found(state, differentiable)
    given = Name(state.cotangent(state.env[name]))
    if state.choice.chance(0.5):
        return Backward(Name(name), given, True, None, ())
    return Grad((), (Name(name),), (), (given,), True)


def tangent_that_does_not_fit(state: State) -> Statement:
    """make_dual(x, t), of another shape, of another type, of integers, outside of any level"""
    level, make = "autograd.forward_ad.dual_level", "autograd.forward_ad.make_dual"
    state.need(level)
    choice = state.choice
    name = state.leaf((2,), choice.pick(("float32", "float64", "int64")), "small")
    tangent = state.leaf(choice.pick(((2,), (2, 1), (3,), ())), choice.pick(("float32", "float64", "int64")))
    out = _out(state)
    inner: tuple[Statement, ...] = (Op(make, (Ref(name), Ref(tangent)), out=out),)
    if choice.chance(0.2):
        return inner[0]
    if choice.chance(0.2):
        return Block(level, (Block(level, inner),))
    pair = (_out(state), Output(state.name("t")))
    return Block(level, (*inner, Op("autograd.forward_ad.unpack_dual", (Ref(out),), out=pair)))


def blocks_that_exclude_each_other(state: State) -> Statement:
    """Hooks where they are refused, and the other way round; writes allowed inside of where they are allowed"""
    mutable = "autograd.graph.allow_mutation_on_saved_tensors"
    refusing = "autograd.graph.disable_saved_tensors_hooks"
    state.need(mutable, refusing, "autograd.graph.saved_tensors_hooks")
    name = _found(state, lambda one: one.is_floating_point())
    inner: Statement = Op("operator.mul", (Ref(name), Ref(name)), out=_out(state))

    def block(kind: str, body: Statement) -> Statement:
        if kind == "hooks":
            return SavedHooks("same", (body,))
        return Block(kind, (body,), ("refused",) if kind == refusing else ())

    outer, within = state.choice.pick(
        (
            (mutable, mutable),
            (refusing, "hooks"),
            ("hooks", refusing),
            (mutable, refusing),
            (refusing, mutable),
            (refusing, refusing),
        )
    )
    return block(outer, block(within, inner))


def written_after_it_was_returned(state: State) -> Statement:
    """One of several outputs of a custom Function, which are views, written to"""
    state.need("autograd.Function", "Tensor.mul_")
    x = state.leaf((state.choice.integer(2, 3),), "float32", "small", True)
    name = state.choice.pick(("parts", "whole_and_part"))
    out = (_out(state), _out(state))
    state.attempt(Apply(name, (Ref(x),), out))
    return Op("Tensor.mul_", (Ref(state.choice.pick(out)), 2))


REFUSED: tuple[Callable[[State], Statement], ...] = (
    *(2 * (index_of_wrong_type,)),
    bounds_that_are_none,
    *(3 * (sizes_that_the_op_refuses,)),
    sum_into_integers,
    write_to_overlapping_memory,
    flag_that_is_no_bool,
    data_of_integers,
    surplus_of_gradients,
    no_inputs,
    tangent_that_does_not_fit,
    blocks_that_exclude_each_other,
    written_after_it_was_returned,
)
