"""Badges and the picture: what a run says where there is room for a word or for one page."""

import struct
import sys
from xml.etree import ElementTree

import pytest

from reports import picture as drawing
from reports.badge import BAD, FAIR, GOOD, PLAIN, badges
from reports.cli import main
from reports.folder import read_folder
from reports.history import make_history
from reports.past import past
from reports.picture import picture
from reports.report import make_report
from tests.reports.conftest import BUILT
from tests.reports.test_scoreboard import op

SVG = "{http://www.w3.org/2000/svg}"


def told(report):
    """What each badge says, and its colour."""
    found = {}
    for name, text in badges(report):
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("aria-label") == root.find(f"{SVG}title").text
        label, value = (one.text for one in root.iter(f"{SVG}text"))
        assert root.get("aria-label") == f"{label}: {value}"
        colour = [one.get("fill") for one in root.iter(f"{SVG}rect")][-1]
        found[name.removeprefix("badge-").removesuffix(".svg")] = (value, colour)
    return found


def test_a_run_that_agrees(report_of, program):
    assert told(report_of(program(), op())) == {
        "agreement": ("100 %", GOOD),
        "ops": ("1 of 1 agree", GOOD),
        "speed": ("not timed", PLAIN),
    }


def test_a_run_that_differs(sample):
    assert told(make_report(read_folder(sample), BUILT)) == {
        "agreement": ("94.17 %", BAD),
        "ops": ("1 of 3 agree", BAD),
        "speed": ("0.97 times", GOOD),
    }


def test_one_op_of_many_that_differs_is_no_alarm(report_of, program):
    scores = [op(f"op{n}", differ=int(n == 3)) for n in range(20)]
    assert told(report_of(program(), *scores))["ops"] == ("19 of 20 agree", FAIR)


def test_a_run_that_is_not_valid_says_nothing(report_of, program):
    found = told(report_of(program(), op(), status="invalid"))
    assert found["agreement"] == found["ops"] == ("no result", PLAIN)


def test_a_name_in_a_badge_stays_text(report_of, program):
    name = '"/><script>alert(1)</script>'
    report = report_of(program(), reference={"name": name, "version": "1"})
    assert all("<script" not in text for _, text in badges(report))
    assert told(report)["agreement"] == ("100 %", GOOD)


def test_white_text_can_be_read():
    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
        return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert all(1.05 / (luminance(colour) + 0.05) >= 4.5 for colour in (GOOD, FAIR, BAD, PLAIN))


def size(png):
    """Width and height of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("header", [{}, {"status": "invalid"}])
def test_a_page_is_drawn_of_any_run(report_of, program, header):
    report = report_of(program(), reference={"name": "$x_{1}$ <b>", "version": "1"}, **header)
    assert size(picture(report, make_history([past(report)]))) == (1521, 1079)


def test_a_page_is_drawn_of_much(sample):
    report = make_report(read_folder(sample), BUILT)
    history = make_history([past(report)])
    assert picture(report, history) == picture(report, history)


def test_without_matplotlib_the_site_has_no_picture(sample, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not drawing.can_draw()
    assert main(["build", str(sample), "--out", str(tmp_path)]) == 0
    assert "summary.png is left out: matplotlib is not installed" in capsys.readouterr().err
    assert not (tmp_path / "summary.png").exists()
    assert (tmp_path / "badge-ops.svg").exists()
