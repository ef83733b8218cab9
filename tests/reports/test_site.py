"""The first page, the differences and the runs of a site, as a reader finds them."""

import itertools
import re

import pytest

from reports.drawing import Line
from reports.links import Links
from reports.site import build
from reports.trend import small_line
from tests.reports import run_sample
from tests.reports.conftest import BUILT
from tests.reports.test_page import HOSTILE, Page, said, written

GRAPH = "cumprod|graph|name|float64"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of some days, of which the last one has a wrong op and a slow one."""
    path = tmp_path_factory.mktemp("history")
    build(run_sample.write_history(path / "runs", 8, 40), path / "site", BUILT)
    return path / "site"


def first_screen(site):
    text = (site / "index.html").read_text("utf-8")
    return said(
        text.split('<section id="areas"')[0].replace("<!doctype html>", "") + "</main></div></body></html>"
    )


def test_a_planted_regression_is_on_the_first_screen(site):
    text = first_screen(site)
    assert re.search(r"Slower \d mul 0\.9\d → 2\.\d\d noise 8 %", text)
    assert "graph-100 forward" in text
    assert "Ops no longer agreeing 1 linalg.inv value" in text
    assert re.search(r"seed 7, commit 49f35e7, run 20260108-100000-7", text)


def test_every_area_has_its_share_and_its_line(site):
    text = (site / "index.html").read_text("utf-8")
    assert Page(text).ids.count("area/second_order") == 1
    assert len(re.findall(r'aria-label="over \d runs: lowest ', text)) == 12


def test_runs_that_are_no_result_are_in_no_trend(site):
    text = said((site / "runs.html").read_text("utf-8"))
    assert "in 6 valid runs" in text
    assert "no result" in text
    page = said((site / "runs" / "20260104-100000-3.html").read_text("utf-8"))
    assert "This run is no result and counts in no trend: the run did not finish" in page
    assert "%" not in page.replace("100\N{NO-BREAK SPACE}%", "").replace("reads 100 %", "")


def test_a_difference_tells_when_it_was_seen(site):
    text = said((site / Links().signature("special.i0|value|value|float32")).read_text("utf-8"))
    assert "First seen 2026-01-01, last 2026-01-08, in 6 of 6 valid runs." in text
    assert "Accepted: torch's float32 polynomial" in text


def test_headings_go_down_one_at_a_time(site):
    for path in site.rglob("*.html"):
        levels = [int(tag[1]) for tag in Page(path.read_text("utf-8")).tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(below <= above + 1 for above, below in itertools.pairwise(levels)), path


def test_every_table_and_drawing_has_a_name(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert text.count('role="region"') >= text.count("<table")
        assert all("aria-label" in tag for tag in re.findall(r'<svg[^>]*role="img"[^>]*>', text)), path


def test_traces_and_graphs_are_readable_without_colour(report_of, differing):
    text = written(report_of(*differing("a", GRAPH, "CumprodBackward0", "MulBackward0")))[
        Links().signature(GRAPH)
    ]
    assert "differs in the last digits" in said(text)
    assert "≠ MulBackward0" in said(text)
    assert "differs at MulBackward0" in text  # of the drawing's name


@pytest.mark.parametrize("lacks", ["steps", "graphs"])
def test_a_difference_without_traces_or_graphs_has_a_page(report_of, differing, lacks):
    program, difference = differing("a", GRAPH)
    del difference[lacks]
    text = said(written(report_of(program, difference))[Links().signature(GRAPH)])
    assert ("Both traces" in text, "Both graphs" in text) == (lacks != "steps", lacks != "graphs")


def test_traces_and_graphs_are_text(report_of, differing):
    program, difference = differing("a", GRAPH)
    drawing = run_sample.drawing(True)
    drawing["nodes"][1] |= {"title": HOSTILE, "lines": [HOSTILE]}
    difference |= {
        "steps": [{"code": [HOSTILE], "rows": [["≠", HOSTILE, HOSTILE + "1"], [" ", HOSTILE, ""]]}],
        "graphs": {"expected": drawing, "got": drawing},
    }
    page = Page(written(report_of(program, difference))[Links().signature(GRAPH)])
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert HOSTILE in "".join(page.text)


def test_arrows_point_along_their_line():
    assert Line(((0.0, 0.0), (0.0, 10.0))).path == "M0 0 L0 10"
    assert Line(((0.0, 0.0), (0.0, 10.0))).head == "M0 10 L-2.9 3.0 L2.9 3.0Z"
    assert Line(((0.0, 0.0), (0.0, 0.0))).head == Line(((0.0, 0.0),)).head == Line(()).path == ""


def test_a_line_goes_from_the_lowest_share_to_a_whole_one():
    line = small_line([(9, 10), (10, 10), (19, 20)], width=100, height=20)
    assert line.path == "M3.0 17.0 L50.0 3.0 L97.0 10.0"
    assert line.label == "over 3 runs: lowest 90.00 %, now 95.00 %"
    assert small_line([(1, 1)]) is None
    assert small_line([(0, 0), (1, 1)]) is None
    assert small_line([(1, 1), (1, 1)], height=20).path.endswith(" 3.0")
