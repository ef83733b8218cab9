"""What torch does not survive is drawn around, in programs made of others too."""

import pytest
import torch

from conformance.hazard import hazardous, writes_confused
from conformance.statements import Block, Get, Hook, MultiHook, Op, Ref, Set, SetItem


def call(name, *args):
    return Op(f"Tensor.{name}", (Ref("x"), *args))


@pytest.fixture
def env():
    whole = torch.zeros(4, requires_grad=True).clone()
    x = torch.zeros(2, 2)[:, 1:]
    return {"x": x, "whole": whole, "view": whole.view(-1), "held": torch.zeros(4).untyped_storage()}


REACHING = {
    "as far as the memory goes": (call("set_", Ref("held"), 2, (2,)), False),
    "beyond the memory": (call("set_", Ref("held"), 3, (2,)), True),
    "beyond it by its own strides": (call("set_", Ref("whole"), 2, (2, 1)), True),
    "nothing of it": (call("set_", Ref("held"), 9, (2, 0)), False),
    "all of a tensor": (call("set_", Ref("whole")), False),
    "a name that is bound later": (call("set_", Ref("later"), 0, (1,)), True),
    "less": (Op("Tensor.resize_", (Ref("whole"), 3)), False),
    "more": (Op("Tensor.resize_", (Ref("whole"), 5)), True),
    "beyond the memory in a block": (Block("no_grad", (call("set_", Ref("held"), 3, (2,)),)), True),
}


@pytest.mark.parametrize(("statement", "expected"), REACHING.values(), ids=REACHING)
def test_no_tensor_is_made_to_look_beyond_its_memory(env, statement, expected):
    assert hazardous(statement, env, lambda name: False, []) is expected


def test_a_view_is_hooked_right_after_its_node_was_looked_at(env):
    looked = Get("v", "view", "grad_fn")
    for statement in (Hook("h", "view", "tensor", "observe"), MultiHook("h", ("whole", "view"))):
        assert hazardous(statement, env, lambda name: False, [])
        assert not hazardous(statement, env, lambda name: False, [looked])
    assert not hazardous(Hook("h", "whole", "tensor", "observe"), env, lambda name: False, [])


def test_memory_that_was_lent_is_not_given_up(env):
    statement = Set("whole", "data", Ref("x"))
    assert hazardous(statement, env, {"whole"}.__contains__, [])
    assert not hazardous(statement, env, {"x"}.__contains__, [])


def test_no_output_that_loses_its_gradient_is_written_to_through_a_view():
    logarithm = torch.linalg.slogdet(torch.eye(2, requires_grad=True)).logabsdet
    env = {"x": logarithm.view(1), "whole": logarithm}
    assert not writes_confused(call("add_", 1), env)
    logarithm.retain_grad()
    assert writes_confused(call("add_", 1), env)
    assert writes_confused(Block("no_grad", (call("add_", 1),)), env)
    assert not writes_confused(call("add", 1), env)
    assert not writes_confused(Op("Tensor.add_", (Ref("other"), Ref("x"))), env)
    assert not writes_confused(Op("autograd.forward_ad.make_dual", (Ref("x"), Ref("other"))), env)
    assert writes_confused(SetItem("whole", None, 1.0), env)
