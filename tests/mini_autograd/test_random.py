"""Random numbers against torch's own streams, number for number, and the state that they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.against_torch import make, same
from tests.mini_autograd.assertion import array_of

LIBRARIES = (mini_autograd, torch)


@pytest.fixture(autouse=True)
def _states() -> Iterator[None]:
    states = [lib.get_rng_state() for lib in LIBRARIES]
    yield
    for lib, state in zip(LIBRARIES, states, strict=True):
        lib.set_rng_state(state)


def seeded(call: Callable[..., Any]) -> Callable[..., Any]:
    def from_seed(lib: Any, *args: Any) -> Any:
        lib.manual_seed(1234)
        return call(lib, *args)

    return from_seed


def same_bits(call: Callable[..., Any], *args: Any, **options: Any) -> None:
    """As ``same``, with every bit equal, and the state of the generator afterwards."""
    same(seeded(call), *args, ulp=0, grad=False, **options)
    assert_same_state()


def assert_same_state() -> None:
    ours, theirs = mini_autograd.get_rng_state(), torch.get_rng_state()
    assert np.array_equal(array_of(ours), theirs.numpy()), "state of the generator"


FLOATING = ("float32", "float64", "float16", "bfloat16", "complex64", "complex128")
INTEGER = ("uint8", "int8", "int16", "int32", "int64", "bool")
SIZES = [(), (0,), (1,), (3,), (15,), (16,), (17,), (4, 5), (1000,)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("name", ["rand", "randn"])
def test_new(name: str, dtype: str, size: tuple) -> None:
    same_bits(lambda lib: getattr(lib, name)(size, dtype=getattr(lib, dtype)))


@pytest.mark.parametrize(
    "bounds", [(10,), (-5, 7), (2**28 - 1,), (2**28,), (2**31,), (2**33,), (-(2**63), 2**63 - 1), (3, 4)]
)
def test_integers(bounds: tuple) -> None:
    same_bits(lambda lib: lib.randint(*bounds, (20,)))


@pytest.mark.parametrize("dtype", [*INTEGER, "float32", "float64", "float16", "bfloat16"])
def test_integers_of_every_type(dtype: str) -> None:
    same_bits(lambda lib: lib.randint(2, (20,), dtype=getattr(lib, dtype)))
    same_bits(lambda lib: lib.empty(20, dtype=getattr(lib, dtype)).random_())


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("bounds", [(2**25,), (2**12 + 2,), (300,), (-(2**25) - 1, 3)])
def test_integers_that_a_floating_type_rounds(dtype: str, bounds: tuple) -> None:
    same_bits(lambda lib: lib.randint(*bounds, (20,), dtype=getattr(lib, dtype)))


@pytest.mark.parametrize("count", [0, 1, 2, 100, 5000])
def test_permutations(count: int) -> None:
    same_bits(lambda lib: lib.randperm(count))


FILLS: dict[str, Any] = {
    "uniform_()": lambda x: x.uniform_(),
    "uniform_(-2, 3)": lambda x: x.uniform_(-2, 3),
    "normal_()": lambda x: x.normal_(),
    "normal_(2, 3)": lambda x: x.normal_(2, 3),
    "exponential_(2)": lambda x: x.exponential_(2),
    "cauchy_(1, 2)": lambda x: x.cauchy_(1, 2),
    "log_normal_(0, 1)": lambda x: x.log_normal_(0, 1),
    "geometric_(0.2)": lambda x: x.geometric_(0.2),
    "bernoulli_()": lambda x: x.bernoulli_(),
    "bernoulli_(0.3)": lambda x: x.bernoulli_(0.3),
    "bernoulli_(tensor)": lambda x: x.bernoulli_(x.abs().clamp(0, 1)),
    "random_(5)": lambda x: x.random_(5),
    "random_(-3, 5)": lambda x: x.random_(-3, 5),
    "random_(2, None)": lambda x: x.random_(2, None),
}


@pytest.mark.parametrize("shape", ["contiguous", "transposed", "strided", "0-d"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FILLS)
def test_fills(name: str, dtype: str, shape: str) -> None:
    x = {
        "contiguous": make(5, 8, dtype=dtype),
        "transposed": make(8, 5, dtype=dtype).t(),
        "strided": make(10, 8, dtype=dtype)[::2],
        "0-d": make(dtype=dtype),
    }[shape]
    same(seeded(lambda lib, x: FILLS[name](x)), x, grad=False, ulp=0)
    assert_same_state()


@pytest.mark.parametrize("name", FILLS)
def test_fills_cut_off_history(name: str) -> None:
    same(seeded(lambda lib, x: FILLS[name](x * 1)), make(20), forward=False)


@pytest.mark.parametrize("name", FILLS)
def test_fills_of_a_leaf(name: str) -> None:
    same(seeded(lambda lib, x: FILLS[name](x)), make(3), forward=False)


@pytest.mark.parametrize("name", ["rand_like", "randn_like"])
def test_like(name: str) -> None:
    same_bits(lambda lib, x: getattr(lib, name)(x), make(4, 5).t())
    same_bits(lambda lib, x: getattr(lib, name)(x, dtype=lib.float64), make(4, 5).t())
    same_bits(lambda lib, x: lib.randint_like(x, 3, 9), make(4, 5).t())


def test_normal() -> None:
    mean, std = make(20), make(20, low=0.1)
    same(seeded(lambda lib, m, s: lib.normal(m, s)), mean, std, forward=False)
    same(seeded(lambda lib, m, s: lib.normal(m, 2.0)), mean, std, forward=False)
    same(seeded(lambda lib, m, s: lib.normal(1.0, s)), mean, std, forward=False)
    same_bits(lambda lib: lib.normal(1.0, 2.0, (3, 4)))


def test_bernoulli_and_multinomial() -> None:
    weights = make(3, 8, low=0.1)
    same(seeded(lambda lib, p: lib.bernoulli(p / 2)), weights, forward=False)
    same_bits(lambda lib, p: lib.multinomial(p, 5), weights)
    same_bits(lambda lib, p: lib.multinomial(p, 1), weights)
    same_bits(lambda lib, p: lib.multinomial(p[0], 20, True), weights)


def test_a_kept_normal_is_used_first() -> None:
    same_bits(lambda lib: [lib.randn(3), lib.rand(2), lib.randn(2), lib.randn(17), lib.randn(1)])


@pytest.mark.parametrize("drawn", [0, 1, 5, 623, 624, 625, 1300])
def test_states_are_torch_s_bytes(drawn: int) -> None:
    same_bits(lambda lib: [lib.rand(drawn), lib.randn(3)])
    ours = mini_autograd.from_numpy(torch.get_rng_state().numpy())
    mini_autograd.set_rng_state(ours)
    assert mini_autograd.randn(5).tolist() == torch.randn(5).tolist()


def test_generators() -> None:
    def call(lib: Any) -> Any:
        one = lib.Generator()
        seed = one.initial_seed()
        one.manual_seed(-3)
        twin = one.clone_state()
        first = lib.randn(3, generator=one)
        state = one.get_state()
        second = lib.randn(2, generator=one)
        one.set_state(state)
        again = lib.randn(2, generator=one)
        return [first, second, again, lib.randn(3, generator=twin), seed, one.initial_seed(), str(one.device)]

    same_bits(call)


def test_fork() -> None:
    def call(lib: Any) -> Any:
        with lib.random.fork_rng():
            inside = lib.rand(2)
        return [inside, lib.rand(2)]

    same_bits(call)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.rand(2, dtype=lib.int64),
        lambda lib, x: lib.randn(2, dtype=lib.bool),
        lambda lib, x: lib.randint(3, 3, (2,)),
        lambda lib, x: lib.randint(300, (2,), dtype=lib.uint8),
        lambda lib, x: lib.randint(-1, 2, (2,), dtype=lib.uint8),
        lambda lib, x: lib.randint(2, (2,), dtype=lib.complex64),
        lambda lib, x: lib.randint(1.5, (2,)),
        lambda lib, x: lib.randperm(-1),
        lambda lib, x: lib.randperm(300, dtype=lib.uint8),
        lambda lib, x: lib.randperm(2, dtype=lib.bool),
        lambda lib, x: x.uniform_(2, 1),
        lambda lib, x: x.uniform_(float("nan")),
        lambda lib, x: x.uniform_(-3e38, 3e38),
        lambda lib, x: x.normal_(0, -1),
        lambda lib, x: x.exponential_(0),
        lambda lib, x: x.cauchy_(0, -1),
        lambda lib, x: x.log_normal_(0, -1),
        lambda lib, x: x.geometric_(1.5),
        lambda lib, x: x.bernoulli_(1.5),
        lambda lib, x: lib.bernoulli(x + 5),
        lambda lib, x: x.random_(5, 2),
        lambda lib, x: lib.normal(x, x - 9),
        lambda lib, x: lib.multinomial(x - 9, 1),
        lambda lib, x: lib.multinomial(x * 0, 1),
        lambda lib, x: lib.multinomial(x.abs(), 9),
        lambda lib, x: lib.multinomial(x.abs(), 0),
        lambda lib, x: lib.manual_seed("a"),
        lambda lib, x: lib.manual_seed(2**64),
        lambda lib, x: lib.set_rng_state(x),
        lambda lib, x: lib.Generator().set_state([1]),
        lambda lib, x: lib.Generator().set_state(lib.zeros(3, dtype=lib.uint8)),
        lambda lib, x: lib.Generator().set_state(lib.zeros(5056, dtype=lib.uint8)),
        lambda lib, x: lib.Generator().manual_seed("a"),
        lambda lib, x: lib.rand(2, generator=3),
    ],
)
def test_errors(call: Any) -> None:
    same(call, make(3), grad=False)
