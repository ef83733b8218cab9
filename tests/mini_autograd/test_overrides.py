"""``overrides``: what classes ask about the arguments of a call, and the names of what they are handed."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
import torch.overrides
import torch.utils.dlpack

import mini_autograd

LIBRARIES = (mini_autograd, torch)
OF_TORCH = ("add", "sum", "norm", "split", "einsum", "exp", "unique", "tensordot", "cat", "relu", "softmax")
OF_TENSOR = (
    "add",
    "T",
    "__add__",
    "size",
    "backward",
    "norm",
    "shape",
    "dim",
    "__len__",
    "__getitem__",
    "grad",
)
OF_NN = ("relu", "softmax", "gelu", "mse_loss", "linear", "cross_entropy")
OF_SPECIAL = ("expit", "digamma", "entr")


class Duck:
    """No tensor, but like one."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func.__name__, [one.__name__ for one in types], len(args), sorted(kwargs or ())


class Ignorant:
    """Knows no function."""

    @classmethod
    def __torch_function__(cls, *given: Any) -> Any:
        return NotImplemented


def public(value: Any) -> Any:
    return value if callable(value) else value.__get__


def names(lib: Any) -> list[str | None]:
    members = [
        *(getattr(lib, name) for name in OF_TORCH),
        *(public(getattr(lib.Tensor, name)) for name in OF_TENSOR),
        *(getattr(lib.nn.functional, name) for name in OF_NN),
        *(getattr(lib.special, name) for name in OF_SPECIAL),
        lib.Tensor.grad.__set__,
        print,
    ]
    return [lib.overrides.resolve_name(one) for one in members]


def test_names_are_torch_s() -> None:
    assert names(mini_autograd) == names(torch)


def test_members_of_tensor_are_told_from_functions() -> None:
    for lib in LIBRARIES:
        tells = lib.overrides.is_tensor_method_or_property
        assert [tells(public(getattr(lib.Tensor, name))) for name in OF_TENSOR] == [True] * len(OF_TENSOR)
        assert not tells(lib.add)
        assert not tells(print)


def answers(lib: Any) -> list[Any]:
    """What a function of a user's own gives for arguments of several kinds."""
    overrides = lib.overrides

    def api(x: Any, y: Any = None) -> Any:
        if overrides.has_torch_function((x, y)):
            return overrides.handle_torch_function(api, (x, y), x, y=y)
        return "plain"

    derived = type("Derived", (lib.Tensor,), {"__torch_function__": Duck.__dict__["__torch_function__"]})
    further = type("Further", (derived,), {})
    tensor = lib.ones(1)
    one, other = tensor.as_subclass(derived), tensor.as_subclass(further)
    given = [(tensor,), (tensor, Duck()), (Duck(),), (one, other), (3, "x"), (lib.nn.Parameter(tensor),)]
    likes = (tensor, Duck(), one, 3, lib.nn.Parameter(tensor), None, [tensor])
    unary, variadic = overrides.has_torch_function_unary, overrides.has_torch_function_variadic
    return [
        [api(*args) for args in given],
        [overrides.is_tensor_like(value) for value in likes],
        [overrides.has_torch_function((value,)) for value in likes],
        [unary(Duck()), unary(tensor), variadic(tensor, Duck())],
        len(overrides.get_default_nowrap_functions()),
    ]


def test_calls_are_handed_over_as_torch_does() -> None:
    assert answers(mini_autograd) == answers(torch)


def test_nobody_knowing_better_is_an_error() -> None:
    for lib in LIBRARIES:
        wrapped = lib.overrides.wrap_torch_function(lambda value: (value,))(lambda value: value)
        assert wrapped(1) == 1
        with pytest.raises(TypeError, match="no implementation found for"):
            wrapped(Ignorant())


def test_dlpack_is_where_torch_has_it() -> None:
    for lib in LIBRARIES:
        dlpack = lib.utils.dlpack
        tensor = lib.tensor([1.0, 2.0])
        back = dlpack.from_dlpack(dlpack.to_dlpack(tensor))
        back.add_(1)
        assert tensor.tolist() == [2.0, 3.0]
        assert dlpack.DLDeviceType.kDLCPU == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, a: lib.chain_matmul(a, a, a, out=lib.empty(0)),
        lambda lib, a: lib.tensordot(a, a, 1, out=lib.empty(2, 2)),
        lambda lib, a: lib.norm(a, 3, 0, True, lib.empty(1, 2), None),
        lambda lib, a: lib.norm(a, p="fro", dim=None, keepdim=False, out=None, dtype=None),
        lambda lib, a: a.to(2.0),
        lambda lib, a: a.to(True),
    ],
)
def test_what_torch_has_in_python_takes_what_is_handed_over(call: Any) -> None:
    with warnings.catch_warnings(action="ignore"):  # chain_matmul is deprecated
        ours, theirs = (call(lib, lib.tensor([[1.0, 2.0], [3.0, 4.0]])) for lib in LIBRARIES)
    assert str(ours.dtype).rpartition(".")[2] == str(theirs.dtype).rpartition(".")[2]
    assert ours.tolist() == pytest.approx(theirs.tolist()) if ours.ndim == 0 else ours.shape == theirs.shape
