"""What is told as being about the CPU is kept, and really differs on an emulated device."""

from __future__ import annotations

import pytest

from conformance.cpu_alone import cpu_alone, reasons
from conformance.known import CORPUS
from conformance.lockstep import Lockstep
from conformance.program import read_program
from conformance.subjects import Subject


@pytest.mark.parametrize("name", reasons())
def test_it_is_kept_with_a_reason(name: str) -> None:
    assert (cpu_alone(read_program(CORPUS / f"{name}.json")) or "").startswith("about the CPU: ")


@pytest.mark.parametrize("name", reasons())
def test_it_differs_on_an_emulated_device(name: str, reference: Subject, subject: Subject) -> None:
    if subject.placement is None or not subject.placement.emulated:
        pytest.skip("it is told beside an emulated device: MINI_AUTOGRAD_CUDA=host and --device cuda")
    program = read_program(CORPUS / f"{name}.json")
    assert Lockstep(reference, subject).run(program).unsaid
    assert Lockstep(reference, subject).compare(program).differences, f"{name} no longer differs"
