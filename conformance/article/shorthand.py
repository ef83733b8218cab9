"""Short ways to write the statements of a claim's program."""

from __future__ import annotations

from typing import Any

from ..statements import (
    Attempt,
    Backward,
    Block,
    Get,
    Grad,
    Hook,
    Name,
    NumpyCall,
    Op,
    Output,
    Ref,
    Set,
    Statement,
    TensorLiteral,
    literal,
)

Statements = tuple[Statement, ...]


def tensor(out: str, data: Any, dtype: str = "float32", requires_grad: bool = False) -> TensorLiteral:
    """`out = torch.tensor(data)`: a number, or a list of numbers, or a list of such lists."""
    flat, shape = data, []
    while isinstance(flat, list):
        shape.append(len(flat))
        flat = flat[0]
    numbers: Any = data if shape else [data]
    for _ in shape[1:]:
        numbers = [item for row in numbers for item in row]
    return literal(out, numbers, tuple(shape), dtype, requires_grad)


def leaf(out: str, data: Any, dtype: str = "float32") -> TensorLiteral:
    """`out = torch.tensor(data, requires_grad=True)`."""
    return tensor(out, data, dtype, requires_grad=True)


def call(out: str | None, name: str, *args: Any, **kwargs: Any) -> Op:
    """`out = torch.name(*args, **kwargs)`; a string among the arguments is a name of the program."""
    given = tuple(Ref(item) if isinstance(item, str) else item for item in args)
    named = {key: Ref(item) if isinstance(item, str) else item for key, item in kwargs.items()}
    return Op(name, given, named, None if out is None else Output(out))


def array(out: str, data: list[Any], name: str = "array") -> NumpyCall:
    """`out = numpy.array(data)`."""
    return NumpyCall(Output(out), name, (data,))


def get(out: str, x: str, attribute: str) -> Get:
    """`out = x.attribute`."""
    return Get(Output(out), Name(x), attribute)


def backward(x: str, gradient: str | None = None, **options: Any) -> Backward:
    """`x.backward(gradient)`."""
    return Backward(Name(x), None if gradient is None else Name(gradient), **options)


def grad(out: str, output: str, x: str, **options: Any) -> Grad:
    """`(out,) = torch.autograd.grad(output, x)`."""
    return Grad((Output(out),), (Name(output),), (Name(x),), **options)


def attempt(statement: Statement) -> Attempt:
    """The statement, after which the program goes on whether it raises or not."""
    return Attempt(statement)


def watch(out: str, x: str, on: str = "tensor") -> Hook:
    """A hook that only notes what it is given, under the label `out`."""
    return Hook(Output(out), Name(x), on, "observe")


def no_grad(*body: Statement) -> Block:
    """`with torch.no_grad(): body`."""
    return Block("no_grad", body)


def set_grad(x: str, value: str) -> Set:
    """`x.grad = value`."""
    return Set(Name(x), "grad", Ref(value))


def set_none(x: str) -> Set:
    """`x.grad = None`."""
    return Set(Name(x), "grad", None)
