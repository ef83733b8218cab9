"""Moves that are wrong on purpose: what a library says of a mistake is part of what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..state import Invalid, State
from ..statements import Apply, Attempt, Backward, Grad, Index, Name, Op, Output, Ref, Set, SetItem, Statement
from .bits import has_bit
from .function import mistaken as mistaken_function

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
)


def mistake(state: State) -> None:
    """One deliberate mistake, as an attempt: the program goes on whether or not it raises."""
    statement = state.choice.pick(MISTAKES)(state)
    state.need(*(inner.name for inner in statement.flat() if isinstance(inner, Op)))
    if isinstance(statement, Apply):
        state.need("autograd.Function")
    if isinstance(statement, Index | SetItem):
        state.need("Tensor.__getitem__" if isinstance(statement, Index) else "Tensor.__setitem__")
    if state.attempt(statement):
        state.body[-1] = Attempt(statement)
