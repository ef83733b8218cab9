"""Drawn programs are valid, the same for the same seed, and cover what they are meant to cover."""

import warnings
from collections import Counter

import pytest
import torch

from conformance.choice import RandomChoice, Weighted
from conformance.generate import Generator
from conformance.lockstep import Lockstep
from conformance.moves import NAMES
from conformance.moves.misuse import MISTAKES
from conformance.moves.operation import apply_row
from conformance.presence import Presence
from conformance.state import CLASS_OF, DOMAINS, Invalid, State, inside
from conformance.statements import Attempt, Backward, Grad, Op, Ref, TensorLiteral, literal
from conformance.subjects import Subject, load_subject
from conformance.vocabulary import ROWS

TORCH = load_subject("torch")
PROGRAMS = [Generator().program(7, index) for index in range(300)]


def test_the_same_seed_gives_the_same_program():
    assert [Generator().program(7, index) for index in range(20)] == PROGRAMS[:20]
    assert Generator().program(8, 0) != PROGRAMS[0]


def test_programs_run_to_their_end():
    lockstep = Lockstep(TORCH, TORCH)
    completed = [lockstep.run(program).completed == len(program.statements) for program in PROGRAMS]
    assert sum(completed) >= 0.98 * len(PROGRAMS)


def test_programs_are_of_the_length_meant():
    lengths = [sum(1 for _ in program.flat()) for program in PROGRAMS]
    assert 8 <= sum(lengths) / len(lengths) <= 18


def test_mistakes_are_a_small_share():
    attempts = sum(isinstance(one, Attempt) for program in PROGRAMS for one in program.flat())
    total = sum(1 for program in PROGRAMS for _ in program.flat())
    assert 0.01 < attempts / total < 0.1


def test_programs_differentiate():
    differentiated = [any(isinstance(one, Backward | Grad) for one in program.flat()) for program in PROGRAMS]
    assert sum(differentiated) > 0.7 * len(PROGRAMS)


def test_cotangents_are_not_uniform():
    names = {program.name: set() for program in PROGRAMS}
    for program in PROGRAMS:
        for one in program.flat():
            if isinstance(one, Backward) and one.gradient:
                names[program.name].add(one.gradient)
    literals = [
        one
        for program in PROGRAMS
        for one in program.flat()
        if isinstance(one, TensorLiteral) and one.out in names[program.name] and len(one.data) > 2
    ]
    assert len(literals) > 20
    assert all(len(set(one.data)) > 1 for one in literals)


def test_many_ops_are_drawn():
    labels = Counter(one.name for program in PROGRAMS for one in program.flat() if isinstance(one, Op))
    assert len(labels) > 250


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.pattern.__name__}-{row.dtypes}")
def test_what_a_row_draws_is_valid(row):
    drawn, refused = 0, []
    for attempt in range(12):
        state = State(RandomChoice(f"{row.name}{attempt}"))
        state.leaf(state.shape(0, 3), state.dtype(row.dtypes), row.domain)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                apply_row(state, row, row.pure()[attempt % len(row.pure())])
                drawn += 1
            except Invalid as error:
                refused += [str(error)] if state.dropped else []
    assert refused == []
    assert drawn >= 3


def test_torch_has_every_name_of_the_vocabulary():
    assert Presence(TORCH).absent() == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_mistakes_are_mistakes(mistake):
    raised = 0
    for attempt in range(40):
        state = State(RandomChoice(attempt))
        for _ in range(2):
            state.leaf(state.shape(1, 2), state.dtype("f"), requires_grad=True)
        state.leaf(state.shape(1, 2), state.choice.pick(("int64", "float32")), requires_grad=False)
        state.run(Op("exp", (state_ref(state, 0),), out="result"))
        state.run(Op("sum", (state_ref(state, 1),), out="total"))
        try:
            raised += not state.attempt(mistake(state))
        except Invalid:
            continue
    assert raised > 0


def state_ref(state, place):
    from conformance.statements import Ref

    return Ref(state.tensors()[place])


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_numbers_lie_inside_their_domain(domain, dtype):
    state = State(RandomChoice(domain), special=0.0)
    for _ in range(30):
        assert inside(state.env[state.leaf((4,), dtype, domain)], domain)


def test_every_dtype_of_a_class_is_drawn():
    state = State(RandomChoice(1))
    assert {state.dtype("fcib") for _ in range(600)} == set(CLASS_OF)


def test_weights_are_kept():
    counts = Counter(Weighted(((1, "a"), (3, "b"))).pick(RandomChoice(index)) for index in range(2000))
    assert 0.2 < counts["a"] / 2000 < 0.3


class Partial:
    """A library without exp, in-place mul and indexing."""

    class Tensor:
        mul = add = staticmethod(lambda *args: None)

    float32, tensor = torch.float32, staticmethod(torch.tensor)
    mul, add = staticmethod(torch.mul), staticmethod(torch.add)


def test_absent_names_are_listed_and_not_drawn():
    presence = Presence(Subject("partial", "1", Partial))
    absent = presence.absent()
    assert {"exp", "Tensor.exp", "Tensor.mul_", "operator.mul", "Tensor.__getitem__"} <= set(absent)
    assert {"mul", "Tensor.mul", "add"}.isdisjoint(absent)
    assert set(NAMES) <= set(absent)
    drawn = {
        one.name
        for index in range(30)
        for one in Generator(presence).program(1, index).flat()
        if isinstance(one, Op)
    }
    assert drawn
    assert drawn.isdisjoint(absent)


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_a_dtype_that_programs_do_not_have_is_not_kept():
    state = State(RandomChoice(0))
    state.run(literal("x0", [0.5, 0.5], (1, 2), "float16"))
    for append in (state.run, state.attempt):
        with pytest.raises(Invalid, match="x1: no dtype of programs"):
            append(Op("view_as_complex", (Ref("x0"),), out="x1"))
    assert "x1" not in state.env
    assert len(state.body) == 1


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
def test_what_would_be_computed_in_such_a_dtype_is_not_drawn():
    state = State(RandomChoice(0))
    half = state.run(literal("x0", [0.5], (1,), "float16"))
    number = state.run(literal("x1", [1j], (), "complex64"))
    for append in (state.run, state.attempt):
        with pytest.raises(Invalid, match="computed in complex32"):
            append(Op("ne", (Ref("x0"), Ref("x1")), out="x2"))
    assert torch.where(half > 0, half, number).dtype == torch.complex32
    assert len(state.body) == 2
