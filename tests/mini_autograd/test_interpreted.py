"""The short ways of plain Python beside the general ones that they take the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mini_autograd
from mini_autograd.op import dispatch
from mini_autograd.op.declare import INTERNAL
from mini_autograd.op.row import Op
from tests.mini_autograd.against_torch import same

only_plain = pytest.mark.skipif(mini_autograd.__compiled__, reason="goes no short way")
USUAL = [(), (5,), (3, 2)]
SHAPES = [*USUAL, (1,), (0,), (1, 3), (2, 0), (2, 1, 2, 3)]


def rows(suits: Callable[[Op], object]) -> list[Any]:
    if mini_autograd.__compiled__:
        return []
    ops = [op for packet in INTERNAL.values() for op in packet.overloads if not op.in_place]
    found = {op.schema.full_name: op for op in ops if suits(op)}
    return [pytest.param(op, id=name) for name, op in found.items()]


def is_short(op: Op) -> bool:
    from mini_autograd.interpreted.elementwise import is_plain

    return is_plain(op)


def slope_of(op: Op) -> Any:
    from mini_autograd.interpreted.slope import slope

    return slope(op)


def drawn(shape: tuple, dtype: str, seed: int) -> Any:
    array = np.asarray(np.random.default_rng(seed).uniform(0.1, 0.9, shape), dtype)
    return mini_autograd.from_numpy(array).requires_grad_()


def arguments(op: Op, shape: tuple, dtype: str) -> list:
    given = [drawn(shape, dtype, seed) for seed in range(len(op.tensors))]
    return [*given, 2.5] if op.n_required > len(given) else given


def assert_same_array(have: Any, want: np.ndarray) -> None:
    array = np.asarray(have)
    assert (array.dtype, array.shape) == (want.dtype, want.shape)
    assert array.tobytes() == want.tobytes()
    assert array.strides == want.strides


@only_plain
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("op", rows(slope_of))
def test_slope_gives_what_the_formulas_do(op: Op, shape: tuple, dtype: str) -> None:
    from mini_autograd.interpreted.bare import SAME

    args = arguments(op, shape, dtype)
    node = dispatch.execute(op, op.defaults[:0] + args + op.defaults[len(args) :])._node
    grad = drawn(shape, dtype, 5).detach()
    with mini_autograd.no_grad():
        want = node._apply([grad])
    with np.errstate(all="ignore"):
        have = slope_of(op)(node, grad._array, True)
    assert have is not None or shape not in USUAL
    for one, other in zip(have or [], want, strict=have is not None):
        assert_same_array(grad._array if one is SAME else one, other._array)


@only_plain
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("op", rows(is_short))
def test_short_way_gives_what_the_general_one_does(op: Op, shape: tuple, dtype: str) -> None:
    from mini_autograd.interpreted.elementwise import short_way

    args = arguments(op, shape, dtype)
    want = dispatch.execute(op, args + op.defaults[len(args) :])
    have = short_way(op, len(args) > len(op.tensors), lambda *_: pytest.fail("it is not plain"))(*args)
    assert_same_array(have._array, want._array)
    assert have._dtype is want._dtype
    assert (have._node is None) == (want._node is None)
    if want._node is not None:
        assert type(have._node) is type(want._node)
        assert have._node.next_functions == want._node.next_functions
        assert have._node._outputs == want._node._outputs
        for slot in range(len(op.saves)):
            one, other = have._node.shown(slot), want._node.shown(slot)
            if one is not other:
                assert_same_array(getattr(one, "_array", one), np.asarray(getattr(other, "_array", other)))


@only_plain
def test_formula_that_decides_by_a_value_has_no_slope() -> None:
    from mini_autograd.interpreted.term import text_of

    assert text_of(lambda grad, self: grad * self, ["grad", "value1"]) == "(grad * value1)"
    assert text_of(lambda grad, self: grad if self == 0 else -grad, ["grad", "value1"]) is None
    assert text_of(lambda grad, self: grad * self.shape[0], ["grad", "value1"]) is None
    assert text_of(lambda grad, self: grad.sum(), ["grad", "value1"]) is None


def gradients(lib: Any, output: Any, *leaves: Any) -> list:
    output.backward()
    return [(leaf.grad, leaf.grad._version, leaf.grad.is_contiguous()) for leaf in leaves]


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: (a + b) * a + b,
        lambda a, b: a * a + a * b + a.tanh() * b,
        lambda a, b: (a + a) + (b + 1) * 2,
        lambda a, b: ((a + b).exp() / b - a.neg()) * 3,
        lambda a, b: a + b.sum(),
    ],
)
def test_gradients_are_stolen_copied_and_written_over_as_the_reference_does(
    function: Any, shape: tuple
) -> None:
    def both(lib: Any) -> Any:
        a = lib.full(shape, 0.5, requires_grad=True)
        b = lib.full(shape, 0.25, requires_grad=True)
        return gradients(lib, function(a, b).sum(), a, b)

    same(both)


@pytest.mark.parametrize("where", range(4))
def test_hook_sees_a_tensor_wherever_it_is(where: int) -> None:
    def both(lib: Any) -> Any:
        a = lib.tensor([0.5, -0.25], requires_grad=True)
        b = lib.tensor([0.75, 0.5], requires_grad=True)
        product = a * b
        inner = product + a
        seen: list = []
        (a, product, inner, b)[where].register_hook(lambda grad: seen.append(grad.clone()))
        (inner.tanh() + product).sum().backward()
        return [*seen, a.grad, b.grad, a.grad._version, b.grad._version]

    same(both)


def test_what_was_saved_and_written_since_is_told() -> None:
    def both(lib: Any) -> Any:
        a = lib.tensor([0.5, -1.5], requires_grad=True)
        factor = lib.tensor([2.0, 3.0])
        output = (a * factor).sum()
        factor.add_(1)
        output.backward()

    same(both)


def test_gradient_must_fit_what_the_node_made() -> None:
    def both(lib: Any) -> Any:
        output = lib.tensor([[0.5], [-1.5]], requires_grad=True) * 2
        with lib.no_grad():
            output.squeeze_()
        output.backward(lib.tensor([1.0, 2.0]))

    same(both)
