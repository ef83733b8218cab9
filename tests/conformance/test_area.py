"""The areas of a program follow from the statements it holds, nested ones too."""

import pytest
import torch

from conformance.area import (
    AREAS,
    FORWARD_MODE,
    FUNCTIONS,
    HOOKS,
    MODES,
    SECOND_ORDER,
    VIEWS,
    WRITES_AND_VIEWS,
    areas,
)
from conformance.generate import Generator
from conformance.program import Program
from conformance.statements import (
    Apply,
    Attempt,
    Backward,
    Block,
    Chain,
    Checkpoint,
    Get,
    Grad,
    Hook,
    Index,
    ModeUse,
    NestedPass,
    Op,
    Ref,
    Repeat,
    SavedHooks,
    Set,
    SetItem,
    Slice,
    Transform,
    literal,
)
from conformance.vocabulary import ROWS

X = Ref("x")
DUAL = Op("autograd.forward_ad.make_dual", (X, X), out="d")
ADDED = Op("Tensor.add_", (X, 1))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (Op("mul", (X, X), out="y"), []),
        (Op("Tensor.mul", (X, X), out="y"), []),
        (Op("Tensor.requires_grad_", (X,)), []),
        (Op("operator.invert", (X,), out="y"), []),
        (Op("operator.iadd", (X, 1), out="y"), [WRITES_AND_VIEWS]),
        (Op("exp", (X,), {"out": X}), [WRITES_AND_VIEWS]),
        (Op("nn.functional.relu", (X,), {"inplace": True}, out="y"), [WRITES_AND_VIEWS]),
        (ADDED, [WRITES_AND_VIEWS]),
        (Op("Tensor.view", (X, -1), out="y"), [WRITES_AND_VIEWS]),
        (Op("Tensor.clone", (X,), out="y"), []),
        (Chain("y", Op("exp", (X,)), (Op("Tensor.t", (Ref("_"),)),)), [WRITES_AND_VIEWS]),
        (Index("y", "x", (0, Slice(None, None))), [WRITES_AND_VIEWS]),
        (Index("y", "x", [0, 1]), []),
        (SetItem("x", 0, 1.0), [WRITES_AND_VIEWS]),
        (Get("y", "x", "T"), [WRITES_AND_VIEWS]),
        (Get("y", "x", "grad"), []),
        (Set("x", "data", X), [WRITES_AND_VIEWS]),
        (Set("x", "grad", None), []),
        (Backward("x"), []),
        (Backward("x", create_graph=True), [SECOND_ORDER]),
        (Grad(("d",), ("x",), ("x",), create_graph=True), [SECOND_ORDER]),
        (Op("autograd.backward", ([X],), {"create_graph": True}), [SECOND_ORDER]),
        (DUAL, [FORWARD_MODE]),
        (Block("autograd.forward_ad.dual_level", (DUAL,)), [FORWARD_MODE]),
        (Block("no_grad", (ADDED,)), [MODES, WRITES_AND_VIEWS]),
        (Block("autograd.profiler.record_function", (), ("name",)), []),
        (Block("autograd.graph.save_on_cpu", ()), [HOOKS]),
        (ModeUse("bare", "inference_mode", ()), [MODES]),
        (Repeat(2, (Attempt(ADDED),)), [WRITES_AND_VIEWS]),
        (SavedHooks("same", (ADDED,)), [WRITES_AND_VIEWS, HOOKS]),
        (Hook("h", "x", "tensor", "observe"), [HOOKS]),
        (NestedPass("h", "x", "passing", "y"), [HOOKS]),
        (NestedPass("h", "x", "deriving", "y"), [SECOND_ORDER, HOOKS]),
        (Apply("cube", (X,), "y"), [FUNCTIONS]),
        (Checkpoint("wave", (X,), "y"), []),
        (Checkpoint("in_place", (X,), "y"), [WRITES_AND_VIEWS]),
        (Transform("cubed", ("x",), ("y",), (("func.grad", ()),)), []),
        (Transform("cubed", ("x",), ("y",), (("func.grad", ()), ("func.grad", ()))), [SECOND_ORDER]),
        (Transform("cubed", ("x",), ("y",), (("pushed", ()),)), [FORWARD_MODE]),
        (Transform("cubed", ("x",), ("y",), (("func.hessian", ()),)), [SECOND_ORDER, FORWARD_MODE]),
        (Transform("cubed", ("x",), ("y",), call="autograd.functional.hvp"), [SECOND_ORDER]),
        (Transform("by_rule", ("x",), ("y",)), [FUNCTIONS]),
        (Transform("unrecorded", ("x",), ("y",)), [MODES]),
    ],
)
def test_a_statement_has_its_areas(statement, found):
    assert areas(Program("p", (literal("x", [1.0], (1,), "float32"), statement))) == found


def test_views_are_ops_of_the_vocabulary():
    assert set(VIEWS) <= {row.name for row in ROWS}


@pytest.mark.parametrize("name", ["t", "adjoint", "conj", "detach", "ravel", "squeeze", "atleast_1d"])
def test_views_share_memory(name):
    x = torch.ones(2, 2)
    assert name in VIEWS
    assert getattr(torch, name)(x).data_ptr() == x.data_ptr()


def test_drawn_programs_are_about_every_area():
    generator = Generator()
    found = {area for index in range(150) for area in areas(generator.program(7, index))}
    assert found == set(AREAS)
