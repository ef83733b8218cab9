"""Other roundings move what is ill-conditioned, and let a planted error of a few units be seen where nothing is."""

import pytest
import torch

from conformance.lockstep import Lockstep
from conformance.outcome import Status
from conformance.program import Program
from conformance.statements import Op, Ref, literal
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
UNIT = 2.0**-23


def off_by(name, units):
    """torch with one function a few units in the last place of its result off."""

    class Library:
        def __getattr__(self, wanted):
            given = getattr(torch, wanted)
            return (lambda *args: given(*args) * (1 + units * UNIT)) if wanted == name else given

    return Subject("planted", "1", Library(), None)


def status(name, values, units):
    x = literal("x", values, (len(values),), "float32", False)
    return Lockstep(TORCH, off_by(name, units)).run(Program("p", (x, Op(name, (Ref("x"),), out="y")))).status


@pytest.mark.parametrize("name", ["sum", "exp", "sqrt", "mean", "reciprocal"])
def test_an_error_of_a_few_units_is_seen_where_nothing_cancels(name):
    assert status(name, [0.3, 1.1, 0.7, 2.3], 8) is Status.DIFFER


def test_a_sum_that_cancels_may_leave_anything_of_the_size_of_its_rounding():
    def summed(order):
        class Library:
            def __getattr__(self, wanted):
                if wanted == "sum":
                    return lambda x: sum(x[i] for i in order)
                return getattr(torch, wanted)

        return Subject("ordered", "1", Library(), None)

    x = literal("x", [2.0, 1.2, 0.4, -0.4, -1.2, -2.0], (6,), "float32", False)
    program = Program("p", (x, Op("sum", (Ref("x"),), out="y")))
    assert Lockstep(TORCH, summed([0, 1, 2, 3, 4, 5])).run(program).differences == ()

    class Wrong:
        def __getattr__(self, wanted):
            return (lambda x: torch.sum(x) + 1e-5) if wanted == "sum" else getattr(torch, wanted)

    assert Lockstep(TORCH, Subject("wrong", "1", Wrong(), None)).run(program).status is Status.DIFFER
