"""A value that torch gives itself, computing in another way, is accepted where it does so; any other value is not."""

import math

import numpy
import pytest
import torch

from conformance.campaign.ledger import Ledger
from conformance.campaign.tally import Tally
from conformance.lockstep import Lockstep
from conformance.outcome import Status
from conformance.program import Program
from conformance.rendition import RENDITIONS, Scattered, scattered
from conformance.shaken import Shaking
from conformance.statements import Backward, Op, Ref, literal
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
VECTORS, BACKEND, MKL = RENDITIONS
NAN = math.nan
# Two vector registers, of whatever width, and some more.
VALUES = [1.0, NAN, *[1.0] * 32, NAN, 0.25]
SHRUNK = Program(
    "shrunk",
    (
        literal("x", VALUES, (len(VALUES),), "float32", True),
        Op("hardshrink", (Ref("x"),), out="y"),
        Op("sum", (Ref("y"),), out="z"),
        Backward("z"),
        Op("exp", (Ref("x"),), out="e"),
    ),
)
CONVOLVED = Program(
    "convolved",
    (
        literal("x", [1.0, 1.0], (2, 1, 1, 1), "float32"),
        literal("w", [1.0, 1.0, 1.0, -math.inf], (1, 1, 2, 2), "float32"),
        Op("nn.functional.conv2d", (Ref("x"), Ref("w"), None, 1, 1), out="y"),
    ),
)


def torch_within(around):
    """torch as a subject that computes in another way."""
    return Subject("another", "1", torch, None, around)


class Faulty(Scattered):
    """Without vector code, and with a fault: `place` of what `name` gives is set to `value`."""

    def __init__(self, name, place, value):
        super().__init__()
        self.fault = (name, place, value)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = Scattered.__torch_dispatch__(self, func, types, args, kwargs)
        name, place, value = self.fault
        if func._schema.name == f"aten::{name}":
            result.reshape(-1)[place] = value
        return result


def outcome_of(program, around):
    return Lockstep(TORCH, torch_within(around)).run(program)


def test_what_torch_gives_without_vector_code_is_accepted_with_both_its_values():
    outcome = outcome_of(SHRUNK, Scattered)
    assert (outcome.status, outcome.differences) == (Status.ACCEPTED, ())
    assert outcome.completed == len(SHRUNK.statements)
    (one,) = outcome.excused
    assert (one.signature, one.location) == (
        "HardshrinkBackward0|grad|value by vector width|float",
        "x.grad",
    )
    assert one.reason == VECTORS.reason
    assert one.got == one.other != one.expected


@pytest.mark.parametrize(("place", "value"), [(1, 2.0), (0, 1.5), (34, 0.0), (35, NAN)])
def test_a_wrong_value_is_not_accepted_though_torch_is_at_odds_with_itself_beside_it(place, value):
    outcome = outcome_of(SHRUNK, lambda: Faulty("hardshrink_backward", place, value))
    assert (outcome.status, outcome.excused) == (Status.DIFFER, ())
    assert outcome.difference.signature == "HardshrinkBackward0|grad|value|float"


def test_what_comes_after_an_accepted_value_is_still_compared():
    outcome = outcome_of(SHRUNK, lambda: Faulty("exp", 0, 5.0))
    assert outcome.status is Status.DIFFER
    assert (outcome.difference.op, outcome.difference.statement) == ("exp", 4)
    assert len(outcome.excused) == 1


def test_a_convolution_is_accepted_as_torch_has_it_without_onednn():
    outcome = outcome_of(CONVOLVED, BACKEND.context)
    assert outcome.differences == ()
    for one in outcome.excused:  # there are none where torch was built without it
        assert (one.reason, one.got) == (BACKEND.reason, one.other)


def test_a_convolution_that_torch_has_in_no_way_differs():
    outcome = outcome_of(CONVOLVED, lambda: Faulty("convolution", 0, 3.0))
    assert (outcome.status, outcome.excused) == (Status.DIFFER, ())


def test_roots_and_products_are_numpys_without_mkl():
    x = torch.tensor([0.0, 0.6328125, 2.0, -1.0])
    matrix = torch.tensor([[complex(-math.inf, 0.0)]])
    with MKL.context():
        root, product = x.sqrt(), torch.mm(matrix, matrix)
    assert numpy.array_equal(
        root.numpy(), numpy.sqrt([0.0, 0.6328125, 2.0, math.nan], dtype="f"), equal_nan=True
    )
    with numpy.errstate(all="ignore"):
        assert numpy.array_equal(product.numpy(), matrix.numpy() @ matrix.numpy(), equal_nan=True)


def test_an_accepted_value_is_on_record_and_leaves_the_signature_of_a_wrong_one_new():
    ledger = Ledger()
    (sighting,) = ledger.enter(tally_of(outcome_of(SHRUNK, Scattered)))
    assert sighting.difference.reason == VECTORS.reason
    assert sighting.difference.other == sighting.difference.got != sighting.difference.expected
    assert ledger.new == []
    wrong = outcome_of(SHRUNK, lambda: Faulty("hardshrink_backward", 1, 2.0))
    assert [one.difference.reason for one in ledger.enter(tally_of(wrong))] == [None]
    assert ledger.new == [wrong.difference.signature]
    assert ledger.enter(tally_of(wrong)) == []


def tally_of(outcome):
    tally = Tally("generated", 0)
    tally.add(SHRUNK, outcome, 0)
    return tally


def test_scattered_tensors_hold_the_same_numbers_and_are_written_through():
    x = torch.arange(12.0).reshape(3, 4).t()
    assert torch.equal(scattered(x), x)
    assert 1 not in scattered(x).stride()
    with Scattered():
        y = x.clone()
        assert y.mul_(2) is y
        assert y[0].relu_().data_ptr() == y.data_ptr()
    assert torch.equal(y, x * 2)


@pytest.mark.parametrize("mode", [Scattered, lambda: Shaking(0)])
def test_zeros_without_memory_are_given_some(mode):
    zeros = torch._efficientzerotensor((2,))
    with mode():
        assert torch.ops.aten.mul.Scalar(zeros, 0.5).tolist() == [0.0, 0.0]
