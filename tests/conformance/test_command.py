"""The subcommands print what they found, write their records, and say by their status whether all is well."""

import argparse
import json
from pathlib import Path

import pytest

from conformance import timing
from conformance.commands import add_commands
from conformance.program import Program, read_program, write_program
from conformance.reduce import ReductionError
from conformance.statements import Op, Ref, literal
from conformance.subjects import SubjectError

FAULTY = "tests.conformance.faulty"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    options = parser.parse_args(arguments)
    return options.run(options)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a file that shows the wrong sine among other statements."""
    statements = (
        literal("x0", [0.1, 0.2, 0.3], (3,), "float32"),
        Op("cos", (Ref("x0"),), {}, "x1"),
        Op("sin", (Ref("x0"),), {}, "x2"),
        Op("exp", (Ref("x2"),), {}, "x3"),
    )
    path = tmp_path / "program.json"
    write_program(Program("p", statements), path)
    return path


def test_time_prints_a_table_and_writes_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "SAMPLE_NS", 1_000)
    out = tmp_path / "timing.jsonl"
    assert run("time", "--impl", "torch", "--rounds", "1", "--json", str(out)) == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["program"] for record in records] == [one.name for one in timing.WORKLOADS]
    assert {record["status"] for record in records} == {"timed"}
    printed = capsys.readouterr().out
    assert all(one.title in printed for one in timing.WORKLOADS)


def test_time_fails_for_wrong_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "SAMPLE_NS", 1_000)
    assert run("time", "--impl", FAULTY, "--rounds", "1") == 1
    assert "elementwise-1e6: wrong: output: values differ" in capsys.readouterr().out


@pytest.mark.parametrize(("suite", "kind"), [("article", "claim"), ("era", "idiom")])
def test_a_suite_prints_a_table_and_writes_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suite: str, kind: str
) -> None:
    out = tmp_path / f"{suite}.jsonl"
    assert run(suite, "--subject", "torch", "--json", str(out)) == 0
    assert {json.loads(line)["record"] for line in out.read_text().splitlines()} == {kind}
    assert "torch agrees on" in capsys.readouterr().out


def test_a_suite_differs_on_a_faulty_library() -> None:
    assert run("article", "--subject", FAULTY) == 1


def test_reduce_prints_a_script(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("reduce", str(program), "--subject", FAULTY) == 1
    printed = capsys.readouterr()
    assert "def test_sin_value():" in printed.out
    assert printed.err.startswith("sin|value|value|float: 2 statements, the same in a fresh process (")


def test_reduce_writes_program_and_script(program: Path, tmp_path: Path) -> None:
    reduced, script = tmp_path / "reduced.json", tmp_path / "test_sin.py"
    run("reduce", str(program), "--subject", FAULTY, "--out", str(reduced), "--script", str(script))
    assert read_program(reduced).lines() == [
        "x0 = torch.tensor(1.0, dtype=torch.float64)",
        "x1 = torch.sin(x0)",
    ]
    assert "x1 = torch.sin(x0)" in script.read_text()


def test_reduce_of_a_program_that_agrees_is_an_error(program: Path) -> None:
    with pytest.raises(ReductionError, match="p: the two runs agree"):
        run("reduce", str(program), "--subject", "torch")


def test_an_unknown_library_is_an_error(program: Path) -> None:
    with pytest.raises(SubjectError, match="cannot import 'no_such_module'"):
        run("article", "--subject", "no_such_module")
