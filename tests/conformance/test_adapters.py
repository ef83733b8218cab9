"""Libraries that are not like torch agree with it where they do the same, and what they lack is no difference."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from conformance.generate import Generator
from conformance.lockstep import Lockstep
from conformance.observation import Observation
from conformance.outcome import Status
from conformance.presence import Presence
from conformance.program import Program
from conformance.statements import Attempt, Backward, Grad, Op, Ref, SetItem, literal
from conformance.subjects import Subject, load_subject

TORCH = load_subject("torch")
NEEDED = {"hips": "autograd", "jax_numpy": "jax", "tiny": "tinygrad"}
X = literal("x", [0.5, -1.25, 2.0, 3.0], (2, 2), "float64", requires_grad=True)
Y = literal("y", [1.5, 0.25], (2,), "float64", requires_grad=True)


@pytest.fixture(scope="module", params=NEEDED)
def adapted(request: pytest.FixtureRequest) -> Subject:
    if (
        importlib.util.find_spec(NEEDED[request.param]) is None
    ):  # an import would come before the adapter's settings
        pytest.skip(f"{NEEDED[request.param]} is not installed")
    return load_subject(f"conformance.adapters.{request.param}")


def op(name: str, out: str, *args: Any, **kwargs: Any) -> Op:
    return Op(name, tuple(Ref(one) if isinstance(one, str) else one for one in args), kwargs, out)  # type: ignore[arg-type]


def outcome(subject: Subject, *statements: Any) -> Any:
    return Lockstep(TORCH, subject).run(Program("p", statements))


def test_values_and_gradients_agree(adapted: Subject) -> None:
    told = outcome(
        adapted, X, Y,
        op("operator.mul", "a", "x", "y"), op("sin", "b", "a"), op("Tensor.sum", "c", "b", dim=1),
        op("matmul", "d", "c", "y"), Backward("d", retain_graph=True), Backward("d"),  # type: ignore[arg-type]
    )  # fmt: skip
    assert (told.status, told.counts[Observation.GRAD]) == (Status.AGREE, 6)


def test_grad_and_lists_of_tensors_agree(adapted: Subject) -> None:
    told = outcome(
        adapted, X, Y, op("cat", "a", [Ref("x"), Ref("x")]), op("Tensor.mul", "b", "a", "y"), op("sum", "c", "b"),
        Grad(("d", "e"), ("c",), ("x", "y")),  # type: ignore[arg-type]
    )  # fmt: skip
    assert told.status is Status.AGREE, told.differences


def test_a_wrong_derivative_differs(adapted: Subject) -> None:
    module, right = adapted.module, adapted.module.sin

    def wrong(x: Any) -> Any:
        made = right(x)
        pullback = made.pullback
        made.pullback = lambda gradient: [part * 2 for part in pullback(gradient)]
        return made

    class Wrong:
        sin = staticmethod(wrong)

        def __getattr__(self, name: str) -> Any:
            return getattr(module, name)

    subject = Subject("wrong", "0", Wrong(), observes=adapted.observes)
    found = outcome(subject, Y, op("sin", "a", "y"), op("sum", "b", "a"), Backward("b")).differences  # type: ignore[arg-type]
    assert [(one.kind, one.field) for one in found] == [(Observation.GRAD, "value")]


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (op("Tensor.mul_", "a", "x", 2.0), "Tensor.mul_"),
        (op("nn.functional.conv2d", "a", "x", "x"), "nn.functional.conv2d"),
        (op("operator.imul", "a", "x", "y"), "operator.imul"),
        (op("add", "a", "x", "x", alpha=2), "alpha"),
        (SetItem("x", 0, Ref("y")), "Tensor.__setitem__"),  # type: ignore[arg-type]
    ],
)
def test_what_is_lacking_is_unsupported(statement: Any, name: str, adapted: Subject) -> None:
    x = literal("x", [1.0, 2.0], (1, 2), "float64")
    told = outcome(adapted, x, Y, statement)
    assert (told.status, told.unsupported) in (
        (Status.UNSUPPORTED, name),
        (Status.AGREE, None),
        (Status.UNSUPPORTED, "x"),
    )
    assert not told.differences


def test_an_error_of_one_side_alone_is_seen_and_its_words_are_not(adapted: Subject) -> None:
    wrong = op("matmul", "a", "x", "z")
    z = literal("z", [1.0, 2.0, 3.0], (3,), "float64")
    assert outcome(adapted, X, z, Attempt(wrong)).status is Status.AGREE
    assert Observation.ERROR not in adapted.observes


def test_programs_are_drawn_of_what_there_is(adapted: Subject) -> None:
    generator = Generator(Presence(adapted))
    statuses = [Lockstep(TORCH, adapted).run(generator.program(0, index)).status for index in range(30)]
    assert statuses.count(Status.AGREE) > statuses.count(Status.DIFFER)
