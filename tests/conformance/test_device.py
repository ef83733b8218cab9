"""Programs on a device: where tensors are made, what is compared there, what is said where there is none."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest
import torch

from conformance import cli
from conformance.asserting import DeviceLost
from conformance.campaign.executor import Threads
from conformance.chance import alike, draws, in_the_open
from conformance.commands.status import ExitStatus
from conformance.cpu_alone import reasons
from conformance.crew import Crew
from conformance.fork import Lost
from conformance.lockstep import Lockstep
from conformance.observation import Observation
from conformance.opinfo.copies import readings, waits
from conformance.opinfo.copies import table as copies_table
from conformance.opinfo.entry import read_table
from conformance.opinfo.placed import kept, lost
from conformance.opinfo.placed import table as beside
from conformance.opinfo.scoreboard import Score
from conformance.outcome import Status
from conformance.placed import unsaid
from conformance.placement import NoDevice, Placed, Placement, on, placement, sides, unnamed
from conformance.program import Program
from conformance.statements import Attempt, Get, Name, Op, Output, Print, Ref, Seeded, literal
from conformance.subjects import Subject, SubjectError, load_subject, placed, subject_of
from conformance.variant import variant
from tests.conformance.cuda_on_cpu import Library

ROOT = Path(__file__).parents[2]
TORCH = load_subject("torch")


def emulated(**names: object) -> Subject:
    """Torch on the CPU as an emulated device, whose name is that of the CPU."""
    return replace(subject_of(Library(**names), "near"), placement=Elsewhere("cuda", True))


class Elsewhere(Placement):
    @property
    def where(self) -> str:
        return "cpu"


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setenv("MINI_AUTOGRAD_CUDA", "off")


# --- names --------------------------------------------------------------------------------------------------


def test_a_device_is_an_option_of_a_subject():
    assert variant("torch").device == "cpu"
    assert variant("torch[threads=2,device=cuda]").device == "cuda"
    with pytest.raises(SubjectError, match="device=cuda"):
        variant("torch[device=tpu]")


def test_a_device_is_added_to_the_options_there_are():
    assert on("torch", "cuda") == "torch[device=cuda]"
    assert on("torch[threads=4]", "cuda") == "torch[threads=4,device=cuda]"
    assert on("torch", "cpu") == "torch"


def test_beside_an_emulated_device_the_reference_stays_on_the_cpu(monkeypatch):
    monkeypatch.setenv("MINI_AUTOGRAD_CUDA", "host")
    assert sides("torch", "mini_autograd", "cuda") == ("torch", "mini_autograd[device=cuda]")
    monkeypatch.delenv("MINI_AUTOGRAD_CUDA")
    assert sides("torch", "mini_autograd", "cuda") == ("torch[device=cuda]", "mini_autograd[device=cuda]")
    assert sides("torch", "mini_autograd", "cpu") == ("torch", "mini_autograd")


def test_a_placement_says_whether_it_is_emulated(monkeypatch):
    monkeypatch.setenv("MINI_AUTOGRAD_CUDA", "host:2")
    found = placement(Library(), "near", "cuda")
    assert (str(found), found.where) == ("cuda (host)", "cuda:0")
    assert found.told == "cuda, emulated on the host; torch on cpu"
    monkeypatch.delenv("MINI_AUTOGRAD_CUDA")
    assert str(placement(Library(), "near", "cuda")) == "cuda"


# --- where there is none ------------------------------------------------------------------------------------


def test_a_library_without_a_device_is_told_of(no_cuda):
    with pytest.raises(NoDevice, match="torch has no cuda here: no GPU was found"):
        placement(torch, "torch", "cuda")
    with pytest.raises(NoDevice, match="poor has no cuda here: it has no 'cuda'"):
        placement(object(), "poor", "cuda")


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "op:sin", "--device", "cuda"],
        ["explain", "op:sin", "--device", "cuda"],
        ["run", "--programs", "1", "--device", "cuda"],
        ["ops", "sin$", "--device", "cuda"],
        ["time", "--device", "cuda"],
        ["gpu"],
    ],
    ids=lambda words: words[0],
)
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a device here")
def test_a_command_says_in_a_line_why_nothing_runs(words, no_cuda, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == ExitStatus.NO_DEVICE == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "conformance: torch has no cuda here: no GPU was found, and MINI_AUTOGRAD_CUDA=host asks for one on the host\n"
    )
    assert list(tmp_path.iterdir()) == []


# --- where tensors are made ---------------------------------------------------------------------------------


def test_what_makes_a_tensor_makes_it_on_the_device():
    lib = Placed(torch, "meta")
    assert {lib.zeros(2).device.type, lib.tensor([1.0]).device.type, lib.fft.fftfreq(4).device.type} == {
        "meta"
    }
    assert lib.signal.windows.hann(4).device.type == "meta"
    assert lib.from_numpy(numpy.ones(3)).device.type == "meta"
    assert lib.zeros(2, device="cpu").device.type == "cpu"
    assert (lib.sin, lib.nn) == (torch.sin, torch.nn)
    assert "sin" in dir(lib)
    assert not hasattr(lib, "default_generator")


def test_a_recording_is_placed_nowhere():
    with pytest.raises(SubjectError, match="placed nowhere"):
        placed(replace(TORCH, compiler="eager"), "cuda")


# --- what is compared ---------------------------------------------------------------------------------------


def program(*statements):
    return Program("p", statements)


def x(requires_grad=True):
    return literal("x", [0.5, -1.5, 2.0], (3,), "float32", requires_grad)


SIN = Op("sin", (Ref("x"),), out=Output("y"))


def test_a_tensor_on_another_device_is_a_difference():
    subject = replace(subject_of(Library(), "near"), placement=Placement("cuda", True))
    outcome = Lockstep(TORCH, subject).run(program(x(), SIN))
    first = outcome.difference
    assert (first.kind, first.field, first.expected, first.got) == (
        Observation.ALIAS,
        "device",
        "cuda:0",
        "cpu",
    )


def test_on_its_device_a_library_agrees():
    outcome = Lockstep(TORCH, emulated()).run(program(x(), SIN))
    assert (outcome.status, outcome.drawn) == (Status.AGREE, 0)


def test_wrong_values_differ_on_a_device_too():
    outcome = Lockstep(TORCH, emulated(sin=torch.cos)).run(program(x(), SIN))
    assert outcome.status is Status.DIFFER


def test_devices_are_taken_out_of_texts():
    text = "tensor([1., 2.],\n       device='cuda:0', requires_grad=True)"
    assert unnamed(text) == "tensor([1., 2.], requires_grad=True)"
    assert unnamed("found two devices, cuda:0 and cpu") == "found two devices, cpu and cpu"


def test_devices_are_taken_out_of_what_hooks_were_told():
    from conformance.placed import _unnamed

    assert _unnamed(["tensor(1., device='cuda:0')", 2, ("cuda:0",)]) == ["tensor(1.)", 2, ("cpu",)]


def test_what_is_printed_agrees_without_its_device():
    class Printing(Library):
        pass

    outcome = Lockstep(TORCH, emulated()).run(program(x(), Print(Name("x"))))
    assert outcome.status is Status.AGREE


# --- random numbers -----------------------------------------------------------------------------------------


def other_numbers(tensor, *args, **kwargs):
    return torch.rand_like(tensor, generator=torch.Generator().manual_seed(3))


RAND = Op("rand_like", (Ref("x"),), out=Output("r"))
MANY = literal("x", [0.5] * 32, (32,), "float32")


def test_numbers_that_were_drawn_are_compared_as_samples_and_then_are_the_same():
    after = Op("mul", (Ref("r"), 2.0), out=Output("y"))
    outcome = Lockstep(TORCH, emulated(rand_like=other_numbers)).run(program(MANY, RAND, after))
    assert outcome.status is Status.AGREE
    assert outcome.drawn > 0


def test_another_distribution_is_a_difference():
    shifted = emulated(rand_like=lambda tensor: other_numbers(tensor) + 3)
    assert Lockstep(TORCH, shifted).run(program(MANY, RAND)).status is Status.DIFFER


def test_another_shape_of_random_numbers_is_a_difference():
    shorter = emulated(rand_like=lambda tensor: other_numbers(tensor)[1:])
    found = Lockstep(TORCH, shorter).run(program(MANY, RAND)).difference
    assert found.kind is Observation.SHAPE


def test_on_the_cpu_numbers_are_the_same_ones():
    subject = subject_of(Library(rand_like=other_numbers), "near")
    assert Lockstep(TORCH, subject).run(program(MANY, Seeded(0, RAND))).status is Status.DIFFER


@pytest.mark.parametrize(
    ("statement", "random"),
    [
        (RAND, True),
        (Op("Tensor.normal_", (Ref("x"),)), True),
        (Op("nn.functional.dropout", (Ref("x"),)), True),
        (Op("nn.functional.scaled_dot_product_attention", (Ref("x"), Ref("x"), Ref("x"))), False),
        (
            Op(
                "nn.functional.scaled_dot_product_attention",
                (Ref("x"), Ref("x"), Ref("x")),
                {"dropout_p": 0.5},
            ),
            True,
        ),
        (Seeded(1, SIN), True),
        (SIN, False),
    ],
)
def test_statements_that_draw_are_known_by_name(statement, random):
    assert draws(statement) is random
    assert in_the_open(statement)


def test_samples_of_one_distribution_are_alike():
    source = numpy.random.default_rng(0)
    one, other = source.normal(size=(2, 1000))
    assert alike(one, other)
    assert not alike(one, other + 1)
    assert not alike(numpy.ones(100), numpy.full(100, 2.0))
    assert not alike(numpy.ones(100), numpy.full(100, numpy.nan))
    assert alike(one[:3], other[:3] + 100)  # of which nothing can be said


# --- what says nothing beside torch on the CPU --------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (Op("Tensor.numpy", (Ref("x"),), out=Output("a")), "shares no memory with numpy"),
        (Op("Tensor.to", (Ref("x"), "cpu"), out=Output("a")), "a place of its own"),
        (Op("zeros", ((2,),), {"device": "cpu"}, Output("a")), "a place of its own"),
        (Get(Output("a"), Name("x"), "is_cuda"), "a place of its own"),
    ],
)
def test_a_program_that_says_nothing_is_told_with_the_reason(statement, why):
    outcome = Lockstep(TORCH, emulated()).run(program(x(False), statement))
    assert (outcome.status, outcome.unsaid) == (Status.UNSUPPORTED, True)
    assert why in outcome.unsupported
    assert unsaid(program(x(), SIN)) is None
    assert Lockstep(TORCH, TORCH).run(program(x(False), statement)).status is Status.AGREE


def test_what_an_older_reference_lacks_is_no_difference():
    older = subject_of(Library(sinc=None), "older")
    outcome = Lockstep(older, TORCH).run(program(x(), Op("sinc", (Ref("x"),), out=Output("y"))))
    assert (outcome.status, outcome.unsupported) == (Status.UNSUPPORTED, "sinc")


# --- what a GPU can only assert -----------------------------------------------------------------------------


BEYOND = Op("index_select", (Ref("x"), 0, Ref("i")), out=Output("y"))
I9 = literal("i", [9], (1,), "int64")


def on_gpu(**names):
    library = Library(**names)
    return replace(subject_of(library, "near"), placement=Elsewhere("cuda"), module=Placed(library, "cuda"))


def test_what_would_end_a_device_is_not_run_there():
    outcome = Lockstep(on_gpu(), on_gpu()).run(program(x(), I9, BEYOND))
    assert outcome.unsaid
    assert outcome.unsupported.startswith("index_select: what a GPU can only assert: index out of range")
    attempt = Lockstep(on_gpu(), on_gpu()).run(program(x(), I9, Attempt(BEYOND), SIN))
    assert attempt.unsaid


def test_what_a_gpu_asserts_says_nothing_on_an_emulated_one():
    assert Lockstep(TORCH, emulated()).run(program(x(), I9, BEYOND)).unsaid


def test_an_error_that_the_host_finds_is_compared_there():
    wrong = Op("sum", (Ref("x"), 7), out=Output("y"))
    outcome = Lockstep(on_gpu(), on_gpu()).run(program(x(), Attempt(wrong), SIN))
    assert (outcome.status, outcome.unsaid) == (Status.AGREE, False)


def test_a_device_that_was_lost_is_told_with_the_program():
    lost_one = on_gpu()

    def synchronize():
        raise RuntimeError("CUDA error: device-side assert triggered\nmore")

    lost_one.module.plain.cuda.synchronize = synchronize
    with pytest.raises(
        DeviceLost, match="the device is lost after program p: CUDA error: device-side assert"
    ):
        Lockstep(lost_one, on_gpu()).run(program(x(), SIN))


# --- the scoreboard beside the CPU's ------------------------------------------------------------------------


def score(check, dtype="float32", agree=2, differ=0, device="cpu"):
    return Score("sin", check, dtype, agree, differ, device=device)


def test_a_table_of_a_device_has_the_cpus_beside_it():
    cpu = [score("value"), score("gradient"), score("second", differ=1)]
    device = [score("value", device="cuda"), score("gradient", device="cuda", differ=1), score("second")]
    assert (
        kept(cpu, device)
        .line("cuda")
        .startswith("cuda: 1 of 2 scores that are whole on the cpu are whole there")
    )
    assert [one.check for one in lost(cpu, device)] == ["gradient"]
    last = beside(cpu, device).splitlines()[-1].split()
    assert last == ["all", "1/1", "0/1", "cpu", "1", "1/1", "cpu", "0"]


def test_a_score_of_a_device_says_so():
    assert "device" not in score("value").record()
    assert score("value", device="cuda (host)").record()["device"] == "cuda (host)"


# --- copies -------------------------------------------------------------------------------------------------


class Counted:
    """A device on which each `exp` reads back."""

    def __init__(self):
        self.copies = SimpleNamespace(to_host=[], to_device=[], launches=[])

    def exp(self, tensor):
        self.copies.to_host.append(("item", 8))
        return torch.exp(tensor)

    @contextmanager
    def count(self):
        self.copies.to_host.clear()
        yield self.copies


def test_what_reads_back_is_hidden_where_torch_does_not_wait():
    device = Counted()
    library = Library(exp=device.exp, testing=SimpleNamespace(count_copies=device.count))
    subject = replace(subject_of(library, "near"), placement=Placement("cuda", True))
    entries = [entry for entry in read_table() if entry.id in ("exp", "sin")]
    found = {one.entry: one for one in readings(entries, subject)}
    assert (found["exp"].hidden, found["sin"].hidden) == (True, False)
    assert found["exp"].record()["reasons"] == {"item": found["exp"].samples}
    assert copies_table(list(found.values())).startswith("2 entries: 1 read back where torch does not wait")


def test_what_torch_waits_for_has_a_reason():
    assert waits("nonzero")
    assert waits("linalg.solve")
    assert waits("sin") is None


def test_copies_are_counted_on_an_emulated_device_alone():
    with pytest.raises(NoDevice, match="counted on an emulated device alone"):
        next(readings(read_table()[:1], TORCH))


# --- processes ----------------------------------------------------------------------------------------------


def works(number):
    if number == 3:
        os._exit(7)
    if number == 4:
        time.sleep(60)
    if number == 5:
        raise ValueError("five")
    return 10 * number


@pytest.mark.parametrize("width", [1, 3])
def test_a_crew_loses_a_call_and_no_more(width):
    crew = Crew(multiprocessing.get_context("fork"), width, 1.0)
    found = list(crew.results(works, [(number,) for number in range(8)]))
    assert [found[at] for at in (0, 1, 2, 6, 7)] == [0, 10, 20, 60, 70]
    assert [type(found[at]) for at in (3, 4, 5)] == [Lost, Lost, ValueError]
    assert (str(found[3]), str(found[4])) == ("its process ended", "not done within 1 s")
    assert crew.members == []


def test_calls_from_threads_lose_a_call_and_no_more():
    pool = Threads(2)
    try:
        found = [pool.submit(works, number) for number in (1, 3, 5, 2)]
        assert [found[0].result(), found[3].result()] == [10, 20]
        assert pool.lost(found[1].exception()) == "its process ended"
        assert pool.lost(found[2].exception()) is None
    finally:
        pool.shutdown()


def test_a_crew_of_fresh_processes_does_the_same():
    crew = Crew(multiprocessing.get_context("spawn"), 1, 60.0)
    assert list(crew.results(works, [(1,), (2,)])) == [10, 20]


def test_what_is_about_the_cpu_alone_still_differs_on_an_emulated_device():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "conformance/test_cpu_alone.py", "--device", "cuda"],
        cwd=ROOT,
        env={**kept, "MINI_AUTOGRAD_CUDA": "host"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert f"{2 * len(reasons())} passed" in done.stdout
    assert "skipped" not in done.stdout
