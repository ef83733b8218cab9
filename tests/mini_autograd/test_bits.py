"""Conjugate and negative bits: which tensors have them, what is read and written through them, against torch."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd
from tests.mini_autograd.assertion import attempt, is_tensor

VALUES = [[1 + 2j, 3 - 1j], [0.5j, 2 + 0j]]
DIAGONAL = [[True, False], [False, True]]


def pairs(lib: Any, requires_grad: bool = False) -> Any:
    return lib.tensor(VALUES, requires_grad=requires_grad)


def seen(value: Any) -> Any:
    """What is to be alike: elements, and how they lie in memory and in the graph."""
    if isinstance(value, (tuple, list)):
        return [seen(one) for one in value]
    if not is_tensor(value):
        return repr(value)
    name = None if value.grad_fn is None else value.grad_fn.name()
    bits = value.is_conj(), value.is_neg()
    where = value.stride(), value.storage_offset(), value._is_view(), value._version
    return bits, where, name, value.requires_grad, str(value.dtype), value.detach().tolist()


def check(call: Callable[[Any], Any]) -> None:
    ours, theirs = attempt(lambda: call(mini_autograd)), attempt(lambda: call(torch))
    assert repr(ours.error) == repr(theirs.error)
    assert seen(ours.result) == seen(theirs.result)


# fmt: off
CONJUGATES = {
    "conj":        lambda lib, x: x.conj(),
    "lib.conj":    lambda lib, x: lib.conj(x),
    "adjoint":     lambda lib, x: x.adjoint(),
    "mH":          lambda lib, x: x.mH,
    "H":           lambda lib, x: x.H,
    "twice":       lambda lib, x: x.conj().conj(),
    "imag":        lambda lib, x: x.conj().imag,
    "real":        lambda lib, x: x.conj().real,
    "negative":    lambda lib, x: x._neg_view(),
    "both":        lambda lib, x: x.conj()._neg_view(),
    "both, part":  lambda lib, x: x.conj()._neg_view().imag,
    "pairs":       lambda lib, x: lib.view_as_real(x._neg_view()),
    "of reals":    lambda lib, x: x.real.conj(),
    "from pairs":  lambda lib, x: lib.view_as_complex(lib.view_as_real(x)._neg_view()),
}
READ = {
    **{name: lambda lib, y, name=name: getattr(y, name)() for name in (
        "clone", "contiguous", "resolve_conj", "resolve_neg", "conj", "conj_physical", "neg", "abs",
        "detach", "t", "positive", "tolist", "numpy", "item", "is_conj", "is_neg", "ravel", "square", "sum")},
    "numpy by force": lambda lib, y: y.numpy(force=True).tolist(),
    "data":           lambda lib, y: y.data,
    "repr":           lambda lib, y: repr(y),
    "format":         lambda lib, y: f"{y[0, 0]}",
    "item of one":    lambda lib, y: y[0, 1].item(),
    "part":           lambda lib, y: y[:, 1:],
    "picked":         lambda lib, y: y[lib.tensor([1])],
    "pieces":         lambda lib, y: list(y),
    "alike":          lambda lib, y: lib.zeros_like(y),
    "cast":           lambda lib, y: y.to(lib.complex128),
    "same type":      lambda lib, y: y.to(y.dtype),
    "other type":     lambda lib, y: y.view(lib.int16),
    "as pairs":       lambda lib, y: lib.view_as_real(y),
    "times number":   lambda lib, y: y * 2,
    "times itself":   lambda lib, y: y * y,
    "product":        lambda lib, y: y @ y,
    "joined":         lambda lib, y: lib.cat([y, y]),
    "truth":          lambda lib, y: y.to(lib.bool),
    "made anew":      lambda lib, y: lib.tensor(y.tolist()),
    "as strided":     lambda lib, y: y.as_strided((2,), (1,)),
    "repeated":       lambda lib, y: y.repeat_interleave(2),
    "pickled":        lambda lib, y: pickle.loads(pickle.dumps(y)),
    "deeply copied":  lambda lib, y: copy.deepcopy(y),
    "copied":         lambda lib, y: copy.copy(y),
}
WRITTEN = {
    "mul_":           lambda lib, x, y: y.mul_(2),
    "add_ its base":  lambda lib, x, y: y.add_(x.real if not y.is_complex() else x),
    "zero_":          lambda lib, x, y: y.zero_(),
    "fill_":          lambda lib, x, y: y.fill_(3),
    "copy_":          lambda lib, x, y: y.copy_(lib.full((2, 2), 3.0)),
    "copy_ a bit":    lambda lib, x, y: y.copy_(lib.full((2, 2), 3 + 1j).conj().imag),
    "copy_ alike":    lambda lib, x, y: y.copy_(y.clone().conj()),
    "to reals":       lambda lib, x, y: lib.zeros(2, 2, dtype=lib.bool).copy_(y),
    "one set":        lambda lib, x, y: y.__setitem__(0, 3),
    "some set":       lambda lib, x, y: y.__setitem__(lib.tensor([1]), 3),
    "masked_fill_":   lambda lib, x, y: y.masked_fill_(lib.tensor(DIAGONAL), 3),
    "neg_":           lambda lib, x, y: y.neg_(),
    "conj_physical_": lambda lib, x, y: y.conj_physical_(),
    "addmm_":         lambda lib, x, y: y.addmm_(y.clone(), y.clone()),
    "t_":             lambda lib, x, y: y.t_(),
    "unsqueeze_":     lambda lib, x, y: y.unsqueeze_(0),
    "resize_":        lambda lib, x, y: y.resize_(1, 1),
    "out":            lambda lib, x, y: lib.mul(y.clone(), 2, out=y),
    "imag set":       lambda lib, x, y: setattr(y, "imag", lib.full((2, 2), 7.0)),
    "real set":       lambda lib, x, y: setattr(y, "real", lib.full((2, 2), 7.0)),
    "data set":       lambda lib, x, y: setattr(y, "data", lib.zeros_like(y)),
    "overlapping":    lambda lib, x, y: y[1:].copy_(y[:, 1:].t()),
    "over its base":  lambda lib, x, y: x.copy_(x.mH),
}
DERIVED = {
    "conj":           lambda x: x.conj(),
    "of a product":   lambda x: x.conj() * 2,
    "with itself":    lambda x: x.conj() * x,
    "adjoint":        lambda x: x.adjoint(),
    "product":        lambda x: x.mH @ x,
    "imag":           lambda x: x.conj().imag,
    "real":           lambda x: x.conj().real,
    "negative":       lambda x: x._neg_view(),
    "negative, real": lambda x: x.imag._neg_view(),
    "resolved":       lambda x: x.conj().resolve_conj(),
    "sum":            lambda x: x.conj().sum(),
    "exp":            lambda x: x.conj().exp(),
    "dot":            lambda x: x[0].conj().dot(x[1].conj()),
    "vdot":           lambda x: x[0].vdot(x[1].conj()),
    "written":        lambda x: (x * 1).conj().mul_(2j),
    "base written":   lambda x: written_base(x),
}
# fmt: on


def written_base(x: Any) -> Any:
    """A conjugate whose base was written through another view of it."""
    base = x * 1
    made = base.conj()
    base.imag.mul_(3)
    return made


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("name", CONJUGATES)
def test_views(name: str, requires_grad: bool) -> None:
    check(lambda lib: CONJUGATES[name](lib, pairs(lib, requires_grad)))


@pytest.mark.parametrize("view", ["conj", "imag", "both"])
@pytest.mark.parametrize("name", READ)
def test_reading(name: str, view: str) -> None:
    check(lambda lib: READ[name](lib, CONJUGATES[view](lib, pairs(lib))))


@pytest.mark.parametrize("view", ["conj", "mH", "imag", "both"])
@pytest.mark.parametrize("name", WRITTEN)
def test_writing(name: str, view: str) -> None:
    def call(lib: Any) -> Any:
        x = pairs(lib)
        y = CONJUGATES[view](lib, x)
        failed = attempt(lambda: WRITTEN[name](lib, x, y)).error
        return repr(failed), x, y

    check(call)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("name", DERIVED)
def test_gradients(name: str, create_graph: bool) -> None:
    def call(lib: Any) -> Any:
        x = pairs(lib, True)
        y = DERIVED[name](x)
        y.backward(lib.ones_like(y.detach()) * (1 + 2j if y.is_complex() else 2), create_graph=create_graph)
        return y, x.grad, [one[0].name() for one in y.grad_fn.next_functions if one[0]]

    check(call)


def test_gradient_shares_memory_with_what_was_given() -> None:
    def call(lib: Any) -> Any:
        x, cotangent = pairs(lib, True), pairs(lib)
        x.conj().backward(cotangent)
        cotangent.zero_()
        return x.grad

    check(call)


@pytest.mark.parametrize("tangent", ["conj", "twice"])
@pytest.mark.parametrize("primal", ["conj", "twice", "both"])
def test_tangents_have_the_bits_of_their_primals(primal: str, tangent: str) -> None:
    def call(lib: Any) -> Any:
        with lib.autograd.forward_ad.dual_level():
            x = CONJUGATES[primal](lib, pairs(lib))
            dual = lib.autograd.forward_ad.make_dual(x, CONJUGATES[tangent](lib, pairs(lib)))
            made = [dual, dual.conj(), dual.exp(), dual.mH, dual.imag, dual * dual.conj()]
            return [seen(lib.autograd.forward_ad.unpack_dual(one).tangent) for one in made]

    check(call)


def test_saved_tensors_keep_bits() -> None:
    def call(lib: Any) -> Any:
        x = pairs(lib, True)
        y = x.conj()
        return (y * x).grad_fn._saved_self, (y * x).grad_fn._saved_other, y.exp().grad_fn._saved_result

    check(call)


def test_inference_tensors() -> None:
    def call(lib: Any) -> Any:
        with lib.inference_mode():
            y = pairs(lib).conj()
            y.mul_(2j)
            return y.is_conj(), y.is_inference(), y.tolist()

    check(call)


def test_base_and_storage_of_a_conjugate_are_those_of_its_source() -> None:
    x = pairs(mini_autograd)
    for y in (x.conj(), x.mH, x.conj().imag):
        assert y._base is x
        assert y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
