import json

import pytest

from reports.field import RecordError
from reports.site import build
from tests.reports import run_sample
from tests.reports.conftest import BUILT
from tests.reports.test_page import Page

GRAD, SAVED = "mul|grad|value|float", "mul|saved|names|float"


@pytest.fixture
def runs(tmp_path, program, differing):
    """Three days: one way to differ, another one, and a day without valid controls."""

    def write(day, *records, **header):
        name = f"2026112{day}-101500-{day}"
        started = f"2026-11-2{day}T10:15:00+00:00"
        data = run_sample.run_json(
            **{"run": name, "started": started, "finished": started, "programs": 2, "seed": day} | header
        )
        return run_sample.write(tmp_path / "runs" / name, data, list(records))

    broken = {"controls": {"agree": [1, 2], "differ": [2, 2]}}
    return [
        write(0, program("a"), *differing("b", GRAD)),
        write(1, program("a"), *differing("b", SAVED)),
        write(2, program("a"), program("b"), **broken),
    ]


def load(path):
    return json.loads((path / "report.json").read_text("utf-8"))


def test_the_newest_valid_run_has_the_site_and_others_a_page(runs, tmp_path):
    out = tmp_path / "site"
    report = build(runs, out, BUILT)
    assert report.run.run == load(out)["run"]["run"] == "20261121-101500-1"
    others = {path.name for path in (out / "runs").iterdir()}
    assert others == {"20261120-101500-0.html", "20261122-101500-2.html"}
    assert "No result" in (out / "runs" / "20261122-101500-2.html").read_text("utf-8")


def test_without_a_valid_run_the_newest_is(runs, tmp_path):
    (headline,) = (build(runs[2:], tmp_path / "site", BUILT),)
    assert headline.verdict.outcome == "invalid"


def test_what_is_new_and_what_is_not_seen_again(runs, tmp_path):
    out = tmp_path / "site"
    build(runs, out, BUILT)
    data = load(out)
    assert (data["before"], data["new"], data["gone"]) == ("20261120-101500-0", [SAVED], [GRAD])
    assert "1 new, 1 not seen again" in (out / "report.md").read_text("utf-8")


def test_runs_of_other_libraries_are_not_held_against_each_other(runs, tmp_path, program):
    header = json.loads((runs[0] / "run.json").read_text("utf-8"))
    (runs[0] / "run.json").write_text(json.dumps(header | {"subject": {"name": "torch", "version": "2.12"}}))
    build(runs, tmp_path / "site", BUILT)
    assert load(tmp_path / "site")["before"] is None


def test_links_between_pages_lead_somewhere(runs, tmp_path):
    out = tmp_path / "site"
    build(runs, out, BUILT)
    for path in out.rglob("*.html"):
        links = [link.partition("#")[0] for link in Page(path.read_text("utf-8")).links]
        assert all((path.parent / link).is_file() for link in links if link), path


def test_a_newer_run_that_is_no_result_is_told(runs, tmp_path):
    build(runs, tmp_path / "site", BUILT)
    text = " ".join("".join(Page((tmp_path / "site" / "index.html").read_text("utf-8")).text).split())
    assert "The newest valid run. Newer ones are no result: 20261122-101500-2" in text


def test_one_run_twice_is_refused(runs, tmp_path):
    with pytest.raises(RecordError, match="is run '20261120-101500-0', and so is "):
        build([runs[0], runs[0].parent / "." / ".." / "runs" / runs[0].name], tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden"])
def test_a_run_name_never_leads_out_of_the_site(write_run, tmp_path, program, name):
    with pytest.raises(RecordError, match="field 'run' must be a file name"):
        build([write_run(program(), run=name)], tmp_path / "site")
