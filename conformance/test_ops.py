"""The ops that torch tests itself by do the same on both libraries: one test for an entry, a check and a dtype.

What is known to be behind, by `opinfo/behind.txt`, has to fail: a test that passes is to be taken out of that list.
"""

from __future__ import annotations

from typing import Any

import pytest

from conformance.opinfo.behind import read_behind
from conformance.opinfo.checks import BY_NAME, CHECKS
from conformance.opinfo.entry import Entry, read_table
from conformance.opinfo.scoreboard import ERROR_TEXT, ERROR_TYPE, Board, Score
from conformance.placement import CPU
from conformance.subjects import Subject

BEHIND = read_behind()
OWN = "mini_autograd"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = set(metafunc.config.getoption("--op-dtypes").split(","))
    own = metafunc.config.getoption("--subject") == OWN and metafunc.config.getoption("--device") == CPU
    if metafunc.function is test_samples:
        cases = [
            case(entry, check.name, dtype, own)
            for entry in read_table()
            for check in CHECKS
            for dtype in check.dtypes(entry)
            if dtype in wanted or wanted == {"all"}
        ]
        metafunc.parametrize(("entry", "check", "dtype"), cases)
    elif metafunc.function is test_errors:
        failing = [entry for entry in read_table() if entry.errors]
        cases = [case(entry, name, "any", own) for entry in failing for name in (ERROR_TYPE, ERROR_TEXT)]
        metafunc.parametrize(("entry", "check", "dtype"), cases)


def case(entry: Entry, check: str, dtype: str, own: bool) -> Any:
    """The parameters of a test."""
    behind = own and (entry.id, check, dtype) in BEHIND
    reason = "behind: opinfo/behind.txt names it, and is to be written anew when it passes"
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if behind else []
    return pytest.param(entry, check, dtype, id=f"{entry.id}-{check}-{dtype}", marks=marks)


@pytest.fixture(scope="session")
def board(reference: Subject, subject: Subject) -> Board:
    return Board(reference, subject)


def test_samples(entry: Entry, check: str, dtype: str, board: Board) -> None:
    judge(board.score(entry, BY_NAME[check], dtype))


def test_errors(entry: Entry, check: str, dtype: str, board: Board) -> None:
    judge(next(score for score in board.errors(entry) if score.check == check))


def judge(score: Score) -> None:
    """Fail with what differs; skip what says nothing: where an entry has no second derivative, say, or torch itself
    refuses all its samples, and so does the library, in the same words."""
    if score.unsupported is not None:
        pytest.fail(f"lacks {score.unsupported}", pytrace=False)
    if score.differ:
        pytest.fail(f"{score.differ} differ, as {score.examples[0]}: {dict(score.signatures)}", pytrace=False)
    if not score.agree:
        pytest.skip("no sample that the reference runs")
