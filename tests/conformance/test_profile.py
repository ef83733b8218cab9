"""Programs that are profiled: what is seen to differ, and what they leave behind."""

import pytest
import torch

from conformance.choice import RandomChoice
from conformance.lockstep import Lockstep
from conformance.moves import profile
from conformance.program import Program
from conformance.state import State
from conformance.statements import Backward, Block, Name, Op, Profile, ProgramError, Ref, literal
from conformance.statements.profile import WAYS
from conformance.subjects import load_subject
from mini_autograd.graph import recorder
from mini_autograd.op import profiling

TORCH, MINI = load_subject("torch"), load_subject("mini_autograd")


def ranged(name, *body):
    return Block("autograd.profiler.record_function", body, (name,))


def program(way):
    return Program(
        "profiled",
        (
            literal("x0", [0.5, 2.0], (2,), "float32", True),
            literal("g0", [1.0, -0.5], (2,), "float32"),
            Profile(
                way,
                (
                    ranged("op 0", Op("exp", (Ref("x0"),), out="x1")),
                    ranged("op 1", Op("mul", (Ref("x1"), Ref("x0")), out="x2")),
                    ranged("step 2", Backward(Name("x2"), Name("g0"), True)),
                ),
            ),
        ),
    )


def differences(way):
    return Lockstep(TORCH, MINI).run(program(way)).differences


@pytest.mark.parametrize("way", WAYS)
def test_the_libraries_agree_and_torch_says_nothing_about_itself(way, capfd):
    assert not differences(way)
    assert capfd.readouterr() == ("", "")
    assert not torch.autograd.profiler._is_profiler_enabled


def test_the_name_of_a_call_counts(monkeypatch):
    monkeypatch.setitem(profiling.OTHERWISE, "exp", "exp2")
    (found,) = differences("profiled")
    assert (found.expected, found.got) == ("aten::exp", "aten::exp2")


def test_a_call_that_is_not_seen_counts(monkeypatch):
    monkeypatch.setitem(profiling.OTHERWISE, "mul", profiling.nothing)
    (found,) = differences("profiled")
    assert found.field == "order"


def test_nodes_count_and_so_do_their_shapes(monkeypatch):
    monkeypatch.setattr(recorder, "shape_of", lambda value: [])
    assert not differences("profiled")
    assert differences("with_shapes")[0].got == "('list', 0)"


def test_where_a_range_lies_counts(monkeypatch):
    monkeypatch.setattr(recorder.Recorder, "end", lambda self, range: None)
    assert differences("profiled")


def test_a_way_must_be_known():
    with pytest.raises(ProgramError, match="unknown way 'sideways'"):
        Profile("sideways", ())


def test_what_is_drawn_is_in_ranges_of_its_own():
    def body(state):
        state.run(Op("exp", (Ref(state.tensors()[0]),), out=state.name()))

    drawn = []
    for seed in range(20):
        state = State(RandomChoice(seed))
        state.leaf((2,), "float32", requires_grad=True)
        profile.profiled(state, body)
        drawn.append(state.body[-1])
    assert {type(one) for one in drawn} == {Profile}
    assert all(isinstance(inner, Block) for one in drawn for inner in one.body)
    assert all(one.body[0].args == ("op 0",) for one in drawn)
    assert any(isinstance(one.body[-1].body[0], Backward) for one in drawn)
