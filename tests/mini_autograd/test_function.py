"""Custom Functions, against torch: each scenario runs on both libraries and tells what it saw."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import mini_autograd
import tests.mini_autograd.against_torch  # noqa: F401 -- has torch warn at once of what it warns of once

ADDRESS = re.compile(r"0x[0-9a-f]+")
PLACE = re.compile(r" \(Triggered internally at [^)]*\)")


def told(call: Callable[..., Any], *args: Any) -> str:
    """The text of what a call gives, or of the error that it raises, and of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = str(call(*args))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    warned = [f"{one.category.__name__}: {PLACE.sub('', str(one.message))}" for one in caught]
    return ADDRESS.sub("0x", f"{text} {warned}")


def same(scenario: Callable[..., Any], *args: Any) -> None:
    """Assert that both libraries tell the same of a scenario."""
    assert told(scenario, mini_autograd, *args) == told(scenario, torch, *args)


def made(lib: Any, forward: Any, backward: Any = lambda ctx, grad, *_: grad, **more: Any) -> Any:
    """A Function of these static methods."""
    methods = {
        name: staticmethod(one) if callable(one) else one
        for name, one in {"forward": forward, "backward": backward, **more}.items()
        if one is not None
    }
    return type("Cube", (lib.autograd.Function,), methods)


def leaf(lib: Any, *values: float) -> Any:
    return lib.tensor(list(values) or [1.0, 2.0], requires_grad=True)


def described(tensor: Any) -> tuple:
    node = tensor.grad_fn
    edges = None if node is None else node.next_functions
    return tensor, tensor._is_view(), tensor._version, tensor.is_leaf, tensor.requires_grad, edges


# --- the node -----------------------------------------------------------------------------------------------


def twice(ctx: Any, x: Any) -> Any:
    return x * 2


ATTRIBUTES = (
    *("saved_tensors", "_raw_saved_tensors", "saved_variables", "to_save", "non_differentiable"),
    *("dirty_tensors", "saved_for_forward", "needs_input_grad", "materialize_grads", "_is_pure_view"),
    *("_materialize_non_diff_grads", "__dict__", "missing", "next_functions", "metadata", "requires_grad"),
)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_attribute_of_the_node_is_read_and_set_as_torch_has_it(attribute: str) -> None:
    same(lambda lib: getattr(made(lib, twice).apply(leaf(lib)).grad_fn, attribute))
    for value in (True, 1):
        same(lambda lib, value=value: setattr(made(lib, twice).apply(leaf(lib)).grad_fn, attribute, value))


def test_ctx_is_the_node_and_has_room_for_any_name() -> None:
    def scenario(lib: Any) -> Any:
        kept = []

        def forward(ctx: Any, x: Any) -> Any:
            ctx.outputs, ctx.buffer, ctx.extra, ctx.release, ctx.waiting = 1, 2, 3, 4, 5
            kept.append(ctx)
            return x * 2

        def backward(ctx: Any, grad: Any) -> Any:
            kept.append((ctx is kept[0], ctx.__dict__))
            return grad

        x = leaf(lib)
        y = made(lib, forward, backward).apply(x)
        y.sum().backward()
        return y, y.grad_fn is kept[0], repr(y.grad_fn), y.grad_fn.name(), kept[1], x.grad

    same(scenario)


def test_classes_are_named_and_related_as_in_torch() -> None:
    def scenario(lib: Any) -> Any:
        base = made(lib, twice)
        derived = type("Derived", (base,), {"backward": staticmethod(lambda ctx, grad: grad * 3)})
        x = leaf(lib)
        derived.apply(x).sum().backward()
        names = lib.autograd.function.__all__ if hasattr(lib.autograd.function, "__all__") else ()
        return x.grad, derived._backward_cls, derived._backward_cls._forward_cls is derived, sorted(names)

    same(scenario)


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_node_is_not_copied(way: Callable[[Any], Any]) -> None:
    same(lambda lib: way(made(lib, twice).apply(leaf(lib)).grad_fn))


def test_hooks_on_the_node_see_what_it_is_given_and_gives() -> None:
    def scenario(lib: Any, inputs: bool) -> Any:
        seen: list = []
        x, y = leaf(lib), lib.ones(2)
        function = made(lib, lambda ctx, x, n, y: (x * 2, y * 3), lambda ctx, g, h: (g, None, h))
        first, _ = function.apply(x, 3, y)
        first.grad_fn.register_hook(lambda *given: seen.append(given))
        first.grad_fn.register_prehook(lambda given: seen.append(given))
        first.sum().backward(**({"inputs": [x]} if inputs else {}))
        return seen

    same(scenario, False)
    same(scenario, True)


REPLACEMENTS: list[Callable[[Any], Any]] = [
    lambda given: given[0] * 2,
    lambda given: (given[0] * 2,),
    lambda given: [given[0]],
    lambda given: (),
    lambda given: (given[0], given[0]),
    lambda given: (None,),
    lambda given: (3,),
    lambda given: (given[0].double(),),
    lambda given: (given[0].sum(),),
]


@pytest.mark.parametrize("replacement", REPLACEMENTS)
def test_what_hooks_on_the_node_return_takes_the_place_of_gradients(replacement: Any) -> None:
    def scenario(lib: Any, register: str) -> Any:
        x = leaf(lib)
        y = made(lib, twice).apply(x)
        getattr(y.grad_fn, register)(lambda given, *_: replacement(given))
        y.sum().backward()
        return x.grad

    same(scenario, "register_hook")
    same(scenario, "register_prehook")


# --- what is saved ------------------------------------------------------------------------------------------


def test_saved_tensors_are_the_ones_that_were_saved() -> None:
    def scenario(lib: Any) -> Any:
        def forward(ctx: Any, x: Any) -> Any:
            result = x.exp()
            ctx.save_for_backward(x, None, result, x + 1)
            return result

        x = leaf(lib)
        y = made(lib, forward, lambda ctx, grad: grad * ctx.saved_tensors[2]).apply(x)
        saved = y.grad_fn.saved_tensors
        (first,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        return saved, saved[0] is x, first, first.grad_fn.next_functions, lib.autograd.grad(first.sum(), x)

    same(scenario)


@pytest.mark.parametrize("which", ["input", "output", "between"])
def test_writing_to_what_was_saved_is_an_error(which: str) -> None:
    def scenario(lib: Any) -> Any:
        kept = {}

        def forward(ctx: Any, x: Any) -> Any:
            kept["output"], kept["between"] = x * 2, x + 1
            ctx.save_for_backward(x, *kept.values())
            return kept["output"]

        def backward(ctx: Any, grad: Any) -> Any:
            return grad * ctx.saved_tensors[0]

        kept["input"] = leaf(lib) * 1
        y = made(lib, forward, backward).apply(kept["input"])
        with lib.no_grad():
            kept[which].mul_(2)
        y.sum().backward()

    same(scenario)


def test_saved_tensors_are_gone_after_a_pass_that_does_not_keep_the_graph() -> None:
    def scenario(lib: Any, keep: bool, saves: bool) -> Any:
        def forward(ctx: Any, x: Any) -> Any:
            if saves:
                ctx.save_for_backward(x)
            return x * 2

        x = leaf(lib)
        y = made(lib, forward).apply(x)
        y.backward(lib.ones(2), retain_graph=keep)
        y.backward(lib.ones(2), retain_graph=keep)
        return x.grad, y.grad_fn.saved_tensors

    for keep in (False, True):
        for saves in (False, True):
            same(scenario, keep, saves)


def test_tensors_that_may_be_looked_at_once() -> None:
    def scenario(lib: Any) -> Any:
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        node = made(lib, forward, clear_saved_tensors_on_access=True).apply(leaf(lib)).grad_fn
        return told(lambda: node.saved_tensors), told(lambda: node.saved_tensors)

    same(scenario)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to_save", [1]),
        ("to_save", (1,)),
        ("non_differentiable", [1]),
        ("non_differentiable", (1,)),
        ("dirty_tensors", [1]),
        ("dirty_tensors", (1,)),
        ("materialize_grads", 1),
        ("_is_pure_view", 1),
        ("saved_tensors", ()),
    ],
)
def test_what_forward_tells_wrongly_is_an_error(name: str, value: Any) -> None:
    def forward(ctx: Any, x: Any) -> Any:
        setattr(ctx, name, value)
        return x * 2

    same(lambda lib: made(lib, forward).apply(leaf(lib)))
    same(lambda lib: made(lib, forward).apply(lib.ones(2)))


# --- gradients ----------------------------------------------------------------------------------------------

GRADIENTS: dict[str, Callable[..., Any]] = {
    "two": lambda lib, grad: (grad, grad),
    "more, which are None": lambda lib, grad: (grad, None, None),
    "no gradient": lambda lib, grad: (),
    "None": lambda lib, grad: None,
    "a number": lambda lib, grad: 3,
    "a list": lambda lib, grad: [grad],
    "a wrong shape": lambda lib, grad: lib.ones(3),
    "a shape to sum": lambda lib, grad: lib.ones(2, 2),
    "too few dimensions": lambda lib, grad: lib.tensor(1.0),
    "another dtype": lambda lib, grad: grad.double(),
    "integers": lambda lib, grad: grad.int(),
    "complex numbers": lambda lib, grad: grad.to(lib.complex64),
    "an error": lambda lib, grad: 1 / 0,
}


@pytest.mark.parametrize("backward", GRADIENTS.values(), ids=GRADIENTS)
def test_backward_returns(backward: Callable[..., Any]) -> None:
    def scenario(lib: Any) -> Any:
        x = leaf(lib)
        made(lib, twice, lambda ctx, grad: backward(lib, grad)).apply(x).sum().backward()
        return x.grad

    same(scenario)


@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize("all_filled", [True, False])
def test_zeros_stand_for_gradients_that_did_not_arrive(filled: bool, all_filled: bool) -> None:
    def scenario(lib: Any) -> Any:
        seen: list = []

        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(filled)
            ctx._materialize_non_diff_grads = all_filled
            order = x.sort()[1]
            ctx.mark_non_differentiable(order)
            return x * 2, order, 5, x * 3

        def backward(ctx: Any, *grads: Any) -> Any:
            seen.extend(grads)
            return grads[0]

        outputs = made(lib, forward, backward).apply(leaf(lib))
        outputs[0].sum().backward()
        return seen, outputs

    same(scenario)


def test_gradients_for_numbers_and_for_tensors_that_need_none() -> None:
    for back in (lambda g: (g, g), lambda g: (g, None), lambda g: (g, "text"), lambda g: g):
        for other in (2, None):

            def scenario(lib: Any, back: Any = back, other: Any = other) -> Any:
                x = leaf(lib)
                other = lib.ones(3) if other is None else other
                made(lib, lambda ctx, x, _: x * 2, lambda ctx, g: back(g)).apply(x, other).sum().backward()
                return x.grad

            same(scenario)


def test_function_that_may_be_differentiated_once() -> None:
    def scenario(lib: Any) -> Any:
        backward = lib.autograd.function.once_differentiable(lambda ctx, grad: (grad * 2, None))
        x, cotangent = leaf(lib), lib.ones(2, requires_grad=True)
        y = made(lib, lambda ctx, x, y: x * y, backward).apply(x, leaf(lib))
        (plain,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        (first,) = lib.autograd.grad(y, x, cotangent, create_graph=True)
        return plain, described(first), first.grad_fn.name(), told(lambda: first.sum().backward())

    same(scenario)


def test_pass_within_a_pass_and_function_within_a_function() -> None:
    def scenario(lib: Any) -> Any:
        inner = made(lib, lambda ctx, x: x * 5, lambda ctx, grad: grad * 5)

        def backward(ctx: Any, grad: Any) -> Any:
            with lib.enable_grad():
                y = leaf(lib, 3.0, 4.0)
                (y * y).sum().backward()
            return inner.apply(grad) * y.grad

        x, cotangent = leaf(lib), leaf(lib)
        (first,) = lib.autograd.grad(made(lib, twice, backward).apply(x), x, cotangent, create_graph=True)
        first.sum().backward()
        return first, cotangent.grad

    same(scenario)


# --- outputs ------------------------------------------------------------------------------------------------

SOURCES: dict[str, Callable[[Any], Any]] = {
    "leaf": leaf,
    "result": lambda lib: leaf(lib) * 1,
    "view": lambda lib: (leaf(lib) * 1)[:1],
    "view of a leaf": lambda lib: leaf(lib)[:1],
    "constant": lambda lib: lib.ones(2),
    "view of a constant": lambda lib: lib.ones(2)[:1],
}


def of_fresh(ctx: Any, x: Any) -> Any:
    return (x * 2)[:1]


def constant_part(ctx: Any, x: Any) -> Any:
    part = x[:1]
    ctx.mark_non_differentiable(part)
    return part


def constant_input(ctx: Any, x: Any) -> Any:
    ctx.mark_non_differentiable(x)
    return x


def saved_input(ctx: Any, x: Any) -> Any:
    ctx.save_for_backward(x)
    return x


def pure_view(ctx: Any, x: Any) -> Any:
    ctx._is_pure_view = True
    return x.view(x.shape)


def whole_and_part(ctx: Any, x: Any) -> Any:
    whole = x * 2
    return whole, whole[:1]


def same_twice(ctx: Any, x: Any) -> Any:
    y = x * 2
    return y, y


def with_history(ctx: Any, x: Any) -> Any:
    return leaf(torch if isinstance(x, torch.Tensor) else mini_autograd) * 3


FORWARDS: dict[str, Callable[[Any, Any], Any]] = {
    "as it is": lambda ctx, x: x,
    "as it is twice": lambda ctx, x: (x, x),
    "part": lambda ctx, x: x[:1],
    "view": lambda ctx, x: x.view(x.shape),
    "two parts": lambda ctx, x: (x[:1], x[1:]),
    "detached": lambda ctx, x: x.detach(),
    "fresh": lambda ctx, x: x * 2,
    "None": lambda ctx, x: None,
    "list": lambda ctx, x: [x * 2],
    "nothing": lambda ctx, x: (),
    **{
        one.__name__: one
        for one in (of_fresh, constant_part, constant_input, saved_input, pure_view, whole_and_part)
    },
    **{one.__name__: one for one in (same_twice, with_history)},
}


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


DIRTY: dict[str, Callable[[Any, Any], Any]] = {
    "returned": lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2))[1],
    "not returned": lambda ctx, x: (ctx.mark_dirty(x), x.mul_(2) * 1)[1],
    "not marked": lambda ctx, x: x.mul_(2),
    "beside another": lambda ctx, x: (ctx.mark_dirty(x), x * 3, x.mul_(2))[1:],
    "beside a number": lambda ctx, x: (ctx.mark_dirty(x), 3, x.mul_(2))[1:],
    "saved": lambda ctx, x: (ctx.mark_dirty(x), ctx.save_for_backward(x), x.mul_(2))[2],
    "constant": lambda ctx, x: (ctx.mark_dirty(x), ctx.mark_non_differentiable(x), x.mul_(2))[2],
}


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


# --- calls --------------------------------------------------------------------------------------------------


def three(ctx: Any, x: Any, y: Any = 2, z: Any = 3) -> Any:
    return x * y * z


CALLS: list[Callable[[Any, Any], Any]] = [
    lambda function, x: function.apply(x, z=5),
    lambda function, x: function.apply(x, 2, z=5),
    lambda function, x: function.apply(z=5, y=2, x=x),
    lambda function, x: function.apply(x=x),
    lambda function, x: function.apply(y=1),
    lambda function, x: function.apply(x, x=x),
    lambda function, x: function.apply(x, ctx=1),
    lambda function, x: function.apply(x, other=1),
    lambda function, x: function.apply(),
    lambda function, x: function.apply(x, 1, 2, 3),
    lambda function, x: function()(x),
    lambda function, x: function().apply(x),
    lambda function, x: function().saved_tensors,
    lambda function, x: function().name(),
    lambda function, x: function.backward(x),
    lambda function, x: function.jvp(x),
    lambda function, x: function.vmap(1, 2, x),
    lambda function, x: function.setup_context(1, 2, x),
    lambda function, x: (function.generate_vmap_rule, function.boxed_grads_call),
]


@pytest.mark.parametrize("call", CALLS)
def test_call(call: Callable[[Any, Any], Any]) -> None:
    same(lambda lib: call(made(lib, three, None), leaf(lib)))
    same(lambda lib: call(lib.autograd.Function, leaf(lib)))
    apart = {"setup_context": lambda ctx, inputs, output: ctx.save_for_backward(inputs[0])}
    same(lambda lib: call(made(lib, lambda x, y=2, *, z=3: x * y * z, **apart), leaf(lib)))


def test_old_style_and_incomplete_functions() -> None:
    same(lambda lib: made(lib, twice, None).apply(leaf(lib)).sum().backward())
    same(lambda lib: made(lib, twice, vjp=lambda ctx, grad: grad).apply(leaf(lib)).sum().backward())
    same(lambda lib: type("V", (lib.autograd.Function,), {"forward": twice}).apply(leaf(lib)))
    same(lambda lib: made(lib, lambda ctx, x: ctx.mark_shared_storage((x, x))).apply(leaf(lib)))
    same(lambda lib: lib.autograd.function.InplaceFunction(True).inplace)
    same(lambda lib: lib.autograd.function.NestedIOFunction()(leaf(lib)))


def test_input_kept_by_setup_context_is_not_returned_as_it_is() -> None:
    for keep in ("save_for_backward", "save_for_forward"):
        setup = lambda ctx, inputs, output, keep=keep: getattr(ctx, keep)(output)  # noqa: E731
        for source in SOURCES.values():
            same(
                lambda lib, setup=setup, source=source: described(
                    made(lib, lambda x: x, setup_context=setup).apply(source(lib))
                )
            )


def test_error_in_forward_leaves_recording_as_it_was() -> None:
    def scenario(lib: Any) -> Any:
        failing = made(lib, lambda ctx, x: x / 0 if isinstance(x, int) else x * 2)
        return told(failing.apply, 1), lib.is_grad_enabled(), failing.apply(leaf(lib))

    same(scenario)


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
