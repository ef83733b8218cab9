"""Whatever is in a file, a command says in one line what is wrong with it, and does nothing else."""

import json
from pathlib import Path

import pytest

from conformance import cli
from conformance.document import DocumentError, content, decode, one_line
from conformance.presence import known_program
from conformance.program import LARGEST, program_from_json, read_program
from conformance.statements import ProgramError
from conformance.subjects import load_subject
from tests.conformance.hostile import Fuzzer, reading_only

MUTATIONS = 2000
SHARES = 4  # so that workers can take a share each


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory: pytest.TempPathFactory) -> Fuzzer:
    return Fuzzer(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("share", range(SHARES))
def test_mutations_of_real_files(fuzzer: Fuzzer, share: int) -> None:
    with reading_only():
        problems = [one for index in range(share, MUTATIONS, SHARES) for one in fuzzer.once(index)]
    assert not problems, "\n".join(problems)
    # Some mutations are still what they were, and most are not.
    assert {status.rpartition(" ")[2] for status in fuzzer.statuses} == {"0", "1", "2"}


def program(*statements: dict[str, object]) -> dict[str, object]:
    leaf = {"kind": "tensor", "out": "x0", "data": ["0x1p+0"], "shape": []}
    return {"format": 1, "name": "p", "origin": "written", "statements": [leaf, *statements]}


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ({"kind": "op", "name": "zeros", "args": [[1_000_000, 1_000_000]]}, "zeros: 1e+12 elements, 16,777,216 are"),
        ({"kind": "op", "name": "zeros", "args": [1_000_000, 1_000_000]}, "zeros: 1e+12 elements"),
        ({"kind": "op", "name": "ones", "kwargs": {"size": [2**40]}}, "ones: 1.1e+12 elements"),
        ({"kind": "numpy_call", "out": "a", "name": "zeros", "args": [[10**6, 10**6]]}, "numpy.zeros: 1e+12 elements"),
        ({"kind": "attempt", "statement": {"kind": "op", "name": "eye", "args": [10**9]}}, "eye: 1e+09 elements"),
        ({"kind": "op", "name": "eye", "args": [10**400]}, "eye: more than 16,777,216 elements"),
        ({"kind": "op", "name": "PyTorchFileWriter", "args": ["x"]}, "'PyTorchFileWriter' is a class, and no op"),
        ({"kind": "op", "name": "Tensor.tofile", "args": [{"ref": "x0"}, "x"]}, "'Tensor.tofile' is not the name of a"),
        ({"kind": "op", "name": "os.system", "args": ["x"]}, "'os.system' is not the name of a public op"),
        ({"kind": "op", "name": "Tensor.__class__", "args": [{"ref": "x0"}]}, "is not the name of a public op"),
        ({"kind": "op", "name": "ones", "args": [1], "kwargs": {"a=1, b": 1}}, "'a=1, b' is no name of an argument"),
        ({"kind": "op", "name": "ones", "args": [1], "out": "torch"}, "expected Output or a list of Output"),
        ({"kind": "op", "name": "operator.mul", "args": []}, "op cannot be written: list index out of range"),
        ({"kind": "get", "out": "y", "x": "x0", "attribute": "_saved_a.b()"}, "is not a readable attribute"),
        ({"kind": "raw_hooks", "x": "x0", "saved": "_raw_saved_a.b()", "pack": "same"}, "is not the place of a saved"),
        ({"kind": "default_tensor_type", "name": "os.system", "body": []}, "'os.system' is not a class of tensors"),
        ({"kind": ["op"]}, "unknown kind ['op'], expected one of"),
        ({"kind": "tensor", "out": "y", "data": ["0x1p+9999"], "shape": []}, "hexadecimal value too large"),
        ({"kind": "op", "name": "exp", "args": [{"tuple": 3}]}, "bad argument {'tuple': 3}: expected a list"),
    ],
)  # fmt: skip
def test_what_a_program_may_not_do(statement, problem):
    with pytest.raises(ProgramError) as failure:
        program_from_json(program(statement))
    assert str(failure.value).startswith("program: statement 1: ")
    assert problem in str(failure.value)


def test_a_method_that_tensors_lack_is_refused_wherever_it_is_called(tmp_path: Path) -> None:
    method = {"kind": "op", "name": "Tensor.tobytes", "args": [{"ref": "_"}]}
    first = {"kind": "op", "name": "Tensor.numpy", "args": [{"ref": "x0"}]}
    path = tmp_path / "p.json"
    path.write_text(json.dumps(program({"kind": "chain", "out": "y", "first": first, "then": [method]})))
    with pytest.raises(ProgramError, match=r"statement 1: torch has no op 'Tensor\.tobytes'"):
        known_program(str(path), load_subject("torch"))


def test_a_mode_is_printed_as_text() -> None:
    hooked = {"kind": "multi_hook", "out": "h", "tensors": ["x0"], "mode": '", **print("x")) or ("'}
    assert """mode='", **print("x")) or ("')""" in program_from_json(program(hooked)).lines()[1]


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2J", "a" * 300])
def test_a_name_is_a_line(name: str) -> None:
    with pytest.raises(ProgramError, match="the field 'name' is no name"):
        program_from_json({**program(), "name": name})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 100_000, "nested too deeply"),
        ("[" * 70 + "]" * 70, "nested too deeply"),
        ("NaN", "not JSON: NaN is no JSON number"),
        ('"\\ud800"', "not JSON: 'utf-8' codec can't encode"),
        ("9" * 5000, "not JSON: Exceeds the limit"),
        (b"\xff", "not JSON: 'utf-8' codec can't decode"),
    ],
)
def test_data_that_is_refused(text, problem):
    with pytest.raises(DocumentError, match=problem):
        decode(text)


def test_data_that_is_read():
    assert decode('[{"a": [1, "\\ud83d\\ude00"]}]') == [{"a": [1, "\U0001f600"]}]


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, problem in ((tmp_path, "Is a directory"), (Path("/dev/zero"), "is no regular file")):
        with pytest.raises(DocumentError, match=problem):
            content(path)
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(ProgramError, match="is too large for a program"):
        read_program(tmp_path / "large")


def test_text_does_nothing_to_a_terminal():
    assert one_line("a\x1b[2J\n b\x07") == "a [2J b"
    assert one_line("a" * 20, 5) == "aaaa…"


def test_a_program_that_asks_for_much_memory_gets_an_error(tmp_path: Path, capsys) -> None:
    """Sizes that are each small can make a large one."""
    grown = [
        {"kind": "op", "name": "Tensor.repeat", "args": [{"ref": f"x{at}"}, 1000, 1000], "out": f"x{at + 1}"}
        for at in range(3)
    ]
    path = tmp_path / "p.json"
    path.write_text(json.dumps(program(*grown)))
    assert cli.main(["replay", str(path), "--subject", "torch"]) == 0
    assert "p: agree" in capsys.readouterr().out


def test_what_a_record_holds_is_no_markup(fuzzer: Fuzzer, tmp_path: Path, capsys) -> None:
    (tmp_path / "run.json").write_text(json.dumps(fuzzer.header))
    told = {
        "record": "coverage",
        "kinds": {"[/]": [1, 1]},
        "mistakes": {},
        "errors": {"[red]x": 1},
        "nodes": {},
    }
    (tmp_path / "records.jsonl").write_text(f"{json.dumps(told)}\n")
    cli.main(["show", str(tmp_path), "--coverage"])
    shown = capsys.readouterr().out
    assert "[/]" in shown
    assert "[red]x" in shown


def test_a_run_is_resumed_in_its_own_folder(fuzzer: Fuzzer, tmp_path: Path, capsys) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text(json.dumps(fuzzer.header))
    (tmp_path / "elsewhere").write_bytes(fuzzer.records)
    (run / "records.jsonl").symlink_to(tmp_path / "elsewhere")
    assert cli.main(["run", "--resume", str(run)]) == 2
    assert "is a link: a run is written in its own folder" in capsys.readouterr().err
    assert (tmp_path / "elsewhere").read_bytes() == fuzzer.records


def test_records_that_are_wrong_are_left_as_they_are(fuzzer: Fuzzer, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text(json.dumps(fuzzer.header))
    wrong = b'{"record": "gossip"}\n' + fuzzer.records
    (run / "records.jsonl").write_bytes(wrong)
    assert cli.main(["run", "--resume", str(run)]) == 2
    assert (run / "records.jsonl").read_bytes() == wrong
