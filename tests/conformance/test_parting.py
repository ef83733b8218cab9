"""A record shows what both sides do where they part, in few words, and no failure of that costs it more."""

import dataclasses
import json
from types import ModuleType

import pytest
import torch

from conformance import graph_pair, parting
from conformance.alignment import EQUAL, MOST_LINES, MOST_ROWS, OTHER, Aligned, align, shortened
from conformance.leftover import leaked_state
from conformance.lockstep import Lockstep
from conformance.program import Program
from conformance.statements import Backward, Block, Op, Ref, literal
from conformance.subjects import load_subject, subject_of

TORCH = subject_of(torch, "torch")
FAULTY = load_subject("tests.conformance.faulty")
X = literal("x", [0.5, 2.0], (2,), "float32", requires_grad=True)


def op(name, x, out):
    return Op(name, (Ref(x),), {}, out)


LONG = Program("long", (X, *(op("cos", f"{'x' * at}", "x" * (at + 1)) for at in range(1, 7)), op("sin", "x", "y"),
                        op("abs", "y", "z")))  # fmt: skip


def shown(program, subject=FAULTY):
    difference = Lockstep(TORCH, subject).run(program).difference
    return parting.parting(program, difference, TORCH, subject), difference


def test_the_statement_at_which_they_part_comes_last_of_four():
    found, difference = shown(LONG)
    steps = found["steps"]
    assert [step["code"] for step in steps[-2:]] == [["xxxxxxx = torch.cos(xxxxxx)"], ["y = torch.sin(x)"]]
    assert (len(steps), difference.statement) == (4, 7)
    assert {mark for step in steps[:-1] for mark, *_ in step["rows"]} == {EQUAL}
    mark, expected, got = steps[-1]["rows"][0]
    assert mark == OTHER
    assert (expected.startswith("y = ["), got.startswith("y = [")) == (True, True)
    assert json.loads(json.dumps(found)) == found


def test_a_record_of_a_statement_is_bounded_and_keeps_what_differs():
    rows = [(EQUAL, f"a{at}", f"a{at}") for at in range(100)]
    rows[90] = (OTHER, "one", "other")
    record = Aligned(0, ["line"] * 100, rows).record()
    assert (len(record["code"]), record["code"][-1]) == (MOST_LINES + 1, "…")
    assert (len(record["rows"]), record["rows"][-1]) == (MOST_ROWS, [OTHER, "one", "other"])
    assert record["rows"][:-1] == [list(row) for row in rows[: MOST_ROWS - 1]]


@pytest.mark.parametrize(
    ("one", "other", "cut"),
    [
        ("abc", "abd", ("abc", "abd")),
        ("x" * 12, "", ("x" * 10 + "…", "")),
        ("-" * 30 + "a" + "-" * 30, "-" * 30 + "b", ("…-----a----…", "…-----b")),
        ("\ud800", "é", ("\\ud800", "é")),
    ],
)
def test_texts_are_cut_where_they_part(one, other, cut):
    assert shortened(one, other, 10) == cut


def test_a_side_that_ended_before_shows_nothing():
    program = Program("p", (X, op("cosh", "x", "y"), op("exp", "y", "z")))
    *_, last = align(program, TORCH, FAULTY).up_to(2)
    assert {got for _, _, got in last.rows} == {""}
    assert {mark for mark, *_ in last.rows} == {OTHER}


# --- graphs -----------------------------------------------------------------------------------------------


def marked(drawing):
    return [node["title"] for node in drawing["nodes"] if node["differs"]]


def titles(drawing):
    return [node["title"] for node in drawing["nodes"]]


def test_nodes_at_which_graphs_part_are_marked_and_those_behind_them_are_not():
    program = Program("p", (X, op("exp", "x", "w"), op("sqrt", "w", "y"), op("cos", "y", "z")))
    found, difference = shown(program)
    assert difference.location == "y.grad_fn"
    expected, got = found["graphs"]["expected"], found["graphs"]["got"]
    assert (marked(expected), marked(got)) == (["SqrtBackward0"], ["PowBackward0"])
    assert titles(expected)[1:] == ["SqrtBackward0", "ExpBackward0", "AccumulateGrad"]


def test_a_graph_that_one_side_lacks_is_marked_on_the_other():
    found, difference = shown(Program("p", (X, op("square", "x", "y"))))
    assert difference.signature.startswith("square|")
    expected, got = found["graphs"]["expected"], found["graphs"]["got"]
    assert (marked(expected), marked(got)) == (["PowBackward0"], [])
    assert titles(got) == ["y"]


def test_the_graph_of_a_backward_pass_is_that_of_where_it_began():
    found, difference = shown(Program("p", (X, op("exp", "x", "w"), op("sum", "w", "y"), Backward("y"))))
    assert difference.location == "x.grad"
    assert titles(found["graphs"]["expected"]) == ["y", "SumBackward0", "ExpBackward0", "AccumulateGrad"]


def test_nodes_whose_derivative_is_to_blame_are_marked():
    program = Program("p", (X, op("exp", "x", "w"), op("sum", "w", "y"), Backward("y")))
    _, difference = shown(program)
    blamed = dataclasses.replace(difference, op="ExpBackward0")
    both = graph_pair.graphs(program, blamed, TORCH, FAULTY)
    assert [marked(drawing) for drawing in both.values()] == [["ExpBackward0"]] * 2


def test_a_saved_tensor_that_differs_marks_its_node_and_no_other():
    def written(x):
        result = torch.tanh(x)
        result.data.mul_(2)  # of which no version tells
        return result

    scaled = ModuleType("scaled")
    scaled.__getattr__ = lambda name: getattr(torch, name)
    scaled.tanh = written
    program = Program("p", (X, op("exp", "x", "w"), op("tanh", "w", "y"), op("t", "y", "z")))
    found, difference = shown(program, subject_of(scaled, "scaled"))
    assert difference.location == "y"
    assert [marked(drawing) for drawing in found["graphs"].values()] == [["TanhBackward0"]] * 2


def test_what_has_no_graph_is_not_drawn():
    plain = literal("x", [0.5, 2.0], (2,), "float32")
    found, _ = shown(Program("p", (plain, op("sin", "x", "y"))))
    assert sorted(found) == ["steps"]


# --- what goes wrong --------------------------------------------------------------------------------------


def test_what_cannot_be_made_is_left_out(monkeypatch):
    def broken(*arguments):
        raise ZeroDivisionError("in the drawing")

    monkeypatch.setattr(graph_pair, "_drawn", broken)
    assert sorted(shown(LONG)[0]) == ["steps"]
    monkeypatch.setattr(parting, "align", broken)
    assert shown(LONG)[0] == {}


def test_no_mode_is_left_behind():
    statements = (X, Op("sin", (Ref("x"),), {}, "y"))
    shown(Program("p", (Block("no_grad", statements, decorator=True),)))
    assert leaked_state(TORCH) is None
