"""A call in a copy of the process gives what it gives here, and leaves nothing behind."""

import os
import time

import pytest

from conformance.fork import Lost, in_copy
from conformance.refusal import Refusal

LEFT: list[int] = []


def leave(number: int) -> list[int]:
    LEFT.append(number)
    return LEFT


def refuse() -> None:
    raise Refusal("not this one")


def test_what_a_call_gives_comes_back_and_what_it_leaves_behind_does_not() -> None:
    assert in_copy(leave, 3) == [3]
    assert in_copy(leave, 4) == [4]
    assert not LEFT


def test_a_refusal_is_raised_here_too() -> None:
    with pytest.raises(Refusal, match="not this one"):
        in_copy(refuse)


def test_a_copy_that_ends_or_takes_too_long_is_lost() -> None:
    with pytest.raises(Lost, match="it ended"):
        in_copy(os._exit, 3)
    with pytest.raises(Lost, match="did not end in time"):
        in_copy(time.sleep, 60, seconds=0.05)
