"""Backward passes within one another, to any depth.

NOTE [Deep passes]: a hook may run a pass whose hooks run passes in turn, and each takes its part of the interpreter's
stack. As torch does, the engine goes on in another thread, which has a stack of its own, when too many are on this
one; the thread that waits for it lends it its switches, so that nothing else differs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mini_autograd.graph import modes

# How many passes run within one another in one thread. torch has 60, but fewer calls between them.
DEEPEST = 40


def in_another_thread(call: Callable[..., Any], *args: Any) -> Any:
    """What ``call(*args)`` returns or raises, from the bottom of another stack."""
    switches = modes.current()
    depth = switches.depth
    outcome: list[Any] = []

    def run() -> None:
        modes.take_over(switches)
        switches.depth = 0
        try:
            outcome.append(call(*args))
        except BaseException as error:  # the thread that waits raises it
            outcome.extend((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        thread.join()
    finally:
        thread.join()  # the switches are not to be had before, whatever interrupts
        switches.depth = depth
        modes.take_over(switches)
    if len(outcome) > 1:
        raise outcome[1]
    return outcome[0]
