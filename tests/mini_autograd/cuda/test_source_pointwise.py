"""Chains of elementwise steps beside numpy's steps."""

import numpy as np
import pytest

from mini_autograd.kernels.cuda import pointwise
from tests.mini_autograd.cuda.twin import KINDS, agree, drawn, required, same, sent

ONE = {
    "silu": ("activation", ()),
    "mish": ("activation", ()),
    "leaky_relu": ("activation", (0.1,)),
    "softplus": ("activation", (2.0, 3.0)),
}
TWO = {
    "silu_backward": ("activation", ()),
    "mish_backward": ("activation", ()),
    "threshold_backward": ("activation", (0.2,)),
    "leaky_relu_backward": ("activation", (0.1, False)),
    "softplus_backward": ("activation", (2.0, 3.0)),
    "hardswish_backward": ("activation", ()),
    "tanh_backward": ("elementary", ()),
    "sigmoid_backward": ("elementary", ()),
}


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("name", ONE)
def test_function(name, kind):
    home, numbers = ONE[name]
    same(name, home, drawn((5, 7), kind), *numbers)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("name", TWO)
def test_derivative(name, kind):
    home, numbers = TWO[name]
    same(name, home, drawn((5, 7), kind), drawn((5, 7), kind, 1), *numbers)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_gelu(kind, approximate):
    same("gelu", "normal", drawn((130,), kind), approximate)
    same("gelu_backward", "normal", drawn((3, 5), kind), drawn((3, 5), kind, 1), approximate)


def test_strided_operands_are_broadcast_and_laid_out_as_torch_does():
    grad, x = drawn((4, 6, 3), np.float32)[::2, ::-1], drawn((3, 6), np.float32, 1).T
    result = same("silu_backward", "activation", grad, x)
    assert result.shape == (2, 6, 3)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_steps_rounded_one_by_one_have_the_bits_of_as_many_ops(kind):
    a, b, c = (drawn((3, 5), kind, seed) for seed in range(3))
    steps = ("p = a * b", "q = p / c", "r = q / c")
    result = pointwise.chain(steps, {"a": sent(a), "b": sent(b), "c": sent(c)}, rounded=True)
    assert result.get().tobytes() == (a * b / c / c).tobytes()


def test_result_in_given_memory():
    a = sent(drawn((3, 5), np.float32))
    assert pointwise.chain(("r = a + a",), {"a": a}, out=a) is a
    agree(a, drawn((3, 5), np.float32) * np.float32(2), 1e-7)
