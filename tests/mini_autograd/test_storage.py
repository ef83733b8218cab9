"""Storages: other memory for a tensor, and memory that grows under several, against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import attempt


def chain(tensor: Any) -> Any:
    """The names of the node and of those behind it, by edge."""
    node = tensor.grad_fn
    return node and (node.name(), [one and one.name() for one, _ in node.next_functions])


def seen(tensor: Any) -> Any:
    where = tuple(tensor.shape), tensor.stride(), tensor.storage_offset(), tensor.untyped_storage().nbytes()
    return (
        tensor.detach().tolist(),
        where,
        tensor._version,
        tensor._is_view(),
        tensor.requires_grad,
        chain(tensor),
    )


def check(call: Callable[[Any], Any]) -> None:
    ours, theirs = attempt(lambda: call(mini_autograd)), attempt(lambda: call(torch))
    assert repr(ours.error) == repr(theirs.error)
    assert ours.result == theirs.result


# What is set, by the arguments that it is set to: `y` holds 0, 1, 2, 3.
# fmt: off
ARGUMENTS = {
    "nothing":              lambda y: (),
    "a tensor":             lambda y: (y,),
    "a view":               lambda y: (y[1:],),
    "a turned one":         lambda y: (y.view(2, 2).t(),),
    "part of a tensor":     lambda y: (y, 1, (2,), (1,)),
    "part of a view":       lambda y: (y[1:], 1, (2,), (1,)),
    "repeated":             lambda y: (y, 3, (2, 2), (0, 0)),
    "without strides":      lambda y: (y, 0, (2, 2)),
    "a storage":            lambda y: (y.untyped_storage(),),
    "part of a storage":    lambda y: (y.untyped_storage(), 1, (3,), (1,)),
    "one element":          lambda y: (y.untyped_storage(), 3, ()),
    "no elements":          lambda y: (y.untyped_storage(), 9, (0,)),
    "another type":         lambda y: (y.double(),),
    "a storage of another": lambda y: (y.double().untyped_storage(),),
    "a negative offset":    lambda y: (y, -1, (2,), (1,)),
    "a negative stride":    lambda y: (y, 3, (2,), (-1,)),
    "too few strides":      lambda y: (y, 0, (2, 2), (1,)),
    "a negative size":      lambda y: (y, 0, (-2,)),
    "a number":             lambda y: (3,),
    "too little":           lambda y: (y.untyped_storage(), 1),
}
TARGETS = {
    "plain":          lambda lib, w: lib.zeros(3),
    "leaf":           lambda lib, w: w,
    "result":         lambda lib, w: w * 2,
    "view":           lambda lib, w: (w * 2)[1:],
    "view of a leaf": lambda lib, w: w[1:],
    "one of several": lambda lib, w: (w * 2).split(2)[0],
}
# fmt: on


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_set(target: str, arguments: str) -> None:
    def call(lib: Any) -> Any:
        y = lib.arange(4.0)
        x = TARGETS[target](lib, lib.ones(3, requires_grad=True))
        same = x.set_(*ARGUMENTS[arguments](y)) is x
        return same, seen(x), x.is_set_to(y), y._version

    check(call)


def source_that_requires_grad(lib: Any) -> Any:
    x, w = lib.zeros(3), lib.ones(3, requires_grad=True)
    x.set_(w)
    return seen(x), x.is_set_to(w)


def backward_through(lib: Any) -> Any:
    x = lib.ones(3, requires_grad=True) * 2
    x.set_(lib.zeros(2))
    x.sum().backward()


def what_was_saved(lib: Any) -> Any:
    x = lib.ones(3, requires_grad=True) * 1
    y = x * x
    with lib.no_grad():
        x.set_(lib.zeros(3))
    y.sum().backward()


def unrecorded(lib: Any) -> Any:
    w = lib.ones(3, requires_grad=True)
    x = w * 2
    with lib.no_grad():
        x.set_(lib.arange(4.0))
        w.set_(lib.arange(4.0))
    return seen(x), seen(w)


def base_and_view(lib: Any) -> Any:
    w = lib.ones(3, requires_grad=True)
    x = w * 2
    view = x[1:]
    x.set_(lib.arange(4.0))
    return seen(x), seen(view), view._base is x


def inference(lib: Any) -> Any:
    with lib.inference_mode():
        x = lib.zeros(3)
    return x.set_(lib.zeros(2))


def tangent(lib: Any) -> Any:
    forward_ad = lib.autograd.forward_ad
    with forward_ad.dual_level():
        x = forward_ad.make_dual(lib.zeros(2), lib.ones(2))
        x.set_(lib.arange(4.0))


def grown(lib: Any) -> Any:
    y = lib.arange(4.0)
    view = y[1:3]
    x = lib.zeros(1).set_(y.untyped_storage(), 0, (6,), (1,))
    x[1] = 9.0
    shared = x.data_ptr() == y.data_ptr(), view.data_ptr() - y.data_ptr()
    return x[:4].tolist(), y.tolist(), view.tolist(), shared, y.untyped_storage().nbytes()


def grown_by_a_view(lib: Any) -> Any:
    x = lib.zeros(2)
    view = x[1:]
    view.resize_(4)
    view[0] = 3.0
    return x.tolist(), x.untyped_storage().nbytes()


def shared_with_numpy(lib: Any) -> Any:
    x = lib.zeros(2)
    x.numpy()
    x.resize_(3)


def of_numpy(lib: Any) -> Any:
    lib.from_numpy(lib.zeros(2).numpy()).resize_(3)


def resized_in_inference_mode(lib: Any) -> Any:
    x = lib.zeros(2, requires_grad=True)
    with lib.inference_mode():
        x.resize_(1)
    return tuple(x.shape), x._version


def leaf_node_after(lib: Any) -> Any:
    x = lib.ones(3, requires_grad=True)
    y = x.view_as(x)
    with lib.no_grad():
        x.set_(lib.zeros(2))
    before, after = (one.grad_fn.next_functions[0][0] for one in (y, x * 2))
    return before is after, before.name()


def overridden(lib: Any) -> Any:
    kind = type("Named", (lib.Tensor,), {})
    x, y = lib.zeros(3), lib.zeros(3).as_subclass(kind)
    return type(x.set_(y)).__name__, type(y.set_(x)).__name__, x.is_set_to(y)


def of_its_own_size(lib: Any) -> Any:
    x = lib.zeros(2, 3).t()
    return x.set_(lib.zeros(6), 0, (3, 2)).stride()


def with_bits(lib: Any) -> Any:
    x = lib.ones(2, dtype=lib.complex64).conj()
    return x.is_set_to(x), x.set_(lib.ones(2, dtype=lib.complex64)).is_conj()


def saved_input(lib: Any, w: Any) -> Any:
    kept = w * 1
    return kept * kept, kept.untyped_storage()


def saved_output(lib: Any, w: Any) -> Any:
    kept = w.sqrt()
    return kept * 1, kept.untyped_storage()


def saved_among_others(lib: Any, w: Any) -> Any:
    kept = w * 1
    return lib.nn.functional.linear(kept, lib.ones(2, 4), None) * kept.sum(), kept.untyped_storage()


def by_set(lib: Any, storage: Any) -> Any:
    return lib.zeros(1).set_(storage, 0, (600,), (1,))


def by_resize(lib: Any, storage: Any) -> Any:
    return lib.zeros(1).set_(storage, 0, (1,), (1,)).resize_(600)


@pytest.mark.parametrize("grow", [by_set, by_resize], ids=lambda call: call.__name__)
@pytest.mark.parametrize(
    "save", [saved_input, saved_output, saved_among_others], ids=lambda call: call.__name__
)
def test_what_only_a_node_keeps_grows_too(save: Any, grow: Any) -> None:
    def call(lib: Any) -> Any:
        w = lib.arange(4.0).requires_grad_()
        result, storage = save(lib, w)
        grow(lib, storage)[1] = 9.0
        result.sum().backward()
        return w.grad.tolist()

    check(call)


@pytest.mark.parametrize(
    "call",
    [
        source_that_requires_grad,
        backward_through,
        what_was_saved,
        unrecorded,
        base_and_view,
        inference,
        tangent,
        grown,
        grown_by_a_view,
        shared_with_numpy,
        of_numpy,
        resized_in_inference_mode,
        leaf_node_after,
        overridden,
        of_its_own_size,
        with_bits,
    ],
    ids=lambda call: call.__name__,
)
def test_alike(call: Callable[[Any], Any]) -> None:
    check(call)
