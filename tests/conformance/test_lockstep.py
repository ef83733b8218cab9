"""The reference agrees with itself on everything, and parts from each of the controls."""

import warnings
from pathlib import Path

import pytest
import torch

import conformance
from conformance.control import CONTROLS
from conformance.generate import Generator
from conformance.known import read_known
from conformance.lane import Lane
from conformance.lockstep import Lockstep, StateLeak
from conformance.observation import Difference, Observation
from conformance.outcome import Status
from conformance.program import Program, read_program
from conformance.statements import Attempt, Backward, Block, Op, Ref, literal
from conformance.subjects import Subject, every_warning, load_subject

TORCH = load_subject("torch")
SAME = Lockstep(TORCH, TORCH)
# A vocabulary in which each thing that a control gets wrong comes often.
SMALL = {
    *("exp", "sin", "cos", "mul", "mm", "neg", "log", "square", "pow", "add", "add_", "sum", "transpose"),
    *(
        "conj",
        "detach",
        "argmax",
        "tanh",
        "grad",
        "backward",
        "requires_grad_",
        "register_hook",
        "mul_",
        "retain_grad",
    ),
    *("no_grad", "enable_grad", "__getitem__"),
}
X = literal("x", [0.5, -1.25, 2.0], (3,), "float32", True)


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_the_reference_agrees_with_itself(first):
    generator = Generator()
    for index in range(first, first + 50):
        program = generator.program(3, index)
        outcome = SAME.run(program)
        assert outcome.differences == (), program.source()
        assert outcome.status is Status.AGREE
        assert (outcome.rounded, outcome.arbitrated) == (0, 0)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_a_control_is_told_by_the_observation_it_concerns(control):
    assert SAME.run(control.program()).status is Status.AGREE
    outcome = Lockstep(TORCH, control.subject()).run(control.program())
    assert outcome.status is Status.DIFFER
    assert outcome.difference.kind is control.kind


def test_every_observation_has_a_control():
    assert {control.kind for control in CONTROLS} == set(Observation)


def test_drawn_programs_tell_the_controls():
    small = Generator(lambda name: name.rpartition(".")[2] in SMALL or name.startswith("autograd."))
    programs = [small.program(3, index) for index in range(600)]
    alive = []
    for control in CONTROLS:
        lockstep = Lockstep(TORCH, control.subject())
        if not any(lockstep.run(program).differences for program in programs):
            alive.append(control.name)
    assert alive == []


def test_a_program_ends_at_an_error_that_is_no_attempt():
    program = Program("p", (X, Op("mm", (Ref("x"), Ref("x")), out="y"), Op("exp", (Ref("x"),), out="z")))
    outcome = SAME.run(program)
    assert (outcome.status, outcome.completed) == (Status.AGREE, 1)
    assert outcome.failed_alike["mm"] == 1
    assert outcome.succeeded["mm"] == 0


def test_a_program_goes_on_after_an_attempt_inside_a_block():
    body = (Attempt(Op("mm", (Ref("x"), Ref("x")), out="y")), Op("exp", (Ref("x"),), out="z"))
    outcome = SAME.run(Program("p", (X, Block("no_grad", body), Op("sin", (Ref("z"),), out="w"))))
    assert outcome.completed == 3


def test_an_error_leaves_the_modes_it_was_raised_in():
    body = (Op("mm", (Ref("x"), Ref("x")), out="y"),)
    SAME.run(Program("p", (X, Block("no_grad", (Block("inference_mode", body),)))))
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_a_block_is_not_charged_with_what_was_warned_of_before_it():
    with every_warning(TORCH) as caught:
        lane = Lane(TORCH, caught)
        for before in ("entering", "leaving"):
            warnings.warn(before, UserWarning, stacklevel=1)
            if before == "entering":
                context = lane.enter(Block("no_grad", ()))
            else:
                lane.leave(context)
            assert lane.warned == []


def test_state_that_leaks_is_an_error():
    class Leaky:
        def __getattr__(self, name):
            return getattr(torch, name)

        def exp(self, x):
            torch.set_grad_enabled(False)
            return torch.exp(x)

    try:
        with pytest.raises(StateLeak, match="grad mode is off"):
            Lockstep(TORCH, Subject("leaky", "1", Leaky(), None)).run(
                Program("p", (X, Op("exp", (Ref("x"),), out="y")))
            )
    finally:
        torch.set_grad_enabled(True)


def test_a_gradient_is_blamed_on_its_node():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sin()

        @staticmethod
        def backward(ctx, grad):
            return grad * 3

    class Right(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sin()

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    Wrong.__name__ = Right.__name__ = "Sine"
    Right._backward_cls.__name__ = Wrong._backward_cls.__name__ = "SineBackward"

    def library(function):
        class Library:
            sin = staticmethod(function.apply)

            def __getattr__(self, name):
                return getattr(torch, name)

        return Subject("torch", "1", Library())

    statements = (
        X,
        Op("exp", (Ref("x"),), out="y"),
        Op("sin", (Ref("y"),), out="z"),
        Op("sum", (Ref("z"),), out="w"),
        Backward("w"),
    )
    outcome = Lockstep(library(Right), library(Wrong)).run(Program("p", statements))
    assert outcome.difference.signature == "SineBackward|grad|value|float"
    accepting = Lockstep(library(Right), library(Wrong), frozenset([outcome.difference.signature]))
    assert accepting.run(Program("p", statements)).status is Status.ACCEPTED


def test_an_accepted_difference_is_passed_over():
    control = next(control for control in CONTROLS if control.kind is Observation.VERSION)
    plain = Lockstep(TORCH, control.subject())
    signature = plain.run(control.program()).difference.signature
    accepting = Lockstep(TORCH, control.subject(), frozenset([signature]))
    outcome = accepting.run(control.program())
    assert outcome.status is Status.ACCEPTED
    assert outcome.completed == len(control.program().statements)
    assert [one.signature for one in outcome.accepted] == [signature]
    worse = next(control for control in CONTROLS if control.kind is Observation.SHAPE)
    assert (
        Lockstep(TORCH, worse.subject(), frozenset([signature])).run(worse.program()).status is Status.DIFFER
    )


def test_a_signature_says_op_observation_field_and_dtype_class():
    difference = Difference((2, 1), "mul", Observation.GRAD, "value", "bfloat16", "x.grad", "1", "2")
    assert difference.signature == "mul|grad|value|half"
    assert difference.statement == 2


def test_the_arbiter_is_wide_where_integers_become_floats():
    class Library:
        """Products with a few units of error, as another order of summation has."""

        def __getattr__(self, name):
            return getattr(torch, name)

        def mm(self, x, y):
            return torch.mm(x, y) * (1 + 3 * 2.0**-23)

    statements = (
        literal("n", [1, 2, 3, 4], (2, 2), "int8"),
        literal("x", [0.5, -1.25, 2.0, 3.0], (2, 2), "float32"),
        Op("sin", (Ref("n"),), out="y"),
        Op("mm", (Ref("y"), Ref("x")), out="z"),
    )
    outcome = Lockstep(TORCH, Subject("near", "1", Library())).run(Program("p", statements))
    assert outcome.status is Status.AGREE
    assert outcome.arbitrated == 1
    assert torch.get_default_dtype() is torch.float32


def test_what_is_not_accepted_comes_before_what_is():
    faulty = load_subject("tests.conformance.faulty")
    program = Program("p", (X, Op("square", (Ref("x"),), out="y")))
    plain = Lockstep(TORCH, faulty).run(program)
    first, *others = dict.fromkeys(one.signature for one in plain.differences)
    outcome = Lockstep(TORCH, faulty, frozenset([first])).run(program)
    assert outcome.status is Status.DIFFER
    assert outcome.difference.signature in others


def test_a_program_ends_where_the_reference_fails_an_assertion_of_its_own():
    fault = "conjugate-of-what-inference-mode-wrote.json"
    accepted = {known.signature for known in read_known()}
    program = read_program(Path(conformance.__file__).parent / "accepted" / fault)
    after = Op("mul", (Ref("x1"), Ref("x1")), out="x2")
    lockstep = Lockstep(TORCH, load_subject("mini_autograd"), frozenset(accepted))
    outcome = lockstep.run(Program("p", (*program.statements, after)))
    assert outcome.status is Status.ACCEPTED
    assert outcome.completed == len(program.statements) - 1


def test_a_failed_assertion_is_known_though_the_program_caught_it():
    accepted = frozenset(known.signature for known in read_known())
    fault = "retained-then-detached-and-written.json"
    *before, last = read_program(Path(conformance.__file__).parent / "accepted" / fault).statements
    caught = Block("autograd.profiler.record_function", (Attempt(last),), ("range",))
    lockstep = Lockstep(TORCH, load_subject("mini_autograd"), accepted)
    assert lockstep.run(Program("p", (*before, caught))).status is Status.ACCEPTED
    unknown = Lockstep(TORCH, load_subject("mini_autograd")).run(Program("p", (*before, caught)))
    assert unknown.difference.signature in accepted
