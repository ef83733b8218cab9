"""What is not the same in two runs."""

from dataclasses import replace

import pytest

from reports.change import change, combined
from reports.past import Measured, past
from tests.reports.test_scoreboard import op

GRAD, SAVED = "mul|grad|value|float", "mul|saved|names|float"


@pytest.fixture
def one(report_of, program):
    return past(report_of(program(), op(), op(check="gradient"), op("linalg.inv", differ=1)))


def moved(one, before, now):
    """The names of what is slower, and of what is faster."""
    runs = (replace(one, timings={"mul|forward": Measured(*times)}) for times in (before, now))
    found = change(*runs)
    return [[(each.name, each.phase) for each in side] for side in (found.slower, found.faster)]


@pytest.mark.parametrize(
    ("before", "now", "slower", "faster"),
    [
        ((1.0, 0.05), (1.2, 0.05), 1, 0),
        ((1.0, 0.1), (1.2, 0.1), 0, 0),  # each may be off by its noise
        ((1.2, 0.05), (1.0, 0.05), 0, 1),
        ((1.0, 0.0), (1.02, 0.0), 0, 0),  # less than anybody believes
        ((1.0, None), (1.4, 0.0), 1, 0),
        ((1.0, None), (1.2, 0.0), 0, 0),  # of unknown noise
        ((0.0, 0.0), (1.2, 0.0), 0, 0),
    ],
)
def test_a_time_moves_only_beyond_the_noise_of_both(one, before, now, slower, faster):
    name = ("mul", "forward")
    assert moved(one, before, now) == [[name] * slower, [name] * faster]


def test_noise_adds_up():
    assert combined(Measured(1, 0.1), Measured(1, 0.1)) == pytest.approx(0.21)


def test_an_op_that_agreed_and_does_not_is_broken(one, report_of, program):
    worse = past(
        report_of(program(), op(differ=1), op(check="gradient"), op("linalg.inv"), op("fft.fft", differ=2))
    )
    found = change(one, worse)
    assert found.broken == {"linalg.det": ["value"]}  # fft.fft was not looked at before
    assert found.mended == {"linalg.inv": ["value"]}


def test_ways_to_differ_are_new_or_gone_or_still_open(report_of, program, differing):
    before = past(report_of(*differing("a", GRAD), *differing("b", SAVED)))
    now = past(report_of(*differing("a", GRAD), *differing("b", "add|value|value|float")))
    found = change(before, now)
    assert (found.new, found.gone, found.still) == (("add|value|value|float",), (SAVED,), (GRAD,))
