"""Comparing two live runs in place."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from conformance.compare import Comparison
from conformance.reading import array_of


def shared(kept: Any, new: Any) -> list[str]:
    """What differs when, beside a tensor given other memory on both sides, ``new`` appears in the second run."""
    comparison = Comparison((torch, torch))
    expected = torch.zeros(3)
    comparison.tensor(expected, kept, ("x0",))
    expected.data, kept.data = torch.ones(3), torch.ones(3)
    comparison.tensor(torch.zeros(3), new, ("x1",))
    return [str(one.kind) for one in comparison.found]


def test_memory_that_was_given_up_may_be_used_again() -> None:
    kept = torch.zeros(3)
    assert shared(kept, kept.detach()) == []  # over the memory that kept is about to give up


def test_memory_that_is_still_in_use_is_shared() -> None:
    comparison = Comparison((torch, torch))
    expected, got = torch.zeros(3), torch.zeros(3)
    comparison.tensor(expected, got, ("x0",))
    comparison.tensor(torch.zeros(3), got.detach(), ("x1",))
    assert [str(one.kind) for one in comparison.found] == ["alias"]


def test_a_part_of_a_gradient_without_memory_is_zeros():
    one, other = (torch.ones(2, requires_grad=True) for _ in range(2))
    torch.sgn(torch.cat([one, other])).backward(torch.ones(4))
    assert [array_of(leaf.grad, "float32").tolist() for leaf in (one, other)] == [[0.0, 0.0]] * 2


@pytest.mark.parametrize(("derived", "found"), [(False, ["version"]), (True, [])])
def test_versions_are_compared_from_birth_but_for_derivatives(derived: bool, found: list[str]) -> None:
    comparison = Comparison((torch, torch), derived=derived)
    new, written = torch.zeros(3), torch.zeros(3).add_(0)
    comparison.tensor(new, written, ("x0",))
    assert [str(one.kind) for one in comparison.found] == found
    written.add_(0)
    comparison.again()
    assert [str(one.kind) for one in comparison.found] == [*found, "version"]


MISMATCH = "numerical:tensor([[{}]])\nanalytical:tensor([[{}]])"


@pytest.mark.parametrize(
    ("got", "in_float64", "same"),
    [
        ((0.71, 0.72), None, True),
        ((0.67, 0.72), None, True),
        ((0.50, 0.72), None, False),
        ((0.69, 0.70), None, False),
        ((0.71, 0.72), ValueError(MISMATCH.format("0.72", "0.72")), False),
        ((0.71, 0.72), RuntimeError(MISMATCH.format("0.72", "0.72")), True),
    ],
)
def test_numbers_of_a_mismatch_may_be_as_far_off_as_those_of_the_reference(
    got: tuple[float, float], in_float64: Exception | None, same: bool
) -> None:
    comparison = Comparison((torch, torch))
    comparison.wide = lambda location: in_float64
    errors = [RuntimeError(MISMATCH.format(*numbers)) for numbers in ((0.69, 0.72), got)]
    assert comparison.same_words(*errors) is same


PRINTED = "tensor([{}, 2.0000], grad_fn=<ExpBackward0>,{}tangent={})"


@pytest.mark.parametrize(
    ("got", "same"),
    [
        (("1.0000", " ", "-0.25000001"), True),
        (("1.0001", "\n       ", "-0.25"), True),
        (("1.0003", " ", "-0.25"), False),
        (("1.0000", " ", "-0.26"), False),
        (("1.0000", " grad_", "-0.25"), False),
    ],
)
def test_what_a_block_prints_agrees_as_far_as_numbers_are_shown_and_rounded(
    got: tuple[str, str, str], same: bool
) -> None:
    comparison = Comparison((torch, torch))
    comparison.wide = lambda location: PRINTED.format("1.0000", " ", "-0.25")
    comparison.value(PRINTED.format("1.0000", " ", "-0.25"), PRINTED.format(*got), ("events", 0, 1, 0))
    assert bool(comparison.found) is not same
