from datetime import UTC, datetime

import pytest

from reports.folder import read_folder
from reports.report import make_report
from tests.reports import run_sample

BUILT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A valid run of 300 programs with every sort of record."""
    path = tmp_path_factory.mktemp("runs") / "20261120-101500-7"
    return run_sample.write(path, run_sample.run_json(programs=300), run_sample.records(300))


@pytest.fixture
def write_run(tmp_path):
    """Writes a run folder from a list of records, with fields of its header replaced."""

    def write(*records, **header):
        programs = sum(record["record"] == "program" for record in records)
        path = tmp_path / "run"
        return run_sample.write(
            path,
            run_sample.run_json(**{"programs": programs, "absent": [], "unproven": {}} | header),
            list(records),
        )

    return write


@pytest.fixture
def report_of(write_run):
    """The report on a list of records, built at a fixed moment."""
    return lambda *records, **header: make_report(read_folder(write_run(*records, **header)), BUILT)


@pytest.fixture
def program():
    """A program record that agrees, with fields replaced."""

    def make(id="g-1", **changes):
        kinds = {"value": 2, "grad": 1}
        return {
            "record": "program", "id": id, "origin": "generated", "status": "agree", "statements": 3,
            "completed": 3, "ops": ["mul"], "kinds": kinds, "signature": None, "arbitrated": 0, **changes,
        }  # fmt: skip

    return make


@pytest.fixture
def differing(program):
    """A program record that differs, and its difference record."""

    def make(id, signature, expected="1", got="2", accepted=None, ops=None):
        status = "differ" if accepted is None else "accepted"
        op = signature.split("|")[0]
        return (
            program(id, status=status, signature=signature, ops=ops or [op]),
            run_sample.difference(signature, id, expected, got, accepted),
        )

    return make
