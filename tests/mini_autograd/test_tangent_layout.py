"""Tangents beside torch's: they lie as their primals do, in all layers, and are copied where a graph keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd


def filled(lib: Any, x: Any) -> Any:
    y = lib.zeros_like(x)
    y += x.sin()
    return y * 2


def part_written(lib: Any, x: Any) -> Any:
    y = x.clone()
    y[0] = x[0].sin()
    return y


def written_across(lib: Any, x: Any) -> Any:
    y = x.clone()
    y.t().mul_(x.t())
    return y


FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sine": lambda lib, x: x.sin(),
    "square": lambda lib, x: x * x,
    "filled": filled,
    "part written": part_written,
    "written across": written_across,
    "transposed": lambda lib, x: x.t() * x,
    "view": lambda lib, x: x.t(),
    "part": lambda lib, x: x[1:],
    "input": lambda lib, x: x,
    "copy": lambda lib, x: x.t().clone(),
    "scan": lambda lib, x: x.cumsum(0) * x,
    "joined": lambda lib, x: lib.cat([x * 2, x.sin()]),
    "repeated": lambda lib, x: x.expand(3, 2, 2) * 1,
    "converted": lambda lib, x: x.double() * x,
}
INPUTS: dict[str, Callable[[Any], Any]] = {
    "contiguous": lambda x: x[:2, :2].contiguous(),
    "transposed": lambda x: x[:2, :2].t(),
    "part": lambda x: x[1:3, 1:3],
    "steps": lambda x: x[::2, ::3],
    "repeated": lambda x: x[0, :2].expand(2, 2),
    "overlapping": lambda x: x.as_strided((2, 2), (1, 1)),
}
TRANSFORMS: dict[str, Callable[[Any, Any], Any]] = {
    "jvp": lambda lib, f: lambda x: lib.func.jvp(f, (x,), (lib.arange(4.0).reshape(2, 2),))[1],
    "jacfwd": lambda lib, f: lib.func.jacfwd(f),
    "jacfwd of jacfwd": lambda lib, f: lib.func.jacfwd(lib.func.jacfwd(f)),
    "jacfwd of jacrev": lambda lib, f: lib.func.jacfwd(lib.func.jacrev(f)),
    "jacrev of jacfwd": lambda lib, f: lib.func.jacrev(lib.func.jacfwd(f)),
    "hessian of vmap": lambda lib, f: lib.func.hessian(lib.vmap(lambda y: y.sin() * y.sum(), 1, 1)),
    "vmap of jacfwd": lambda lib, f: (
        lambda x: lib.vmap(lib.func.jacfwd(f), 2)(lib.stack([x, x * 2]).permute(1, 2, 0))
    ),
    "forward mode": lambda lib, f: (
        lambda x: lib.autograd.functional.jacobian(lambda y: f(y), x, vectorize=True, strategy="forward-mode")
    ),
}


def result(lib: Any, function: str, given: str, transform: str) -> Any:
    x = INPUTS[given](lib.arange(24.0).reshape(4, 6) / 10)
    try:
        found = TRANSFORMS[transform](lib, lambda y: FUNCTIONS[function](lib, y))(x)
    except RuntimeError as error:
        return str(error), None
    return (
        tuple(found.shape),
        found.stride(),
        found.storage_offset(),
        found._is_view(),
    ), found.clone().tolist()


@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.filterwarnings("ignore")
def test_layout(given: str, transform: str) -> None:
    for function in FUNCTIONS:
        expected, values = result(torch, function, given, transform)
        got, others = result(mini_autograd, function, given, transform)
        assert got == expected, function
        if values is not None:
            assert torch.allclose(torch.tensor(others), torch.tensor(values), atol=1e-6), function


def names(node: Any) -> Any:
    return node and (node.name(), [names(following) for following, _ in node.next_functions])


@pytest.mark.parametrize(
    "name", ["mul_", "div_", "pow_", "atan2_", "add_", "sub_", "copy_", "maximum", "fmod_"]
)
@pytest.mark.parametrize("tangent_requires", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_written_in_a_graph(name: str, tangent_requires: bool) -> None:
    """What is written in place, and its tangent, are copied for the derivative of the tangent."""

    def outcome(lib: Any) -> Any:
        x = lib.tensor([0.5, 1.25], requires_grad=True)
        t = lib.tensor([2.0, -1.0], requires_grad=tangent_requires)
        forward = lib.autograd.forward_ad
        with forward.dual_level():
            dual = forward.make_dual(x, t)
            y = dual.clone()
            getattr(y, name)(dual * 2)
            tangent = forward.unpack_dual(y).tangent
            wanted = [x, t] if tangent_requires else [x]
            graph = names(tangent.grad_fn)
            found = lib.autograd.grad(tangent.sum(), wanted, allow_unused=True) if graph else ()
            return graph, [
                one if one is None else [round(value, 4) for value in one.clone().tolist()] for one in found
            ]

    assert outcome(mini_autograd) == outcome(torch)
