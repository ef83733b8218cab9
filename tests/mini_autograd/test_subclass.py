"""Tensors of a user's class are made as torch makes them, and calls on them go to ``__torch_function__``."""

from __future__ import annotations

import warnings
import weakref

import numpy as np
import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import assert_same_outcome, attempt

LIBRARIES = (mini_autograd, torch)


def named(lib, name="Named", **names):
    return type(name, (lib.Tensor,), names)


def one(lib, requires_grad=False, **names):
    return lib.ones(2, 2, requires_grad=requires_grad).as_subclass(named(lib, **names))


def kinds(*values):
    return [type(value).__name__ for value in values]


def described(value):
    node = value.grad_fn
    return (
        repr(value), type(value).__name__, value._is_view(), value._version, value.is_leaf, node and node.name(),
    )  # fmt: skip


def handler(answer):
    return classmethod(lambda cls, func, types, args=(), kwargs=None: answer(cls, func, types, args, kwargs))


def seen(lib):
    """What a class is told of the calls on its tensors, and what becomes of them all the same."""
    calls = []

    def note(cls, func, types, args, kwargs):
        calls.append((func.__name__, kinds(*args), [kind.__name__ for kind in types], kwargs))
        return lib.Tensor.__torch_function__.__func__(cls, func, types, args, kwargs)

    y = one(lib, __torch_function__=handler(note))
    made = [
        y + 1,
        lib.add(y, 1, alpha=2),
        lib.ones(2) * y,
        y.exp(),
        lib.exp(y),
        y[0],
        -y,
        y @ y,
        lib.cat([y, y], 0),
    ]
    made += [lib.sum(y, dim=0), y.mul_(2)]
    return calls, kinds(*made)


def seen_in_python(lib):
    """What a class is told of the functions that torch writes in Python: every class, and each option by its name."""
    calls = []

    def note(cls, func, types, args, kwargs):
        calls.append((func.__name__, [kind.__name__ for kind in types], kinds(*args), sorted(kwargs or {})))
        return lib.Tensor.__torch_function__.__func__(cls, func, types, args, kwargs)

    x, plain = lib.rand(2, 2, requires_grad=True), lib.ones(2, 2)
    y = x.as_subclass(named(lib, __torch_function__=handler(note)))
    lib.nn.functional.mse_loss(y, plain)
    lib.nn.functional.relu(y)
    lib.nn.functional.softmax(y, 0)
    lib.einsum("ij,jk->ik", y, plain)
    lib.broadcast_tensors(plain, y)
    lib.autograd.grad(y * 2, [x], [plain])
    lib.autograd.backward([y * 2, x.exp()], [plain, plain])
    (y * 2).backward(plain, retain_graph=True)
    return calls


def place_of_warning(lib):
    """Which file is named where a function warns, once there is a class that may stand in for it."""
    one(lib)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        lib.ones(2, 2)[[[0, 1], [0, 1]]]
        lib.nn.functional.softmax(lib.ones(2))
        lib.nn.functional.mse_loss(lib.ones(2), lib.ones(2), reduce=True)
    return [(str(one.message)[:80], one.filename == __file__) for one in given]


def hooked(lib):
    y, found = one(lib, requires_grad=True), []
    leaf = y.detach().requires_grad_()
    leaf.register_hook(lambda grad: found.append(type(grad).__name__))
    out = (leaf * leaf).sum()
    out.backward()
    return found, kinds(leaf, out, leaf.grad), leaf.grad.tolist()


CALLS = [
    lambda lib: described(named(lib)([1.0, 2.0])),
    lambda lib: named(lib)(2, 3).shape,
    lambda lib: described(lib.ones(2).as_subclass(named(lib))),
    lambda lib: described(lib.ones(2, requires_grad=True).as_subclass(named(lib))),
    lambda lib: described((lib.ones(2, requires_grad=True) * 2).as_subclass(cls=named(lib))),
    lambda lib: kinds(one(lib).as_subclass(lib.Tensor)),
    lambda lib: lib.ones(2).as_subclass(int),
    lambda lib: lib.ones(2).as_subclass(3),
    lambda lib: lib.ones(2).as_subclass(),
    lambda lib: described(lib.Tensor._make_subclass(named(lib), lib.ones(2))),
    lambda lib: described(lib.Tensor._make_subclass(named(lib), lib.ones(2), True)),
    lambda lib: described(lib.Tensor._make_subclass(named(lib), lib.ones(2, requires_grad=True) * 2)),
    lambda lib: lib.Tensor._make_subclass(int, lib.ones(2)),
    lambda lib: lib.Tensor._make_subclass(lib.Tensor, 3),
    lambda lib: lib.Tensor._make_subclass(lib.Tensor, lib.tensor([1]), True),
    lambda lib: kinds(
        *(y + 1 for y in [one(lib)]),
        *(1 - y for y in [one(lib)]),
        *(lib.ones(2) + y for y in [one(lib)]),
        *(y.sum() for y in [one(lib)]),
        *(y.t() for y in [one(lib)]),
        *(y.T for y in [one(lib)]),
        *(y.data for y in [one(lib)]),
        *(y.detach() for y in [one(lib)]),
        *(y.double() for y in [one(lib)]),
    ),
    lambda lib: [
        kinds(y[0], y[0, 1], y[:1], y[y > 0], *y, *y.unbind(), y.new(2), y.real) for y in [one(lib)]
    ],
    lambda lib: [
        kinds(lib.cat([y, y]), lib.stack([lib.ones(2, 2), y]), lib.where(y > 0, y, y)) for y in [one(lib)]
    ],
    lambda lib: [
        kinds(lib.nn.functional.softmax(y, 1), lib.einsum("ij->i", y), lib.ones_like(y)) for y in [one(lib)]
    ],
    lambda lib: kinds(one(lib).max(1), *one(lib).max(1)),
    lambda lib: [(y.shape, y.tolist(), y.size(), len(y), lib.is_tensor(y)) for y in [one(lib)]],
    lambda lib: described(one(lib, requires_grad=True) * 2),
    lambda lib: [(y.mul_(2) is y, y.add_(y) is y) for y in [one(lib)]],
    lambda lib: [kinds(x, x.mul_(one(lib))) for x in [lib.ones(2, 2)]],
    lambda lib: [kinds(*lib.autograd.grad((y * 2).sum(), y)) for y in [one(lib, requires_grad=True)]],
    lambda lib: lib.add(named(lib, "A")([1.0]), 1) + 1,
    lambda lib: kinds(one(lib) + lib.nn.Parameter(lib.ones(2, 2)), lib.nn.Parameter(one(lib))),
    lambda lib: repr(lib.nn.Parameter(one(lib))),
    lambda lib: [f"{y} {y.sum()!r}" for y in [one(lib)]],
    lambda lib: f"{one(lib).sum():.1f}",
    lambda lib: kinds(np.asarray(one(lib)), np.sin(one(lib))),
    lambda lib: one(lib, add=lambda self, other: 5).add(1),
    lambda lib: kinds(one(lib, doubled=lambda self: self * 2).doubled().doubled()),
    lambda lib: kinds(lib.exp(one(lib, __torch_function__=lib.nn.Parameter.__torch_function__))),
    lambda lib: lib.exp(one(lib, __torch_function__=handler(lambda cls, func, *more: func is lib.exp))),
    lambda lib: one(lib, __torch_function__=handler(lambda cls, func, *more: func is lib.Tensor.add)) + 1,
    hooked,
    seen,
    seen_in_python,
    place_of_warning,
]


@pytest.mark.parametrize("index", range(len(CALLS)))
def test_call(index: int) -> None:
    ours, theirs = (attempt(lambda lib=lib: CALLS[index](lib)) for lib in LIBRARIES)
    assert_same_outcome(ours, theirs)
    assert repr(ours.result) == repr(theirs.result)


def test_the_more_derived_class_decides() -> None:
    for lib in LIBRARIES:
        base = named(lib)
        derived = type("Derived", (base,), {})
        left, right = base([1.0]), derived([1.0])
        assert kinds(left + right, right + left, lib.add(left, right)) == ["Derived"] * 3


def test_nobody_knowing_better_is_an_error() -> None:
    for lib in LIBRARIES:
        tensor = one(lib, __torch_function__=handler(lambda *given: NotImplemented))
        with pytest.raises(TypeError, match=r"failed for 'torch\.exp'; all __torch_function__ handlers"):
            lib.exp(tensor)
        with pytest.raises(TypeError, match=r"failed for 'torch\.Tensor\.add'"):
            tensor.add(1)
        for name, call in IN_PYTHON.items():
            with pytest.raises(
                TypeError, match=rf"found for '{lib.__name__}\.{name}' on types that implement"
            ):
                call(lib, tensor)


IN_PYTHON = {
    "autograd.grad": lambda lib, tensor: lib.autograd.grad(tensor, tensor),
    "autograd.backward": lambda lib, tensor: lib.autograd.backward(tensor),
    "_tensor.backward": lambda lib, tensor: tensor.backward(),
    "nn.functional.relu": lambda lib, tensor: lib.nn.functional.relu(tensor),
    "functional.einsum": lambda lib, tensor: lib.einsum("ij->i", tensor),
}


def test_memory_and_version_are_shared() -> None:
    for lib in LIBRARIES:
        base = lib.ones(2)
        for alias in (base.as_subclass(named(lib)), lib.Tensor._make_subclass(named(lib), base)):
            before = alias._version
            base.mul_(2)
            assert alias._version == before + 1
            assert alias.data_ptr() == base.data_ptr()
            assert weakref.ref(alias)() is alias


@pytest.mark.parametrize("lib", LIBRARIES, ids=["mini", "torch"])
def test_operators_on_bits_are_handed_over_as_themselves(lib):
    names = []

    def note(cls, func, types, args, kwargs):
        names.append(func.__name__)
        return lib.Tensor.__torch_function__.__func__(cls, func, types, args, kwargs)

    x = lib.tensor([1, 2]).as_subclass(named(lib, __torch_function__=handler(note)))
    x & x, x | x, x ^ x, x << x, 1 & x
    y = x
    y &= x
    y |= x
    y ^= x
    y <<= x
    assert names == [
        *("__and__", "__or__", "__xor__", "__lshift__", "bitwise_and"),
        *("__iand__", "__ior__", "__ixor__", "__ilshift__"),
    ]
