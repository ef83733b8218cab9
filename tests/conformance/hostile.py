"""Files as somebody might write them who means harm, made of real ones, and what every command says to them.

`python -m tests.conformance.hostile 100000 [FIRST]` tries as many mutations, and prints what went wrong.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import gzip
import io
import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from conformance import cli
from conformance import reduce as reducing
from conformance.campaign import Plan
from conformance.campaign.tally import Sighting
from conformance.campaign.worker import Worker
from conformance.commands import record as record_command
from conformance.commands import run as run_command
from conformance.known import CORPUS
from conformance.program import read_program
from conformance.recording import write_recording
from conformance.recording.session import attempted, header, records
from conformance.records import FORMAT
from conformance.subjects import load_subject
from conformance.suites import SUITES
from reports.cli import main as reports_main
from tests.reports import run_sample

FAULTY = "tests.conformance.faulty"
PATIENCE = 30  # seconds for one command
DEEP, LONG = "@@deep@@", "@@long@@"
RECORDED = (  # kept programs
    "hooks-of-a-node-in-order",
    "function-saved-output-that-is-a-view",
    "error-saved-read-without-a-gradient",
    "grad-value-hardsigmoidbackward0",
    "first-of-three-hooks-removed",
)
RUN = "20260101-000000-0"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.spawn",
    "subprocess.Popen",
    "socket.connect",
)
TRAPS = ("antigravity", "this", "turtle", "idlelib", "webbrowser")

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 64, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**400, LONG, 1e308, -0.0, 0.5),
    *(float("nan"), float("inf"), "", "\0", "\ud800", "\x1b[2J\x1b]0;x\x07", "a" * 100_000, "é", "x0", "mul"),
    *("__import__", "os.system", "__class__", "__globals__", "__builtins__", "__import__('os').system('touch escape')"),
    *("../../escape", "/etc/passwd", "~/escape", "escape", "os", "antigravity", "antigravity.x", "this", "torch.load"),
    *("%s%n{0.__class__}", "[red]x[/]", "[/]", "<script>alert(1)</script>", "]]>", "a|b|c|d", "|||", "\n\nx"),
    *("0x1p99999", "nan", "1e400", "9" * 5000, "2026-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    *([], {}, [[]], [None], {"": None}, [1_000_000, 1_000_000], [0, 2**62], [2**40], DEEP, {"x": DEEP}, [DEEP]),
    *({"ref": "x0"}, {"ref": "__builtins__"}, {"ref": 3}, {"dtype": "__class__"}, {"dtype": []}, {"tuple": 3}),
    *({"tuple": "ab"}, {"float": "0x1p99999"}, {"float": 3}, {"complex": ["nan"]}, {"complex": 1}),
    *({"slice": [2**70, None, 0]}, {"slice": 1}, {"format": "os"}, {"ellipsis": 1}, {"a": 1, "b": 2}),
    {"kind": "op", "name": "Tensor.tofile", "args": [{"ref": "x0"}, "escape"]},
    {"kind": "op", "name": "PyTorchFileWriter", "args": ["escape"], "out": "y0"},
    {"kind": "op", "name": "Tensor.share_memory_", "args": [{"ref": "x0"}]},
    {"kind": "op", "name": "zeros", "args": [[1_000_000, 1_000_000]], "out": "y0"},
    {"kind": "op", "name": "zeros", "args": [1_000_000, 1_000_000], "out": "y0"},
    {"kind": "op", "name": "arange", "args": [1e15], "out": "y0"},
    {"kind": "op", "name": "nn.functional.handle_torch_function", "args": []},
    {"kind": "op", "name": "load", "args": ["/etc/passwd"]},
    {"kind": "op", "name": "operator.call", "args": []},
    {"kind": "op", "name": "full", "args": [[2], 1], "kwargs": {"x=__import__('os').system('touch escape'), y": 1}},
    {"kind": "chain", "first": {"kind": "op", "name": "ones", "args": [2]},
     "then": [{"kind": "op", "name": "Tensor.dump", "args": [{"ref": "_"}, "escape"]}], "out": "y0"},
    {"kind": "default_tensor_type", "name": "antigravity.x", "body": []},
    {"kind": "with", "mode": "os.system", "body": []},
    {"kind": "for", "times": 10**9, "body": []},
    {"kind": "get", "out": "y0", "x": "x0", "attribute": "__class__"},
    {"kind": "set", "x": "x0", "attribute": "__class__", "value": 1},
    {"kind": "numpy_call", "out": "y0", "name": "fromfile", "args": ["/etc/passwd"]},
    {"kind": "numpy_call", "out": "y0", "name": "zeros", "args": [[1_000_000, 1_000_000]]},
    {"kind": "array", "out": "y0", "data": [], "shape": [0, 2**62], "dtype": "float32"},
    {"kind": "tensor", "out": "y0", "data": [], "shape": [0, 2**62]},
    {"kind": "tensor", "out": "__import__", "data": [], "shape": [0]},
    {"kind": "transform", "body": "cubed", "args": ["x0"], "out": [], "steps": [{"tuple": ["vmap", 3]}]},
    {"record": "gossip"},
    {"record": "difference", "signature": "../../escape", "expected": 1, "got": None},
)  # fmt: skip


class Watch:
    """Notes what is run, and what is opened for writing outside of a folder, while it is on."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, given: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        if "uname" in repr(given):  # asked for once, of what kind the processor is
            return
        if event.startswith(FORBIDDEN) or (event == "import" and given[0] in TRAPS):
            self.seen.append(f"{event} {given!r:.200}")
        elif event == "open" and isinstance(given[0], str | bytes) and (given[2] or 0) & WRITES:
            path = os.path.realpath(os.fsdecode(given[0]))
            if not path.startswith((self.folder, "/dev/null", "/dev/pts")):
                self.seen.append(f"open {path}")


WATCH = Watch()


def real_run(folder: Path) -> None:
    """The folder of a small run that came to its end."""
    plan = Plan(subject=FAULTY, programs=40, batch=40)
    worker = Worker(plan)
    tally = worker.batch("generated", 0, 40, None)
    told: dict[str, Sighting] = {one.signature: one for one in reversed(tally.sightings)}
    claims = [
        one.record()
        for suite in SUITES
        for one in itertools.islice(suite.findings(worker.reference, worker.subject), 2)
    ]
    records = [
        *tally.programs[:3],
        tally.record(),
        *(worker.record(one, None, 20) for one in list(told.values())[:2]),
        *claims,
        run_sample.timing("mul", "a*b", 1, 2, 0.1, None),
        {key: _few(told) for key, told in tally.coverage.record().items()},
    ]
    folder.mkdir(parents=True)
    header = run_sample.run_json(programs=40, run=RUN, plan=plan.to_json(), format=FORMAT)
    header["subject"]["name"], header["seed"] = FAULTY, 0
    (folder / "run.json").write_text(json.dumps(header))
    (folder / "records.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))


def real_recording(path: Path, library: str) -> Path:
    """A recording of a few kept programs."""
    subject = load_subject(library)
    programs = [read_program(CORPUS / f"{name}.json") for name in RECORDED]
    for _ in write_recording(path, header(subject), records(programs, subject)):
        pass
    return path


def _few(told: Any) -> Any:
    return dict(itertools.islice(told.items(), 3)) if isinstance(told, dict) else told


# --- mutations --------------------------------------------------------------------------------------------


def of_bytes(data: bytes, rng: random.Random) -> bytes:
    """The bytes with some flipped, cut off, doubled, replaced or put in."""
    for _ in range(rng.choice((1, 1, 2, 8))):
        if not data:
            break
        at = rng.randrange(len(data))
        end = at + rng.randrange(400)
        put_in = rng.choice((b"[", b"{", b'"', b",", b"-", b"9" * 30, b"\n", b"\0", rng.randbytes(4)))
        data = rng.choice(
            (
                data[:at],
                data[:at] + data[end:],
                data[:end] + data[at:],
                data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :],
                data[:at] + put_in + data[at:],
            )
        )
    return data


def of_data(value: Any, rng: random.Random) -> Any:
    """JSON data with one to three places changed."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        holders = list(_holders(value))
        if not holders:
            return rng.choice(HOSTILE)
        holder = rng.choice(holders)
        key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        act = rng.randrange(7)
        if act == 0:
            del holder[key]
        elif act == 1 and isinstance(holder, dict):
            other = rng.choice(HOSTILE)
            holder[other if isinstance(other, str) else "name"] = holder.pop(key)
        elif act == 2:
            holder[key] = _other_type(holder[key])
        elif act == 3:
            donor = rng.choice(holders)
            holder[key] = _copied(rng.choice(list(donor.values()) if isinstance(donor, dict) else donor))
        elif act == 4 and isinstance(holder, list):
            holder.insert(key, _copied(rng.choice(HOSTILE)))
        else:
            holder[key] = _copied(rng.choice(HOSTILE))
    return value


def _copied(value: Any) -> Any:
    """A value of its own: one that holds itself is none of JSON's."""
    return json.loads(json.dumps(value)) if isinstance(value, dict | list) else value


def _holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


def _other_type(value: Any) -> Any:
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return {str(at): item for at, item in enumerate(value)}
    return str(value) if not isinstance(value, str) else len(value)


def text_of(value: Any, rng: random.Random) -> str:
    """JSON as text, now and then with a key twice."""
    text = json.dumps(value)
    if rng.random() < 0.1 and '": ' in text:
        at = rng.choice([at for at in range(len(text)) if text.startswith('{"', at)] or [0])
        key = text[at + 1 :].partition(": ")[0]
        text = f"{text[: at + 1]}{key}: {json.dumps(rng.choice(HOSTILE))}, {text[at + 1 :]}"
    deep = rng.choice((70, 300, 900, 3000))
    return text.replace(json.dumps(DEEP), "[" * deep + "]" * deep).replace(json.dumps(LONG), "9" * 5000)


def _mutated(data: bytes, rng: random.Random, bytewise: float = 0.3) -> bytes:
    if rng.random() < bytewise:
        return of_bytes(data, rng)
    return text_of(of_data(json.loads(data), rng), rng).encode()


class Fuzzer:
    """Writes mutations into a folder and runs commands on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.real = folder / "real" / RUN
        real_run(self.real)
        self.programs = sorted(CORPUS.glob("*.json"))
        self.header = json.loads((self.real / "run.json").read_text())
        self.records = (self.real / "records.jsonl").read_bytes()
        self.recordings = [real_recording(folder / f"{one}.jsonl", one) for one in ("torch", FAULTY)]
        self.known = (CORPUS.parent / "known.toml").read_bytes()
        self.listing = sorted(os.listdir(folder))
        self.statuses: Counter[str] = Counter()

    def once(self, index: int) -> list[str]:
        """What is wrong with what the commands say to one mutation."""
        rng = random.Random(index)
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        made = rng.choice(
            (self._program, self._program, self._header, self._records, self._known, self._recording)
        )
        WATCH.folder, WATCH.seen = os.path.realpath(work), []
        try:
            problems = [one for arguments in made(work, rng) for one in self._command(index, *arguments)]
        finally:
            WATCH.folder = None
        problems += [f"{index}: {one}" for one in WATCH.seen]
        left = set(os.listdir(self.folder)) - {"work", *self.listing}
        return problems + [f"{index}: left {one}" for one in left]

    def _command(self, index: int, main: Callable[[list[str]], int], arguments: list[str]) -> list[str]:
        out, err = io.StringIO(), io.StringIO()
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(PATIENCE)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                status = main(arguments)
            out.getvalue().encode()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return [f"{index}: {arguments}: {type(error).__name__}: {error!s:.300}"]
        finally:
            signal.alarm(0)
        said = err.getvalue()
        self.statuses[f"{arguments[0]} {int(status)}"] += 1
        wrong = status not in (0, 1, 2) or "Traceback" in said
        # `run` says on the way how far it is, and a run that says nothing is told of beside its summary.
        if status == 2 and (len(said.splitlines()) != 1 or (not said.isascii() and "\x1b" in said)):
            wrong = True
        return [f"{index}: {arguments}: status {status}: {said[:500]!r}"] if wrong else []

    # --- what is mutated --------------------------------------------------------------------------------------

    def _program(self, work: Path, rng: random.Random) -> Iterator[tuple[Any, list[str]]]:
        data = _mutated(rng.choice(self.programs).read_bytes(), rng)
        path = work / "program.json"
        path.write_bytes(data)
        command = rng.choice(("replay", "replay", "explain", "reduce"))
        extra = ["--limit", "5"] if command == "reduce" else []
        yield cli.main, [command, str(path), "--subject", "torch", *extra]

    def _header(self, work: Path, rng: random.Random) -> Iterator[tuple[Any, list[str]]]:
        data = _mutated(json.dumps(self.header).encode(), rng)
        yield from self._run(work, rng, data, self.records)

    def _records(self, work: Path, rng: random.Random) -> Iterator[tuple[Any, list[str]]]:
        lines = self.records.splitlines()
        if rng.random() < 0.3:
            data = of_bytes(self.records, rng)
        else:
            at = rng.randrange(len(lines))
            lines[at] = _mutated(lines[at], rng, 0.0)
            data = b"\n".join(lines) + b"\n"
        yield from self._run(work, rng, json.dumps(self.header).encode(), data)

    def _run(
        self, work: Path, rng: random.Random, header: bytes, records: bytes
    ) -> Iterator[tuple[Any, list[str]]]:
        run = work / RUN
        run.mkdir()
        (run / "run.json").write_bytes(header)
        (run / "records.jsonl").write_bytes(records)
        signature = rng.choice([json.loads(line) for line in self.records.splitlines()[:3]])["signature"]
        choices: list[tuple[Any, list[str]]] = [
            (cli.main, ["show", str(run), "--coverage", "--svg", str(work / "run.svg")]),
            (cli.main, ["ledger", str(run), "--strict"]),
            (cli.main, ["ledger", str(run), "--json", str(work / "ledger.jsonl")]),
            (cli.main, ["replay", f"{run}:{signature}", "--subject", "torch"]),
            (cli.main, ["explain", f"{run}:g-0-3", "--subject", "torch"]),
            (reports_main, ["show", str(run), "--ops"]),
            (reports_main, ["build", str(run), "--out", str(work / "site")]),
        ]
        yield from rng.sample(choices, 2)
        if rng.random() < 0.3:
            yield cli.main, ["run", "--resume", str(run), "--executor", "here"]

    def _recording(self, work: Path, rng: random.Random) -> Iterator[tuple[Any, list[str]]]:
        path = work / rng.choice(("recording.jsonl", "recording.jsonl.gz"))
        data = rng.choice(self.recordings).read_bytes()
        if rng.random() < 0.3:
            data = of_bytes(data, rng)
        else:
            lines = data.splitlines()
            at = rng.randrange(len(lines))
            lines[at] = _mutated(lines[at], rng, 0.0)
            data = b"\n".join(lines) + b"\n"
        if path.suffix == ".gz":
            data = gzip.compress(data, 1)
            data = of_bytes(data, rng) if rng.random() < 0.3 else data
        path.write_bytes(data)
        pair = [str(path), str(self.recordings[0])]
        program = str(CORPUS / f"{rng.choice(RECORDED)}.json")
        choices = [
            ["compare", *rng.sample(pair, 2)],
            ["replay", program, "--reference", str(path), "--subject", "torch"],
            ["replay", program, "--reference", "torch", "--subject", str(path), "--trace"],
            ["record", str(path), "--subject", "torch", "--out", str(work / "again.jsonl")],
        ]
        for arguments in rng.sample(choices, 2):
            yield cli.main, arguments

    def _known(self, work: Path, rng: random.Random) -> Iterator[tuple[Any, list[str]]]:
        data = of_bytes(self.known, rng)
        if rng.random() < 0.5:
            words = [b"accepted/", b"signature", b"reason", b".json", b'"', b"[[difference]]"]
            hostile = [b"../../escape/", b"/etc/", b"\\ud800", b"[" * 2000, b"= 1", b"__import__", b"\\u0000"]
            data = data.replace(rng.choice(words), rng.choice(hostile), rng.choice((1, -1)))
        path = work / "known.toml"
        path.write_bytes(data)
        yield cli.main, ["ledger", str(self.real), "--strict", "--known", str(path)]


def _late(*_: Any) -> None:
    raise TimeoutError("a command did not end")


@contextlib.contextmanager
def reading_only() -> Iterator[None]:
    """`run --resume` reads and goes on with nothing, `reduce` and `record` start no process: what they do then is no
    reading.
    Options are made once."""
    kept = run_command.follow, cli.parser, reducing.recheck, reducing.in_copy, record_command.records
    run_command.follow, cli.parser = (lambda steps: None), functools.cache(cli.parser)
    reducing.recheck = lambda *_: None
    record_command.records = lambda programs, subject: (attempted(one, subject) for one in programs)
    reducing.in_copy = lambda function, *args, **_: function(*args)
    try:
        yield
    finally:
        run_command.follow, cli.parser, reducing.recheck, reducing.in_copy, record_command.records = kept


def main(count: int, first: int = 0) -> int:
    """Try mutations and print what is wrong; how many were."""
    wrong = 0
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder, reading_only():
        fuzzer = Fuzzer(Path(folder))
        for index in range(first, first + count):
            for problem in fuzzer.once(index):
                wrong += 1
                print(problem, flush=True)
            if (index - first) % 5000 == 4999:
                print(f"{index - first + 1:,} of {count:,}, {wrong} wrong", flush=True)
        print(f"{count:,} mutations, {wrong} wrong: {dict(sorted(fuzzer.statuses.items()))}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
