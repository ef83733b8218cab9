"""A session on a device: the parts, their clocks, what memory is held to, and what is left when time is up."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy
import torch

from conformance import cli
from conformance.commands.status import ExitStatus
from conformance.gpu import session as sessions
from conformance.gpu.goals import Figure, Goal, figures, limits, read_goals, table
from conformance.gpu.memory import flat, peaks, survives
from conformance.gpu.part import PARTS
from conformance.gpu.session import SLOTS, Done, Session
from conformance.gpu.timing import time_all, time_gpu
from conformance.gpu.workload import BOTH, CAPTURED, EAGER, captured, workloads
from conformance.placement import Placement
from conformance.subjects import Subject, load_subject, subject_of
from tests.conformance.cuda_on_cpu import Library, Memory

TORCH = load_subject("torch")


def near(memory: Memory | None = None, **names: object) -> Subject:
    """Torch on the CPU as a device."""
    return replace(subject_of(Library(memory, **names), "near"), placement=Placement("cuda"))


MUL = next(one for one in workloads(smoke=True) if one.name == "mul-sum-4")


def score(check: str, differ: int = 0, **more: str) -> dict[str, object]:
    return {"record": "op", "entry": "sin", "check": check, "dtype": "float32", "agree": 3, "differ": differ,
            "unsupported": None, **more}  # fmt: skip


# --- goals --------------------------------------------------------------------------------------------------


def test_every_goal_of_a_workload_is_one():
    goals = read_goals()
    assert {one.goal for one in workloads() if one.goal} <= set(goals)
    assert limits(goals)["launch-bound, captured"] == 0.3


def test_a_goal_is_met_up_to_its_limit():
    assert Goal("fast", "", most=1.0).met(1.0)
    assert not Goal("fast", "", most=1.0).met(1.01)
    assert Goal("whole", "", least=0.95).met(0.95)
    assert not Goal("whole", "", least=0.95).met(0.9)


def test_a_figure_stands_beside_its_goal_and_a_goal_without_one_is_told():
    goals = {name: read_goals()[name] for name in ("softmax", "gelu")}
    lines = table([Figure("softmax", "softmax-64", 1.25, "noise 1.0%")], goals).splitlines()[2:]
    assert [line.split() for line in lines] == [
        ["softmax", "softmax-64", "1.25", "<=", "1", "missed", "noise", "1.0%"],
        ["gelu", "<=", "1", "not", "measured"],
    ]


def test_figures_are_taken_out_of_records():
    timing = {"record": "timing", "program": "gelu-64", "status": "timed", "detail": ""}
    both = {"ratio": 0.9, "noise": 0.01}
    records = [
        {**timing, "forward_backward": both},
        {**timing, "program": "softmax-64", "status": "error", "detail": "no room", "forward_backward": None},
        {"record": "memory", "check": "peak", "program": "gelu-64", "figure": 1.02, "detail": ""},
        {"record": "memory", "check": "out of memory", "program": "empty", "figure": None, "detail": ""},
        *(score(check) for check in ("value", "graph", "second")),
        *(score(check, device="cuda") for check in ("value", "graph")),
        score("second", device="cuda", differ=1),
    ]
    assert [(one.goal, one.value) for one in figures(records)] == [
        ("scoreboard", 2 / 3),
        ("gelu", 0.9),
        ("softmax", None),
        ("peak memory", 1.02),
    ]


# --- timings ------------------------------------------------------------------------------------------------


def test_every_program_runs_small_and_agrees():
    found = list(time_all(workloads(smoke=True), TORCH, near(), 1, limits(read_goals())))
    assert [(one.workload.name, one.status, one.detail) for one in found if one.status != "timed"] == []
    assert {one.record()["device"] for one in found} == {"cuda"}
    assert {one.manner for one in workloads(smoke=True)} == {EAGER, CAPTURED, BOTH}


def test_what_is_wrong_or_missing_is_not_timed():
    wrong = time_gpu(next(iter(workloads(smoke=True))), TORCH, near(sin=torch.cos), 1, 0.8)
    assert (wrong.status, wrong.phases, wrong.workload.goal) == ("wrong", {}, 0.8)
    assert time_gpu(MUL, TORCH, near(from_numpy=None), 1, None).status == "absent"


def test_a_captured_program_keeps_its_gradients():
    library = Library()
    x = torch.ones(3, requires_grad=True)
    from conformance.workload import Task

    task = captured(library, Task((x,), lambda: (x * 2).sum(), lambda output: output.backward()))
    x.grad = None
    output = task.forward()
    task.backward(output)
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


# --- memory -------------------------------------------------------------------------------------------------


def test_a_peak_is_held_to_torchs():
    small, large = 1 << 20, 3 << 20
    subject, reference = near(Memory([0], large)), near(Memory([0], small))
    (found,) = peaks([MUL], reference, subject)
    assert (found.figure, found.subject_bytes, found.reference_bytes) == (3.0, large, small)


def test_a_peak_of_nothing_says_nothing():
    (found,) = peaks([MUL], near(Memory([0], 4)), near(Memory([0], 8)))
    assert (found.figure, found.detail) == (None, "too little to be told")


def test_passes_that_leave_something_are_seen():
    leaking = near(Memory([100, 100, 200, 300, 400, 500]))
    assert flat(MUL, leaking, 40, 10.0).figure > 0
    assert flat(MUL, near(Memory([100])), 40, 10.0).figure == 0


def test_running_out_of_memory_is_survived_or_told():
    def empty(size, **options):
        raise torch.OutOfMemoryError("CUDA out of memory")

    assert survives(near(empty=empty)).status == "measured"
    assert survives(near(empty=lambda *size, **options: None)).detail == "no error"
    found = survives(near(empty=lambda *size, **options: 1 // 0))
    assert found.detail.startswith("another error: ZeroDivisionError")


# --- the session --------------------------------------------------------------------------------------------


def test_all_parts_have_a_slot_and_all_slots_together_ten_minutes():
    assert set(PARTS) < {slot.name for slot in SLOTS}
    assert sum(slot.seconds for slot in SLOTS) <= 570


def test_time_that_is_up_leaves_what_was_found(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    lines = [score("value"), score("value", device="cuda"), score("graph")]
    text = "".join(json.dumps(one) + "\n" for one in lines) + '{"record": "op", "ent'
    (folder / "gpu-scoreboard.jsonl").write_text(text)
    (folder / "run.json").write_text("{}")
    (folder / "scoreboard.log").write_text("20 of 500\n")
    out = tmp_path / "out"
    session = Session(tmp_path, out, 0.001, 1, 1, smoke=True, folder=folder)
    session.done.append(Done("scoreboard", "out of time", 3.0, "ended after 3 s"))
    session._hand_over()
    assert "1 of 2 scores" in session.summary()
    assert {path.name for path in out.iterdir()} == {
        "summary.txt",
        "logs.txt",
        "gpu.jsonl",
        "run.json",
        "session.json",
    }
    assert [one.state for one in session.parts()] == ["no time left"] * 6


def test_what_is_too_large_is_handed_over_compressed(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "LARGEST", 100)
    sessions._limited(tmp_path / "records.jsonl", b"a" * 1000)
    assert gzip.decompress((tmp_path / "records.jsonl.gz").read_bytes()) == b"a" * 1000


def test_figures_of_an_emulated_device_are_refused(monkeypatch, capsys):
    monkeypatch.setenv("MINI_AUTOGRAD_CUDA", "host")
    assert cli.main(["gpu"]) == ExitStatus.NO_DEVICE
    assert cli.main(["time", "--device", "cuda"]) == ExitStatus.NO_DEVICE
    assert "a figure from an emulated device would say nothing" in capsys.readouterr().err


def test_a_part_that_there_is_none_of_is_refused(capsys):
    assert cli.main(["gpu", "--part", "coffee"]) == ExitStatus.INVALID


def test_numbers_of_half_precision_are_read():
    from conformance.timing import numbers

    assert numbers(torch.ones(2, dtype=torch.bfloat16)).dtype == numpy.float32
