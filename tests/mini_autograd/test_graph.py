"""``autograd.graph``: hooks on what is saved, edges, hooks for several gradients, and nodes by hand."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from tests.mini_autograd.against_torch import same


def leaf(lib: Any) -> Any:
    return lib.tensor([0.5, -1.25, 2.0], requires_grad=True)


def seen(lib: Any, body: Callable[..., Any], make: Callable[[Any], Any]) -> list:
    """What pack and unpack hooks see, and the gradient, of what ``make`` does of a leaf."""
    found: list = []

    def pack(tensor: Any) -> Any:
        found.append(
            ("pack", tensor.detach().clone(), tensor.requires_grad, tensor.is_leaf, lib.is_grad_enabled())
        )
        return body(tensor)

    def unpack(packed: Any) -> Any:
        found.append(("unpack", packed.detach().clone(), lib.is_grad_enabled()))
        return packed

    x = leaf(lib)
    with lib.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = make(x)
    y.sum().backward()
    return [*found, x.grad]


MAKERS = (
    lambda x: x * x.clone(),
    lambda x: x.exp().tanh(),
    lambda x: (x * 2).pow_(2),
    lambda x: x[x > 0] / 3,
    lambda x: x.max(0).values + x.argsort(),
    lambda x: x.log_softmax(0).sigmoid_(),
)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("body", [lambda t: t, lambda t: t.detach() * 2], ids=["same", "doubled"])
def test_hooks_see_what_is_saved(make: Any, body: Any) -> None:
    same(lambda lib: seen(lib, body, make), grad=False)


def test_what_is_unpacked_has_the_place_in_the_graph_of_what_was_packed() -> None:
    def both(lib: Any) -> Any:
        x = leaf(lib)
        with lib.autograd.graph.saved_tensors_hooks(lambda t: t.detach() * 2, lambda p: p):
            y = x.clone() * x
            z = y.exp()
        saved = (y.grad_fn._saved_self, y.grad_fn._saved_other, z.grad_fn._saved_result)
        leaves = [one.is_leaf for one in saved]
        owners = saved[2].grad_fn is z.grad_fn, saved[0] is x, saved[1].requires_grad
        return [*leaves, *owners, *lib.autograd.grad(saved[1].sum() + saved[2].sum(), x, retain_graph=True)]

    same(both, grad=False)


def test_hooks_on_one_saved_tensor() -> None:
    def both(lib: Any) -> Any:
        x = leaf(lib)
        y = x.exp()
        raw = y.grad_fn._raw_saved_result
        first = raw.data is not None, raw.unpack_hook is None, raw is y.grad_fn._raw_saved_result
        raw.register_hooks(lambda t: t.detach() * 2, lambda t: t)
        y.sum().backward()
        return [*first, x.grad, raw.data, raw.unpack_hook]

    same(both, grad=False)


def raw_of(lib: Any) -> Any:
    return (leaf(lib) * lib.tensor([1.0, 2.0, 3.0])).grad_fn


MISUSES = {
    "none": lambda lib: raw_of(lib)._raw_saved_self.register_hooks(lambda t: t, lambda t: t),
    "not callable": lambda lib: lib.autograd.graph.saved_tensors_hooks(1, 2).__enter__(),
    "made by hand": lambda lib: type(raw_of(lib)._raw_saved_other)(),
    "assigned": lambda lib: setattr(raw_of(lib), "_saved_other", 1),
    "edge of a constant": lambda lib: lib.autograd.graph.get_gradient_edge(lib.ones(2)),
    "unknown mode": lambda lib: lib.autograd.graph.register_multi_grad_hook((leaf(lib),), print, mode="x"),
    "hook on a constant": lambda lib: lib.autograd.graph.register_multi_grad_hook((lib.ones(2),), print),
    "version of a number": lambda lib: lib.autograd.graph.increment_version(3),
    "version of numbers": lambda lib: lib.autograd.graph.increment_version([3]),
    "callback outside": lambda lib: lib.autograd.Variable._execution_engine.queue_callback(print),
    "abstract": lambda lib: lib.autograd.graph.Node(),
    "too few gradients": lambda lib: raw_of(lib)(),
    "no tensor": lambda lib: raw_of(lib)(3),
    "sequence number": lambda lib: raw_of(lib)._set_sequence_nr("a"),
}


@pytest.mark.parametrize("call", MISUSES.values(), ids=MISUSES)
def test_misuse(call: Any) -> None:
    same(call, grad=False)


def test_refused_hooks() -> None:
    def both(lib: Any) -> Any:
        with lib.autograd.graph.disable_saved_tensors_hooks("not here"), lib.autograd.graph.save_on_cpu():
            pass

    same(both, grad=False)


@pytest.mark.parametrize("returned", [3, None], ids=str)
def test_hook_that_unpacks_no_tensor(returned: Any) -> None:
    def both(lib: Any) -> Any:
        with lib.autograd.graph.saved_tensors_hooks(lambda t: t, lambda p: returned):
            y = leaf(lib).exp()
        y.sum().backward()

    same(both, grad=False)


def test_hook_that_writes_to_what_it_packs() -> None:
    def both(lib: Any) -> Any:
        with lib.autograd.graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda p: p):
            return leaf(lib).clone().exp()

    same(both, grad=False)


def test_in_place_write_whose_result_could_not_be_packed() -> None:
    def both(lib: Any) -> Any:
        def fail(_: Any) -> Any:
            raise ValueError("no")

        y = leaf(lib) * 1
        with pytest.raises(ValueError, match="no"), lib.autograd.graph.saved_tensors_hooks(fail, fail):
            y.exp_()
        assert y.grad_fn._saved_result is None
        y.sum().backward()

    same(both, grad=False)


def test_hooks_of_one_thread_are_not_those_of_another() -> None:
    def both(lib: Any) -> Any:
        found: list = []
        with lib.autograd.graph.saved_tensors_hooks(lambda t: found.append("packed"), lambda p: p):
            thread = threading.Thread(target=lambda: leaf(lib).exp())
            thread.start()
            thread.join()
            found.append("between")
            leaf(lib).exp()
        return found

    same(both, grad=False)


@pytest.mark.parametrize("mode", ["all", "any"])
@pytest.mark.parametrize("inputs", ["all", "first"])
def test_hook_for_several_gradients(mode: str, inputs: str) -> None:
    def both(lib: Any) -> Any:
        a, b, found = leaf(lib), leaf(lib), []
        c = a * b
        unused = a * b.exp()
        handle = lib.autograd.graph.register_multi_grad_hook((a, b, c, unused), found.append, mode=mode)
        for _ in range(2):
            c.sum().backward(inputs=None if inputs == "all" else [a], retain_graph=True)
        handle.remove()
        c.sum().backward()
        return found

    same(both, grad=False)


def test_gradients_from_and_to_edges() -> None:
    def both(lib: Any) -> Any:
        x = leaf(lib)
        y = x * x
        z = y.sin()
        at, end, root = map(lib.autograd.graph.get_gradient_edge, (y, x, z))
        found = [*lib.autograd.grad(z.sum(), (at, end), retain_graph=True)]
        found += lib.autograd.grad(root, at, lib.ones(3), retain_graph=True)
        lib.autograd.backward(root, lib.ones(3), inputs=[end], retain_graph=True)
        return [*found, x.grad, at.output_nr, at.ownership_token]

    same(both, grad=False)


def test_node_called_by_hand() -> None:
    def both(lib: Any) -> Any:
        x = leaf(lib)
        y = x * x
        ones = lib.ones(3)
        parts = (x * 1).split(1)
        isinstance_of_node = isinstance(y.grad_fn, lib.autograd.graph.Node)
        return [y.grad_fn(ones), y.grad_fn(None), y.sum().grad_fn(lib.ones(())), parts[0].grad_fn(*[ones[:1]] * 3),
                isinstance_of_node]  # fmt: skip

    same(both, grad=False)


def test_callbacks_run_after_the_pass_that_asked_for_them() -> None:
    def both(lib: Any) -> Any:
        engine, found, x = lib.autograd.Variable._execution_engine, [], leaf(lib)

        def last() -> None:
            found.append(x.grad.clone())

        def first() -> None:
            found.append(lib.is_grad_enabled())
            engine.queue_callback(last)

        y = x * 2
        y.register_hook(lambda _: engine.queue_callback(first))
        y.sum().backward()
        return [*found, engine.is_checkpoint_valid()]

    same(both, grad=False)


def test_version_counts_what_it_is_told_of() -> None:
    def both(lib: Any) -> Any:
        x = leaf(lib)
        y = (x * 1).exp()
        lib.autograd.graph.increment_version(y)
        assert y._version == 1
        y.sum().backward()

    same(both, grad=False)


def test_a_written_view_is_not_kept_by_the_node_that_wrote_it() -> None:
    def both(lib: Any) -> Any:
        part = (leaf(lib) * 2)[:2]
        part.exp_()
        seen = weakref.ref(part)
        gc.disable()
        try:
            del part
            return seen() is None
        finally:
            gc.enable()

    same(both, grad=False)
