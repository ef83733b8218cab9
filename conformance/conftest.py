"""Options and fixtures of `pytest conformance`: the two libraries, and which programs to draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.known import read_known
from conformance.lockstep import Lockstep
from conformance.placement import CPU, DEVICES, NoDevice, sides
from conformance.refusal import Refusal
from conformance.subjects import Subject, is_recording, load_subject
from conformance.variant import variant

TOLD_OF = "2.13"  # the version of torch that the library is to be like


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--subject", default="mini_autograd", help="the library under test, a module")
    group.addoption(
        "--reference", default="torch", help="the library that is right by definition, or `recorded`"
    )
    group.addoption("--device", choices=DEVICES, default=CPU, help="where all tensors are made")
    group.addoption("--seed", type=int, default=0, help="where the stream of programs starts")
    group.addoption("--programs", type=int, default=300, help="how many programs to draw")
    group.addoption(
        "--op-dtypes", default="float64,float32", help="dtypes to try the ops of torch's tests in, or `all`"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With a recorded reference, of the tests only that of recorded programs: the others run torch."""
    if not collection_path.name.startswith("test_"):
        return None
    about_recordings = collection_path.name == "test_recorded.py"
    return True if about_recordings != is_recording(config.getoption("--reference")) else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Where the two libraries are compared, if that is not the CPU."""
    if config.getoption("--device") == CPU:
        return []
    try:
        return [f"device: {placed(config)[1].placement.told}"]  # type: ignore[union-attr]
    except NoDevice as error:
        return [f"device: none: {error}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is told of one version of torch on the CPU, where the reference is another, or elsewhere."""
    reason = ""
    if config.getoption("--device") != CPU:
        reason = "it is told of torch on the CPU"
    elif is_torch(config.getoption("--reference")) and not told_of():
        reason = f"it is told of torch {TOLD_OF}"
    for item in items if reason else ():
        if item.path.name in ("test_known.py", "test_findings.py"):
            item.add_marker(pytest.mark.skip(reason=reason))


def is_torch(reference: str) -> bool:
    """Whether the reference is torch itself, and no recording."""
    return variant(reference).name == "torch"


def told_of() -> bool:
    """Whether the torch that is installed is the version that accepted differences and findings are told of."""
    import torch

    return torch.__version__.startswith(f"{TOLD_OF}.")


@pytest.fixture(scope="session")
def reference(request: pytest.FixtureRequest) -> Subject:
    return _load(request)[0]


@pytest.fixture(scope="session")
def subject(request: pytest.FixtureRequest) -> Subject:
    return _load(request)[1]


def placed(config: pytest.Config) -> tuple[Subject, Subject]:
    """The two libraries that the options name, on the device that they name."""
    names = sides(*(config.getoption(option) for option in ("--reference", "--subject", "--device")))
    return load_subject(names[0]), load_subject(names[1])


def _load(request: pytest.FixtureRequest) -> tuple[Subject, Subject]:
    """Both libraries; without the device all is skipped, and one that cannot be used ends the run, as no test could
    pass."""
    try:
        return placed(request.config)
    except NoDevice as error:
        pytest.skip(str(error))
    except Refusal as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def lockstep(reference: Subject, subject: Subject) -> Lockstep:
    """Both sides, going on at differences that are accepted."""
    return Lockstep(reference, subject, frozenset(known.signature for known in read_known()))
