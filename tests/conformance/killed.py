"""Campaigns that are killed at random moments and gone on with each time, beside one that nobody disturbed.

`python -m tests.conformance.killed 50 [SEED]` kills so often and says in which stage each kill came: most stages of
each campaign are visited, at a moment drawn from as long as the stage took undisturbed. A campaign that comes to its
end must have the same results, none lost and none twice; then the next one begins.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.records import read_header, read_records

SUBJECT = "tests.conformance.steady"
PROGRAMS, REDUCE = 600, 20
ORPHANED = 20.0  # seconds in which the processes of a campaign must end after it
VISITED = 0.8  # the share of the stages that a campaign is killed in
BEGINNING = "imports"  # the stage in which nothing is said yet


def results(folder: Path) -> dict[str, Any]:
    """What a run came to, without times and the bounds of batches."""
    records = list(read_records(folder))
    batches = [one for one in records if one["record"] == "batch"]
    counts = ("ops", "areas", "succeeded", "failed_alike")
    return {
        "programs": [one for one in records if one["record"] == "program"],
        "differences": sorted(json.dumps(one) for one in records if one["record"] == "difference"),
        **{name: sum((Counter(one[name]) for one in batches), Counter()) for name in counts},
        # Not what they say beside it: of a claim about speed that is a measurement.
        "suites": [(one["id"], one["agree"]) for one in records if one["record"] in ("claim", "idiom")],
        "coverage": [one for one in records if one["record"] == "coverage"],
    }


def twice_or_lost(folder: Path) -> Iterator[str]:
    """What a run's records have twice, and programs that they leave out."""
    records = list(read_records(folder))
    told: list[tuple[str, str]] = []
    for one in records:
        name = one.get("id") or one.get("signature")
        if one["record"] in ("program", "claim", "idiom", "difference"):
            told.append((one["record"], str(name)))
    yield from (f"{what} {name}: {count} times" for (what, name), count in Counter(told).items() if count > 1)
    ends: dict[str, int] = {}
    for one in records:
        if one["record"] == "batch":
            expected = ends.get(one["origin"], 0)
            if one["first"] != expected:
                yield f"a batch of {one['origin']} programs begins at {one['first']}, not {expected}"
            ends[one["origin"]] = one["first"] + one["count"]
    if ends.get("generated") != read_header(folder)["programs"]:
        yield f"{ends.get('generated')} programs of {read_header(folder)['programs']}"


@dataclass(slots=True)
class Campaign:
    """A campaign in a process of its own, and when it said that each stage began."""

    arguments: list[str]
    stages: list[tuple[str, float]] = field(default_factory=list)
    process: Any = None
    listening: Any = None

    def start(self) -> None:
        command = [sys.executable, "-m", "conformance", "run", *self.arguments]
        self.stages.append((BEGINNING, time.monotonic()))
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()

    def end(self) -> int:
        """Wait for its end; its status."""
        status: int = self.process.wait()
        self.listening.join(ORPHANED)
        self.process.stderr.close()
        return status

    def _listen(self) -> None:
        for line in self.process.stderr:  # which ends when the last of its processes does
            stage, _, told = line.partition(": ")
            if told and stage != self.stages[-1][0]:
                self.stages.append((stage, time.monotonic()))

    def lasted(self) -> dict[str, float]:
        """How long each stage took."""
        ends = [begin for _, begin in self.stages[1:]] + [time.monotonic()]
        return {stage: end - begin for (stage, begin), end in zip(self.stages, ends, strict=True)}

    def kill(self, stage: str, seconds: float) -> str | None:
        """Kill it so long after a stage has begun; the stage it was in, None where it was at its end before."""
        while self.process.poll() is None and stage not in dict(self.stages):
            time.sleep(0.005)
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        if self.process.poll() is not None:
            return None
        self.process.kill()
        self.process.wait()
        return self.stages[-1][0]

    def left(self) -> bool:
        """Whether a process of it goes on after it; that is ended here."""
        until = time.monotonic() + ORPHANED
        while time.monotonic() < until:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.05)
        os.killpg(self.process.pid, signal.SIGKILL)
        return True


@dataclass(slots=True)
class Killer:
    """Kills campaigns in a folder; ``problems`` are what went wrong."""

    folder: Path
    rng: random.Random
    programs: int = PROGRAMS
    lasted: dict[str, float] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    campaigns: int = 0
    reducing: int = 0  # kills at which a difference was seen and not yet told of

    def undisturbed(self) -> None:
        """Run the campaign as it should be."""
        campaign = self._started(self.folder / "whole", None)
        campaign.end()
        self.lasted = campaign.lasted()
        (run,) = (self.folder / "whole").iterdir()
        self.expected = results(run)
        self.problems += twice_or_lost(run)

    def run(self, kills: int, stages: Collection[str] = ()) -> None:
        """Kill so often, and let every campaign come to its end."""
        while self.killed.total() < kills:
            self.campaigns += 1
            runs = self.folder / f"{self.campaigns}"
            for stage in stages or [one for one in self.lasted if self.rng.random() < VISITED]:
                if self.killed.total() < kills:
                    self.disturb(runs, stage)
            self.finish(runs)

    def disturb(self, runs: Path, stage: str) -> None:
        """Start or go on with a campaign, and kill it in a stage or soon after."""
        campaign = self._started(runs, begun(runs))
        within = campaign.kill(stage, self.rng.uniform(0, 1.1 * self.lasted[stage]))
        if within is None:
            self._ended(runs, campaign)
            return
        self.killed[within] += 1
        run = begun(runs)
        reducing = untold(run) if run is not None else 0
        self.reducing += reducing > 0
        told = f", {reducing} reductions under way" if reducing else ""
        print(f"{self.killed.total()}: campaign {runs.name} killed in {within!r}{told}", flush=True)
        if campaign.left():
            self.problems.append(f"{runs.name}: processes went on after a kill in {within!r}")
        campaign.end()

    def _ended(self, runs: Path, campaign: Campaign) -> None:
        if (status := campaign.end()) != 1:  # there are differences
            self.problems.append(f"{runs.name}: ended with status {status}")

    def finish(self, runs: Path) -> None:
        """Let a campaign come to its end, and compare."""
        self._ended(runs, self._started(runs, begun(runs)))
        run = begun(runs)
        if run is None or read_header(run)["status"] != "complete":
            self.problems.append(f"{runs.name}: is not complete")
            return
        found = results(run)
        self.problems += [
            f"{runs.name}: {name} are others" for name in found if found[name] != self.expected[name]
        ]
        self.problems += [f"{runs.name}: {one}" for one in twice_or_lost(run)]
        print(f"campaign {runs.name} came to its end, {len(self.problems)} problems so far", flush=True)

    def _started(self, runs: Path, run: Path | None) -> Campaign:
        fresh = [
            "--subject",
            SUBJECT,
            "--programs",
            str(self.programs),
            "--rounds",
            "0",
            "--reduce",
            str(REDUCE),
        ]
        what = ["--runs", str(runs), *fresh] if run is None else ["--resume", str(run)]
        campaign = Campaign([*what, "--workers", "1"])
        campaign.start()
        return campaign


def untold(run: Path) -> int:
    """How many differences a run has seen of which no record tells yet."""
    with contextlib.suppress(FileNotFoundError):
        records = list(read_records(run))
        told = {one["signature"] for one in records if one["record"] == "difference"}
        seen = {name for one in records if one["record"] == "program" for name in one.get("signatures", ())}
        return len(seen - told)
    return 0


def begun(runs: Path) -> Path | None:
    """The run in a folder that can be gone on with: one of which there is a header."""
    found = [one.parent for one in runs.glob("*/run.json")]
    return found[0] if found else None


def main(kills: int, seed: int = 0) -> int:
    """Kill campaigns and print what went wrong; how much did."""
    with tempfile.TemporaryDirectory() as folder:
        killer = Killer(Path(folder), random.Random(seed))
        killer.undisturbed()
        print({stage: round(seconds, 1) for stage, seconds in killer.lasted.items()}, flush=True)
        killer.run(kills)
    for problem in killer.problems:
        print(problem)
    where = f"{dict(killer.killed)}, {killer.reducing} of them with reductions under way"
    print(f"{kills} kills, {killer.campaigns} campaigns, {len(killer.problems)} wrong: {where}")
    return len(killer.problems)


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
