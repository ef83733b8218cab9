"""Processes that make calls one at a time each; one that ends, or takes too long, is replaced and loses its call alone.

A call is a function of a module with its arguments, all of which can be pickled. Results come in the order
of the calls.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from .asserting import LOST, DeviceLost
from .fork import Lost


@dataclass(slots=True)
class Member:
    """A process, the place of the call that it makes, None for none, and when it has to be done."""

    process: Any
    pipe: Connection
    place: int | None = None
    deadline: float = 0.0

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class Crew:
    """So many processes, started by a context of ``multiprocessing``, with so many seconds for a call."""

    context: Any
    width: int
    seconds: float
    members: list[Member] = field(default_factory=list)
    starting: threading.Lock = field(default_factory=threading.Lock)

    def results(
        self, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]
    ) -> Iterator[Any | Lost | Exception]:
        """What each call gives, or the error that it raised; Lost for one that gave nothing."""
        waiting = list(enumerate(calls))[::-1]
        found: dict[int, Any] = {}
        due = 0
        try:
            while due < len(calls):
                self._hand_out(function, waiting)
                for member in self._heard(found):
                    self.members.remove(member)
                    member.end()
                while due in found:
                    yield found.pop(due)
                    due += 1
        finally:
            self.end()

    def _hand_out(self, function: Callable[..., Any], waiting: list[tuple[int, tuple[Any, ...]]]) -> None:
        """Give each idle process a call."""
        idle = sum(one.place is None for one in self.members)
        for _ in range(min(self.width - len(self.members), len(waiting) - idle)):
            self.members.append(self._started())
        for member in self.members:
            if member.place is None and waiting:
                member.place, args = waiting.pop()
                member.deadline = time.monotonic() + self.seconds
                member.pipe.send((function, args))

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """What one call gives in a process that waits for one, which goes on to wait for the next; Lost for one that
        gave nothing. Calls may be made from several threads."""
        try:
            member = self.members.pop()
        except IndexError:
            member = self._started()
        try:
            member.pipe.send((function, args))
            if not member.pipe.poll(self.seconds):
                raise Lost(f"not done within {self.seconds:g} s")
            told = member.pipe.recv()
        except (EOFError, OSError, Lost) as error:
            member.end()
            raise error if isinstance(error, Lost) else Lost("its process ended") from None
        self.members.append(member)
        if isinstance(told, Exception):
            raise told
        return told

    def end(self) -> None:
        """End all processes."""
        for member in self.members:
            member.end()
        self.members.clear()

    def _started(self) -> Member:
        with self.starting:  # a copy that another thread starts must not hold this one's end of the pipe
            ours, theirs = self.context.Pipe()
            process = self.context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
        return Member(process, ours)

    def _heard(self, found: dict[int, Any]) -> list[Member]:
        """Take in what was answered; the members that have ended, or are late."""
        busy = {one.pipe: one for one in self.members if one.place is not None}
        left = min(one.deadline for one in busy.values()) - time.monotonic()
        lost = []
        ready = set(wait(list(busy), max(left, 0.0)))
        for member in [member for pipe, member in busy.items() if pipe in ready]:
            del busy[member.pipe]
            place, member.place = member.place, None
            assert place is not None
            try:
                found[place] = member.pipe.recv()
            except (EOFError, OSError):
                found[place] = Lost("its process ended")
                lost.append(member)
        for member in busy.values():
            if member.place is not None and member.deadline <= time.monotonic():
                found[member.place] = Lost(f"not done within {self.seconds:g} s")
                lost.append(member)
        return lost


def _serve(pipe: Connection) -> None:
    """Make calls until there are no more."""
    while True:
        try:
            function, args = pipe.recv()
        except EOFError:
            return
        try:
            told = function(*args)
        except DeviceLost as error:  # nothing more can be done here
            print(error, file=sys.stderr, flush=True)
            os._exit(LOST)
        except Exception as error:
            told = error
        try:
            pipe.send(told)
        except Exception as error:  # what cannot be pickled is told in words
            pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
