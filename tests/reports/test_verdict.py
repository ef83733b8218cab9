import pytest

from reports.verdict import Outcome
from tests.reports import run_sample

GRAD = "mul|grad|value|float32"


def test_agreement_in_one_sentence(report_of, program):
    verdict = report_of(program("a"), program("b")).verdict
    assert verdict.outcome is Outcome.AGREES
    assert verdict.sentence == "mini_autograd 0.1.0 agrees with torch 2.13.0+cpu on all 2 programs."
    assert verdict.publishes


def test_differences_in_one_sentence(report_of, program, differing):
    records = [
        program("a"),
        *differing("b", GRAD),
        *differing("c", GRAD),
        *differing("d", "add|value|value|"),
    ]
    verdict = report_of(*records).verdict
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.sentence == (
        "mini_autograd 0.1.0 differs from torch 2.13.0+cpu on 3 of 4 programs, in 2 ways."
    )


def test_accepted_differences_agree_but_are_told(report_of, program, differing):
    verdict = report_of(program("a"), *differing("b", GRAD, accepted="rounding")).verdict
    assert verdict.outcome is Outcome.AGREES
    assert verdict.sentence.endswith("on 1 of 2 programs.")
    assert verdict.notes == ("1 program differs in ways that are accepted, with a reason.",)


def test_a_crash_is_no_agreement(report_of, program):
    verdict = report_of(program("a"), program("b", status="crash")).verdict
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.notes == ("1 program crashed.",)


def test_a_claim_that_comes_out_differently_is_a_difference(report_of, program):
    claim = run_sample.claim("leaf", "grad", "x", "holds", "the same", False)
    verdict = report_of(program(), claim).verdict
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.notes == ("Both do the same for 0 of the article's 1 claim.",)
    assert report_of(claim | {"agree": True}).verdict.sentence.endswith("on all 1 claims of the article.")


def test_an_idiom_that_comes_out_differently_is_a_difference(report_of, program):
    idiom = run_sample.idiom(
        "creator", "graph", "y.creator", "What made y.", "raises", "AttributeError", False
    )
    verdict = report_of(program(), idiom).verdict
    assert verdict.outcome is Outcome.DIFFERS
    assert verdict.notes == ("Both do the same for 0 of 1 idiom of the Variable era.",)
    assert report_of(idiom).verdict.sentence.endswith(
        "differs from torch 2.13.0+cpu on 1 of 1 idioms of the Variable era."
    )
    claim = run_sample.claim("leaf", "grad", "x", "holds", "the same", True)
    assert report_of(claim, idiom | {"agree": True}).verdict.sentence.endswith(
        "on all 1 claims of the article and 1 idioms of the Variable era."
    )


@pytest.mark.parametrize(
    ("controls", "problem"),
    [
        ({"agree": [1, 2], "differ": [1, 1]}, "1 of 2 controls differ although both sides are one library"),
        (
            {"agree": [2, 2], "differ": [0, 1]},
            "1 of 1 faults put in on purpose went unnoticed",
        ),
        ({"agree": [0, 0], "differ": [1, 1]}, "no control compared a library with itself"),
        ({"agree": [2, 2], "differ": [0, 0]}, "no control put in a fault"),
    ],
)
def test_broken_controls_make_a_run_invalid(report_of, program, controls, problem):
    verdict = report_of(program(), controls=controls).verdict
    assert verdict.outcome is Outcome.INVALID
    assert not verdict.publishes
    assert problem in verdict.sentence


def test_a_run_that_calls_itself_invalid_is(report_of, program):
    assert report_of(program(), status="invalid").verdict.outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ({"status": "incomplete"}, "the run did not finish"),
        ({"finished": None}, "the run did not finish"),
        ({"programs": 9}, "1 of 9 generated programs are recorded"),
    ],
)
def test_an_unfinished_run_is_no_result(report_of, program, header, problem):
    verdict = report_of(program(), **header).verdict
    assert verdict.outcome is Outcome.INCOMPLETE
    assert verdict.sentence == f"No result yet: {problem}."


def test_an_empty_run_is_no_agreement(report_of):
    assert report_of().verdict.problems == ("nothing was compared",)
