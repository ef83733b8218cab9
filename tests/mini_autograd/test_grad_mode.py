"""Grad modes against torch: every way to use one, entered again, misused, and what inference tensors refuse."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd

Call = Callable[[Any, list], None]


def seen(call: Call, lib: Any) -> list:
    """What ``call(lib, seen)`` noted, warned of and raised, in a thread of its own."""
    noted: list = []

    def run() -> None:
        try:
            call(lib, noted)
        except Exception as error:
            noted.append((type(error).__name__, str(error)))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    return noted + [(one.category.__name__, str(one.message)) for one in caught]


def flags(lib: Any) -> tuple[bool, bool]:
    return lib.is_grad_enabled(), lib.is_inference_mode_enabled()


def decorated_class(lib: Any, noted: list) -> None:
    @lib.no_grad
    class Holder:
        def __init__(self) -> None:
            noted.append(flags(lib))

    Holder()
    noted += [flags(lib), Holder.__name__, isinstance(Holder, type)]


def entered_again(lib: Any, noted: list) -> None:
    for make in (lib.no_grad, lib.enable_grad, lib.inference_mode, lambda: lib.set_grad_enabled(False)):
        mode = make()
        with mode:
            with mode:
                noted.append(flags(lib))
            noted.append(flags(lib))
        noted.append(flags(lib))


def held_by_nobody(lib: Any, noted: list) -> None:
    lib.inference_mode().__enter__()
    noted.append(flags(lib))
    mode = lib.no_grad()
    mode.__exit__(None, None, None)
    noted += [flags(lib), mode.prev, lib.set_grad_enabled(True).prev]
    lib.inference_mode().__exit__(None, None, None)


def generator_closed(lib: Any, noted: list) -> None:
    @lib.inference_mode()
    def items() -> Any:
        try:
            noted.append((yield flags(lib)))
            yield flags(lib)
        finally:
            noted.append(flags(lib))

    generator = items()
    noted += [next(generator), flags(lib), generator.send("sent"), flags(lib)]
    generator.close()
    noted.append(flags(lib))


@pytest.mark.parametrize("call", [decorated_class, entered_again, held_by_nobody, generator_closed])
def test_a_mode_is_in_force_where_it_is_in_torch(call: Call) -> None:
    assert seen(call, mini_autograd) == seen(call, torch)


MISUSES: dict[str, Callable[[Any], Any]] = {
    "number": lambda lib: lib.set_grad_enabled(1),
    "array": lambda lib: lib.set_grad_enabled(lib.tensor(True)),
    "nothing": lambda lib: lib.set_grad_enabled(),
    "two": lambda lib: lib.no_grad(1, 2),
    "none": lambda lib: lib.no_grad(None),
    "keyword": lambda lib: lib.enable_grad(x=1),
    "own keyword": lambda lib: lib.no_grad(orig_func=None),
    "no function": lambda lib: lib.no_grad()(),
    "called with": lambda lib: lib.is_grad_enabled(1),
    "inferred with": lambda lib: lib.is_inference_mode_enabled(1, 2),
    "threads": lambda lib: lib.autograd.set_multithreading_enabled(1),
    "both": lambda lib: lib.inference_mode(True, 1),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse_is_an_error_in_the_same_words(misuse: str) -> None:
    def call(lib: Any, noted: list) -> None:
        MISUSES[misuse](lib)

    assert seen(call, mini_autograd) == seen(call, torch)


REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "add_": lambda lib, x: x.add_(1),
    "part": lambda lib, x: x[:2].add_(1),
    "requires_grad_": lambda lib, x: x.requires_grad_(),
    "requires_grad": lambda lib, x: setattr(x, "requires_grad", True),
    "alias": lambda lib, x: x.detach().requires_grad_(),
    "variable": lambda lib, x: lib.autograd.Variable(x, requires_grad=True),
    "saved": lambda lib, x: x * lib.ones(3, requires_grad=True),
    "version": lambda lib, x: x._version,
    "resize_": lambda lib, x: x.resize_(2),
    "same size": lambda lib, x: x.resize_(3).tolist(),
    "unsqueeze_": lambda lib, x: x.unsqueeze_(0),
    "out": lambda lib, x: lib.add(x, x, out=x),
    "data": lambda lib, x: delattr(x, "data"),
}


@pytest.mark.parametrize("use", REFUSED)
def test_an_inference_tensor_refuses_the_same(use: str) -> None:
    def call(lib: Any, noted: list) -> None:
        with lib.inference_mode():
            x = lib.ones(3)
        noted.append(REFUSED[use](lib, x))
        noted.append(x.requires_grad)

    def plain(lib: Any) -> list:
        return [one.tolist() if hasattr(one, "tolist") else one for one in seen(call, lib)]

    assert plain(mini_autograd) == plain(torch)


def test_a_thread_starts_with_recording_on() -> None:
    def call(lib: Any, noted: list) -> None:
        with lib.inference_mode():
            thread = threading.Thread(target=lambda: noted.append(flags(lib)))
            thread.start()
            thread.join()
            noted.append(flags(lib))

    assert seen(call, mini_autograd) == seen(call, torch) == [(True, False), (False, True)]
