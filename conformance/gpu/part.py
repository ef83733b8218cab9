"""The parts of a session on a GPU: each writes its records as it finds them, so that what ends it loses no more."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..fork import Lost
from ..placement import CUDA, NoDevice, sides
from ..subjects import Subject, load_subject

PACKAGES = ("torch", "cupy-cuda13x", "numpy", "scipy", "ml-dtypes", "cython", "pytest", "hypothesis")
STRIDE = 89  # entries from one to the next, so that however many are done they are of all families
DTYPES = ("float32", "float64")
PASSES, FEW_PASSES = 100_000, 200
ROUNDS = 20
SECONDS_FLAT = 25.0
SECONDS_KERNELS = 42.0  # less than the part may take, so that what was printed is kept


@dataclass(frozen=True, slots=True)
class Manner:
    """How a part is done: whether all is small, and how many processes there may be."""

    smoke: bool
    workers: int

    def pair(self) -> tuple[Subject, Subject]:
        """Both libraries on the device."""
        reference, subject = sides("torch", "mini_autograd", CUDA)
        return load_subject(reference), load_subject(subject)


Part = Callable[[Manner], Iterator[dict[str, Any]]]


def environment(manner: Manner) -> Iterator[dict[str, Any]]:
    """What the machine is, and what is installed there."""
    found: dict[str, Any] = {"record": "machine", "python": platform.python_version()}
    found |= {"platform": platform.platform(), "cpus": os.cpu_count()}
    found["packages"] = {name: _version(name) for name in PACKAGES}
    found["nvidia-smi"] = _printed(["nvidia-smi"])
    found["compiler"] = _printed([os.environ.get("CC", "cc"), "--version"])
    try:
        reference, subject = manner.pair()
    except NoDevice as error:
        print(error)
        yield {**found, "device": None}
        return
    found["device"] = str(subject.placement)
    found["compiled"] = subject.compiled
    if reference.placement is not None:
        properties = reference.module.cuda.get_device_properties(0)
        found["gpu"] = {"name": properties.name, "bytes": properties.total_memory}
        found["cuda"] = reference.module.version.cuda
    print(json.dumps({key: one for key, one in found.items() if key != "nvidia-smi"}, indent=2))
    print(found["nvidia-smi"] or "no nvidia-smi")
    yield found


def kernels(manner: Manner) -> Iterator[dict[str, Any]]:
    """The library's own kernels, compiled for the chip that is there, by the tests that call each."""
    folder = Path("tests/mini_autograd/cuda")
    if not folder.is_dir():
        yield {"record": "kernels", "status": "absent", "detail": f"there is no {folder}"}
        return
    chosen = ["-x", "-k", "compile"] if manner.smoke else []
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen, str(folder)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        done = subprocess.run(words, check=False, timeout=SECONDS_KERNELS, **pipes)
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""
        print(told.decode("utf-8", "replace") if isinstance(told, bytes) else told)
        yield {"record": "kernels", "status": "out of time", "detail": f"not done in {SECONDS_KERNELS:g} s"}
        return
    print(done.stdout)
    last = done.stdout.strip().splitlines()[-1:] or [""]
    status = "passed" if done.returncode == 0 else "none" if done.returncode == 5 else "failed"
    yield {"record": "kernels", "status": status, "detail": last[0].strip("= ")}


def scoreboard(manner: Manner) -> Iterator[dict[str, Any]]:
    """The ops that torch tests itself by, on the CPU and on the device, an entry at a time."""
    from ..opinfo.entry import read_table
    from ..opinfo.parallel import crew, scores_on_both
    from ..opinfo.placed import kept, table
    from ..opinfo.scoreboard import Score

    given = "torch", "mini_autograd"
    placed = sides(*given, CUDA)
    entries = read_table()
    places = [at * STRIDE % len(entries) for at in range(len(entries))]
    places = list(dict.fromkeys([*places, *range(len(entries))]))[: 4 if manner.smoke else None]
    calls = [(given, placed, at, DTYPES[:1] if manner.smoke else DTYPES) for at in places]
    cpu: list[Score] = []
    device: list[Score] = []
    found = crew(placed[1], manner.workers).results(scores_on_both, calls)
    for done, (at, scores) in enumerate(zip(places, found, strict=True), 1):
        if isinstance(scores, Lost | Exception):
            print(f"{entries[at].id}: lost: {scores}")
            continue
        cpu += scores[0]
        device += scores[1]
        for one in (*scores[0], *scores[1]):
            yield one.record()
        whole = kept(cpu, device)
        if done % 20 == 0 or done == len(places):
            print(f"{done} of {len(places)}: {whole.line(CUDA)}", flush=True)
    print(table(cpu, device))


def timings(manner: Manner) -> Iterator[dict[str, Any]]:
    """Programs by the device's own clock; of a smoke nothing is kept, as its figures mean nothing."""
    from ..timing import table
    from .goals import limits, read_goals
    from .timing import time_all
    from .workload import workloads

    reference, subject = manner.pair()
    rounds, goals = (1 if manner.smoke else ROUNDS), limits(read_goals())
    found = []
    for one in time_all(workloads(manner.smoke), reference, subject, rounds, goals):
        print(f"{one.workload.name}: {one.status} {one.detail}", flush=True)
        found.append(one)
        if not manner.smoke:
            yield one.record()
    if not manner.smoke:
        print(table(found, subject.name))


def memory(manner: Manner) -> Iterator[dict[str, Any]]:
    """Peaks beside torch, passes that leave nothing, running out of memory."""
    from .memory import flat, peaks, survives
    from .workload import workloads

    reference, subject = manner.pair()
    chosen = [one for one in workloads(manner.smoke) if one.manner == "eager"]
    yield survives(subject).record()
    few = [one for one in chosen if one.name == "mlp-8-16-1"]
    for one in few:
        passes = FEW_PASSES if manner.smoke else PASSES
        yield flat(one, subject, passes, SECONDS_FLAT).record()
    for found in peaks(chosen, reference, subject):
        yield found.record()


PARTS: dict[str, Part] = {
    "environment": environment,
    "kernels": kernels,
    "scoreboard": scoreboard,
    "timings": timings,
    "memory": memory,
}


# The parts whose records are those of a run, which pages are made of; those of others are beside it.
OF_A_RUN = ("scoreboard", "timings", "memory")


def carry_out(name: str, folder: Path, manner: Manner) -> int:
    """Do a part, writing each record as it comes; how many there were."""
    count = 0
    path = folder / f"gpu-{name}.{'jsonl' if name in OF_A_RUN else 'json'}"
    with path.open("a", encoding="utf-8") as file:
        for record in PARTS[name](manner):
            file.write(json.dumps(record, allow_nan=False) + "\n")
            file.flush()
            count += 1
    return count


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _printed(words: list[str]) -> str | None:
    """What a command prints, None where there is no such command."""
    if shutil.which(words[0]) is None:
        return None
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=20)
    return (done.stdout or done.stderr).strip()
