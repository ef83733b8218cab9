"""Moves that are wrong on purpose: what a library says of a mistake is part of what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..guidance import feature
from ..state import Invalid, State
from ..statements import (
    Apply,
    Attempt,
    Backward,
    Block,
    Grad,
    Hook,
    Index,
    Name,
    Op,
    Output,
    Ref,
    Set,
    SetItem,
    Statement,
)
from .backward import differentiable, nodes_behind
from .bits import has_bit
from .function import mistaken as mistaken_function
from .refused import REFUSED

Mistake = Callable[[State], Statement]


def _found(state: State, keep: Callable[[Any], bool]) -> str:
    name = state.existing(keep)
    if name is None:
        raise Invalid("nothing to make this mistake with")
    return name


def _conjugate(state: State) -> str:
    """A new conjugate."""
    state.need("conj")
    name, out = state.leaf(state.shape(0, 2), "complex64", requires_grad=False), Output(state.name())
    state.run(Op("conj", (Ref(name),), out=out))
    return str(out)


def shapes_that_do_not_broadcast(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.ndim >= 1 and tensor.shape[-1] > 1)
    other = state.leaf((state.env[name].shape[-1] + 1,), "float32")
    op = state.choice.pick(("add", "mul", "sub", "Tensor.add", "Tensor.mul_", "operator.add", "where"))
    if op == "where":
        mask = state.leaf(tuple(state.env[name].shape), "bool")
        return Op(op, (Ref(mask), Ref(name), Ref(other)), out=Output(state.name()))
    return Op(op, (Ref(name), Ref(other)), out=None if op.endswith("_") else Output(state.name()))


def sizes_that_do_not_multiply(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.ndim >= 1 and tensor.is_floating_point())
    other = state.leaf((state.env[name].shape[-1] + 1, 2), "float32")
    op = state.choice.pick(("mm", "matmul", "mv", "bmm", "operator.matmul", "dot"))
    return Op(op, (Ref(name), Ref(other)), out=Output(state.name()))


def dimension_out_of_range(state: State) -> Statement:
    name = _found(state, lambda tensor: True)
    bad = state.env[name].ndim + state.choice.integer(1, 3)
    op = state.choice.pick(("sum", "mean", "Tensor.sum", "squeeze", "softmax", "cumsum", "unbind", "amax"))
    return Op(op, (Ref(name), bad), out=Output(state.name()))


def index_out_of_range(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.ndim >= 1)
    return Index(Output(state.name()), Name(name), state.env[name].shape[0] + state.choice.integer(0, 2))


def too_many_indices(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.ndim <= 2)
    return Index(Output(state.name()), Name(name), (0,) * (state.env[name].ndim + 1))


def assignment_of_wrong_shape(state: State) -> Statement:
    name = _found(
        state, lambda tensor: tensor.ndim >= 1 and tensor.shape[-1] > 1 and not tensor.requires_grad
    )
    return SetItem(Name(name), Ellipsis, Ref(state.leaf((state.env[name].shape[-1] + 1,), "float32")))


def view_of_wrong_size(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.numel() > 0)
    size = state.env[name].numel() + 1
    op = state.choice.pick(("Tensor.view", "reshape", "Tensor.reshape", "Tensor.expand"))
    return Op(op, (Ref(name), [size]), out=Output(state.name()))


def write_to_a_leaf(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.is_leaf and tensor.requires_grad)
    op = state.choice.pick(("Tensor.add_", "Tensor.mul_", "Tensor.zero_", "Tensor.fill_"))
    return Op(op, (Ref(name),) if op == "Tensor.zero_" else (Ref(name), 2))


def backward_without_gradient(state: State) -> Statement:
    return Backward(Name(_found(state, lambda tensor: tensor.requires_grad and tensor.numel() != 1)))


def backward_of_a_constant(state: State) -> Statement:
    return Backward(Name(_found(state, lambda tensor: not tensor.requires_grad)))


def backward_with_wrong_gradient(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.requires_grad)
    shape = (*state.env[name].shape, 2)
    return Backward(Name(name), Name(state.leaf(shape, state.choice.pick(("float32", "float64")))))


def gradient_of_a_constant(state: State) -> Statement:
    name = _found(
        state, lambda tensor: tensor.requires_grad and tensor.grad_fn is not None and tensor.numel() == 1
    )
    other = state.leaf((2,), "float32", requires_grad=state.choice.chance(0.5))
    return Grad((Output(state.name("d")),), (Name(name),), (Name(other),), retain_graph=True)


def gradient_of_an_integer(state: State) -> Statement:
    name = _found(state, lambda tensor: not tensor.is_floating_point() and not tensor.is_complex())
    return Op("Tensor.requires_grad_", (Ref(name),))


def flag_of_a_result(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.grad_fn is not None)
    return Set(Name(name), "requires_grad", False)


def retained_constant(state: State) -> Statement:
    return Op("Tensor.retain_grad", (Ref(_found(state, lambda tensor: not tensor.requires_grad)),))


def array_of_a_variable(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.requires_grad)
    return Op("Tensor.numpy", (Ref(name),), out=Output(state.name("a")))


def array_of_turned_memory(state: State) -> Statement:
    name = state.existing(lambda tensor: has_bit(tensor) and not tensor.requires_grad) or _conjugate(state)
    return Op("Tensor.numpy", (Ref(name),), out=Output(state.name("a")))


def parts_of_a_conjugate(state: State) -> Statement:
    name = state.existing(lambda tensor: tensor.is_conj()) or _conjugate(state)
    return Op("view_as_real", (Ref(name),), out=Output(state.name()))


def item_of_many(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.numel() != 1)
    return Op("Tensor.item", (Ref(name),), out=Output(state.name("v")))


def gradient_of_wrong_shape(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.is_leaf and tensor.requires_grad)
    return Set(Name(name), "grad", Ref(state.leaf((*state.env[name].shape, 2), "float32")))


def operand_of_wrong_type(state: State) -> Statement:
    name = _found(state, lambda tensor: True)
    op, bad = state.choice.pick(
        (
            ("add", "text"),
            ("mul", None),
            ("operator.add", None),
            ("operator.mul", "text"),
            ("sum", "text"),
            ("Tensor.view", 1.5),
            ("transpose", 0),
            ("cat", 0),
            ("exp", 1),
        )
    )
    return Op(op, (Ref(name), bad), out=Output(state.name()))


def in_place_result_that_does_not_cast(state: State) -> Statement:
    name = _found(state, lambda tensor: not tensor.is_floating_point() and not tensor.is_complex())
    op = state.choice.pick(("Tensor.add_", "Tensor.mul_", "Tensor.div_"))
    return Op(op, (Ref(name), 1.5))


def dtypes_that_do_not_mix(state: State) -> Statement:
    name = state.tensor("f", ndim=(2, 2))
    other = "float64" if str(state.env[name].dtype) != "torch.float64" else "float32"
    right = state.leaf((state.env[name].shape[1], 2), other)
    return Op(state.choice.pick(("mm", "matmul")), (Ref(name), Ref(right)), out=Output(state.name()))


def unknown_argument(state: State) -> Statement:
    name = _found(state, lambda tensor: True)
    op = state.choice.pick(("sum", "Tensor.sum", "add", "exp", "Tensor.view"))
    return Op(op, (Ref(name),), {"nothing": 1}, Output(state.name()))


def second_backward(state: State) -> Statement:
    """Through a graph that was freed, by a pass of its own where there is none."""
    name = state.existing(
        lambda tensor: differentiable(tensor) and tensor.numel() == 1 and is_freed(state, tensor)
    )
    if name is None:
        _, name = _kept(state)
        state.run(Backward(Name(name)))
        state.freed.update(nodes_behind(state.env[name]))
    return Backward(Name(name))


def is_freed(state: State, tensor: Any) -> bool:
    return any(node in state.freed for node in nodes_behind(tensor))


def backward_through_what_was_written(state: State) -> Statement:
    kept, total = _kept(state)
    state.need("Tensor.add_")
    state.run(Op("Tensor.add_", (Ref(kept), 1)))
    return Backward(Name(total))


def _kept(state: State) -> tuple[str, str]:
    """A tensor that its own node has saved, and its sum."""
    name = _found(
        state,
        lambda tensor: tensor.requires_grad and tensor.is_floating_point() and not is_freed(state, tensor),
    )
    state.need("exp", "Tensor.sum")
    kept, total = Output(state.name()), Output(state.name())
    state.run(Op("exp", (Ref(name),), out=kept))
    state.run(Op("Tensor.sum", (Ref(kept),), out=total))
    return kept, total


def write_to_a_view_of_a_leaf(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.is_leaf and tensor.requires_grad and not tensor._is_view())
    op, view = state.choice.pick(("Tensor.view_as", "Tensor.expand_as")), Output(state.name())
    state.need(op)
    state.run(Op(op, (Ref(name), Ref(name)), out=view))
    return Op("Tensor.mul_", (Ref(view), 2))


def write_to_one_of_several_views(state: State) -> Statement:
    name = _found(
        state, lambda tensor: differentiable(tensor) and tensor.ndim > 0 and 1 < tensor.shape[0] < 5
    )
    op = state.choice.pick(("unbind", "Tensor.split", "Tensor.chunk"))
    state.need(op, "Tensor.mul_")
    size = state.env[name].shape[0]
    args = {"unbind": (), "Tensor.split": (1,), "Tensor.chunk": (size,)}[op]
    out = tuple(Output(state.name()) for _ in range(size))
    state.run(Op(op, (Ref(name), *args), out=out))
    written = state.choice.pick((out[0], name))
    state.attempt(Op("Tensor.mul_", (Ref(written), 2)))
    return Op("Tensor.sum", (Ref(out[-1]),), out=Output(state.name()))


def write_to_a_view_made_unseen(state: State) -> Statement:
    name = _found(state, lambda tensor: differentiable(tensor) and not tensor.is_inference())
    mode, view = state.choice.pick(("no_grad", "inference_mode")), Output(state.name())
    state.need(mode, "Tensor.view_as", "Tensor.mul_")
    state.run(Block(mode, (Op("Tensor.view_as", (Ref(name), Ref(name)), out=view),)))
    return Op("Tensor.mul_", (Ref(view), 2))


def detached_view(state: State) -> Statement:
    name = state.existing(lambda tensor: tensor._is_view())
    if name is None:
        source = _found(state, lambda tensor: True)
        state.need("Tensor.view_as")
        name = state.name()
        state.run(Op("Tensor.view_as", (Ref(source), Ref(source)), out=Output(name)))
    return Op("Tensor.detach_", (Ref(name),))


def inference_tensor(state: State) -> Statement:
    """Written, recorded or made to require grad in normal mode."""
    name = state.existing(lambda tensor: tensor.is_inference() and tensor.is_floating_point())
    if name is None:
        state.need("inference_mode", "exp")
        source = state.leaf(state.shape(0, 2), "float32", "small", requires_grad=False)
        name = state.name()
        state.run(Block("inference_mode", (Op("exp", (Ref(source),), out=Output(name)),)))
    use = state.choice.integer(0, 4)
    if use == 0:
        return Op("Tensor.mul_", (Ref(name), 2))
    if use == 1:
        return Set(Name(name), "requires_grad", True)
    if use == 2:
        return Op("Tensor.requires_grad_", (Ref(name),))
    if use == 3:
        return Op("autograd.graph.increment_version", (Ref(name),))
    other = state.leaf(tuple(state.env[name].shape), "float32", requires_grad=True)
    return Op("mul", (Ref(name), Ref(other)), out=Output(state.name()))


def out_that_requires_grad(state: State) -> Statement:
    name = _found(state, lambda tensor: tensor.requires_grad and tensor.is_floating_point())
    return Op("mul", (Ref(name), 2), {"out": Ref(name)})


def hook_on_a_constant(state: State) -> Statement:
    name = _found(state, lambda tensor: not tensor.requires_grad)
    return Hook(Output(state.name("h")), Name(name), state.choice.pick(("tensor", "leaf")), "observe")


def mode_of_wrong_arguments(state: State) -> Statement:
    mode, args = state.choice.pick(
        (
            ("set_grad_enabled", ()),
            ("set_grad_enabled", (1,)),
            ("set_grad_enabled", ("text",)),
            ("no_grad", (None,)),
            ("no_grad", (1, 2)),
            ("enable_grad", (True, False)),
            ("inference_mode", (True, 1)),
            ("autograd.graph.disable_saved_tensors_hooks", ()),
        )
    )
    state.need(mode)
    inner = Op("Tensor.detach", (Ref(_found(state, lambda tensor: True)),), out=Output(state.name()))
    return Block(mode, (inner,), args)


MISTAKES: tuple[Mistake, ...] = (
    shapes_that_do_not_broadcast,
    sizes_that_do_not_multiply,
    dimension_out_of_range,
    index_out_of_range,
    too_many_indices,
    assignment_of_wrong_shape,
    view_of_wrong_size,
    write_to_a_leaf,
    backward_without_gradient,
    backward_of_a_constant,
    backward_with_wrong_gradient,
    gradient_of_a_constant,
    gradient_of_an_integer,
    flag_of_a_result,
    retained_constant,
    array_of_a_variable,
    array_of_turned_memory,
    parts_of_a_conjugate,
    item_of_many,
    gradient_of_wrong_shape,
    operand_of_wrong_type,
    in_place_result_that_does_not_cast,
    dtypes_that_do_not_mix,
    unknown_argument,
    *(2 * (mistaken_function,)),
    second_backward,
    backward_through_what_was_written,
    write_to_a_view_of_a_leaf,
    write_to_one_of_several_views,
    write_to_a_view_made_unseen,
    detached_view,
    inference_tensor,
    out_that_requires_grad,
    hook_on_a_constant,
    mode_of_wrong_arguments,
    *REFUSED,
)


def mistake(state: State) -> None:
    """One deliberate mistake, as an attempt: the program goes on whether or not it raises."""
    made = state.rarer(
        lambda: state.choice.pick(MISTAKES), lambda mistake: feature("mistake", mistake.__name__)
    )
    statement = made(state)
    state.need(*(inner.name for inner in statement.flat() if isinstance(inner, Op)))
    if isinstance(statement, Apply):
        state.need("autograd.Function")
    if isinstance(statement, Index | SetItem):
        state.need("Tensor.__getitem__" if isinstance(statement, Index) else "Tensor.__setitem__")
    state.attempt(statement)
    state.body[-1] = Attempt(statement, made.__name__)
