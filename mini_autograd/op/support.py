"""The dtype an op computes in where that needs more than a word, and which dtypes an op refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import dtypes, errors
from mini_autograd.dtypes import (
    BOOL,
    COMPLEX,
    DEFAULT,
    FLOAT,
    INT,
    bfloat16,
    dtype,
    float16,
    float32,
    float64,
    int64,
)
from mini_autograd.graph.modes import current
from mini_autograd.op.row import PROMOTE, TO_FLOAT
from mini_autograd.op.rules import result_type, to_float
from mini_autograd.tensor import TensorBase, requires_grad

__all__ = [
    "BOOL",
    "COMPLEX",
    "CPP_NAMES",
    "FLOAT",
    "HALF",
    "INT",
    "by_out",
    "check_constant",
    "keeping_floats",
    "no_complex_derivative",
    "numbers_to_float",
    "only",
    "refused",
    "scalar_type",
    "unimplemented",
    "with_numbers",
]

# What C++ calls the types, in some of torch's errors.
CPP_NAMES = {
    dtypes.bool: "bool", dtypes.uint8: "unsigned char", dtypes.int8: "signed char", dtypes.int16: "short int",
    dtypes.int32: "int", dtypes.int64: "long int", dtypes.float16: "c10::Half",
    dtypes.bfloat16: "c10::BFloat16", dtypes.float32: "float", dtypes.float64: "double",
    dtypes.complex64: "c10::complex<float>", dtypes.complex128: "c10::complex<double>",
}  # fmt: skip
HALF = (float16, bfloat16)
Rule = Callable[..., dtype]
Refusal = tuple[tuple, Callable[[dtype], Exception]]


def unimplemented(name: str, *kinds: Any) -> Refusal:
    """Refuses dtypes, categories or tuples of them as a kernel of torch's of that name does."""
    return kinds, lambda kind: NotImplementedError(f"\"{name}\" not implemented for '{kind.legacy}'")


def refused(error: type[Exception], text: str, *kinds: Any) -> Refusal:
    """Refuses dtypes, categories or tuples of them with a message of the op's own."""
    return kinds, lambda kind: error(text)


def only(rule: int | Rule, *refusals: Refusal) -> Rule:
    """What ``rule``, a word of a row's or a function of the arguments, computes in, unless it is refused."""
    errors: dict[Any, Callable[[dtype], Exception]] = {}
    for kinds, error in reversed(refusals):
        for one in kinds:
            errors |= dict.fromkeys(one if isinstance(one, tuple) else (one,), error)

    def computing(*args: Any) -> dtype:
        kind = computed_in(rule, args)
        error = errors.get(kind) or errors.get(kind.category)
        if error is not None:
            raise error(kind)
        return kind

    floats = FLOAT in errors or float32 in errors or float64 in errors
    keeps = not callable(rule) or getattr(rule, "keeps_floats", False)
    return keeping_floats(computing) if keeps and not floats else computing


def keeping_floats(rule: Rule) -> Rule:
    """Mark a rule that computes on tensors of one floating type, and Python's ints and floats, in that type."""
    vars(rule).update(keeps_floats=True)
    return rule


def computed_in(rule: int | Rule, args: tuple) -> dtype:
    """The dtype that a row's word, or function, gives for the arguments."""
    if callable(rule):
        return rule(*args)
    tensors = [one for one in args if isinstance(one, TensorBase)]
    if rule == PROMOTE:
        return result_type(tensors)
    return to_float(result_type(tensors)) if rule == TO_FLOAT else tensors[0]._dtype


def no_complex_derivative(name: str) -> Callable[..., None]:
    """The check of an op whose formula is right for real numbers only: others are not to be recorded."""

    def check(self: TensorBase, *rest: Any) -> None:
        if self._dtype.is_complex and current().grad and requires_grad(self):
            text = f"{name} does not support automatic differentiation for outputs with complex dtype."
            raise RuntimeError(text)

    return check


def by_out(name: str, check: Callable[..., None] | None = None) -> Callable[..., None]:
    """A row's ``below`` where torch computes by the variant of an op with ``out=``, which takes nothing that needs a
    gradient, after a ``check`` of the arguments."""

    def refuse(*args: Any) -> None:
        if check is not None:
            check(*args)
        raise errors.no_derivative_of_out(name)

    return refuse


def check_constant(name: str, argument: str, tensor: TensorBase | None) -> None:
    """RuntimeError where ``tensor`` needs a gradient, and the op ``name`` has none for this argument."""
    if tensor is not None and requires_grad(tensor) and current().grad:
        error: Any = RuntimeError(
            f"The function '{name}' is not differentiable with respect to argument '{argument}'. This input cannot "
            "have requires_grad True."
        )
        error.of_constant = True  # raised before anything is saved
        raise error


def scalar_type(kind: dtype, value: complex) -> dtype:
    """What a tensor of ``kind`` and a Python number compute in: a number counts for its category only."""
    if isinstance(value, complex):
        if kind.category < COMPLEX:
            return kind.to_complex() if kind.category == FLOAT else DEFAULT.complex
    elif isinstance(value, float):
        return kind if kind.category >= FLOAT else DEFAULT.float
    elif kind.category == BOOL and not isinstance(value, bool):
        return int64
    return kind


@keeping_floats
def with_numbers(*args: Any) -> dtype:
    """What the tensors and all the Python numbers among the arguments compute in."""
    kind = result_type([one for one in args if isinstance(one, TensorBase)])
    for one in args:
        if isinstance(one, (int, float, complex)):
            kind = scalar_type(kind, one)
    return kind


@keeping_floats
def numbers_to_float(*args: Any) -> dtype:
    """The same, with the default floating type for integers and bools."""
    return to_float(with_numbers(*args))
