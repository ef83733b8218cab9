"""Calls in a copy of this process: what they leave behind ends with it, and so does it if they end it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from .refusal import Refusal

Result = TypeVar("Result")
TOLD = (
    Refusal,
    MemoryError,
)  # errors that a command says in a line, which are raised here as they were there


class Lost(Exception):
    """The copy ended before it said anything, or did not end in time."""


def in_copy(function: Callable[..., Result], *args: Any, seconds: float | None = None) -> Result:
    """What a function gives in a copy of this process; Lost where the copy ends, or takes so many seconds. Where
    processes cannot be copied it is called here."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return function(*args)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(sender, function, args))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise Lost("it did not end in time")
        told = receiver.recv()
    except EOFError:
        raise Lost("it ended") from None
    finally:
        receiver.close()
        process.kill()
        process.join()
        process.close()
    if isinstance(told, TOLD):
        raise told
    result: Result = told
    return result


def _tell(sender: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        sender.send(function(*args))
    except TOLD as error:
        sender.send(error)
