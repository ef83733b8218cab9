"""Both sides of a program stand side by side around where they part, and any recorded program can be asked for."""

import io
import json
from pathlib import Path

import pytest
import torch
from rich.console import Console

from conformance import cli
from conformance.alignment import EQUAL, NEAR, OTHER, compared
from conformance.explain import explain
from conformance.generate import Generator
from conformance.known import CORPUS
from conformance.lockstep import Lockstep
from conformance.program import Program, write_program
from conformance.recorded import find_program
from conformance.records import RunError
from conformance.statements import Op, ProgramError, Ref, literal
from conformance.subjects import load_subject, subject_of

TORCH = subject_of(torch, "torch")
FAULTY = load_subject("tests.conformance.faulty")
X0 = literal("x0", [0.5, 2.0], (2,), "float32")


def op(name: str, x: str, out: str) -> Op:
    return Op(name, (Ref(x),), {}, out)


LONG = Program(
    "long",
    (
        X0,
        *(op("cos", f"x{at}", f"x{at + 1}") for at in range(6)),
        op("sin", "x6", "x7"),
        op("abs", "x7", "x8"),
    ),
)


def printed(program: Program, terminal: bool = False, **options: int) -> str:
    outcome = Lockstep(TORCH, FAULTY).run(program)
    file = io.StringIO()
    console = Console(
        file=file, width=120, force_terminal=terminal, color_system="standard" if terminal else None
    )
    console.print(explain(program, outcome, TORCH, FAULTY, **options))
    return file.getvalue()


def test_the_sides_stand_side_by_side_around_the_difference():
    text = printed(LONG)
    lines = text.splitlines()
    assert lines[0] == "long: differ"
    assert lines[1] == "... 4 statements before"
    assert [line for line in lines if line.startswith("  7 ")] == ["  7 x7 = torch.sin(x6)"]
    assert not [line for line in lines if line.startswith(("  3 ", "  8 "))]
    (row,) = [line for line in lines if line.startswith(OTHER) and "x7 = " in line]
    assert row.count("x7 = ") == 2
    assert "... 1 statements after" in lines
    assert "sin|value|value|float at x7" in lines
    assert "\x1b" not in text


def test_the_context_is_as_asked_for():
    assert "... 6 statements before" in printed(LONG, context=1)
    assert "statements before" not in printed(LONG, context=9)


def test_a_terminal_has_colours():
    assert "\x1b[1;31m" in printed(LONG, terminal=True)


def test_what_changes_on_one_side_stands_beside_what_it_is_on_the_other():
    (row, *_) = [
        line for line in printed(Program("p", (X0, op("abs", "x0", "x1")))).splitlines() if OTHER in line
    ]
    assert row.count("x0 = ") == 2


def test_a_program_that_agrees_is_said_to():
    assert "there is nothing to explain" in printed(Program("p", (X0,)))


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        ("x0 = [1.0, 2.0]", "x0 = [1.0, 2.0]", EQUAL),
        ("x0 = [1.0, 2.0]", "x0 = [1.0, 2.0000001]", NEAR),
        ("x0 = [1.0, 2.0]", "x0 = [1.0, 2.1]", OTHER),
        ("x0 = [1.0]", "x1 = [1.0]", OTHER),
        ("x0 = [1.0]", "", OTHER),
    ],
)
def test_lines_are_compared_by_their_numbers(one, other, mark):
    assert compared(one, other) == mark


# --- any recorded program ---------------------------------------------------------------------------------


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of runs with one in it."""
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    side = {"name": "torch", "version": "2"}
    header = {
        "format": 2, "status": "complete", "subject": side, "reference": side, "seed": 3, "programs": 50,
        "controls": {"agree": [1, 1], "differ": [1, 1]}, "rate": None, "absent": [],
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(header))
    drawn = Generator().program(3, 7)
    told = {"record": "program", "id": "g-3-7", "origin": "generated", "status": "differ", "kinds": {}}
    records = [
        {**told, "signature": "a|b|c|d", "ops": sorted({one.label for one in drawn.flat()})},
        {**told, "id": "g-3-8", "signature": "e|f|g|h", "signatures": ["e|f|g|h"], "ops": ["no_such"]},
        {
            "record": "difference",
            "signature": "a:b|c|d|e",
            "expected": "",
            "got": "",
            "reduced": LONG.to_json(),
        },
        {"record": "claim", "id": "leaf", "agree": True, "program": Program("leaf", (X0,)).to_json()},
    ]
    (folder / "records.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    return folder.parent


@pytest.mark.parametrize("run", ["one", "{runs}/one"])
def test_a_program_of_a_run_is_found(runs, run):
    run = run.format(runs=runs)
    assert find_program(f"{run}:a:b|c|d|e", runs) == LONG
    assert find_program(f"{run}:g-3-7", runs) == Generator().program(3, 7)
    assert find_program(f"{run}:g-3-9", runs) == Generator().program(3, 9)  # one that agreed
    assert find_program(f"{run}:leaf", runs).name == "leaf"


def test_a_file_and_a_name_of_the_corpus_are_found(tmp_path, runs):
    path = tmp_path / "a:b.json"
    write_program(LONG, path)
    assert find_program(str(path)) == LONG
    kept = min(CORPUS.glob("*.json"))
    assert find_program(kept.stem).name
    assert find_program(f"one:{kept.stem}", runs) == find_program(kept.stem)


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("one:nothing", "the run tells of no such program or signature"),
        ("one:g-4-1", "the run drew programs 0 to 49 of seed 3"),
        ("one:g-3-50", "the run drew programs 0 to 49 of seed 3"),
        ("one:g-3-8", "drawn again it is another program"),
        ("one:e|f|g|h", "drawn again it is another program"),
        ("one:../../../etc/passwd", "the run tells of no such program or signature"),
        ("two:g-3-1", "two: is no run"),
        ("../corpus/x", "No such file"),
        ("a\0b", "is no file"),
    ],
)
def test_what_is_not_there_is_said(runs, what, problem):
    with pytest.raises((ProgramError, RunError), match=problem):
        find_program(what, runs)


def test_every_command_takes_a_recorded_program(runs, capsys):
    given = ["one:a:b|c|d|e", "--runs", str(runs), "--subject", "tests.conformance.faulty"]
    for command in ("replay", "explain", "reduce"):
        assert cli.main([command, *given]) == 1
        assert "sin" in capsys.readouterr().out
    assert cli.main(["explain", *given[:-1], "torch"]) == 0
