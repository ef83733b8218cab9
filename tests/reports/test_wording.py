from datetime import timedelta

import pytest

from reports import wording
from reports.bar import make_axis
from reports.marking import mark
from reports.record import Phase, Timing


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 1, "100 %"), (19_999, 20_000, "99.99 %"), (999_999, 1_000_000, "99.99 %"), (0, 3, "0.00 %"),
     (29, 100, "29.00 %"), (0, 0, "\N{EN DASH}")],
)  # fmt: skip
def test_only_a_whole_share_reads_100(part, whole, text):
    assert wording.percent(part, whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.6, "1 min"), (3_725, "1 h 2 min"), (90_061, "1 d 1 h"), (-5, "0 s")]
)
def test_span(seconds, text):
    assert wording.span(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("ratio", "noise", "text"),
    [(0.5, 0.1, "2 times as fast"), (3.0, 0.1, "takes 3 times as long"), (1.05, 0.06, "within the noise")],
)
def test_pace(ratio, noise, text):
    assert wording.pace(Phase("forward", 1, 1, ratio, noise)) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.3, "met"), (0.345, "in the noise"), (0.36, "in the noise"), (0.4, "missed")]
)
def test_reached(ratio, text):
    assert wording.reached(Phase("forward", 1, 1, ratio, 0.05), 0.35) == text


def test_anchors_hold_only_what_a_link_may():
    assert wording.anchor("signature", "a b|c<d>|é") == "signature/a_b/c<d>/_"
    assert wording.fragment("signature", 'a"b|c') == "#signature/a%22b/c"


def test_marks_what_differs():
    expected, got = mark("tensor([0., <2.>])", "tensor([nan, <2.>])")
    assert expected == "tensor([<mark>0.</mark>, &lt;<mark></mark>2.&gt;])".replace("<mark></mark>", "")
    assert got == "tensor([<mark>nan</mark>, &lt;2.&gt;])"


@pytest.mark.parametrize(
    ("expected", "got"), [("", "x"), ("a b", "a b"), ("a " * 500, "b " * 500), ("ab", "")]
)
def test_marks_lose_no_text(expected, got):
    assert tuple(one.striptags() for one in mark(expected, got)) == (
        " ".join(expected.split()), " ".join(got.split()),
    )  # fmt: skip


def test_bars_grow_away_from_parity():
    def timing(ratio):
        return Timing("p", "p", "timed", "", (Phase("forward_backward", 1, 1, ratio, 0.1),), 1, 0.35)

    axis = make_axis([timing(0.1), timing(3.0)])
    faster, slower = (axis.bar(one.phases[0], one.goal) for one in (timing(0.1), timing(3.0)))
    assert faster.faster
    assert not slower.faster
    assert faster.x + faster.width == pytest.approx(axis.x(1)) == slower.x
    assert axis.x(0.1) < axis.x(0.35) < axis.x(1) < axis.x(3)
    assert [tick.label for tick in axis.ticks][-2:] == ["2", "4"]
    assert axis.x(0) == axis.x(2.0**axis.low)


def test_texts_with_little_in_common_are_not_marked():
    texts = ("no error", "AttributeError: no such error as this one")
    assert mark(*texts) == texts
