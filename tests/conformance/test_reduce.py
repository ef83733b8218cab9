"""The reducer keeps the signature of a difference, makes all else smaller, and never breaks a program."""

import dataclasses
import itertools
import random
import subprocess
import sys

import pytest
import torch

from conformance import candidate
from conformance import reduce as reducing
from conformance.program import Program, check_names
from conformance.reduce import (
    ReductionError,
    confirmed,
    literals,
    lockstep_probe,
    raised,
    recheck,
    reduce,
    reduce_by,
    renumbered,
    truncated,
)
from conformance.statements import (
    Attempt,
    Backward,
    Block,
    Get,
    Grad,
    Hook,
    Op,
    Output,
    Ref,
    SetItem,
    literal,
)
from conformance.subjects import load_subject, subject_of

TORCH = subject_of(torch, "torch")
FAULTY = load_subject("tests.conformance.faulty")


def numbers(count: int) -> list[float]:
    rng = random.Random(count)
    return [rng.gauss(0, 1) for _ in range(count)]


def tensor(name: str, *shape: int, dtype: str = "float32", requires_grad: bool = True):
    count = 1
    for size in shape:
        count *= size
    return literal(name, numbers(count), shape, dtype, requires_grad)


def op(name: str, *args: object, out: str, **kwargs: object) -> Op:
    return Op(name, tuple(Ref(item) if isinstance(item, str) else item for item in args), kwargs, out)


# Fourteen statements around the faulty function, with dead ends, modes and an attempt.
def around(faulty: str, *ending: object) -> Program:
    statements = (
        tensor("x0", 3, 4),
        tensor("x1", 4),
        tensor("x2", 3, 4, dtype="float64", requires_grad=False),
        op("mul", "x0", "x1", out="x3"),
        Block("no_grad", (op("mul", "x0", 0.5, out="x4"), op("add", "x0", "x1", out="x5"))),
        op("cos", "x2", out="x6"),
        tensor("x12", requires_grad=False),
        op("mul", "x6", "x12", out="x13"),
        Block("enable_grad", (op("Tensor.reshape", "x3", 4, 3, out="x7"), op(faulty, "x7", out="x8"))),
        Attempt(op("matmul", "x7", "x7", out="x9")),
        op("sum", "x8", out="x10"),
        *ending,
        op("tan", "x6", out="x11"),
    )
    return Program("around", statements)


def lines(program: Program, faulty: str) -> list[str]:
    return [line.replace(f"torch.{faulty}(", "torch.f(") for line in program.lines()]


def test_a_wrong_derivative_is_reduced_to_three_lines() -> None:
    found = reduce(around("exp", Backward("x10")), TORCH, FAULTY)
    assert found.program.lines() == [
        "x0 = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)",
        "x1 = torch.exp(x0)",
        "x1.backward()",
    ]
    assert found.difference.signature == "backward|grad|value|float"


@pytest.mark.parametrize(
    ("faulty", "signature", "requires_grad"),
    [
        ("sin", "sin|value|value|float", False),
        ("neg", "neg|dtype|dtype|float", False),
        ("square", "square|leaf|leaf|float", True),
        ("sqrt", "sqrt|graph|name|none", True),
        ("abs", "abs|version|version|float", False),
        ("ceil", "ceil|warning|count|none", False),
        ("cosh", "cosh|error|not raised|none", False),
    ],
)
def test_other_faults_are_reduced_to_two_lines(faulty: str, signature: str, requires_grad: bool) -> None:
    found = reduce(around(faulty), TORCH, FAULTY)
    if signature != "cosh|error|not raised|none":
        assert found.difference.signature == signature
    flag = ", requires_grad=True" if requires_grad else ""
    dtype = "float32" if faulty == "neg" else "float64"  # which is what the faulty one makes of all
    assert lines(found.program, faulty) == [
        f"x0 = torch.tensor(1.0, dtype=torch.{dtype}{flag})",
        "x1 = torch.f(x0)",
    ]


def test_the_signature_of_the_first_difference_stays() -> None:
    """With two faults in a program, it is the first that is reduced, not the simpler one."""
    program = around("exp", Backward("x10"), op("sin", "x0", out="x12"))
    assert lockstep_probe(TORCH, FAULTY)(program).signature == "backward|grad|value|float"
    found = reduce(program, TORCH, FAULTY)
    assert found.difference.signature == "backward|grad|value|float"
    assert "sin" not in "".join(found.program.lines())


def test_a_valid_call_is_not_reduced_to_a_mistake() -> None:
    """The faulty outer writes to its argument before it finds that another is missing."""
    program = Program("p", (tensor("x0", 3), tensor("x1", 2), op("outer", "x0", "x1", out="x2")))
    found = reduce(program, TORCH, FAULTY)
    assert found.difference.signature == "outer|version|version|float"
    assert found.program.lines()[-1] == "x1 = torch.outer(x0, x0)"
    mistake = Program("p", (tensor("x0", 3), op("outer", "x0", out="x2")))
    assert lockstep_probe(TORCH, FAULTY)(mistake).signature == "outer|version|version|float"


def test_what_a_statement_raises_is_known_also_inside_a_block() -> None:
    block = Block("no_grad", (op("exp", "x0", out="x1"), Attempt(op("matmul", "x1", 3, out="x2"))))
    statements = (tensor("x0", 2), block, op("outer", "x0", out="x3"))
    assert raised(statements, (0,)) is None
    assert raised(statements, (1, 0)) is None
    assert raised(statements, (1, 1)) == "TypeError"
    assert raised(statements, (2,)) == "TypeError"


def test_what_needs_its_shape_and_values_keeps_them() -> None:
    """A difference that appears only for two rows of which one number is negative."""
    known = lockstep_probe(TORCH, FAULTY)(Program("p", (tensor("x0", 2), op("sin", "x0", out="x1"))))

    def probe(program: Program):
        for place, statement in enumerate(program.statements):
            negative = [text for text in getattr(statement, "data", ()) if text.startswith("-")]
            if negative and statement.shape[:1] == (2,):
                return dataclasses.replace(known, path=(place,))
        return None

    program = Program("shaped", (tensor("x0", 5, 3), tensor("x1", 2, 3), op("exp", "x1", out="x2")))
    found = reduce_by(probe, program)
    (left,) = found.program.statements
    assert left.shape == (2,)
    assert sorted(left.numbers()) == [-1.0, 1.0]


def test_a_program_that_agrees_cannot_be_reduced() -> None:
    with pytest.raises(ReductionError, match="around: the two runs agree: there is nothing to reduce"):
        reduce(around("cos"), TORCH, FAULTY)


def test_the_limit_holds() -> None:
    tries = 0
    probe = lockstep_probe(TORCH, FAULTY)

    def counted(program: Program):
        nonlocal tries
        tries += 1
        return probe(program)

    found = reduce_by(counted, around("exp", Backward("x10")), limit=5)
    assert found.tried <= tries <= 5 + 3
    assert found.difference.signature == "backward|grad|value|float"


def test_the_best_so_far_is_it_when_the_time_is_over(monkeypatch) -> None:
    program = around("exp", Backward("x10"))
    none = reduce(program, TORCH, FAULTY, seconds=1e-9)
    assert none.difference.signature == "backward|grad|value|float"
    assert none.tried <= 2
    seconds = itertools.count()
    monkeypatch.setattr(reducing.time, "monotonic", lambda: next(seconds))
    some = reduce(program, TORCH, FAULTY, seconds=15)
    whole = reduce(program, TORCH, FAULTY, seconds=10_000)
    assert none.tried < some.tried < whole.tried
    assert some.difference.signature == "backward|grad|value|float"


def test_a_mistake_that_has_no_part_in_it_is_left_out() -> None:
    """The pass that fails runs its hooks first, and so does one that does not fail."""

    def probe(program: Program):
        lines = program.lines()
        found = any("register_hook" in line for line in lines) and any(".backward(" in line for line in lines)
        last = next((at for at in range(len(lines) - 1, -1, -1) if ".backward(" in lines[at]), None)
        return dataclasses.replace(known, path=(last,)) if found and last is not None else None

    x = tensor("x0")
    known = lockstep_probe(TORCH, FAULTY)(Program("p", (tensor("x0", 2), op("sin", "x0", out="x1"))))
    hook = Hook("h0", "x1", "tensor", "double")
    twice = (x, op("exp", "x0", out="x1"), hook, Backward("x1"), Backward("x1"))
    assert raised(twice, (4,)) == "RuntimeError"
    found = reduce_by(probe, Program("p", twice)).program
    assert raised(found.statements, (len(found.statements) - 1,)) is None
    assert [one.kind for one in found.statements] == ["tensor", "hook", "backward"]
    assert found.statements[1].body == "observe"


PASSES = [
    candidate.sliced,
    candidate.dropped,
    candidate.unwrapped,
    candidate.blanked,
    candidate.bypassed,
    candidate.cloned,
    candidate.merged,
    candidate.spelled,
    candidate.resized,
    candidate.rounded,
    candidate.simplified,
    candidate.inlined,
]


@pytest.mark.parametrize("offered", PASSES, ids=[one.__name__ for one in PASSES])
def test_every_candidate_reads_only_what_is_bound(offered) -> None:
    program = around("exp", Backward("x10"))
    candidates = list(offered(program.statements))
    assert candidates
    for statements in candidates:
        check_names(statements)


def test_the_cost_falls_with_each_kind_of_simplification() -> None:
    def cost(*statements):
        return candidate.cost(statements)

    small, large = tensor("x0", 2), tensor("x0", 3)
    assert cost(small) < cost(large)
    assert cost(large) < cost(small, op("exp", "x0", out="x1"))
    assert cost(literal("x0", [2.0], (), "float32")) < cost(literal("x0", [2.5], (), "float32"))
    assert cost(literal("x0", [1.0], (), "float32")) < cost(literal("x0", [1.0], (1,), "float32"))
    assert cost(literal("x0", [2.0], (), "float64")) < cost(literal("x0", [1.0], (), "float32"))
    assert cost(Hook("h0", "x0", "tensor", "observe")) < cost(Hook("h0", "x0", "tensor", "fail"))
    assert cost(small) < cost(Block("no_grad", (small,)))
    assert cost(small) < cost(Attempt(small))


def test_one_literal_stands_for_two() -> None:
    """The later one needs a gradient, so that the earlier one cannot take its place."""
    program = Program(
        "p",
        (
            tensor("x0", requires_grad=False),
            tensor("x1"),
            op("mul", "x1", "x0", out="x2"),
            op("exp", "x2", out="x3"),
            Backward("x3"),
        ),
    )
    found = reduce(program, TORCH, FAULTY)
    assert found.program.lines()[1:] == ["x1 = torch.exp(x0)", "x1.backward()"]


def test_small_literals_are_spelled_out() -> None:
    mask = literal("m0", [True, False], (2,), "bool")
    made = (tensor("x0", 2), mask, SetItem("x0", Ref("m0"), Ref("m0")), op("where", "m0", "x0", out="x1"))
    (spelled,) = candidate.spelled(made)
    assert [one.lines()[0] for one in spelled[1:]] == [
        "x0[[True, False]] = [True, False]",
        "x1 = torch.where([True, False], x0)",
    ]


def test_a_literal_of_nothing_is_not_spelled_out() -> None:
    empty = literal("x0", [], (2, 0, 3), "float32")
    assert list(candidate.spelled((empty, Op("neg", (Ref("x0"),), out=Output("x1"))))) == []


def test_a_block_is_left_with_a_body_that_says_nothing() -> None:
    block = Block("no_grad", (op("exp", "x0", out="x1"),))
    (blanked,) = candidate.blanked((tensor("x0", 2), block))
    assert Program("p", blanked[1:]).lines() == [
        "with torch.no_grad():",
        "    x1 = torch.tensor(1.0, dtype=torch.float64)",
    ]


def test_a_long_program_gets_chains_of_calls() -> None:
    calls = (
        tensor("x0", 2),
        op("exp", "x0", out="x1"),
        op("Tensor.t", "x1", out="x2"),
        op("sin", "x2", out="x3"),
    )
    assert not list(candidate.inlined(calls))
    (made,) = candidate.inlined((*calls, op("cos", "x3", out="x4")))
    assert Program("p", made).lines()[1:3] == ["x2 = torch.exp(x0).t()", "x3 = torch.sin(x2)"]


def test_lists_that_go_together_get_shorter_together() -> None:
    both = Op("autograd.backward", ([Ref("x0"), Ref("x1")], [Ref("x2"), Ref("x3")]), {}, None)
    shorter = [one.args for one in both.simpler() if len(one.args) == 2]
    assert shorter[0] == ([Ref("x0")], [Ref("x2")])
    assert ([Ref("x0"), Ref("x1")], [Ref("x2")]) in shorter
    grad = Grad(("d0", "d1"), ("x0", "x1"), ("x2", "x3"), ("x4", None))
    assert Grad(("d0", "d1"), ("x0",), ("x2", "x3"), ("x4",)) in list(grad.simpler())
    assert Grad(("d1",), ("x0", "x1"), ("x3",), ("x4", None)) in list(grad.simpler())


def test_what_gives_several_tensors_is_written_out_too() -> None:
    parts = Op("unbind", (Ref("x0"),), {}, (Output("x1"), Output("x2")))
    program = Program("p", (tensor("x0", 2), parts, op("outer", "x1", out="x3")))
    made, *_ = candidate.cut_off(literals)((*program.statements[:2], op("div", "x1", "x2", out="x3")))
    assert [one.kind for one in made] == ["tensor", "tensor", "op"]


def test_names_are_counted_letter_by_letter() -> None:
    statements = (
        tensor("p7", 2),
        tensor("x9", 2),
        Hook("h5", "x9", "tensor", "double"),
        op("mul", "p7", "x9", out="t3"),
    )
    assert renumbered(Program("p", statements)).lines()[2:] == [
        'h0 = x1.register_hook(recorded("h0", double, events))',
        "x2 = torch.mul(x0, x1)",
    ]


def test_truncation_ends_blocks_too() -> None:
    inner = (op("exp", "x0", out="x1"), op("sin", "x0", out="x2"))
    statements = (tensor("x0", 2), Block("no_grad", inner), Get("x3", "x0", "grad"))
    assert truncated(statements, (1, 0)) == (statements[0], Block("no_grad", inner[:1]))
    assert truncated(statements, (1,)) == statements[:2]


def test_an_accepted_difference_does_not_stop_a_reduction() -> None:
    program = Program(
        "p",
        (
            tensor("x0", 3),
            op("ceil", "x0", out="x1"),
            op("exp", "x0", out="x2"),
            op("sum", "x2", out="x3"),
            Backward("x3"),
        ),
    )
    accepted = frozenset(("ceil|warning|count|none",))
    found = reduce(program, TORCH, FAULTY, accepted)
    assert found.difference.signature == "backward|grad|value|float"
    recheck(found, TORCH, FAULTY, accepted)


def test_a_fresh_process_confirms_what_does_not_depend_on_history() -> None:
    program = Program("p", (tensor("x0", 2), op("sin", "x0", out="x1")))
    recheck(reduce(program, TORCH, FAULTY), TORCH, FAULTY)


def test_what_programs_leave_behind_is_kept_from_the_next_one() -> None:
    """The faulty sigmoid is right the first time only in a process: twice in one program it is wrong there, too."""
    twice = (op("sigmoid", "x0", out="x1"), op("sigmoid", "x0", out="x2"))
    program = Program(
        "p", (tensor("x0", 3), op("mul", "x0", "x0", out="x3"), *twice, op("exp", "x2", out="x4"))
    )
    FAULTY.module.sigmoid.calls = 0
    found = confirmed(program, TORCH, FAULTY)
    assert [line.partition(" = ")[2] for line in found.program.lines()[1:]] == ["torch.sigmoid(x0)"] * 2
    assert FAULTY.module.sigmoid.calls == 0


def test_a_fresh_process_refutes_what_depends_on_history() -> None:
    program = Program("p", (tensor("x0", 2), op("sigmoid", "x0", out="x1")))
    lockstep_probe(TORCH, FAULTY)(program)
    found = reduce(program, TORCH, FAULTY)
    with pytest.raises(
        ReductionError, match=r"p: signature 'sigmoid.value.value.float' here, None in a fresh"
    ):
        recheck(found, TORCH, FAULTY)


def test_a_tensor_without_memory_is_a_literal_of_zeros():
    leaf = torch.ones(2, requires_grad=True)
    torch.sgn(leaf).backward(torch.ones(2))
    assert candidate.literal_of("x", leaf.grad).data == candidate.literal_of("x", torch.zeros(2)).data


def test_numbers_passed_by_name_become_round_too():
    made = Op("clamp", (Ref("x0"),), {"max": 1.0625}, "x1")
    assert Op("clamp", (Ref("x0"),), {"max": 1.0}, "x1") in list(made.simpler())


def test_an_operator_keeps_its_operands():
    assert all(len(one.args) == 2 for one in op("operator.mul", "x0", 3.5, out="x1").simpler())


def test_faults_in_forty_statements_are_reduced_to_four() -> None:
    """Of more faults see `tests.conformance.reduction`; each is put into the library in a process of its own."""
    faults = ["mul.Tensor: gradient of another sign", "graph.view:mark_view takes a view for a base"]
    command = [sys.executable, "-m", "tests.conformance.reduction", *faults]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert not done.returncode, done.stdout + done.stderr
    assert done.stdout.endswith("2 of 2 are 4 statements or fewer within 10 s\n")
