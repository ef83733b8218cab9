"""Recordings are subjects: played back they agree with what was recorded, and tell every fault as torch does."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

from conformance.cli import main
from conformance.control import CONTROLS, Control
from conformance.generate import Generator
from conformance.known import CORPUS, read_corpus
from conformance.lockstep import Lockstep
from conformance.outcome import Status
from conformance.program import Program, write_program
from conformance.recording import RecordingError, file, read_recording, record
from conformance.recording.number import coarse, read, written
from conformance.recording.session import as_recorded, decidable, records
from conformance.statements import Op, Ref, literal
from conformance.subjects import SHIPPED, Subject, load_subject

TORCH, MINI = load_subject("torch"), load_subject("mini_autograd")
WITHOUT_TORCH = """
import sys
sys.modules.update(dict.fromkeys(["torch", "rich", "pebble", "tabulate", "threadpoolctl"]))
from conformance.cli import main
sys.exit(main(sys.argv[1:]))
"""


def played(program: Program, subject: Subject) -> Subject:
    return as_recorded(json.loads(json.dumps(record(program, subject))), subject)


def product(name: str = "p", op: str = "mul") -> Program:
    x = literal("x0", [0.1, 0.2], (2,), "float32", requires_grad=True)
    return Program(name, (x, Op(op, (Ref("x0"), Ref("x0")), {}, "x1")))


@pytest.mark.parametrize("program", read_corpus()[::6], ids=lambda one: one.name)
def test_a_recording_agrees_with_what_was_recorded(program: Program) -> None:
    recorded = played(program, TORCH)
    for pair in ((recorded, TORCH), (TORCH, recorded), (recorded, recorded)):
        assert Lockstep(*pair).run(program).status is Status.AGREE


def test_drawn_programs_are_recorded_whole() -> None:
    for index in range(40):
        program = Generator().program(11, index)
        outcome = Lockstep(played(program, TORCH), TORCH).run(program)
        assert outcome.status is Status.AGREE
        assert outcome.counts == Lockstep(TORCH, TORCH).run(program).counts


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.name)
def test_a_recording_tells_controls(control: Control) -> None:
    program = control.program()
    found = Lockstep(played(program, TORCH), control.subject()).run(program).differences
    assert control.kind in {one.kind for one in found}


def test_a_difference_has_the_signature_that_it_has_beside_the_library() -> None:
    faulty = load_subject("tests.conformance.faulty")
    program = Program("p", (*product().statements[:1], Op("sin", (Ref("x0"),), {}, "x1")))
    live = Lockstep(TORCH, faulty).run(program).difference
    assert live is not None
    assert Lockstep(played(program, TORCH), faulty).run(program).difference == live
    assert Lockstep(played(program, TORCH), played(program, faulty)).run(program).difference == live


def test_what_a_library_lacks_is_no_difference() -> None:
    class Poor:
        def __getattr__(self, name: str) -> object:
            if name == "mul":
                raise AttributeError("module has no mul")
            return getattr(TORCH.module, name)

    poor = Subject("poor", "0", Poor())
    outcome = Lockstep(TORCH, poor).run(product())
    assert (outcome.status, outcome.unsupported, outcome.differences) == (Status.UNSUPPORTED, "mul", ())
    assert Lockstep(TORCH, played(product(), poor)).run(product()).unsupported == "mul"


def test_values_of_a_library_that_does_not_say_where_they_lie_are_recorded() -> None:
    adapted = pytest.importorskip("autograd") and load_subject("conformance.adapters.hips")
    for pair in ((played(product(), adapted), TORCH), (TORCH, played(product(), adapted))):
        assert Lockstep(*pair).run(product()).status is Status.AGREE


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "int64", "uint8", "bool"])
def test_numbers_keep_their_bits(dtype: str) -> None:
    odd = [0.0, -0.0, 1 / 3, float("inf"), float("nan"), 1e-40] if dtype[0] in "fc" else [0, 1, 7]
    array = numpy.array(odd).astype(dtype).reshape(-1, 1)
    again = read(written(array), array.shape)
    assert (again.dtype, again.tobytes()) == (array.dtype, array.tobytes())
    assert abs(coarse(0.1) - 0.1) < 1e-4


def test_a_library_that_ends_the_process_costs_one_program() -> None:
    unruly = load_subject("tests.conformance.unruly")
    x = product().statements[0]
    fatal = Program("fatal", (x, Op("exp", (Ref("x0"),), {}, "x1")))
    found = list(records([product("a"), fatal, product("b")], unruly))
    assert [one["program"]["name"] for one in found] == ["a", "fatal", "b"]
    assert ["failed" in one for one in found] == [False, True, False]


def test_recordings_are_made_and_compared_without_torch(tmp_path: Path) -> None:
    write_program(product("same"), tmp_path / "same.json")
    write_program(product("other", "add"), tmp_path / "other.json")
    theirs, ours, mine = tmp_path / "theirs.jsonl.gz", tmp_path / "ours.jsonl", tmp_path / "faulty.jsonl"
    assert main(["record", str(tmp_path), "--subject", "torch", "--out", str(theirs)]) == 0

    def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT_TORCH, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert alone("record", str(theirs), "--out", str(ours)).returncode == 0
    done = alone("compare", str(theirs), str(ours))
    assert (done.returncode, "2 agree" in done.stdout) == (0, True), done.stderr
    mine.write_text(ours.read_text().replace("0x1.99999ap-3", "0x1.99999ap-2"))
    out = tmp_path / "drift.jsonl"
    done = alone("compare", str(theirs), str(mine), "--json", str(out))
    assert (done.returncode, "2 differ" in done.stdout, "value float" in done.stdout) == (1, True, True)
    drift = json.loads(out.read_text())
    assert (drift["record"], drift["programs"], drift["statuses"]) == ("drift", 2, {"differ": 2})
    assert drift["old"].startswith("torch ")
    assert all(change["was"] != change["is"] for change in drift["changes"])
    assert drift["changes"][0]["statement"].startswith("x0 = torch.tensor(")
    assert main(["compare", str(theirs), "mini_autograd"]) == 0
    done = alone("run")
    assert (done.returncode, done.stderr) == (2, "conformance: run needs rich, which is not installed\n")


def test_the_suite_runs_without_torch() -> None:
    text = 'import sys; sys.modules["torch"] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))'
    names = "corpus or inplace or view"
    command = [sys.executable, "-c", text, "-q", "conformance", "--reference", "recorded", "-k", names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_what_is_shipped_is_small_of_the_pinned_torch_and_of_the_corpus() -> None:
    shipped = read_recording(SHIPPED)
    assert SHIPPED.stat().st_size < 3_000_000
    assert shipped.header["version"].partition("+")[0] == TORCH.version.partition("+")[0]
    kept = {path.stem for path in CORPUS.glob("*.json")}
    assert len(kept & set(shipped.names())) > len(kept) / 2, "`make recording` makes it anew"


def test_what_differs_from_the_shipped_recording_differs_from_torch_or_rounds_otherwise() -> None:
    recorded = load_subject("recorded")
    assert recorded.recording is not None
    for name in recorded.recording.names()[::8]:
        program, told = recorded.recording.program(name), recorded.recording[name]
        if Lockstep(recorded, MINI).run(program).differences:
            assert not decidable(told, TORCH, MINI), name


@pytest.mark.parametrize(
    "text", ["", "{}", '{"recording": 1}\n{"program": {}}\n', '{"recording": 1}\n{"name": "a", ']
)
def test_a_file_that_is_no_recording_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(RecordingError, match=r"bad\.jsonl"):
        read_recording(path)


def test_a_compressed_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(SHIPPED.read_bytes()[:1000])
    with pytest.raises(RecordingError, match=r"cut\.jsonl\.gz: no recording"):
        read_recording(path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda told: told.update(frames=3), "p: the field 'frames' is a list of objects, not 3"),
        (
            lambda told: told.update(arrays=["float32 0x1p+0"] * 9),
            "frame 0 is malformed: ValueError: cannot reshape",
        ),
        (
            lambda told: told.update(arrays=["O 1 2"] * 9),
            "frame 0 is malformed: ValueError: 'O' is no type of numbers",
        ),
        (
            lambda told: told["frames"][0]["objects"]["0"].update(shape="ab"),
            "malformed: ValueError: shape 'ab'",
        ),
        (
            lambda told: told["frames"][0].update(names={"x0": {"object": 7}}),
            "frame 0 is malformed: KeyError: 7",
        ),
        (
            lambda told: told["frames"][0].update(names={"x0": {}}),
            "frame 0 is malformed: ValueError: not enough",
        ),
        (lambda told: told.update(program=[]), "p: the field 'program' is an object"),
    ],
)
def test_a_record_that_is_malformed_is_refused(tmp_path: Path, change: Any, problem: str) -> None:
    told = json.loads(json.dumps({"name": "p", **record(product(), TORCH)}))
    change(told)
    path = tmp_path / "bad.jsonl"
    path.write_text(
        f'{{"recording": 1, "subject": "torch", "version": "2", "compiled": null}}\n{json.dumps(told)}\n'
    )
    with pytest.raises(RecordingError) as failure:
        Lockstep(load_subject(str(path)), TORCH).run(product())
    assert str(failure.value).startswith(f"{path}: p: ")
    assert problem in str(failure.value)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(file, "MOST", 1000)
    path = tmp_path / "large.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 1001))
    with pytest.raises(RecordingError, match="is too large: more than 1,000 bytes"):
        read_recording(path)
