"""What holds for every entry of every suite: torch agrees with itself, and the words are those of the run."""

import json
from types import ModuleType

import pytest
import torch

from conformance.era import IDIOMS, SUITE, Idiom, Standing
from conformance.lockstep import Lockstep
from conformance.program import Program, program_from_json
from conformance.reading import text_of
from conformance.statements import ProgramError, from_json
from conformance.subjects import subject_of
from conformance.suite import Entry, Suite, check
from conformance.suite.seen import see
from conformance.suite.shorthand import call, loop, tensor
from conformance.suites import SUITES
from conformance.timing import Phase

TORCH = subject_of(torch, "torch")
BY_ID = {entry.id: (suite, entry) for suite in SUITES for entry in suite.entries}
ONES = {"kind": "op", "name": "ones", "args": [2]}
IDIOM = {idiom.id: idiom for idiom in IDIOMS}


class Faulty(ModuleType):
    """Torch whose sine goes wrong from 3 on."""

    def __getattr__(self, name: str) -> object:
        return getattr(torch, name)

    @staticmethod
    def sin(x: torch.Tensor) -> torch.Tensor:
        return torch.sin(x) + (x > 3)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock: what no_grad costs is given."""
    took = {100: Phase(65.0, 100.0, 0.65, 0.01, 0.02), 1: Phase(150.0, 100.0, 1.5, 0.01, 0.02)}
    monkeypatch.setattr("conformance.article.mode.untracked_time", lambda lib, length: took[length])


def test_entries_have_ids_of_their_own() -> None:
    assert len(BY_ID) == sum(len(suite.entries) for suite in SUITES)


@pytest.mark.parametrize(("suite", "entry"), BY_ID.values(), ids=list(BY_ID))
def test_torch_agrees_with_itself_and_every_explanation_is_seen(suite: Suite, entry: Entry) -> None:
    found = check(entry, TORCH, TORCH)
    assert found.agree, found.difference
    assert "does not expect" not in found.today
    assert found.today not in ("", "nothing to see")
    assert "\n" not in found.today

    record = json.loads(json.dumps(found.record()))
    fields = f"record id section {' '.join(suite.widths)} verdict today agree difference program listing"
    assert " ".join(record) == fields
    program = program_from_json(record["program"])
    assert program == entry.programs()[0]
    assert program.origin == suite.name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("idiom", IDIOMS, ids=list(IDIOM))
def test_the_printed_program_does_what_the_idiom_does(idiom: Idiom) -> None:
    (program,) = idiom.programs()
    run = see(program, TORCH)
    if run.errors:
        return
    scope: dict[str, object] = {}
    exec(compile(program.source(), idiom.id, "exec"), scope)
    for name, value in run.env.items():
        assert text_of(scope[name]) == text_of(value), name


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"kind": "for", "times": -1, "body": []}, "a loop runs 0 to 100 times, not -1"),
        ({"kind": "isinstance", "out": "a", "x": "b", "of": "Size"}, "'Size' is not a class of tensors"),
        ({"kind": "copy", "out": "a", "x": "b", "way": "by hand"}, "unknown way 'by hand' to copy"),
        (
            {"kind": "chain", "out": "a", "first": {"kind": "print", "x": "b"}, "then": []},
            "a chain is made of calls that bind nothing",
        ),
        (
            {"kind": "chain", "out": "a", "first": ONES, "then": [ONES]},
            "what follows in a chain are methods of '_'",
        ),
    ],
)
def test_statements_of_suites_that_say_nothing(record: dict, problem: str) -> None:
    with pytest.raises(ProgramError, match=problem):
        from_json(record, "here")


def test_a_loop_is_compared_round_by_round_and_shortened() -> None:
    statements = (
        tensor("x", 1.0),
        loop(3, call("x", "operator.mul", "x", 2), call("y", "sin", "x")),
    )
    faulty = subject_of(Faulty("faulty"), "faulty")
    outcome = Lockstep(TORCH, faulty).run(Program("loop", statements))
    assert {one.signature for one in outcome.differences} == {"sin|value|value|float"}
    assert outcome.difference.path == (1, 1)
    assert [one.times for one in statements[1].simpler() if one.times < 3] == [0, 1, 2]


def test_an_idiom_that_no_longer_does_what_it_did_says_what_it_does() -> None:
    """The words of one that has changed, or raises, take what is seen for granted, unless they are the error's own."""
    for idiom in IDIOMS:
        verdict = check(idiom, TORCH, TORCH).verdict
        assert verdict in (Standing.WORKS, Standing.WARNS) or idiom.instead is not None, idiom.id


@pytest.mark.parametrize(
    ("name", "usual", "other", "method"),
    [
        ("sum-keeps-dimension", "changed", "works", ("sum", lambda x, dim: _sum(x, dim, keepdim=True))),
        ("mask-fill", "raises", "works", ("masked_fill_", lambda x, m, v: _fill(x, m.bool(), v))),
        ("data-clamped", "works", "changed", ("clamp_", lambda x, low, high: x)),
        ("type-asked", "works", "raises", ("type", None)),
    ],
)
def test_the_standing_follows_what_torch_does(
    monkeypatch: pytest.MonkeyPatch, name: str, usual: str, other: str, method: tuple
) -> None:
    assert check(IDIOM[name], TORCH, TORCH).verdict.value == usual
    monkeypatch.setattr(torch.Tensor, *method)
    assert check(IDIOM[name], TORCH, TORCH).verdict.value == other


_sum, _fill = torch.Tensor.sum, torch.Tensor.masked_fill_


def test_the_table_of_idioms_ends_with_their_numbers() -> None:
    found = list(SUITE.findings(TORCH, TORCH))
    numbers = [sum(one.verdict is standing for one in found) for standing in Standing]
    assert all(numbers)
    assert sum(numbers) == len(IDIOMS)
    work, warn, changed, raised = numbers
    last = f"{work} work, {warn} with a warning, {changed} mean something else, {raised} raise"
    text = SUITE.table(found, TORCH, TORCH)
    assert text.splitlines()[-1] == f"{len(IDIOMS)} idioms: {last}; torch agrees on {len(IDIOMS)}"
