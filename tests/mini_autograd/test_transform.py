"""Transforms of functions beside torch's: `func`, `vmap` and what they refuse."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd

X = torch.tensor([[0.5, -1.25], [2.0, 0.75], [-0.375, 1.5]], dtype=torch.float64)
ROW = X[0]


def plain(value: Any) -> Any:
    """Tensors as nested lists with their dtype, in the structure that they came in."""
    if isinstance(value, (list, tuple)):
        return type(value)([plain(one) for one in value])
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return str(value.dtype), value.requires_grad, value.detach().tolist()
    return value


def outcome(lib: Any, call: Callable[..., Any], args: tuple) -> Any:
    given = [lib.tensor(one.tolist(), dtype=getattr(lib, str(one.dtype)[6:])) for one in args]
    try:
        with warnings.catch_warnings(action="ignore"):
            return plain(call(lib, *given))
    except Exception as error:
        return type(error).__name__, re.sub(r" at 0x\w+", "", str(error))


def same(call: Callable[..., Any], *args: torch.Tensor) -> Any:
    """Assert that `call(lib, *args)` gives the same, or raises the same, on both; what torch gives."""
    expected = outcome(torch, call, args)
    got = outcome(mini_autograd, call, args)
    assert near(got, expected), f"{got} is not {expected}"
    return expected


def near(got: Any, expected: Any) -> bool:
    if isinstance(expected, float):
        return bool(got == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True))
    if isinstance(expected, (list, tuple)):
        return len(got) == len(expected) and all(
            near(one, other) for one, other in zip(got, expected, strict=True)
        )
    if isinstance(expected, dict):
        return list(got) == list(expected) and all(near(got[key], expected[key]) for key in expected)
    return bool(got == expected)


ONE = {
    "elementwise": lambda lib, x: x.sin() * x + x**3,
    "reduction": lambda lib, x: (x - x.mean()).abs().sum(),
    "softmax": lambda lib, x: lib.softmax(x, -1) * lib.log_softmax(x, 0),
    "views": lambda lib, x: x.unsqueeze(0).expand(2, 2).reshape(-1)[1:] * x[0],
    "in place": lambda lib, x: x.clone().mul_(2).add_(x).sin_(),
    "part written": lambda lib, x: written(x.clone(), x),
    "product": lambda lib, x: lib.outer(x, x) @ x,
    "joined": lambda lib, x: lib.cat([x, lib.stack([x, x * 2]).sum(0)]),
    "chosen": lambda lib, x: lib.where(x > 0, x, x * x) + x.clamp(-1, 1),
    "extrema": lambda lib, x: x.amax() * x.max(0).values + x.min(),
    "sorted": lambda lib, x: x.sort().values * x.cumsum(0) + x.flip(0),
    "product of elements": lambda lib, x: x.prod() * x.cumprod(0),
    "norm": lambda lib, x: x.norm() + lib.logsumexp(x, 0),
    "layers": lambda lib, x: lib.nn.functional.gelu(x) + lib.nn.functional.softplus(x),
    "made": lambda lib, x: lib.zeros_like(x) + x.new_ones(2) * x + lib.eye(2).sum() * x,
    "gathered": lambda lib, x: x.gather(0, lib.tensor([1, 0, 1])) * x.index_select(0, lib.tensor([1, 1, 0])),
    "strided": lambda lib, x: lib.as_strided(x * 2, (2, 2), (0, 1)).sum() * x.diag().trace(),
}


def written(y: Any, x: Any) -> Any:
    y[0] = x[1] * x[1]
    return y * x


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("in_dims", [0, 1])
def test_map(name: str, in_dims: int) -> None:
    same(
        lambda lib, x: lib.vmap(lambda y: ONE[name](lib, y), in_dims)(x),
        X if in_dims == 0 else X.t().contiguous(),
    )


@pytest.mark.parametrize("name", ONE)
def test_derivatives(name: str) -> None:
    def total(lib: Any, x: Any) -> Any:
        return ONE[name](lib, x).sum()

    same(lambda lib, x: lib.func.grad_and_value(lambda y: total(lib, y))(x), ROW)
    same(lambda lib, x: lib.func.grad(lambda z: lib.func.grad(lambda y: total(lib, y))(z).sum())(x), ROW)
    same(lambda lib, x: lib.func.jacrev(lambda y: ONE[name](lib, y))(x), ROW)
    same(lambda lib, x: lib.func.jacfwd(lambda y: ONE[name](lib, y))(x), ROW)
    same(lambda lib, x: lib.vmap(lib.func.grad(lambda y: total(lib, y)))(x), X)
    same(lambda lib, x: lib.func.hessian(lambda y: total(lib, y))(x), ROW)
    same(lambda lib, x: lib.func.jvp(lambda y: ONE[name](lib, y), (x,), (x * 2,)), ROW)
    same(lambda lib, x: lib.vmap(lambda y: lib.func.jvp(lambda z: total(lib, z), (y,), (y,))[1])(x), X)


SAVING: dict[str, Callable[[Any, Any], Any]] = {
    "exp": lambda lib, x: x.exp() * x.sum(),
    "sigmoid": lambda lib, x: x.sigmoid() * x.tanh(),
    "sqrt": lambda lib, x: (x * x + 1).sqrt().reciprocal(),
    "softmax": lambda lib, x: lib.softmax(x, -1) ** 2,
    "log_softmax": lambda lib, x: lib.log_softmax(x, -1) ** 2,
    "logsumexp": lambda lib, x: lib.logsumexp(x, -1) ** 2,
    "norm": lambda lib, x: x.norm(),
    "prod": lambda lib, x: x.prod(),
    "std": lambda lib, x: x.std(),
    "in place": lambda lib, x: (x * 1).exp_() * x.sum(),
    "in place, of a part": lambda lib, x: exp_of_part(x) * x.sum(),
    "in place, of what had no tangent": lambda lib, x: (x.detach() * 1).mul_(x).sigmoid_() * x,
    "inverse": lambda lib, x: lib.linalg.inv(lib.stack([x, x * x + 1])),
    "svdvals": lambda lib, x: lib.linalg.svdvals(lib.stack([x, x * x + 1])),
}


def exp_of_part(x: Any) -> Any:
    y = x * 1
    y[0].exp_()
    return y


@pytest.mark.parametrize("name", SAVING)
def test_results_saved_with_tangents_that_differ_by_row(name: str) -> None:
    def total(lib: Any) -> Any:
        return lambda x: SAVING[name](lib, x).sum()

    forward = {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}
    found = same(lambda lib, x: lib.autograd.functional.hessian(total(lib), x, **forward), ROW)
    assert near(found[2], same(lambda lib, x: lib.func.hessian(total(lib))(x), ROW)[2])


WRITTEN: dict[str, Callable[[Any, Any], Any]] = {
    "mul": lambda y, x: y.mul_(x),
    "pow": lambda y, x: y.pow_(x * x + 1),
    "atan2": lambda y, x: y.atan2_(x),
    "lerp": lambda y, x: y.lerp_(x * 0 + 1, x),
    "copy": lambda y, x: y.copy_(x),
    "a part": lambda y, x: y[0].mul_(x[0]),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_writing_to_what_has_no_tangent(name: str) -> None:
    def f(lib: Any) -> Any:
        def written(x: Any) -> Any:
            y = lib.full_like(x, 3.0)
            WRITTEN[name](y, x)
            return y * x

        return written

    same(lambda lib, x: lib.func.jvp(f(lib), (x,), (x + 1,)), ROW)
    same(lambda lib, x: lib.func.hessian(lambda y: f(lib)(y).sum())(x), ROW)


def test_tangent_of_a_packed_result() -> None:
    def hessian(lib: Any, x: Any) -> Any:
        seen = []

        def pack(tensor: Any) -> Any:
            seen.append(lib.autograd.forward_ad.unpack_dual(tensor).tangent is not None)
            return tensor

        def f(x: Any) -> Any:
            with lib.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                y = x.exp()
            return y.sum()

        forward = {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}
        return seen, lib.autograd.functional.hessian(f, x, **forward)

    assert same(hessian, ROW)[0][-1]


@pytest.mark.parametrize("name", ONE)
def test_functional(name: str) -> None:
    def f(lib: Any) -> Any:
        return lambda x: ONE[name](lib, x)

    same(lambda lib, x: lib.autograd.functional.jacobian(f(lib), x), ROW)
    same(lambda lib, x: lib.autograd.functional.jacobian(f(lib), x, vectorize=True), ROW)
    same(lambda lib, x: lib.autograd.functional.hessian(lambda y: f(lib)(y).sum(), x, vectorize=True), ROW)
    forward = {"vectorize": True, "strategy": "forward-mode"}
    same(lambda lib, x: lib.autograd.functional.jacobian(f(lib), x, **forward), ROW)
    same(lambda lib, x: lib.autograd.functional.jvp(f(lib), x, x, strict=True), ROW)
    same(lambda lib, x: lib.autograd.functional.hvp(lambda y: f(lib)(y).sum(), x, x), ROW)
    same(lambda lib, x: lib.autograd.functional.vhp(lambda y: f(lib)(y).sum(), x, x), ROW)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x, i: x[i],
        lambda lib, x, i: x.clone().index_fill_(0, i[None], 0.0),
        lambda lib, x, i: x.clone().unsqueeze_(0).transpose_(0, 1),
        lambda lib, x, i: x[None].clone().squeeze_() * x,
        lambda lib, x, i: x.quantile(0.5),
        lambda lib, x, i: lib.searchsorted(x.sort().values, x),
        lambda lib, x, i: lib.einsum("i,j->ij", x, x).diff(),
    ],
)
def test_map_of_what_differs_by_example(call: Callable[..., Any]) -> None:
    same(lambda lib, x, i: lib.vmap(lambda y, j: call(lib, y, j))(x, i), X, torch.tensor([0, 1, 1]))


REFUSED = {
    "full of an element": lambda lib, x: lib.vmap(lambda y: lib.full((2,), y.sum()))(x),
    "number of an element": lambda lib, x: lib.vmap(lambda y: lib.add(y, y, alpha=y.sum()))(x),
    "size of an element": lambda lib, x: lib.vmap(lambda y: y.repeat(y.sum().long()))(x),
    "part from an element on": lambda lib, x: lib.vmap(lambda y: y.narrow(0, y.sum().long(), 1))(x),
    "tensor of a batch": lambda lib, x: lib.vmap(lambda y: lib.tensor(y))(x),
    "data set": lambda lib, x: lib.func.grad(lambda y: setattr(y, "data", y * 2))(x),
    "item": lambda lib, x: lib.vmap(lambda y: y.sum().item())(x),
    "control flow": lambda lib, x: lib.vmap(lambda y: y if y.sum() > 0 else -y)(x),
    "elements": lambda lib, x: lib.vmap(lambda y: y.tolist())(x),
    "data": lambda lib, x: lib.vmap(lambda y: y.data)(x),
    "unknown size": lambda lib, x: lib.vmap(lambda y: y.nonzero())(x),
    "mask": lambda lib, x: lib.vmap(lambda y: y[y > 0])(x),
    "random": lambda lib, x: lib.vmap(lambda y: y + lib.rand(2))(x),
    "captured in place": lambda lib, x: lib.vmap(lambda y: lib.zeros(2).mul_(y))(x),
    "captured in place, added": lambda lib, x: lib.vmap(lambda y: lib.zeros(2).add_(y))(x),
    "captured under grad": lambda lib, x: lib.func.grad(lambda y: x.mul_(y).sum())(x + 1),
    "out": lambda lib, x: lib.vmap(lambda y: lib.sin(y, out=lib.zeros(2)))(x),
    "requires_grad_": lambda lib, x: lib.func.grad(lambda y: y.requires_grad_().sum())(x),
    "backward": lambda lib, x: lib.func.grad(lambda y: y.sum().backward())(x),
    "number out": lambda lib, x: lib.vmap(lambda y: 3.0)(x),
    "batch out with None": lambda lib, x: lib.vmap(lambda y: y, out_dims=None)(x),
    "sizes": lambda lib, x: lib.vmap(lambda y, z: y)(x, x[:2]),
    "dimension": lambda lib, x: lib.vmap(lambda y: y, in_dims=5)(x),
    "structure": lambda lib, x: lib.vmap(lambda y: y, in_dims=(0, 0))(x),
    "no inputs": lambda lib, x: lib.vmap(lambda: x)(),
    "nothing to map": lambda lib, x: lib.vmap(lambda y: y, in_dims=None)(x),
    "number to map": lambda lib, x: lib.vmap(lambda y: y)(3.0),
    "randomness": lambda lib, x: lib.vmap(lambda y: y, randomness="any"),
    "chunk": lambda lib, x: lib.vmap(lambda y: y, chunk_size=0),
    "many values": lambda lib, x: lib.func.grad(lambda y: y)(x),
    "argnum": lambda lib, x: lib.func.grad(lambda y: y.sum(), argnums=2)(x),
    "cotangents": lambda lib, x: lib.func.vjp(lambda y: (y, y), x)[1](x),
    "tangents": lambda lib, x: lib.func.jvp(lambda y: y, (x,), x),
    "strict jvp": lambda lib, x: lib.func.jvp(lambda y: lib.ones(2), (x,), (x,), strict=True),
    "complex": lambda lib, x: lib.func.jacrev(lambda y: y)(x * 1j),
    "strict jacobian": lambda lib, x: lib.autograd.functional.jacobian(lambda y: lib.ones(2), x, strict=True),
    "batched cotangents": lambda lib, x: batched_grad(lib, x, lib.ones(2, 2)),
}


def batched_grad(lib: Any, x: Any, cotangents: Any) -> Any:
    x = x.clone().requires_grad_()
    return lib.autograd.grad(x.sin(), x, cotangents, is_grads_batched=True)


@pytest.mark.parametrize("name", REFUSED)
def test_refusal(name: str) -> None:
    assert isinstance(same(REFUSED[name], X)[1], str)


def test_cotangents_at_once() -> None:
    same(lambda lib, x: batched_grad(lib, x, lib.stack([x, x * 2, x.cos()])), X)


def test_structures() -> None:
    same(lambda lib, x: lib.vmap(lambda y: {"a": y, "b": [y * 2, (y.sum(),)]}, out_dims=-1)(x), X)
    same(lambda lib, x: lib.vmap(lambda d, k: d["u"] * d["v"][0] + k, in_dims=({"u": 0, "v": None}, None))(
        {"u": x, "v": (x[0], x)}, 2.0), X)  # fmt: skip
    same(lambda lib, x: lib.func.grad(lambda d: (d["u"] * d["v"][0]).sum())({"u": x, "v": (x, x)}), X)
    same(lambda lib, x: lib.vmap(lib.vmap(lambda y: y * 2, out_dims=0), in_dims=1, chunk_size=1)(x), X)


def test_tensor_that_escapes() -> None:
    kept: list[Any] = []
    mini_autograd.vmap(lambda x: (kept.append(x), x.sin())[1])(mini_autograd.ones(3, 2))
    for use in (lambda x: x + 1, lambda x: x.sum(), lambda x: mini_autograd.ones(2) * x, lambda x: x.clone()):
        with pytest.raises(RuntimeError, match="may have escaped"):
            use(kept[0])


def test_layers_end_with_an_error() -> None:
    with pytest.raises(ValueError, match="inside"):
        mini_autograd.vmap(mini_autograd.func.grad(fail))(mini_autograd.ones(3, 2))
    x = mini_autograd.ones(2, requires_grad=True)
    assert (x * 2).requires_grad


def fail(x: Any) -> Any:
    raise ValueError("inside")


def test_linearize() -> None:
    def call(lib: Any, x: Any) -> Any:
        value, push = lib.func.linearize(lambda y: y.sin() * y, x)
        return value, push(x), push(x * 2)

    same(call, ROW)
