"""What of a tensor is handed over to its class: every name that both libraries have, as torch hands it over."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch

import mini_autograd

Call = tuple[str, int, list[str] | None]

# Names of classes and of instances in general; and what is made of the tensor's own class alone.
ANY_OBJECT = {*dir(object), "__dict__", "__weakref__", "__module__", "__slots__", "__torch_function__"} - {
    *("__dir__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"),
    *("__format__", "__repr__", "__str__", "__reduce_ex__"),
}
NAMES = sorted(({*dir(mini_autograd.Tensor)} & {*dir(torch.Tensor)}) - ANY_OBJECT)
PUBLIC = [name for name in NAMES if not name.startswith("_") or name.startswith("__")]
# Operators called with one operand more, and a number in the place of a tensor whose dtype is meant.
UNUSUAL = {*((f"__{name}__", (0, 1)) for name in ("add", "iadd", "radd", "sub", "isub")), ("to", (2.0,))}
ARGUMENTS: tuple[tuple[Any, ...], ...] = ((), (2.0,), (0,), ([1, 0],), (0, 1))


def logging(lib: Any) -> tuple[Any, list[Call]]:
    """A tensor of a class that notes what it is handed."""
    log: list[Call] = []

    def noting(cls: Any, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        log.append((func.__name__, len(args), None if kwargs is None else sorted(kwargs)))
        return lib.Tensor.__torch_function__.__func__(cls, func, types, args, kwargs or {})

    kind = type("Logging", (lib.Tensor,), {"__torch_function__": classmethod(noting)})
    tensor = lib.tensor([[1.0, 2.0], [3.0, 4.0]]).as_subclass(kind)
    log.clear()
    return tensor, log


def got(lib: Any, name: str) -> tuple[list[Call], str]:
    """What reading an attribute hands over, and how it ends."""
    tensor, log = logging(lib)
    try:
        getattr(tensor, name)
    except Exception as error:
        return log, type(error).__name__
    return log, "read"


def called(lib: Any, name: str, args: tuple) -> tuple[list[Call], str]:
    """What calling a method hands over, and the name of the class of what it gives."""
    tensor, log = logging(lib)
    try:
        result = getattr(tensor, name)(*args)
    except Exception as error:
        return log, type(error).__name__
    return log, type(result).__name__


@pytest.mark.parametrize("name", PUBLIC)
def test_an_attribute_is_handed_over_as_torch_does(name: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        assert got(mini_autograd, name) == got(torch, name)


@pytest.mark.parametrize("name", [name for name in PUBLIC if callable(getattr(torch.Tensor, name))])
def test_a_method_is_handed_over_as_torch_does(name: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        for args in ARGUMENTS:
            if args != ([1, 0],) and (name, args) in UNUSUAL:
                continue
            expected = called(torch, name, args)
            if not expected[1].endswith("Error") and expected[1] != "NotImplementedType":
                assert called(mini_autograd, name, args) == expected, args


@pytest.mark.parametrize("name", ["grad", "data", "requires_grad", "real", "shape", "T"])
def test_an_assignment_is_handed_over_as_torch_does(name: str) -> None:
    def assigned(lib: Any) -> tuple[list[Call], str]:
        tensor, log = logging(lib)
        value = getattr(lib.tensor([[1.0, 2.0], [3.0, 4.0]]), name)
        try:
            setattr(tensor, name, value)
        except Exception as error:
            return log, type(error).__name__
        return log, "assigned"

    assert assigned(mini_autograd) == assigned(torch)


def test_a_property_is_known_by_its_getter() -> None:
    for lib in (torch, mini_autograd):
        tensor, _ = logging(lib)
        kind = type(tensor)
        seen: list[Any] = []
        kind.__torch_function__ = classmethod(lambda cls, func, *more, seen=seen: seen.append(func))
        tensor.shape, tensor.T, tensor.grad  # noqa: B018
        assert seen == [lib.Tensor.shape.__get__, lib.Tensor.T.__get__, lib.Tensor.grad.__get__]
        assert kind.shape is lib.Tensor.shape
