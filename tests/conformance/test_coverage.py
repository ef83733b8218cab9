"""What a run has reached is counted by what was drawn, what succeeded, and what was said of mistakes."""

import pytest

from conformance.coverage import Coverage, pattern
from conformance.generate import Generator
from conformance.lockstep import Lockstep
from conformance.moves.misuse import MISTAKES
from conformance.program import Program
from conformance.statements import KINDS, Attempt, Block, ModeUse, Op, Ref, Repeat, literal
from conformance.subjects import load_subject

TORCH = load_subject("torch")
LEAF = literal("x0", [1.0, 2.0], (2,), "float32", True)


def reached(*statements) -> Coverage:
    coverage, program = Coverage(), Program("written", statements)
    coverage.count(program, Lockstep(TORCH, TORCH).run(program).reached)
    return coverage


def test_a_statement_counts_where_it_was_drawn_and_where_it_succeeded():
    coverage = reached(LEAF, Op("mul", (Ref("x0"), 2), out="x1"), Op("mm", (Ref("x0"), 2), out="x2"))
    assert coverage.drawn == {"tensor": 1, "op": 2}
    assert coverage.succeeded == {"tensor": 1, "op": 1}
    assert coverage.nodes == {"MulBackward0": 1, "torch::autograd::AccumulateGrad": 1}


INNER = (Op("mul", (Ref("x0"), 2), out="x1"),)


@pytest.mark.parametrize("scope", [Block("no_grad", INNER), ModeUse("twice", "no_grad", INNER)])
def test_a_statement_in_a_block_counts_once(scope):
    coverage = reached(LEAF, scope)
    assert coverage.succeeded == coverage.drawn == {"tensor": 1, scope.kind: 1, "op": 1}


def test_a_mistake_counts_by_name_and_by_what_was_said():
    coverage = reached(LEAF, Attempt(Op("Tensor.zero_", (Ref("x0"),)), "write_to_a_leaf"))
    assert coverage.mistakes == coverage.raised == {"write_to_a_leaf": 1}
    text = "a leaf Variable that requires grad is being used in an in-place operation."
    assert coverage.errors == {f"RuntimeError: {text}": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("index 4 is out of bounds for dimension 0", "index N is out of bounds for dimension N"),
        ("shapes cannot be multiplied (1x2 and 3x2)", "shapes cannot be multiplied (SIZES and SIZES)"),
        ("sum(): argument 'dim' (position 1) must be int", "OP(): argument 'NAME' (position N) must be DTYPE"),
        ("[torch.FloatTensor [2, 3]], which is output 0 of ExpBackward0", "[TENSOR [N]], which is output N of NODE"),
        ("first\nsecond", "first"),
    ],
)  # fmt: skip
def test_names_and_numbers_are_left_out_of_a_text(text, expected):
    assert pattern(RuntimeError(text)) == f"RuntimeError: {expected}"


def test_the_record_names_what_was_never_reached():
    record = Coverage().record()
    assert set(record["kinds"]) == set(KINDS)
    assert set(record["mistakes"]) == {mistake.__name__ for mistake in MISTAKES}
    assert {tuple(counts) for counts in (*record["kinds"].values(), *record["mistakes"].values())} == {(0, 0)}


def test_about_a_tenth_of_the_programs_hold_mistakes():
    programs = [Generator().program(3, index) for index in range(400)]
    held = [any(isinstance(one, Attempt) and one.mistake for one in program.flat()) for program in programs]
    assert 0.05 < sum(held) / len(programs) < 0.15


def test_a_statement_of_a_loop_counts_once():
    wrong = Attempt(Op("mm", (Ref("x0"), 2)), "unknown_argument")
    coverage = reached(LEAF, Repeat(3, (Op("exp", (Ref("x0"),), out="x1"), wrong)))
    assert coverage.succeeded == {"tensor": 1, "for": 1, "op": 1, "attempt": 1}
    assert coverage.raised == coverage.mistakes == {"unknown_argument": 1}
