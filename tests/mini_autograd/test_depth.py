"""Graphs and passes of any size: what would recurse is a loop, and what is let go is freed."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import mini_autograd

SIZE = 100_000


def test_chain_longer_than_the_stack() -> None:
    x = mini_autograd.ones(2, requires_grad=True)
    y = x
    for _ in range(SIZE):
        y = y.sin()
    freed = weakref.ref(y.grad_fn)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    del y
    assert freed() is None


def test_graph_as_wide_as_the_chain_is_long() -> None:
    x = mini_autograd.ones(2, requires_grad=True)
    mini_autograd.stack([x * 2.0 for _ in range(SIZE)]).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0 * SIZE] * 2


def test_passes_leave_nothing_behind() -> None:
    x = mini_autograd.ones(2, requires_grad=True)

    def step() -> None:
        x.grad = None
        (x * x.sin()).sum().backward()

    step()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(1000):
        step()
    assert len(gc.get_objects()) <= before + 5


def nested(lib: Any, depth: int, last: Callable[[], Any]) -> Any:
    """Run ``last`` in a hook of a pass in a hook of a pass ..., and give the leaf of the outermost."""
    left = [depth]

    @lib.enable_grad()
    def begin(_: Any = None) -> None:
        left[0] -= 1
        if not left[0]:
            last()
            return
        inner = lib.ones(2, requires_grad=True) * 3
        inner.register_hook(begin)
        inner.sum().backward()

    outermost = lib.ones(2, requires_grad=True)
    inner = outermost * 3
    inner.register_hook(begin)
    inner.sum().backward()
    return outermost


def test_passes_within_one_another_deeper_than_the_stack() -> None:
    assert nested(mini_autograd, 1200, lambda: None).grad.tolist() == [3.0, 3.0]


def test_error_at_the_bottom_of_many_passes_reaches_the_top() -> None:
    def fail() -> None:
        raise ValueError("at the bottom")

    with pytest.raises(ValueError, match="at the bottom"):
        nested(mini_autograd, 100, fail)
    x = mini_autograd.ones(2, requires_grad=True)
    assert mini_autograd.is_grad_enabled()
    (x * 3).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0, 3.0]


def test_switches_are_the_same_however_deep_the_pass() -> None:
    found = []

    def look() -> None:
        found.append((mini_autograd.is_grad_enabled(), threading.current_thread().name))

    nested(mini_autograd, 100, look)
    assert mini_autograd.is_grad_enabled()
    assert found[0][0]
    assert found[0][1] != threading.current_thread().name


@pytest.mark.parametrize("shared", [True, False], ids=["one graph", "a graph each"])
def test_threads_add_to_one_leaf(shared: bool) -> None:
    x = mini_autograd.ones(3, requires_grad=True)
    y = (x * 2).sum()

    def work() -> None:
        for _ in range(50):
            (y if shared else (x * 2).sum()).backward(retain_graph=True)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad is not None
    assert x.grad.tolist() == [800.0] * 3


def is_freed(make: Callable[[], Any]) -> bool:
    """Whether the collector frees what ``make`` makes a cycle of, and gives one part of."""
    alive = weakref.ref(make())
    gc.collect()
    return alive() is None


def test_cycle_through_a_hook_is_collected() -> None:
    def on_itself() -> Any:
        y = mini_autograd.ones(2, requires_grad=True) * 2
        y.register_hook(lambda grad: y and None)
        return y

    def on_what_comes_later() -> Any:
        later: list[Any] = []
        y = mini_autograd.ones(2, requires_grad=True) * 2
        y.register_hook(lambda grad: later and None)
        later.append((y * 3).sin().sum())
        return y

    def on_a_leaf() -> Any:
        later: list[Any] = []
        x = mini_autograd.ones(2, requires_grad=True)
        x.register_post_accumulate_grad_hook(lambda leaf: later and None)
        later.append((x * 3).sin().sum())
        return x

    assert is_freed(on_itself)
    assert is_freed(on_what_comes_later)
    assert is_freed(on_a_leaf)


def test_number_that_a_node_keeps_is_hidden_as_the_node_is_until_shown() -> None:
    x = mini_autograd.ones(2, requires_grad=True)
    node: Any = (x * 2.0).grad_fn
    seen = [one for one in gc.get_objects() if type(one) is mini_autograd.Tensor]
    number = node._saved_other
    assert any(one is number for one in seen) == gc.is_tracked(node)
    assert gc.is_tracked(number)


def test_cycle_through_metadata_is_collected() -> None:
    def kept() -> Any:
        y: Any = mini_autograd.ones(2, requires_grad=True) * 2
        y.grad_fn.metadata["kept"] = y
        return y

    assert is_freed(kept)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_cycle_through_a_gradient_with_history_is_collected() -> None:
    def twice() -> Any:
        x = mini_autograd.ones(2, requires_grad=True)
        (x * x.sin() * x).sum().backward(create_graph=True)
        return x

    def through_a_checkpoint() -> Any:
        x = mini_autograd.ones(2, requires_grad=True)
        checkpoint = mini_autograd.utils.checkpoint.checkpoint
        checkpoint(lambda y: y.sin() * y, x.clone(), use_reentrant=False).sum().backward(create_graph=True)
        return x

    assert is_freed(twice)
    assert is_freed(through_a_checkpoint)


def test_cycle_through_a_write_is_collected() -> None:
    def by_itself() -> Any:
        y = mini_autograd.ones(2, requires_grad=True) * 2
        y.mul_(y)
        return y

    def by_its_part() -> Any:
        y = mini_autograd.ones(2, requires_grad=True) * 2
        part = y[0]
        y.add_(part * part)
        return y

    def of_its_part() -> Any:
        y = mini_autograd.ones(2, requires_grad=True) * 2
        part, other = y[0], y[1]
        part.mul_(other)
        return y

    assert is_freed(by_itself)
    assert is_freed(by_its_part)
    assert is_freed(of_its_part)


def test_cycle_through_what_a_function_keeps_is_collected() -> None:
    class Double(mini_autograd.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    def kept() -> Any:
        y = Double.apply(mini_autograd.ones(2, requires_grad=True))
        y.grad_fn.later = y.sin().sum()
        return y

    def saved() -> Any:
        x = mini_autograd.ones(2, requires_grad=True)
        y = Double.apply(x)
        x.register_hook(lambda grad: y and None)
        return y

    assert is_freed(kept)
    assert is_freed(saved)


def test_cycle_through_a_tangent_is_collected() -> None:
    forward_ad = mini_autograd.autograd.forward_ad

    def saved_output() -> Any:
        x = mini_autograd.ones(2, requires_grad=True)
        with forward_ad.dual_level():
            return forward_ad.make_dual(x, mini_autograd.ones(2, requires_grad=True)).exp()

    assert is_freed(saved_output)
