"""A session on a GPU: the library is built, a run's folder is made, and part after part done, each within its time.

Each part is a process of its own, as a step of a night is: NOTE [Steps of a night]. What it wrote before it ended
counts. Where there is a folder to hand over (`--out`), what is known so far is put there after each part: few files,
for a machine that gives back no more.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..campaign import Options, Plan, Run
from ..file import write_whole
from ..nightly import finished, last_line
from ..placement import CUDA, sides
from ..refusal import Refusal
from .goals import figures, read_goals, table

CAMPAIGN, BUILD, NAME = "programs", "build", "session.json"
LARGEST = 15 << 20  # bytes of a file that is handed over
LEAST = 5.0  # seconds, with less of which no part is begun


@dataclass(frozen=True, slots=True)
class Slot:
    """A part by name, and the seconds that it may take at most; `spare` ones take what others have left, too."""

    name: str
    seconds: float


# The most telling first. Together they take 9 minutes.
SLOTS = (
    Slot(BUILD, 150),
    Slot("environment", 20),
    Slot("kernels", 50),
    Slot("scoreboard", 130),
    Slot("timings", 90),
    Slot("memory", 60),
    Slot(CAMPAIGN, 50),
)
ALONE = ("environment", "kernels")  # which say something where the library has no device, too
SMOKE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a part: `done`, `failed`, `out of time` or `no time left`, how long it took, and a cause."""

    name: str
    state: str
    seconds: float
    cause: str = ""


@dataclass(slots=True)
class Session:
    """A session under way; `minutes` are all that it may take."""

    runs: Path
    out: Path | None
    minutes: float
    workers: int
    programs: int
    smoke: bool = False
    folder: Path | None = None
    lacking: str = ""  # why the library has no device, though torch has one
    done: list[Done] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def parts(self) -> Iterator[Done]:
        """Do all parts, saying of each what became of it."""
        for slot in SLOTS:
            if self.smoke and slot.name == BUILD:
                continue  # what is tried out is what is there
            if slot.name != BUILD and self.folder is None:
                self.folder = self._begun()
            if self.lacking and slot.name not in ALONE:
                continue
            told = self._carried_out(slot)
            self.done.append(told)
            self._hand_over()
            yield told

    def _begun(self) -> Path:
        """The folder of the run, once the library that it is about is built."""
        reference, subject = sides("torch", "mini_autograd", CUDA)
        plan = Plan(subject, reference, programs=self.programs, reduction_limit=0)
        try:
            run = Run.start(plan, Options(self.runs, self.workers))
        except Refusal as error:
            self.lacking = str(error)
            return self.runs
        run.writer.close()
        for log in self.runs.glob(f"{BUILD}.log"):
            shutil.move(log, run.writer.folder / log.name)
        return run.writer.folder

    def _carried_out(self, slot: Slot) -> Done:
        left = 60 * self.minutes - (time.monotonic() - self.began)
        seconds = min(SMOKE_SECONDS if self.smoke else slot.seconds, left)
        if seconds < LEAST:
            return Done(slot.name, "no time left", 0.0)
        place = self.folder or self.runs
        place.mkdir(parents=True, exist_ok=True)
        log, begin = place / f"{slot.name}.log", time.monotonic()
        status = finished(self._command(slot, seconds), log, seconds)
        taken = round(time.monotonic() - begin, 1)
        if status is None:
            return Done(slot.name, "out of time", taken, f"ended after {seconds:.0f} s")
        if status == 0 or (status == 1 and slot.name == CAMPAIGN):
            return Done(slot.name, "done", taken)
        return Done(slot.name, "failed", taken, f"exit status {status}: {last_line(log)}")

    def _command(self, slot: Slot, seconds: float) -> list[str]:
        if slot.name == BUILD:
            return [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
        assert self.folder is not None
        here = [sys.executable, "-m", "conformance"]
        if slot.name == CAMPAIGN:
            crew = ["--workers", str(self.workers), "--minutes", f"{0.6 * seconds / 60:.2f}"]
            return [*here, "run", "--resume", str(self.folder), *crew]
        words = ["gpu", "--part", slot.name, "--into", str(self.folder), "--workers", str(self.workers)]
        return [*here, *words, *(["--smoke"] if self.smoke else [])]

    # --- what is known ------------------------------------------------------------------------------------

    def records(self) -> list[dict[str, Any]]:
        """All records of parts so far; a line that was cut off is none."""
        found: list[dict[str, Any]] = []
        for path in sorted(self.folder.glob("gpu-*.json*")) if self.folder is not None else ():
            for line in path.read_text("utf-8").splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found

    def summary(self) -> str:
        """The parts, and each figure beside its goal."""
        records = self.records()
        parts = [
            f"{one.name:12} {one.state} in {one.seconds:.0f} s {one.cause}".rstrip() for one in self.done
        ]
        notes = [
            f"{one['check']} {one['program']}: {one['status']} {one['detail']}"
            for one in records
            if one["record"] == "memory" and one["status"] != "measured"
        ]
        notes += [
            f"kernels: {one['status']}: {one['detail']}" for one in records if one["record"] == "kernels"
        ]
        notes += [self.lacking] if self.lacking else []
        return "\n".join([*parts, "", table(figures(records), read_goals()), *notes])

    def _hand_over(self) -> None:
        """Write the summary, and put what is known where it is to be handed over."""
        if self.folder is None:
            return
        summary = self.summary() + "\n"
        write_whole(self.folder / "summary.txt", summary)
        write_whole(self.folder / NAME, json.dumps([asdict(one) for one in self.done], indent=2) + "\n")
        if self.out is None:
            return
        self.out.mkdir(parents=True, exist_ok=True)
        write_whole(self.out / "summary.txt", summary)
        logs = [
            f"=== {path.name}\n{path.read_text('utf-8', 'replace')}"
            for path in sorted(self.folder.glob("*.log"))
        ]
        _limited(self.out / "logs.txt", "\n".join(logs).encode())
        lines = [path.read_bytes() for path in sorted(self.folder.glob("gpu-*.json*"))]
        _limited(self.out / "gpu.jsonl", b"".join(lines))
        for name in ("run.json", "records.jsonl", NAME):
            if (self.folder / name).exists():
                _limited(self.out / name, (self.folder / name).read_bytes())


def _limited(path: Path, data: bytes) -> None:
    """Write a file that may be handed over: compressed where it is large, and without its end where it is larger."""
    if len(data) > LARGEST:
        path, data = path.with_name(f"{path.name}.gz"), gzip.compress(data)[:LARGEST]
    path.write_bytes(data)


def width(asked: int | None) -> int:
    """How many processes there may be: half the processors, for each has a context of the GPU."""
    return asked or max(1, min(8, (os.cpu_count() or 2) // 2))
