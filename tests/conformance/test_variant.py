"""A subject as it is asked for: a module, a file, options in brackets; and what of it cannot be seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from conformance.absence import has
from conformance.cli import main
from conformance.control import CONTROLS
from conformance.generate import Generator
from conformance.known import CORPUS
from conformance.lockstep import Lockstep
from conformance.observation import Observation
from conformance.observed import EVERYTHING, observed
from conformance.outcome import Status
from conformance.presence import Presence
from conformance.program import Program
from conformance.statements import Op, Ref, literal
from conformance.subjects import Subject, SubjectError, load_subject, subject_of

TORCH = load_subject("torch")
PROGRAM = str(CORPUS / "sum-that-cancels.json")


@pytest.mark.parametrize(
    "text", ["torch[", "torch[threads=0]", "torch[fast]", "torch[without=colour]", "[plain]", "json.py"]
)
def test_what_is_no_subject_is_refused(text: str) -> None:
    with pytest.raises(SubjectError):
        load_subject(text)


def test_a_build_is_chosen_before_the_first_import() -> None:
    command = [sys.executable, "-m", "conformance", "replay", PROGRAM, "--subject", "mini_autograd[plain]"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "sum-that-cancels: agree" in done.stdout) == (0, True), done.stderr
    with pytest.raises(SubjectError, match="no plain build"):
        load_subject("torch[plain]")


def test_threads_are_those_of_its_own_statements() -> None:
    subject = load_subject("torch[threads=2]")
    assert subject.around is not None
    with subject.around():
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 1


def test_ops_are_compiled_each_by_itself() -> None:
    subject = load_subject("torch[compile=eager]")
    assert subject.unobserved == ["version", "graph", "saved", "warning"]
    x = literal("x", [0.5, -1.0], (2,), "float64", requires_grad=True)
    ops = (Op("sin", (Ref("x"),), {}, "y"), Op("Tensor.mul", (Ref("y"), Ref("x")), {}, "z"))  # type: ignore[arg-type]
    program = Program("p", (x, *ops, Op("Tensor.numpy", (Ref("z"),), {}, "w")))  # type: ignore[arg-type]
    found = Lockstep(TORCH, subject).run(program)
    assert (found.succeeded["sin"], found.succeeded["Tensor.mul"]) == (1, 1)
    # What torch.compile does not tell apart is seen: it lets the memory of what needs a gradient out.
    assert [(one.op, one.kind, one.field) for one in found.differences] == [
        ("Tensor.numpy", "error", "not raised")
    ]
    with pytest.raises(SubjectError, match="has no 'compile'"):
        load_subject("mini_autograd[compile]")


def test_a_file_is_a_subject(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own_library.py"
    path.write_text(
        "import torch\nTensor = torch.Tensor\ndef __getattr__(name):\n    return getattr(torch, name)\n"
    )
    subject = load_subject(str(path))
    assert (subject.library, subject.unobserved) == ("own_library", [])
    assert main(["replay", PROGRAM, "--subject", str(path)]) == 0
    assert "agree" in capsys.readouterr().out


def test_all_of_torch_and_of_the_library_is_seen() -> None:
    for name in ("torch", "mini_autograd"):
        assert load_subject(name).observes == EVERYTHING


def test_what_has_no_reader_is_not_observed() -> None:
    class Bare:
        requires_grad = False

        def __mul__(self, other: Any) -> Bare:
            return Bare()

    module = SimpleNamespace(tensor=lambda data, requires_grad: Bare())
    seen = observed(module)
    assert EVERYTHING - seen == {
        Observation.STRIDE, Observation.ALIAS, Observation.VERSION, Observation.LEAF, Observation.GRAPH,
        Observation.SAVED, Observation.GRAD,
    }  # fmt: skip
    assert observed(SimpleNamespace(observes={"value", "error"})) == {Observation.VALUE, Observation.ERROR}


def test_what_is_not_observed_is_not_compared() -> None:
    quiet = {Observation.VERSION, Observation.STRIDE, Observation.GRAPH, Observation.SAVED}
    for control in CONTROLS:
        if control.kind not in quiet:
            continue
        wrong = control.subject()
        blind = Subject(
            wrong.name, wrong.version, wrong.module, None, wrong.around, observes=EVERYTHING - quiet
        )
        outcome = Lockstep(TORCH, blind).run(control.program())
        assert quiet.isdisjoint(one.kind for one in outcome.differences), control.name
        assert quiet.isdisjoint(outcome.counts)


class Torchlike:
    """Torch without some of its names."""

    def __init__(self, *lacking: str) -> None:
        self._lacking = lacking

    def __getattr__(self, name: str) -> Any:
        if name in self._lacking:
            raise AttributeError(f"no {name}")
        return getattr(torch, name)


def test_dtypes_that_a_subject_lacks_are_not_drawn() -> None:
    poor = subject_of(Torchlike("float16", "bfloat16", "complex64", "complex128"), "poor")
    generator = Generator(Presence(poor))
    drawn = [generator.program(3, index) for index in range(20)]
    dtypes = {getattr(one, "dtype", None) for program in drawn for one in program.flat()}
    assert dtypes.isdisjoint(("float16", "bfloat16", "complex64", "complex128"))
    assert "float64" in dtypes
    whole = Generator(Presence(TORCH))
    assert [whole.program(3, index) for index in range(20)] == [
        Generator().program(3, index) for index in range(20)
    ]


def test_operators_are_looked_for_in_the_class_and_not_in_its_type() -> None:
    class Tensor:
        pass

    assert hasattr(Tensor, "__or__")
    assert not has(SimpleNamespace(Tensor=Tensor), "operator.or_")
    assert has(torch, "operator.or_")


def test_a_library_at_fault_within_lacks_nothing() -> None:
    class Wrong(Torchlike):
        def tanh(self, x: Any) -> Any:
            return x.no_such_thing()

    x = literal("x0", [1.0], (1,), "float32")
    program = Program("p", (x, Op("tanh", (Ref("x0"),), {}, "x1")))
    assert Lockstep(TORCH, Subject("wrong", "0", Wrong())).run(program).status is Status.DIFFER
    outcome = Lockstep(TORCH, Subject("poor", "0", Torchlike("tanh"))).run(program)
    assert (outcome.status, outcome.unsupported) == (Status.UNSUPPORTED, "tanh")
