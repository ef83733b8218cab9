"""The pages of what is measured: ops, timings, mutants and drift, whole without a script, special cases too."""

import itertools
import re

import pytest

from reports.drift import by_op
from reports.folder import read_folder
from reports.history import make_history
from reports.kill_rate import kill_rate
from reports.links import Links
from reports.measure import Mutant
from reports.pages import SECTIONS, Site, pages
from reports.past import past
from reports.report import make_report
from tests.reports import run_sample
from tests.reports.conftest import BUILT
from tests.reports.measure_sample import measurements
from tests.reports.test_page import HOSTILE, Page, said

MEASURED = ("op", "sample", "sweep", "mutant", "drift")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured") / "run"
    lines = [one for one in run_sample.records(300) if one["record"] not in MEASURED]
    run_sample.write(folder, run_sample.run_json(programs=300), [*lines, *measurements()])
    return make_report(read_folder(folder), BUILT)


@pytest.fixture(scope="module")
def site(report):
    return dict(pages(Site(report, make_history([past(report)]))))


def hostile(value):
    """The same record with every name and text in it made hostile."""
    if isinstance(value, dict):
        return {
            key: hostile(one) if key not in ("record", "check", "status", "device", "kind", "family") else one
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [hostile(one) for one in value]
    return HOSTILE + value if isinstance(value, str) else value


def test_every_link_of_an_entry_leads_somewhere(site):
    ids = {path: set(Page(text).ids) for path, text in site.items()}
    linked = [link for link in Page(site["ops.html"]).links if link.startswith("ops/")]
    assert set(linked) == {path for path in site if path.startswith("ops/")}
    assert set(linked) == {Links().entry(name) for name in ("mul", "linalg.det")}
    page = Page(site[Links().entry("linalg.det")])
    assert "entry/linalg.det" in ids["ops.html"]
    assert "../" + Links().signature("prod|grad|value|float32") in page.links
    assert not any("linalg.det|grad" in link for link in page.links)  # a way to differ that has no page


def test_an_entry_shows_its_samples_errors_graphs_and_times(site):
    text = said(site[Links().entry("linalg.det")])
    assert "✕ 2 of 11" in text
    assert "ratio of the means" in text
    assert "x0 = torch.tensor([1.5, -0.5], requires_grad=True)" in text
    assert "Peak memory" in text
    assert "never faster" in text
    both, one = site[Links().entry("linalg.det")], site[Links().entry("mul")]
    assert both.count('class="scroll graph"') == 2
    assert one.count('class="scroll graph"') == 1
    assert "torch and mini_autograd alike" in said(one)


def test_headings_are_in_order(site):
    for path, text in site.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
        assert levels[0] == 1
        assert levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), path


def test_timings_tell_devices_apart(site):
    text = said(site["timings.html"])
    assert "Programs on CPU" in text
    assert "Programs on CUDA" in text
    assert {"timing/mul-4", "timing/cuda/mul-4"} <= set(Page(site["timings.html"]).ids)


def test_timings_say_where_the_subject_stops_being_faster(site):
    text = said(site["timings.html"])
    assert "add faster at every size" in text
    assert "linalg.det never faster" in text
    assert re.search(r"softmax faster below [\d,]+ elements", text)


def test_mutants_are_counted_without_those_that_no_program_can_tell(report, site):
    rate = kill_rate(report.mutants)
    assert (rate.whole.caught, len(rate.survivors), len(rate.equivalent)) == (148, 11, 1)
    text = said(site["mutants.html"])
    assert all(one.mutant in text for one in report.mutants)
    assert "what is left out is one" in text


def test_a_family_without_a_caught_mutant_has_no_median():
    (family,) = kill_rate([Mutant("m", "sign", None, None, 9, 1, None)]).families
    assert (family.median, family.alive) == (None, 1)


def test_drift_is_told_by_op(report, site):
    assert [one.op for one in by_op(report.drifts[0])] == ["Tensor.sum", "div", "Tensor.index_put_"]
    text = said(site["drift.html"])
    assert "380 agree" in text
    assert "RuntimeError: expand(torch.FloatTensor{[3]}, size=[2])" in text


def test_measurements_are_text_not_markup(write_run):
    records = [hostile(one) for one in measurements() if one["record"] not in ("op", "pace")]
    entries = [
        one | {"entry": HOSTILE + one["entry"]} for one in measurements() if one["record"] in ("op", "pace")
    ]
    report = make_report(read_folder(write_run(*records, *entries)), BUILT)
    for text in dict(pages(Site(report, make_history([past(report)])))).values():
        page = Page(text)
        assert page.tags.count("script") == 1
        assert "img" not in page.tags


def test_a_run_without_measurements_says_so(report_of, program):
    report = report_of(program("a"))
    site = dict(pages(Site(report, make_history([past(report)]))))
    for section in SECTIONS:
        assert len(said(site[f"{section.name}.html"])) > 100
    assert "This run put no mutants into the library." in said(site["mutants.html"])
    assert "This run compared no two versions of torch." in said(site["drift.html"])
