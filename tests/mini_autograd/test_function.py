"""Custom Functions, against torch: their nodes, what they save, their gradients and how they are called."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.scenario import SOURCES, described, leaf, made, same, told, twice

# --- the node -----------------------------------------------------------------------------------------------


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
