"""Custom Functions under transforms beside torch's: whose derivative and rule are used, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.statements.transformed_function import (
    by_own_rule,
    by_rule,
    by_rule_of_two,
    without_rule,
    without_setup,
)
from tests.mini_autograd.test_transform import ROW, X, same


def kept_on_context(lib: Any, x: Any) -> Any:
    class Kept(lib.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any) -> Any:
            return x * x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.x = inputs[0]

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return 2 * ctx.x * grad

    return Kept.apply(x)


def in_place(lib: Any, x: Any) -> Any:
    class InPlace(lib.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x.mul_(2)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.mark_dirty(inputs[0])

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    return InPlace.apply(x * 1)


def both_rules(lib: Any, x: Any) -> Any:
    class Both(lib.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any) -> Any:
            return x * 2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return x, in_dims

    return Both.apply(x)


def no_dims(lib: Any, x: Any) -> Any:
    class NoDims(lib.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x * 2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return x

    return NoDims.apply(x)


APPLIED = (by_rule, by_own_rule, without_rule, without_setup, kept_on_context, in_place, both_rules, no_dims)
CALLS: dict[str, Callable[..., Any]] = {
    "grad": lambda lib, f, x: lib.func.grad(lambda y: f(y).sum())(x[0]),
    "grad twice": lambda lib, f, x: lib.func.grad(lambda z: lib.func.grad(lambda y: f(y).sum())(z).sum())(
        x[0]
    ),
    "jvp": lambda lib, f, x: lib.func.jvp(f, (x[0],), (x[1],)),
    "vmap": lambda lib, f, x: lib.vmap(f, 1)(x),
    "vmap of the same": lambda lib, f, x: lib.vmap(lambda y: f(x[0]) * y)(x),
    "vmap twice": lambda lib, f, x: lib.vmap(lib.vmap(f))(x),
    "vmap of grad": lambda lib, f, x: lib.vmap(lib.func.grad(lambda y: f(y).sum()))(x),
    "grad of vmap": lambda lib, f, x: lib.func.grad(lambda y: lib.vmap(f)(y).sum())(x),
    "jacrev": lambda lib, f, x: lib.func.jacrev(f)(x[0]),
    "jacfwd": lambda lib, f, x: lib.func.jacfwd(f)(x[0]),
    "hessian": lambda lib, f, x: lib.func.hessian(lambda y: f(y).sum())(x[0]),
    "vectorized": lambda lib, f, x: lib.autograd.functional.jacobian(f, x[0], vectorize=True),
    "outside": lambda lib, f, x: outside(lib, f, x.requires_grad_()),
}


def outside(lib: Any, f: Callable[[Any], Any], x: Any) -> Any:
    """The gradient, outside the map, of what was mapped."""
    return lib.autograd.grad(lib.vmap(f)(x).sum(), x)


@pytest.mark.parametrize("function", APPLIED)
@pytest.mark.parametrize("name", CALLS)
def test_function(function: Callable[..., Any], name: str) -> None:
    same(lambda lib, x: CALLS[name](lib, lambda y: function(lib, y), x), X)


def test_arguments_that_have_no_examples() -> None:
    for first, second in ((0, None), (None, 0), (0, 0)):
        same(
            lambda lib, x, y, dims=(first, second): lib.vmap(lambda a, b: by_rule_of_two(lib, a, b), dims)(
                x, y
            ),
            X if first == 0 else ROW,
            X if second == 0 else ROW,
        )
    same(
        lambda lib, x: lib.vmap(lambda y: lib.func.grad(lambda z: by_rule_of_two(lib, z, y)[0].sum())(x[0]))(
            x
        ),
        X,
    )


def test_tangent_that_differs_by_example() -> None:
    options = {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True}
    same(
        lambda lib, x: lib.autograd.gradcheck(lambda y: by_rule(lib, y), (x.requires_grad_(),), **options),
        ROW,
    )


@pytest.mark.parametrize("name", ["grad", "vjp", "jacrev", "vmap", "jvp"])
def test_hooks_on_saved_tensors(name: str) -> None:
    def call(lib: Any, x: Any, inside: bool) -> Any:
        def hooks() -> Any:
            return lib.autograd.graph.saved_tensors_hooks(lambda one: one, lambda one: one)

        def f(y: Any) -> Any:
            if not inside:
                return (y * y).sum()
            with hooks():
                return (y * y).sum()

        calls = {
            "vjp": lambda: lib.func.vjp(f, x)[0],
            "vmap": lambda: lib.vmap(f)(x),
            "jvp": lambda: lib.func.jvp(f, (x,), (x,)),
        }
        run = calls.get(name) or (lambda: getattr(lib.func, name)(f)(x))
        if inside:
            return run()
        with hooks():
            return run()

    for inside in (False, True):
        same(lambda lib, x, inside=inside: call(lib, x, inside), X)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, y: y.conj() * y,
        lambda lib, y: y.conj().resolve_conj()[0] + y,
        lambda lib, y: y.clone().conj().mul_(y),
        lambda lib, y: y.conj().imag,
        lambda lib, y: lib.tensor([y.conj().is_conj(), y.is_conj()]),
    ],
)
def test_bits(call: Callable[..., Any]) -> None:
    def mapped(lib: Any, x: Any) -> Any:
        return lib.view_as_real(lib.vmap(lambda y: call(lib, y) + 0j)(lib.complex(x, -x)).resolve_conj())

    same(mapped, X)
    same(lambda lib, x: lib.func.grad(lambda y: call(lib, lib.complex(y, -y)).abs().sum() + y.sum())(x), X)


def test_packed_result_has_the_tangent() -> None:
    def call(lib: Any, x: Any) -> Any:
        forward = lib.autograd.forward_ad
        with forward.dual_level():
            with lib.autograd.graph.saved_tensors_hooks(lambda one: one * 2, lambda one: one):
                y = forward.make_dual(x.requires_grad_(), x.detach()).exp()
            return forward.unpack_dual(y.grad_fn._saved_result).tangent

    same(call, ROW)


NESTED: dict[str, Callable[[Any, Any], Any]] = {
    "J": lambda lib, f: lambda x: lib.func.jvp(f, (x,), (lib.ones_like(x),))[1],
    "V": lambda lib, f: lambda x: lib.func.vmap(f)(x.expand(2))[0],
    "G": lambda lib, f: lib.func.grad(f),
    "F": lambda lib, f: lib.func.jacfwd(f),
    "R": lambda lib, f: lib.func.jacrev(f),
}


def cube(lib: Any, x: Any, kept: str) -> Any:
    class Cube(lib.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x: Any) -> Any:
            return x * x * x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            if "f" in kept:
                ctx.save_for_forward(inputs[0])
            if "r" in kept:
                ctx.save_for_forward(inputs[0], output)
            if "b" in kept:
                ctx.save_for_backward(inputs[0])

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return 3 * ctx.saved_tensors[0] ** 2 * grad

        @staticmethod
        def jvp(ctx: Any, tangent: Any) -> Any:
            return 3 * ctx.saved_tensors[0] ** 2 * tangent

    return Cube.apply(x)


@pytest.mark.parametrize("outer", ["", "J", "G", "R", "JJ", "JG"])
@pytest.mark.parametrize("inner", ["J", "V", "G", "F"])
@pytest.mark.parametrize("kept", ["fb", "f", "b", "rb", "br"])
def test_no_tangents_in_jvp(outer: str, inner: str, kept: str) -> None:
    """While `jvp` runs, no transform pushes tangents forward: a second one around it finds a constant."""

    def call(lib: Any, x: Any) -> Any:
        def f(x: Any) -> Any:
            return cube(lib, x, kept)

        for letter in reversed(outer + inner):
            f = NESTED[letter](lib, f)
        return f(x[0])

    same(call, ROW)
