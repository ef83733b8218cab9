"""The outputs of custom Functions, and their tangents, against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.scenario import (
    DIRTY,
    FORWARDS,
    SOURCES,
    constant_input,
    described,
    leaf,
    made,
    same,
    saved_input,
    twice,
)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
@pytest.mark.parametrize("written", ["nothing", "output", "input"])
def test_output(source: Any, forward: Any, written: str) -> None:
    def scenario(lib: Any) -> Any:
        x = source(lib)
        result = made(lib, forward, lambda ctx, *grads: grads[-1] * 2).apply(x)
        outputs = [
            one for one in (result if isinstance(result, tuple) else (result,)) if hasattr(one, "grad")
        ]
        for target in [x] if written == "input" else outputs if written == "output" else []:
            target.mul_(2)
        return result, [(one is x, described(one), one.output_nr) for one in outputs], described(x)

    same(scenario)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize(("name", "forward"), DIRTY.items(), ids=DIRTY)
def test_input_that_is_changed_in_place(source: Any, name: str, forward: Any) -> None:
    def scenario(lib: Any) -> Any:
        x = source(lib)
        if x.grad_fn is not None and "beside" not in name:  # where torch loses its way
            x.retain_grad()
        result = made(lib, forward, lambda ctx, *grads: grads[-1] * 2).apply(x)
        outputs = [
            one for one in (result if isinstance(result, tuple) else (result,)) if hasattr(one, "grad")
        ]
        if outputs[-1].requires_grad:
            outputs[-1].sum().backward()
        grads = [x.grad if x.is_leaf or x.retains_grad else None]
        return [(one is x, described(one)) for one in outputs], described(x), grads

    same(scenario)


def test_written_part_of_a_whole_gets_no_gradient_where_backward_gives_none() -> None:
    def scenario(lib: Any, back: Any) -> Any:
        x = leaf(lib)
        whole = x * 1
        made(lib, DIRTY["returned"], back).apply(whole[:1])
        whole.sum().backward()
        return x.grad, whole

    same(scenario, lambda ctx, grad: None)
    same(scenario, lambda ctx, grad: grad * 2)


def test_result_that_is_no_input_but_marked_as_changed() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        y = x * 2
        ctx.mark_dirty(y)
        return y

    same(lambda lib: described(made(lib, forward).apply(leaf(lib))))


@pytest.mark.parametrize("forward", [FORWARDS["as it is"], twice, saved_input, DIRTY["returned"]])
@pytest.mark.parametrize("mode", ["no_grad", "inference_mode", "enable_grad"])
def test_modes(forward: Any, mode: str) -> None:
    def scenario(lib: Any, inside: bool) -> Any:
        with lib.inference_mode():
            x = lib.ones(2)
        x = leaf(lib) if inside else x
        with getattr(lib, mode)():
            y = made(lib, forward).apply(x)
        return y, y.requires_grad, y.is_inference(), y.grad_fn, x.requires_grad

    same(scenario, True)
    same(scenario, False)


# --- forward mode -------------------------------------------------------------------------------------------

TANGENTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "of a result": (twice, lambda ctx, t: t * 2),
    "that are two": (twice, lambda ctx, t: (t, t)),
    "that is a number": (twice, lambda ctx, t: 3),
    "of another shape": (twice, lambda ctx, t: t.sum()),
    "of another dtype": (twice, lambda ctx, t: t.double()),
    "of an input as it is": (FORWARDS["as it is"], lambda ctx, t: t),
    "of an input as a view": (FORWARDS["as it is"], lambda ctx, t: t.view_as(t)),
    "of a view": (FORWARDS["part"], lambda ctx, t: t[:1]),
    "of a view as a copy": (FORWARDS["part"], lambda ctx, t: t[:1] * 1),
    "of a view as a view of another": (FORWARDS["part"], lambda ctx, t: (t * 1)[:1]),
    "of a view as None": (FORWARDS["part"], lambda ctx, t: None),
    "of a changed input": (DIRTY["returned"], lambda ctx, t: t.mul_(2)),
    "of a changed input as a copy": (DIRTY["returned"], lambda ctx, t: t * 2),
    "of a changed input as None": (DIRTY["returned"], lambda ctx, t: None),
    "of a constant": (constant_input, lambda ctx, t: t),
    "of a constant as None": (constant_input, lambda ctx, t: None),
    "of nothing": (twice, None),  # type: ignore[dict-item]
}


@pytest.mark.parametrize(("forward", "jvp"), TANGENTS.values(), ids=TANGENTS)
def test_tangent(forward: Any, jvp: Any) -> None:
    def scenario(lib: Any, source: Any) -> Any:
        forward_ad = lib.autograd.forward_ad
        with forward_ad.dual_level():
            primal = source(lib)
            dual = forward_ad.make_dual(primal, lib.ones(primal.shape) * 3)
            return forward_ad.unpack_dual(made(lib, forward, jvp=jvp).apply(dual))

    for source in SOURCES.values():
        same(scenario, source)


@pytest.mark.parametrize("filled", [True, False])
def test_jvp_is_given_tangents_and_what_was_saved_for_it(filled: bool) -> None:
    def scenario(lib: Any) -> Any:
        seen: list = []

        def forward(ctx: Any, x: Any, *others: Any) -> Any:
            ctx.set_materialize_grads(filled)
            ctx.save_for_forward(x)
            return x * 2

        def jvp(ctx: Any, *tangents: Any) -> Any:
            seen.append((tangents, ctx.saved_tensors, lib.is_grad_enabled()))
            return tangents[0] * 2

        forward_ad = lib.autograd.forward_ad
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(leaf(lib), lib.ones(2))
            y = made(lib, forward, jvp=jvp).apply(dual, 3, lib.ones(2), lib.tensor([1, 2]))
            return forward_ad.unpack_dual(y), seen

    same(scenario)
