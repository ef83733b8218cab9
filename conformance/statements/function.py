"""Custom autograd Functions of a fixed set, applied to tensors."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .statement import Events, Output, Statement

# --- the set: each takes the library and returns a Function; printed into scripts as it stands here -------


def cube(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * grad

    return Cube


def scale(torch):
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.factor, None

    return Scale


def product(torch):
    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, grad_product, grad_sum):
            x, y = ctx.saved_tensors
            needed = ctx.needs_input_grad
            return (
                grad_product * y + grad_sum if needed[0] else None,
                grad_product * x + grad_sum if needed[1] else None,
            )

    return Product


def exponential(torch):
    class Exponential(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    return Exponential


def straight_through(torch):
    class StraightThrough(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.round()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx, grad):
            return grad

    return StraightThrough


def doubled_in_place(torch):
    class DoubledInPlace(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return DoubledInPlace


def sorted_with_order(torch):
    class SortedWithOrder(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            values, order = x.sort()
            ctx.mark_non_differentiable(order)
            ctx.save_for_backward(order)
            return values, order

        @staticmethod
        def backward(ctx, grad, grad_order):
            (order,) = ctx.saved_tensors
            return torch.zeros_like(grad).scatter(-1, order, grad)

    return SortedWithOrder


def once(torch):
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0].cos()

    return Once


def too_many_gradients(torch):
    class TooManyGradients(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2, grad

    return TooManyGradients


FUNCTIONS: dict[str, Callable[[Any], type]] = {
    make.__name__: make
    for make in (
        cube,
        scale,
        product,
        exponential,
        straight_through,
        doubled_in_place,
        sorted_with_order,
        once,
        too_many_gradients,
    )
}
_MADE: dict[tuple[Any, str], type] = {}


def made(lib: Any, name: str) -> type:
    """The Function `name` of the set, made once for each library."""
    if (lib, name) not in _MADE:
        _MADE[lib, name] = FUNCTIONS[name](lib)
    return _MADE[lib, name]


# --- the statement ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Apply(Statement):
    """`out = Function.apply(*args)`; `out` is one name or a list of names to unpack into."""

    kind: ClassVar[str] = "function"
    name: str
    args: tuple[arguments.Argument, ...]
    out: Output | tuple[Output, ...]

    def __post_init__(self) -> None:
        if self.name not in FUNCTIONS:
            raise ProgramError(f"unknown Function {self.name!r}, expected one of {sorted(FUNCTIONS)}")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        args = [arguments.bind(item, lib, env) for item in self.args]
        result = made(lib, self.name).apply(*args)  # type: ignore[attr-defined]
        if isinstance(self.out, tuple):
            for name, value in zip(self.out, result, strict=True):
                env[name] = value
        else:
            env[self.out] = result
        return result

    def lines(self) -> list[str]:
        names = self.out if isinstance(self.out, str) else arguments.listed(self.out)
        return [f"{names} = {self.name}(torch).apply({', '.join(map(arguments.source, self.args))})"]

    def definitions(self) -> list[str]:
        return [textwrap.dedent(inspect.getsource(FUNCTIONS[self.name])).rstrip()]

    @property
    def label(self) -> str:
        return f"Function.{self.name}"
