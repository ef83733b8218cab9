"""Drawn programs and kept ones do the same on both libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.assertion import assert_agree
from conformance.choice import HypothesisChoice
from conformance.commands.replay import account
from conformance.generate import Generator
from conformance.known import CORPUS, read_known
from conformance.lockstep import Lockstep
from conformance.presence import Presence
from conformance.program import read_program
from conformance.subjects import Subject

BATCH = 50
WITNESSES = {known.program for known in read_known()}
KEPT = [path for path in sorted(CORPUS.glob("*.json")) if path not in WITNESSES]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, metafunc.config.getoption("--programs"), BATCH))


def test_drawn_programs(
    first: int, lockstep: Lockstep, subject: Subject, request: pytest.FixtureRequest
) -> None:
    seed, programs = request.config.getoption("--seed"), request.config.getoption("--programs")
    generator = Generator(Presence(subject))
    accounts = []
    for index in range(first, min(first + BATCH, programs)):
        program = generator.program(seed, index)
        outcome = lockstep.run(program)
        if outcome.differences:
            accounts.append(account(program, outcome))
    if accounts:
        text = "\n\n".join(accounts)
        pytest.fail(f"\n{text}\n{len(accounts)} of {BATCH} programs differ", pytrace=False)


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_programs_that_shrink(lockstep: Lockstep, subject: Subject, data: st.DataObject) -> None:
    assert_agree(lockstep, Generator(Presence(subject)).draw(HypothesisChoice(data)))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_kept_programs(path: Path, lockstep: Lockstep) -> None:
    assert_agree(lockstep, read_program(path))
