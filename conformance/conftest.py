"""Options and fixtures of `pytest conformance`: the two libraries, and which programs to draw."""

from __future__ import annotations

import pytest

from conformance.known import read_known
from conformance.lockstep import Lockstep
from conformance.subjects import Subject, load_subject


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--subject", default="mini_autograd", help="the library under test, a module")
    group.addoption("--reference", default="torch", help="the library that is right by definition")
    group.addoption("--seed", type=int, default=0, help="where the stream of programs starts")
    group.addoption("--programs", type=int, default=300, help="how many programs to draw")


@pytest.fixture(scope="session")
def reference(request: pytest.FixtureRequest) -> Subject:
    return load_subject(request.config.getoption("--reference"))


@pytest.fixture(scope="session")
def subject(request: pytest.FixtureRequest) -> Subject:
    return load_subject(request.config.getoption("--subject"))


@pytest.fixture(scope="session")
def lockstep(reference: Subject, subject: Subject) -> Lockstep:
    """Both sides, going on at differences that are accepted."""
    return Lockstep(reference, subject, frozenset(known.signature for known in read_known()))
