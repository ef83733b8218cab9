"""Programs do on the subject what a library did of which there is a recording; that library need not be installed."""

from __future__ import annotations

import pytest

from conformance.assertion import assert_agree
from conformance.known import read_known
from conformance.lockstep import Lockstep
from conformance.subjects import load_subject

WITNESSES = {known.program.stem for known in read_known()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    recording = load_subject(metafunc.config.getoption("--reference")).recording
    assert recording is not None
    metafunc.parametrize("name", [name for name in recording.names() if name not in WITNESSES])


def test_recorded_program(name: str, lockstep: Lockstep) -> None:
    recording = lockstep.reference.recording
    assert recording is not None
    if "failed" in recording[name]:
        pytest.skip(f"{lockstep.reference.name} failed: {recording[name]['failed']}")
    assert_agree(lockstep, recording.program(name))
