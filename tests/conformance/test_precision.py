"""A value is held to what the narrowest type that it came through can say, and to no less."""

import pytest
import torch

from conformance.lockstep import Lockstep
from conformance.outcome import Status
from conformance.precision import precision
from conformance.program import Program
from conformance.statements import Attempt, Backward, Block, Name, Op, Ref, literal
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")


class Near:
    """torch with an erfcx that is so many units of float32 off."""

    def __init__(self, units):
        self.off = 1 + units * 2.0**-23

    def __getattr__(self, name):
        return self if name == "special" else getattr(torch, name)

    def erfcx(self, x):
        return torch.special.erfcx(x) * self.off


def whole(*statements):
    """A block whose statements are not looked at one by one."""
    return Block("autograd.profiler.record_function", statements, ("range",))


def compared(units, *statements):
    return Lockstep(TORCH, Subject("near", "1", Near(units))).run(Program("p", statements)).status


def called(name, *args, out=None):
    return Op(name, tuple(Ref(one) for one in args), out=out)


X = literal("x", [2.0, 0.75], (2,), "float32")
WIDE = literal("w", [2.0, 0.75], (2,), "float64")
CAST = whole(called("special.erfcx", "x", out="y"), called("Tensor.double", "y", out="z"))


@pytest.mark.parametrize(("units", "status"), [(0, Status.AGREE), (1, Status.AGREE), (64, Status.DIFFER)])
def test_what_a_block_has_rounded_and_then_cast_keeps_its_rounding(units, status):
    assert compared(units, X, CAST) is status


@pytest.mark.parametrize(("units", "status"), [(1, Status.AGREE), (64, Status.DIFFER)])
def test_so_does_a_number_that_a_block_took_out_of_a_tensor(units, status):
    one = literal("x", [2.0], (), "float32")
    taken = whole(called("special.erfcx", "x", out="y"), called("Tensor.item", "y", out="v"))
    assert compared(units, one, taken) is status


def test_what_a_block_works_out_in_a_wide_type_is_held_to_that():
    beside = whole(called("sin", "x", out="y"), called("special.erfcx", "w", out="z"))
    assert compared(0, X, WIDE, beside) is Status.AGREE
    assert compared(1, X, WIDE, beside) is Status.DIFFER


def test_what_was_looked_at_before_a_cast_rounds_no_more():
    assert compared(1, WIDE, called("special.erfcx", "w", out="y")) is Status.DIFFER
    assert (
        compared(1, X, called("special.erfcx", "x", out="y"), called("Tensor.double", "y", out="z"))
        is Status.AGREE
    )


def test_the_types_that_a_value_came_through_are_those_of_its_sources():
    env = {"x": torch.ones(2), "h": torch.ones(2).half(), "w": torch.ones(2).double()}
    made = called("mul", "x", "w", out="y")
    before = (
        called("Tensor.half", "x", out="h"),
        called("Tensor.double", "h", out="w"),
        called("exp", "x", out="e"),
    )
    env |= {"y": env["w"], "e": env["x"]}
    assert (
        precision("float64", "y", made, before, env) == "float64"
    )  # one statement, whose sources were looked at
    assert precision("float64", "w", whole(*before), (), env) == "float16"
    assert precision("float32", "e", whole(*before), (), env) == "float32"
    assert precision("float32", "x", Backward(Name("y")), (*before, made), env) == "float16"
    assert precision("float32", "x", Backward(Name("e")), (*before, made), env) == "float32"
    written = whole(called("Tensor.half", "x", out="h"), called("Tensor.copy_", "w", "h"))
    assert precision("float64", "w", written, (), env) == "float16"


def test_the_arbiter_goes_on_where_it_does_what_the_reference_cannot():
    narrow = literal("n", [], (0,), "float16")
    set_to = Attempt(Op("Tensor.set_", (Ref("x"), Ref("n"))))
    plain = literal("x", [2.0, 0.75], (2,), "float32")
    block = whole(called("special.erfcx", "x", out="y"), called("Tensor.neg", "y", out="z"))
    assert compared(3, plain, narrow, set_to, block) is Status.AGREE
    assert compared(40, plain, narrow, set_to, block) is Status.DIFFER
