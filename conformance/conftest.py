"""Options and fixtures of `pytest conformance`: the two libraries, and which programs to draw."""

from __future__ import annotations

import pytest

from conformance.known import read_known
from conformance.lockstep import Lockstep
from conformance.subjects import Subject, SubjectError, load_subject


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--subject", default="mini_autograd", help="the library under test, a module")
    group.addoption("--reference", default="torch", help="the library that is right by definition")
    group.addoption("--seed", type=int, default=0, help="where the stream of programs starts")
    group.addoption("--programs", type=int, default=300, help="how many programs to draw")


@pytest.fixture(scope="session")
def reference(request: pytest.FixtureRequest) -> Subject:
    return _load(request, "--reference")


@pytest.fixture(scope="session")
def subject(request: pytest.FixtureRequest) -> Subject:
    return _load(request, "--subject")


def _load(request: pytest.FixtureRequest, option: str) -> Subject:
    """The library that an option names; one that cannot be used ends the run, as no test could pass."""
    try:
        return load_subject(request.config.getoption(option))
    except SubjectError as error:
        pytest.exit(f"{option}: {error}", returncode=2)


@pytest.fixture(scope="session")
def lockstep(reference: Subject, subject: Subject) -> Lockstep:
    """Both sides, going on at differences that are accepted."""
    return Lockstep(reference, subject, frozenset(known.signature for known in read_known()))
