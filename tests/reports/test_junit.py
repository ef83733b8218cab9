from xml.etree import ElementTree

from reports.folder import read_folder
from reports.junit import junit
from reports.report import make_report
from tests.reports import run_sample


def parse(path):
    folder = read_folder(path)
    return ElementTree.fromstring(junit(make_report(folder), folder))


def outcomes(root):
    return {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}


def test_every_program_and_every_batch_is_a_case(sample):
    root = parse(sample)
    cases = list(root.iter("testcase"))
    assert (
        int(root.get("tests")) == len(cases) == 1 + 301 + 3 + len(run_sample.CLAIMS) + len(run_sample.IDIOMS)
    )
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.get(attribute)) == len(list(root.iter(tag))) > 0


def test_outcomes(write_run, program, differing):
    records = [
        program("fine"), program("dead", status="crash"),
        *differing("worse", "mul|grad|value|float32"),
        *differing("known", "add|grad|value|float32", accepted="rounding"),
    ]  # fmt: skip
    assert outcomes(parse(write_run(*records))) == {
        "the run is valid": [], "fine": [], "dead": ["error"], "worse": ["failure"], "known": ["skipped"],
    }  # fmt: skip


def test_a_signature_is_told_once(write_run, differing):
    signature = "mul|grad|value|float32"
    root = parse(write_run(*differing("a", signature), *differing("b", signature)))
    assert ["torch" in (one.text or "") for one in root.iter("failure")] == [True, False]


def test_nothing_passes_in_a_broken_run(write_run, program):
    root = parse(write_run(program("a"), status="invalid"))
    assert outcomes(root) == {"the run is valid": ["error"], "a": ["skipped"]}


def test_characters_that_xml_forbids(write_run, differing):
    root = parse(write_run(*differing("a", "mul|repr|text|float32", "\x1b[0m\ufffe", "\x00")))
    (failure,) = root.iter("failure")
    assert "\\x1b[0m\\ufffe" in failure.text
