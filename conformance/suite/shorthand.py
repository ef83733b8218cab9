"""Short ways to write the statements of a claim's program."""

from __future__ import annotations

from typing import Any

from ..statements import (
    Attempt,
    Backward,
    Block,
    Chain,
    Get,
    Grad,
    Hook,
    Index,
    IsInstance,
    Name,
    NumpyCall,
    Op,
    Output,
    Ref,
    Repeat,
    Set,
    Statement,
    TensorLiteral,
    literal,
)

Statements = tuple[Statement, ...]


class Text(str):
    """A string that is meant as one: any other among the arguments of a call is a name of the program."""

    __slots__ = ()


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


def call(out: str | tuple[str, ...] | None, name: str, *args: Any, **kwargs: Any) -> Op:
    """`out = torch.name(*args, **kwargs)`; a string among the arguments is a name of the program."""
    given = tuple(map(_argument, args))
    named = {key: _argument(item) for key, item in kwargs.items()}
    outs = tuple(map(Output, out)) if isinstance(out, tuple) else None if out is None else Output(out)
    return Op(name, given, named, outs)


def _argument(item: Any) -> Any:
    if isinstance(item, list):
        return [_argument(inner) for inner in item]
    if isinstance(item, Text):
        return str(item)
    return Ref(item) if isinstance(item, str) else item


def method(out: str | None, x: str, name: str, *args: Any, **kwargs: Any) -> Op:
    """`out = x.name(*args, **kwargs)`."""
    return call(out, f"Tensor.{name}", x, *args, **kwargs)


def variable(out: str, x: str, **flags: bool) -> Op:
    """`out = Variable(x, **flags)`."""
    return call(out, "autograd.Variable", x, **flags)


def array(out: str, data: list[Any], name: str = "array") -> NumpyCall:
    """`out = numpy.array(data)`."""
    return NumpyCall(Output(out), name, (data,))


def get(out: str, x: str, attribute: str) -> Get:
    """`out = x.attribute`."""
    return Get(Output(out), Name(x), attribute)


def item(out: str, x: str, index: Any) -> Index:
    """`out = x[index]`."""
    return Index(Output(out), Name(x), _argument(index))


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


def loop(times: int, *body: Statement) -> Repeat:
    """`for _ in range(times): body`."""
    return Repeat(times, body)


def chain(out: str, first: Op, *then: tuple[Any, ...]) -> Chain:
    """`out = first.method(...).method(...)`; each of `then` is a method and its arguments."""
    methods = tuple(call(None, f"Tensor.{name}", "_", *args) for name, *args in then)
    return Chain(Output(out), first, methods)


def instance(out: str, x: str, of: str) -> IsInstance:
    """`out = isinstance(x, torch.of)`."""
    return IsInstance(Output(out), Name(x), of)


def put(x: str, attribute: str, value: Any) -> Set:
    """`x.attribute = value`; a string is a name of the program."""
    return Set(Name(x), attribute, Ref(value) if isinstance(value, str) else value)


def set_grad(x: str, value: str) -> Set:
    """`x.grad = value`."""
    return Set(Name(x), "grad", Ref(value))


def set_none(x: str) -> Set:
    """`x.grad = None`."""
    return Set(Name(x), "grad", None)
