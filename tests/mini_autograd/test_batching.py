"""What `vmap` and the rows of a batched pass do with single ops, beside torch: values, strides, views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd
from mini_autograd.transform.batching.rows import OWN, RULED

EVERY = slice(None)
# How a tensor of shape (2, 3, 4) is indexed; "b" is an index that differs from example to example.
INDICES: dict[str, tuple[Any, ...]] = {
    "one": ([0, 1, 1],),
    "two that follow": ([0, 1, 1], [0, 2, 1]),
    "two apart": ([0, 1, 1], EVERY, [0, 2, 1]),
    "two after": (EVERY, [0, 1, 1], [0, 2, 1]),
    "mask": (EVERY, [True, False, True]),
    "mask beside": ([0, 1], [True, False, True]),
    "each": ("b",),
    "each with another": ("b", [0, 2, 1]),
    "each apart": ("b", EVERY, [0, 2, 1]),
    "each after": (EVERY, "b"),
    "each last": (EVERY, EVERY, "b"),
    "each with a mask": ("b", EVERY, [True, True, False, True]),
}


def indices(lib: Any, name: str, each: Any) -> tuple[Any, ...]:
    return tuple(
        [each if one == "b" else lib.tensor(one) if isinstance(one, list) else one for one in INDICES[name]]
    )


def shown(call: Callable[[], Any]) -> Any:
    try:
        found = call()
    except Exception as error:
        return type(error).__name__, str(error)
    return found.tolist(), tuple(found.shape), found.stride()


@pytest.mark.parametrize("name", INDICES)
@pytest.mark.parametrize("each", [[[0, 1, 1], [1, 1, 0]], [0, 1]])
def test_index(name: str, each: list) -> None:
    def results(lib: Any) -> list:
        x, by = lib.arange(48.0).reshape(2, 2, 3, 4), lib.tensor(each)

        def pick(one: Any, place: Any) -> Any:
            return one[indices(lib, name, place)]

        return [
            shown(lambda: lib.vmap(pick)(x, by)),
            shown(lambda: lib.vmap(pick, (3, 0))(x.permute(1, 2, 3, 0), by)),
            shown(lambda: lib.vmap(lambda place: pick(x[0], place) * 1)(by)),
        ]

    assert results(mini_autograd) == results(torch)


@pytest.mark.parametrize("name", INDICES)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (3, 1), (3, 4), (2, 3, 3)])
def test_index_put(name: str, shape: tuple) -> None:
    def results(lib: Any) -> list:
        x, by = lib.arange(48.0).reshape(2, 2, 3, 4), lib.tensor([[0, 1, 1], [1, 1, 0]])
        values = -lib.ones(shape).cumsum(0) if shape else lib.tensor(-1.0)
        many = lib.stack([values, values * 2])

        def put(one: Any, place: Any, value: Any) -> Any:
            one = one.clone()
            one[indices(lib, name, place)] = value
            return one

        return [
            shown(lambda: lib.vmap(put, (0, 0, None))(x, by, values)),
            shown(lambda: lib.vmap(put)(x, by, many)),
            shown(lambda: lib.vmap(put, (None, 0, 0))(x[0], by, many)),
        ]

    assert results(mini_autograd) == results(torch)


def test_masks() -> None:
    """A mask may not differ from example to example."""

    def results(lib: Any) -> list:
        x = lib.arange(12.0).reshape(3, 4)
        mask, masks = lib.tensor([True, False, True, True]), lib.arange(12).reshape(3, 4) > 4
        return [
            shown(lambda: lib.vmap(lambda one: one[mask])(x)),
            shown(lambda: lib.vmap(lambda one: one.masked_select(mask))(x)),
            shown(lambda: lib.vmap(lambda one, by: one[by])(x, masks)),
            shown(lambda: lib.vmap(lambda by: x[0].masked_select(by))(masks)),
            shown(lambda: lib.vmap(lambda by: x[0].index_put((by,), lib.tensor(1.0)))(masks)),
        ]

    assert results(mini_autograd) == results(torch)


def test_number_beside_examples_without_dimensions() -> None:
    def result(lib: Any) -> Any:
        return shown(lambda: lib.vmap(lambda one: lib.where(one > 0, one, 0.0))(lib.arange(3.0) - 1))

    assert result(mini_autograd) == result(torch)


def test_ruled() -> None:
    """The ops that run on all rows at once are torch's."""
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    names = {name[6:] for name in torch._C._dispatch_get_all_op_names() if name.startswith("aten::")}
    ruled = {name for name in names if has_kernel(f"aten::{name}", "Batched")}
    assert ruled >= RULED
    assert not OWN & (names - ruled - {"_fw_primal", "_to_copy", "_unsafe_view", "_conj_physical", "alias"})


PASSES: dict[str, Callable[[Any, Any], Any]] = {
    "round": lambda lib, x: x.round(),
    "product": lambda lib, x: x * x,
    "softmax": lambda lib, x: x.softmax(0),
    "running sum": lambda lib, x: x.cumsum(0),
    "running product": lambda lib, x: x.cumprod(0),
    "running maximum": lambda lib, x: x.cummax(0)[0],
    "gather": lambda lib, x: x.gather(0, lib.zeros_like(x, dtype=lib.int64)),
    "index": lambda lib, x: x[lib.tensor([0, 1])],
    "rows": lambda lib, x: x.index_select(0, lib.tensor([1])),
    "greatest": lambda lib, x: x.max(),
    "middle": lambda lib, x: x.median(),
    "mask": lambda lib, x: x.masked_select(x > 0),
    "mask written": lambda lib, x: x.clone().index_put_((x > 0,), lib.tensor(1.0, dtype=x.dtype)),
    "leaky": lambda lib, x: lib.nn.functional.leaky_relu(x),
    "clipped": lambda lib, x: x.relu(),
    "where": lambda lib, x: lib.where(x > 0, x, 0.0),
    "part": lambda lib, x: x[1:],
    "matrix": lambda lib, x: x @ lib.ones(3, 2, dtype=x.dtype),
    "transposed": lambda lib, x: lib.nn.functional.gelu(x.t()),
    "partly constant": lambda lib, x: (x - x.mean()) / (1 + x.abs().sum()),
}


@pytest.mark.parametrize("name", PASSES)
@pytest.mark.parametrize("create_graph", [False, True])
def test_pass(name: str, create_graph: bool) -> None:
    def result(lib: Any) -> Any:
        x = lib.tensor([[0.5, -1.25, 2.0], [1.75, 0.25, -0.5]], requires_grad=True, dtype=lib.float64)
        y = PASSES[name](lib, x)
        rows = lib.stack([lib.ones_like(y), lib.ones_like(y) * 2])
        (found,) = lib.autograd.grad([y], [x], [rows], is_grads_batched=True, create_graph=create_graph)
        base = (tuple(found._base.shape), found._base.stride()) if found._is_view() else None
        return found.tolist(), (found.stride(), base, found.grad_fn and found.grad_fn.name())

    (got, how), (expected, wanted) = result(mini_autograd), result(torch)
    assert how == wanted
    assert torch.allclose(torch.tensor(got), torch.tensor(expected))


def test_written_outside_the_pass() -> None:
    def result(lib: Any) -> Any:
        x = lib.tensor(1.0, requires_grad=True)
        y = x.round()
        (found,) = lib.autograd.grad([y], [x], [lib.ones(1)], is_grads_batched=True)
        return shown(lambda: found.add_(y))

    assert result(mini_autograd) == result(torch)


@pytest.mark.parametrize(
    "body",
    [
        lambda lib, grad: grad * lib.erf(grad * 0),
        lambda lib, grad: grad.clone().mul_(grad),
        lambda lib, grad: lib.ones(2).add_(grad),
        lambda lib, grad: grad if grad.sum() > 0 else -grad,
        lambda lib, grad: grad * grad[0].item(),
        lambda lib, grad: grad.detach(),
    ],
)
@pytest.mark.parametrize("rows", [0, 2])
def test_refused_in_a_pass(body: Callable[..., Any], rows: int) -> None:
    def result(lib: Any) -> Any:
        x = lib.ones(2, requires_grad=True)
        y = x * 2
        y.register_hook(lambda grad: body(lib, grad))
        return shown(lambda: lib.autograd.grad([y], [x], [lib.ones(rows, 2)], is_grads_batched=True)[0])

    assert result(mini_autograd) == result(torch)


@pytest.mark.parametrize(
    "body",
    [
        lambda lib, x, grad: x.sin().backward(grad),
        lambda lib, x, grad: x.sin().backward(lib.ones(2)),
        lambda lib, x, grad: lib.autograd.grad([x.sin()], [x], [grad])[0],
        lambda lib, x, grad: lib.autograd.grad([x.sin(), x * grad], [x], [grad, grad])[0],
    ],
)
def test_pass_in_a_pass(body: Callable[..., Any]) -> None:
    def result(lib: Any) -> Any:
        class Inner(lib.autograd.Function):  # type: ignore[misc]
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                return x * 1

            @staticmethod
            def backward(ctx: Any, grad: Any) -> Any:
                x = lib.zeros(2, requires_grad=True)
                with lib.enable_grad():
                    return body(lib, x, grad)

        x = lib.ones(2, requires_grad=True)
        y = Inner.apply(x)
        return shown(lambda: lib.autograd.grad([y], [x], [lib.ones(2, 2)], is_grads_batched=True)[0])

    assert result(mini_autograd) == result(torch)
