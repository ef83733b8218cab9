"""What the tests of `pytest conformance/` ask of a program."""

from __future__ import annotations

import re

import pytest

from .commands.replay import account
from .lockstep import Lockstep
from .program import Program

OWN = "mini_autograd"  # which has all that kept programs call, so that one which it lacks is lost; drawn ones ask more
_DRAWN = re.compile(r"g-\d+-\d+$")


def assert_agree(lockstep: Lockstep, program: Program) -> None:
    """Fail with the program up to the statement at which the two sides part; skip what another library lacks."""
    outcome = lockstep.run(program)
    if outcome.unsaid:
        pytest.skip(str(outcome.unsupported))
    if outcome.unsupported is not None:
        lacks = f"{lockstep.subject.name} does not have {outcome.unsupported}"
        if lockstep.subject.library == OWN and not _DRAWN.match(program.name):
            pytest.fail(lacks, pytrace=False)
        pytest.skip(lacks)
    if outcome.differences:
        pytest.fail(f"\n{account(program, outcome)}", pytrace=False)
