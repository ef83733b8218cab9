"""Bad input is one line that names the place and the cause, status 2, and nothing half written."""

import json
import os
from pathlib import Path

import pytest

from conformance import cli, file
from conformance.file import OutputError, write_whole
from conformance.known import CORPUS

AGREES = str(next(iter(sorted(CORPUS.glob("*.json")))))
HEADER = {
    "format": 2,
    "status": "complete",
    "subject": {"name": "mine", "version": "1"},
    "reference": {"name": "torch", "version": "2"},
    "seed": 0,
    "programs": 2,
    "controls": {"agree": [1, 1], "differ": [1, 1]},
    "rate": 100.0,
    "absent": [],
}


def program(index: int, **changes: object) -> dict[str, object]:
    return {
        "record": "program", "id": f"g-{index}", "origin": "generated", "status": "agree",
        "kinds": {"value": 3}, "signature": None, **changes,
    }  # fmt: skip


@pytest.fixture
def run_folder(tmp_path: Path):
    """Writes the folder of a run."""

    def write(*lines: object, **header: object) -> str:
        (tmp_path / "run.json").write_text(json.dumps(HEADER | header))
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        (tmp_path / "records.jsonl").write_text(text + "\n")
        return str(tmp_path)

    return write


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a command ends with, at status 2."""
    try:
        status = cli.main(arguments)
    except SystemExit as error:
        status = error.code
    assert status == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line.removeprefix("conformance: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"format": 1', "not JSON: "),
        ("[]", "a program is an object, got list"),
        ('{"format": 9}', "format 9 is not 1"),
        ('{"format": 1, "origin": "x", "statements": []}', "the field 'name' is missing"),
        ('{"format": 1, "name": "a", "origin": "x", "statements": [{"kind": "no"}]}', "statement 0: unknown kind 'no'"),
        (
            '{"format": 1, "name": "a", "origin": "x", "statements": [{"kind": "op", "name": "no_such"}]}',
            "statement 0: torch has no op 'no_such'",
        ),
        (
            '{"format": 1, "name": "a", "origin": "x", "statements": '
            '[{"kind": "op", "name": "sin", "args": [{"ref": "x0"}]}]}',
            "statement 0: op reads 'x0' before it is bound",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["replay", "reduce"])
def test_a_malformed_program(tmp_path, capsys, command, text, problem):
    path = tmp_path / "program.json"
    path.write_text(text)
    assert failure(capsys, command, str(path)).startswith(f"{path}: {problem}")


@pytest.mark.parametrize("command", ["replay", "reduce", "show"])
def test_a_missing_file(tmp_path, capsys, command):
    message = failure(capsys, command, str(tmp_path / "none"))
    assert message.startswith(str(tmp_path / "none"))
    assert message.endswith(": No such file or directory")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1]", "is no record of a run"),
        ('{"record": "letter"}', "is no record of a run"),
        ('{"record": "claim", "id": "a"}', "the field 'agree' is missing"),
        ('{"record": ', "not JSON: "),
    ],
)
def test_a_malformed_record(run_folder, capsys, line, problem):
    folder = run_folder(program(0), line, program(1))
    assert failure(capsys, "show", folder).startswith(f"{folder}/records.jsonl:2: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON: "),
        ("[]", "is not the header of a run of format 2"),
        ('{"format": 1}', "is not the header of a run of format 2"),
        ('{"format": 2}', "the field 'status' is missing"),
    ],
)
def test_a_malformed_header(run_folder, tmp_path, capsys, text, problem):
    folder = run_folder()
    (tmp_path / "run.json").write_text(text)
    assert failure(capsys, "show", folder).startswith(f"{folder}/run.json: {problem}")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ({}, "1 of 2 drawn programs are recorded: the rest of the file is missing"),
        ({"status": "incomplete"}, "the run did not finish: it says nothing yet"),
        ({"status": "invalid"}, "the controls did not come out as they must: the run says nothing"),
    ],
)
def test_a_run_that_says_nothing(run_folder, capsys, header, problem):
    folder = run_folder(program(0), **header)
    assert cli.main(["show", folder]) == 2
    shown = capsys.readouterr()
    assert shown.err == f"conformance: {folder}: {problem}\n"
    assert shown.out.startswith("No result of mine 1 beside torch 2: ")
    assert "agrees" not in shown.out


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (program(1), 0),
        (program(1, status="differ", signature="mul|value|value|float"), 1),
        (program(1, status="crash"), 1),
    ],
)
def test_the_status_of_a_whole_run(run_folder, capsys, last, status):
    assert cli.main(["show", run_folder(program(0), last)]) == status
    assert "of 2 programs" in capsys.readouterr().out


def test_a_claim_that_differs_is_a_difference(run_folder):
    claim = {"record": "claim", "id": "a", "agree": False}
    assert cli.main(["show", run_folder(program(0), program(1), claim)]) == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "the following arguments are required: command"),
        (["fly"], "argument command: invalid choice: 'fly'"),
        (["run", "--programs", "0"], "argument --programs: '0' is no whole number of at least 1"),
        (["run", "--seed", "-1"], "argument --seed: '-1' is no whole number of at least 0"),
        (["run", "--rounds", "few"], "argument --rounds: 'few' is no whole number of at least 0"),
        (["time", "--threads", "0"], "argument --threads: '0' is no whole number of at least 1"),
        (["run", "--subject", "no.such.module"], "cannot import 'no.such.module': "),
        (["run", "--subject", "json"], "'json' is no subject: it has no 'tensor'"),
    ],
)
def test_bad_options(capsys, arguments, problem):
    assert failure(capsys, *arguments).startswith(problem)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["time"], "--json"),
        (["article"], "--json"),
        (["era"], "--json"),
        (["reduce", AGREES], "--out"),
        (["reduce", AGREES], "--script"),
        (["show", "runs"], "--svg"),
    ],
)
def test_an_output_without_a_folder_is_said_before_the_work(tmp_path, capsys, arguments, option):
    path = str(tmp_path / "none" / "file")
    message = failure(capsys, *arguments, option, path)
    assert message.startswith(f"argument {option}: {path!r} cannot be written: there is no folder")
    assert failure(capsys, *arguments, option, str(tmp_path)).startswith(f"argument {option}: ")


def test_a_folder_of_runs_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    message = failure(capsys, "run", "--runs", str(tmp_path / "file" / "runs"))
    assert message.endswith(": cannot be written: Not a directory")


def test_a_file_is_written_whole_or_left_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, "before")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file.os, "replace", full)
    with pytest.raises(OutputError, match="file: cannot be written: No space left on device"):
        write_whole(path, "after")
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["file"]


def test_a_picture_asks_no_host(run_folder, tmp_path):
    picture = tmp_path / "run.svg"
    signature = "mul|value|value|float"
    record = {"record": "difference", "signature": signature, "expected": "1.0", "got": "2.0"}
    folder = run_folder(program(0), program(1, status="differ", signature=signature), record)
    assert cli.main(["show", folder, "--svg", str(picture)]) == 1
    text = picture.read_text()
    assert text.startswith("<svg")
    assert "differs" in text
    assert "url(http" not in text.replace('"', "")
    assert "@font-face" not in text


def test_an_interrupt_is_one_line(capsys, monkeypatch):
    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.commands.replay.placed", interrupt)
    assert cli.main(["replay", AGREES]) == 130
    assert capsys.readouterr().err == "conformance: interrupted\n"
