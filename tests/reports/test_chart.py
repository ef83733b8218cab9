"""Charts: what is measured lies where its numbers say, and what the noise explains is not marked."""

import itertools
import math
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from reports.distribution import BASE, distributions
from reports.measure import Errors, Pace, Point, Sweep
from reports.past import Measured
from reports.ratio_line import ratio_line
from reports.record import OpScore
from reports.strip import make_strip
from reports.sweep_chart import make_panels, size, time


def score(check, subject, reference):
    return OpScore("exp", "pointwise", check, "float32", 1, 0, 0, None, (), {}, Errors(subject, reference))


def test_errors_of_a_check_are_added_up():
    (one,) = distributions([score("value", {"0": 2}, {"0": 1, "1": 1}), score("value", {"4": 1}, {"0.5": 1})])
    counts = {bin.bound: (bin.reference, bin.subject) for bin in one.bins if bin.reference or bin.subject}
    assert counts == {"0": (1, 2), "0.5": (1, 0), "1": (1, 0), "4": (0, 1)}
    assert one.largest == ("1", "4")
    assert one.means == (pytest.approx(1 / 3), pytest.approx(1))
    assert one.ratio == pytest.approx(3)


def test_a_single_result_among_thousands_is_seen():
    (one,) = distributions([score("value", {"0": 5000, "inf": 1}, {"0": 5001})])
    assert BASE - one.bins[-1].subject_top > 5
    assert one.bins[-1].reference_top == BASE
    assert one.bins[-1].label == "more"


def test_no_errors_no_distribution():
    assert distributions([score("value", {}, {})]) == []


def test_a_reference_without_errors_has_no_ratio():
    assert distributions([score("value", {"1": 1}, {"0": 1})])[0].ratio is None


def sweep(op, ratios, crossover=None):
    points = tuple(Point(10**at, 1000 * ratio, 1000.0, ratio, 0.02, 8, 8) for at, ratio in enumerate(ratios))
    return Sweep(op, points, crossover, None)


def test_panels_share_their_axes():
    panels = make_panels([sweep("add", (0.5, 0.5)), sweep("mul", (2, 2, 2, 20), 1), sweep("none", ())])
    add, mul = panels.panels
    assert add.reference[0].y == mul.reference[0].y
    assert add.subject[0].y > add.reference[0].y > mul.subject[0].y
    assert add.crossover is None
    assert mul.crossover == mul.subject[0].x
    assert [tick.text for tick in panels.times] == ["100 ns", "1 µs", "10 µs", "100 µs"]


@pytest.mark.parametrize(
    ("ratios", "crossover", "told"),
    [
        ((0.5, 0.5), None, "faster at every size"),
        ((2, 1, 0.5), None, "faster above 10 elements"),
        ((0.5, 0.5, 1, 2), 100, "faster below 100 elements"),
        ((2, 0.5, 1, 2), 100, "no longer faster from 100 elements on"),
        ((1, 2), 1, "never faster"),
    ],
)
def test_sizes_at_which_the_subject_is_faster(ratios, crossover, told):
    (panel,) = make_panels([sweep("add", ratios, crossover)]).panels
    assert panel.crossing == told


def test_no_sweep_has_no_panel():
    assert make_panels([]).panels == ()


def test_powers_of_ten_are_told_in_units():
    assert [size(power) for power in (0, 2, 3, 5, 6, 7)] == ["1", "100", "1k", "100k", "1M", "10M"]
    assert [time(power) for power in (0, 2, 4, 8, 10)] == ["1 ns", "100 ns", "10 µs", "100 ms", "10 s"]


def pace(entry, ratio, noise=0.05):
    return Pace(entry, "f", 10**6, ratio * 1e6, 1e6, ratio, noise)


def test_the_strip_is_sorted_and_tells_what_is_beyond_the_noise():
    strip = make_strip([pace("slow", 3), pace("even", 1.02), pace("fast", 0.4, None), pace("none", 0)])
    assert [(dot.pace.entry, dot.told) for dot in strip.dots] == [
        ("fast", "faster"), ("even", "within"), ("slow", "slower"),
    ]  # fmt: skip
    assert all(one.x < other.x and one.y > other.y for one, other in itertools.pairwise(strip.dots))
    assert (strip.median, strip.noise) == (1.02, 0.05)
    assert [one.entry for one in strip.slowest] == ["slow", "even", "fast"]
    assert make_strip([]) is None


def test_ratios_without_bounds_stay_on_the_strip():
    strip = make_strip([pace("low", 1e-9), pace("high", 1e9)])
    assert all(math.isfinite(dot.y) and 0 <= dot.y <= 300 for dot in strip.dots)


def line(*measured):
    runs = [
        SimpleNamespace(run=f"r{at}", started=datetime(2026, 1, 1, tzinfo=UTC), timings={"a|b": one} if one else {})
        for at, one in enumerate(measured)
    ]  # fmt: skip
    return ratio_line(runs, "a|b")


def test_only_changes_beyond_the_noise_are_marked():
    found = line(Measured(1, 0.02), Measured(1.03, 0.02), None, Measured(2, 0.02), Measured(1, 0.02))
    assert [(dot.run, dot.moved) for dot in found.moves] == [("r3", "slower"), ("r4", "faster")]
    assert found.range == (1, 2)
    assert [dot.y for dot in found.dots][2] < found.dots[0].y  # slower is higher


def test_a_noisy_run_explains_a_change():
    assert line(Measured(1, 0.02), Measured(2, 1.5)).moves == []


def test_one_run_makes_no_line():
    assert line(Measured(1, 0.02)) is None
