"""How far float32 results are off: the unit, and what a worse library shows beside torch."""

import numpy
import pytest
import torch

from conformance.opinfo.checks import BY_NAME
from conformance.opinfo.entry import read_table
from conformance.opinfo.error import Errors, ulps
from conformance.opinfo.scoreboard import Board
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
ENTRIES = {entry.id: entry for entry in read_table()}
INF, NAN = float("inf"), float("nan")


class Coarse:
    """torch with an exp whose last bits are wrong."""

    def exp(self, x):
        return torch.exp(x) * (1 + 2.0**-20)

    def __getattr__(self, name):
        return getattr(torch, name)


@pytest.mark.parametrize(
    ("truth", "value", "expected"),
    [
        (1.0, 1.0, 0.0),
        (1.0 + 2**-24, 1.0, 0.5),
        (1.0, 1.0 + 2**-23, 1.0),
        (1.0, 1.0 - 2**-24, 0.5),
        (3.0, 3.0 + 2**-22, 1.0),
        (0.0, 2.0**-149, 1.0),
        (2.0**-140, 2.0**-140 + 3 * 2.0**-149, 3.0),
        (1e39, INF, 0.0),
        (1e39, 3.4028235e38, INF),
        (1.0, INF, INF),
        (1.0, NAN, INF),
    ],
)
def test_the_unit_is_the_distance_to_the_next_number(truth, value, expected):
    with numpy.errstate(all="ignore"):
        found = ulps(numpy.array([truth]), numpy.array([value], "float32"))
    assert found[0] > 1e6 if expected == INF else found[0] == pytest.approx(expected)


def test_elements_are_counted_by_the_upper_end_of_a_bin():
    errors = Errors()
    truth = numpy.array([1.0, 1.0, 1.0, 1.0, NAN])
    got = numpy.array([1.0, 1.0 + 2**-23, 1.0 + 3 * 2**-23, NAN, 0.0], "float32")
    errors.add(truth, numpy.array([1.0] * 5, "float32"), got)
    assert errors.record() == {"subject": {"0": 1, "1": 1, "4": 1, "inf": 1}, "reference": {"0": 4}}


def test_a_float64_run_that_took_another_branch_says_nothing():
    errors = Errors()
    errors.add(numpy.array([1.0]), numpy.array([2.0], "float32"), numpy.array([1.0], "float32"))
    assert errors.record() is None


@pytest.mark.parametrize("check", ["value", "gradient"])
def test_a_worse_library_is_further_off(check):
    board = Board(TORCH, Subject("coarse", "1", Coarse()))
    record = board.score(ENTRIES["exp"], BY_NAME[check], "float32").record()
    near, far = (
        sum(count for bound, count in record["errors"][side].items() if float(bound) <= 4)
        for side in ("reference", "subject")
    )
    assert near == sum(record["errors"]["reference"].values()) == sum(record["errors"]["subject"].values())
    assert far < near


def test_only_numbers_that_float64_has_too_are_measured():
    board = Board(TORCH, TORCH)
    assert "errors" not in board.score(ENTRIES["exp"], BY_NAME["value"], "float64").record()
    assert "errors" not in board.score(ENTRIES["exp"], BY_NAME["forward"], "float32").record()
    assert "errors" not in board.score(ENTRIES["bernoulli"], BY_NAME["value"], "float32").record()
    assert "errors" not in board.score(ENTRIES["eq"], BY_NAME["value"], "float32").record()
