"""Two runs beside each other, in a terminal and as one text for an issue."""

import json
from dataclasses import replace

import pytest

from reports.beside import beside
from reports.cli import main
from reports.folder import read_folder
from reports.history import make_history
from reports.past import past
from reports.regression import find_regressions, regressions_markdown
from reports.report import make_report
from tests.reports import run_sample

HOSTILE = "</details><script>alert(1)</script> `x` [a](b)"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Days of a history, the last of which is worse than the one before."""
    return run_sample.write_history(tmp_path_factory.mktemp("runs"), 3, 60)


@pytest.fixture(scope="module")
def reports(runs):
    return [make_report(read_folder(path)) for path in runs]


def found(old, new):
    return find_regressions(new, make_history(map(past, (old, new))))


def later(report):
    """The same, as a run of another day."""
    run = replace(report.run, run="20990101-000000-1", started=report.run.started.replace(year=2099))
    return replace(report, run=run)


def test_what_is_new_slower_or_lost_is_told(reports):
    text, worse = beside(reports[1], reports[2])
    assert worse
    assert text.startswith("WORSE  ")
    lines = [line.split() for line in text.splitlines()]
    assert ["lost", "linalg.inv", "value"] in lines
    assert [line[1] for line in lines if line[:1] == ["slower"]] == ["mul", "graph-100", "graph-100"]
    new = past(reports[2]).open.keys() - past(reports[1]).open.keys()
    assert {line[1] for line in lines if line[:1] == ["new"]} == new
    assert sum(line[:2] == ["still", "open"] for line in lines) == len(past(reports[1]).open)


def test_the_other_way_round_it_is_better(reports):
    text, worse = beside(reports[2], reports[1])
    assert not worse
    assert text.startswith("BETTER  0 new, ")
    assert "gained  linalg.inv" in text


def test_a_run_beside_itself_is_unchanged(reports):
    text, worse = beside(reports[0], reports[0])
    assert not worse
    assert text.startswith("UNCHANGED  0 new, 0 gone, ")


def test_the_exit_status(runs, write_run, program, capsys):
    assert main(["diff", str(runs[0]), str(runs[0])]) == 0
    assert main(["diff", str(runs[1]), str(runs[2])]) == 1
    capsys.readouterr()
    broken = write_run(program(), status="incomplete")
    assert main(["diff", str(runs[0]), str(broken)]) == 2
    assert capsys.readouterr().err == f"reports: {broken}: is no result: the run did not finish\n"


def test_an_issue_says_what_is_worse_and_how_to_run_it(reports):
    text = regressions_markdown(found(reports[1], reports[2]))
    title = text.partition("\n")[0]
    assert title.startswith("# mini\\_autograd against torch: ")
    assert "3 timings slower, 1 op no longer agreeing" in title
    assert "--impl both" in text
    assert "```python\n" in text
    assert "| linalg.inv | value |" in text
    assert "| mul | forward + backward |" in text
    for one in ("49f35e7", "| Seed | 1 | 2 |", "| numpy | 2.4.6 |"):
        assert one in text


def test_a_run_that_is_no_worse_has_none(reports):
    assert found(reports[0], later(reports[0])) is None
    assert find_regressions(reports[0], make_history([past(reports[0])])) is None


def test_more_crashes_are_worse(report_of, program):
    old, new = report_of(program()), later(report_of(program(status="crash")))
    worse = found(old, new)
    assert worse.title == "1 program more crashed"
    assert "| Programs that crashed | 0 | 1 |" in regressions_markdown(worse)


def test_an_issue_is_no_longer_than_places_take(report_of, program, differing):
    old = report_of(program())
    many = [record for n in range(300) for record in differing(f"g-{n}", f"mul|grad|f{n:03}|float32")]
    worse = found(old, later(report_of(*many)))
    text = regressions_markdown(worse)
    assert 20_000 < len(text) < 65_536
    assert "300 ways to differ" in text
    assert f"and {300 - len(worse.shown) - 50} more" in text


def test_what_a_program_says_stays_text(report_of, program, differing):
    record, difference = differing("a", f"{HOSTILE}|value|value|float", HOSTILE, HOSTILE)
    script = "```\n" + HOSTILE
    text = regressions_markdown(
        found(report_of(program()), later(report_of(record, difference | {"script": script})))
    )
    before, _, after = text.partition("````python\n" + script)
    assert "<script" not in before + after
    assert after.startswith("\n````\n")


def test_a_build_writes_it_and_the_next_takes_it_away(runs, tmp_path, capsys):
    out = tmp_path / "site"
    assert main(["build", *map(str, runs), "--out", str(out)]) == 0
    assert (out / "regressions.md").exists()
    assert "regressions.md: says what is worse" in capsys.readouterr().out
    assert main(["build", *map(str, runs[:1]), "--out", str(out)]) == 0
    assert not (out / "regressions.md").exists()
    assert "regressions.md" not in capsys.readouterr().out


def test_the_worst_comes_first_in_the_summary_of_a_job(runs, tmp_path):
    assert main(["build", *map(str, runs), "--out", str(tmp_path)]) == 0
    text = (tmp_path / "report.md").read_text("utf-8")
    screen = text.splitlines()[:12]
    assert any(line.startswith("**differs:**") for line in screen)
    assert any(line.startswith("- Slower: mul forward + backward 0.9") for line in screen)
    assert any(line.startswith("- No longer agreeing: linalg.inv in value") for line in screen)
    assert text.count("<details>") == text.count("</details>")
    folded = text[text.index("<details>") :]
    assert "<details><summary>Agreement by op: " in folded
    assert "## Agreement by area" not in folded


def test_junit_says_what_is_worse(runs, tmp_path):
    from xml.etree import ElementTree

    assert main(["build", *map(str, runs), "--out", str(tmp_path)]) == 0
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    suites = {suite.get("name"): suite for suite in root}
    failed = [case.get("name") for case in suites["since the run before"] if case.find("failure") is not None]
    new = json.loads((tmp_path / "report.json").read_text("utf-8"))["since"]["new"]
    assert set(failed) >= {f"new: {text}" for text in new} | {"no longer agrees: linalg.inv", "slower: mul"}
    ops = {case.get("name"): case.find("failure") for case in suites["ops"]}
    assert ops["linalg.inv"].get("message") == "value in float64"
