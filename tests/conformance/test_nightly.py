"""A night keeps what its steps found, whatever becomes of one of them, and says so in its exit status."""

import json
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from conformance import cli, nightly
from conformance.commands.mutants import part
from conformance.nightly import Night, Schedule, State, Step, read_night
from conformance.records import RunError, read_header
from conformance.refusal import Refusal
from reports.cli import main

STEPS = (
    Step("campaign", 1.0),
    Step("ops", 1.0),
    Step("mutants", 1.0, decides=False),
    Step("timings", 1.0),
    Step("pace", 1.0, needed=False),
)

# What a step does in the place of its command; each notes that it was run.
COMPLETE = """
header = json.loads((folder / "run.json").read_text())
(folder / "run.json").write_text(json.dumps(header | {"status": "complete"}))
"""
AGREES = '(folder / f"{name}.jsonl").write_text("")'
DIFFERS = f"{AGREES}; sys.exit(1)"
BREAKS = 'print("all is well"); raise ValueError("boom")'
HANGS = "import time; time.sleep(100)"
WHOLE = {"campaign": COMPLETE, "ops": AGREES, "mutants": AGREES, "timings": AGREES, "pace": AGREES}


@pytest.fixture
def acted(monkeypatch):
    """Lets steps do something else than they would."""
    doing = dict(WHOLE)

    def command(self, step, folder, workers):
        head = f"import json, sys, pathlib; folder, name = pathlib.Path({str(folder)!r}), {step.name!r}\n"
        note = '(folder / "run-steps").open("a").write(name + " ")\n'
        return [sys.executable, "-c", head + note + doing[step.name]]

    monkeypatch.setattr(Schedule, "command", command)
    monkeypatch.setattr(nightly, "STEPS", STEPS)
    return doing


def carried_out(night):
    return {step.name: told.state for step, told in night.steps()}


def ran(night):
    return (night.folder / "run-steps").read_text().split()


@pytest.fixture
def night(acted, tmp_path):
    return Night.start(Schedule(seed=3, programs=20), tmp_path, 1)


def test_all_steps_one_after_the_other(night):
    assert set(carried_out(night).values()) == {State.AGREES}
    assert ran(night) == [step.name for step in STEPS]
    assert (night.broken, night.differing) == ([], [])
    assert read_night(night.folder) == (night.schedule, night.told)


def test_a_step_that_breaks_or_hangs_leaves_what_the_others_found(night, acted, monkeypatch):
    acted |= {"ops": DIFFERS, "mutants": BREAKS, "timings": HANGS}
    monkeypatch.setattr(nightly, "STEPS", (*STEPS[:3], Step("timings", 0.0), *STEPS[4:]))
    begin = time.monotonic()
    assert carried_out(night) == {
        "campaign": State.AGREES,
        "ops": State.DIFFERS,
        "mutants": State.FAILED,
        "timings": State.LATE,
        "pace": State.AGREES,
    }
    assert time.monotonic() - begin < 60
    assert (night.broken, night.differing) == (["mutants", "timings"], ["ops"])
    _, told = read_night(night.folder)
    assert told["mutants"].cause == "exit status 1: ValueError: boom"
    assert told["timings"].cause == "not done within 1 s"
    assert "all is well" in (night.folder / "mutants.log").read_text()


def test_a_campaign_that_is_not_whole_broke(night, acted):
    acted["campaign"] = "pass"
    assert carried_out(night)["campaign"] is State.FAILED
    assert night.broken == ["campaign"]


def test_what_there_is_no_time_for_is_left_out(night, acted, monkeypatch):
    monkeypatch.setattr(nightly, "STEPS", (*STEPS[:4], Step("pace", 0.0, needed=False)))
    assert carried_out(night)["pace"] is State.SKIPPED
    assert night.broken == []


def test_a_night_that_is_gone_on_with_does_what_is_not_done(night, acted):
    acted |= {"ops": DIFFERS, "mutants": BREAKS}
    carried_out(night)
    (night.folder / "timings.jsonl").unlink()
    acted["mutants"] = AGREES
    again = Night.resume(night.folder, 1)
    assert again.schedule == night.schedule
    assert carried_out(again) == {name: State.DIFFERS if name == "ops" else State.AGREES for name in WHOLE}
    assert ran(night)[len(STEPS) :] == ["mutants", "timings"]


def lives(process):
    """Whether a process runs, and is not one that only waits for its parent."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="there is no /proc to look into")
def test_nothing_of_a_step_outlives_it(tmp_path):
    children = tmp_path / "children"
    script = f"sleep 100 & echo $! >> {children}; wait"
    assert nightly.finished(["sh", "-c", script], tmp_path / "log", 1.0) is None
    script = f"sleep 100 & echo $! >> {children}"
    assert nightly.finished(["sh", "-c", script], tmp_path / "log", 30.0) == 0
    end = time.monotonic() + 20
    while alive := [child for child in children.read_text().split() if lives(child)]:
        assert time.monotonic() < end, alive
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, 0), ({"mutants": DIFFERS}, 0), ({"ops": DIFFERS}, 1), ({"ops": DIFFERS, "timings": BREAKS}, 2)],
)
def test_the_exit_status(night, acted, capsys, changes, status):
    acted |= changes
    assert cli.main(["nightly", "--resume", str(night.folder), "--workers", "1"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(night.folder)
    assert [line.split()[0] for line in lines[1:]] == [step.name for step in STEPS]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 2}',
        '{"format": 1, "schedule": {}, "steps": {}}',
        '{"format": 1, "schedule": SCHEDULE, "steps": {"ops": 3}}',
        '{"format": 1, "schedule": SCHEDULE, "steps": {"ops": {"state": "fine", "seconds": 1, "cause": null}}}',
    ],
)
def test_what_is_no_night_is_not_gone_on_with(night, text):
    schedule = json.dumps(json.loads((night.folder / nightly.NAME).read_text())["schedule"])
    (night.folder / nightly.NAME).write_text(text.replace("SCHEDULE", schedule))
    with pytest.raises(RunError, match=r"nightly\.json"):
        Night.resume(night.folder, 1)


def test_a_day_of_another_calendar_is_refused(night):
    data = json.loads((night.folder / nightly.NAME).read_text())
    data["schedule"]["day"] = "yesterday"
    (night.folder / nightly.NAME).write_text(json.dumps(data))
    with pytest.raises(Refusal, match="yesterday"):
        Night.resume(night.folder, 1)


def test_every_mutant_has_its_turn():
    days = [
        f"{date(2026, 2, 20) + timedelta(day)}"
        for day in range(Schedule.__dataclass_fields__["parts"].default)
    ]
    parts = [Schedule(day) for day in days]
    taken = [one for schedule in parts for one in range(1202)[part(f"{schedule.part}/{schedule.parts}")]]
    assert sorted(taken) == list(range(1202))


@pytest.mark.timeout(580)
def test_a_small_night(tmp_path, monkeypatch):
    """All but the sizes of ops, which take minutes; reports read what it wrote."""
    monkeypatch.setattr(nightly, "STEPS", tuple(one for one in nightly.STEPS if one.name != "sweep"))
    schedule = Schedule("2026-11-28", 7, 20, 9.0, "attention", parts=1100, survived=5, rounds=1)
    night = Night.start(schedule, tmp_path / "runs", 1)
    assert all(told.state.done for _, told in night.steps()), night.told
    files = {path.name for path in night.folder.iterdir()}
    assert {step.file for step in nightly.STEPS} | {"run.json", "nightly.json"} <= files
    assert read_header(night.folder)["status"] == "complete"
    assert not any(name.endswith(".draft") for name in files)
    for step in nightly.STEPS:
        records = [json.loads(line) for line in (night.folder / step.file).read_text().splitlines()]
        assert records, step.name
    assert main(["build", str(night.folder), "--out", str(tmp_path / "site")]) == 0
    summary = (tmp_path / "site/report.md").read_text("utf-8")
    assert "**agrees:** mini\\_autograd" in summary
    assert "attention, 4 heads" in summary
    assert not (tmp_path / "site/regressions.md").exists()
