"""Products of a vector with the Jacobian or the Hessian of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.functional.arguments import (
    as_tuple,
    check_scalar,
    check_vector,
    finished,
    is_single,
    prepared,
)
from mini_autograd.autograd.functional.strictness import check_depends, with_zeros
from mini_autograd.autograd.grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from mini_autograd.graph.operations import F
from mini_autograd.tensor import requires_grad

OUTPUTS = "outputs of the user-provided function"
NO_VECTOR = "The vector v can only be None if "
OF_INPUT = NO_VECTOR + "the input to the user-provided function is a single Tensor with a single element."


def gradients(
    outputs: tuple,
    inputs: tuple,
    cotangents: Any = None,
    create_graph: bool = False,
    retain_graph: bool | None = None,
    batched: bool = False,
) -> tuple:
    """``autograd.grad`` of those outputs that have a graph; None for inputs they do not depend on."""
    given = (None,) * len(outputs) if cotangents is None else cotangents
    pairs = [
        pair for pair in zip(outputs, given, strict=True) if pair[0] is not None and requires_grad(pair[0])
    ]
    if not pairs:
        return (None,) * len(inputs)
    roots, weights = zip(*pairs, strict=True)
    return grad(
        roots,
        inputs,
        weights,
        retain_graph=retain_graph,
        create_graph=create_graph,
        allow_unused=True,
        is_grads_batched=batched,
    )


class Call:
    """One call of the function that the API is given, recorded, with what its products need."""

    def __init__(self, name: str, func: Callable[..., Any], inputs: Any, v: Any, options: tuple) -> None:
        self.name = name
        self.create_graph, self.strict = options
        self.tuple_in, inputs = as_tuple(inputs, "inputs", name)
        self.inputs = prepared(inputs, self.create_graph, True)
        self.v: Any = None
        if name != "vjp":
            self.v = self.vector(v, self.inputs, self.tuple_in, OF_INPUT)
        self.tuple_out, self.outputs = as_tuple(func(*self.inputs), OUTPUTS, name)
        self.check(self.outputs, "outputs")
        if name == "vhp" or name == "hvp":
            check_scalar(self.tuple_out, self.outputs, name)
        if name == "vjp":
            text = NO_VECTOR + "the user-provided function returns a single Tensor with a single element."
            self.v = self.vector(v, self.outputs, self.tuple_out, text)

    def vector(self, v: Any, like: tuple, several: bool, missing: str) -> Any:
        """``v`` as a tuple; RuntimeError where it does not fit, or is None and may not be."""
        if v is None:
            if not is_single(like):
                raise RuntimeError(missing)
            return None
        _, vector = as_tuple(v, "v", self.name)
        vector = prepared(vector, self.create_graph, False)
        check_vector(vector, like, several)
        return vector

    def check(self, values: tuple, what: str) -> None:
        if self.strict:
            check_depends(values, what)

    def product(self, outputs: tuple, inputs: tuple, like: tuple, stage: str) -> tuple:
        """``v`` times the derivative of ``outputs`` by ``inputs``."""
        with set_grad_enabled(self.create_graph or is_grad_enabled()):
            found = gradients(outputs, inputs, self.v, self.create_graph)
            return with_zeros(found, like, self.strict, self.create_graph, stage)

    def result(self, product: tuple, is_tuple: bool) -> tuple:
        outputs, product = finished(self.outputs, self.create_graph), finished(product, self.create_graph)
        return outputs if self.tuple_out else outputs[0], product if is_tuple else product[0]


def zeros_with_graph(tensors: tuple) -> tuple:
    return tuple([F.zeros_like(one, requires_grad=True) for one in tensors])


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple:
    """The outputs of ``func`` and the product of ``v`` with its Jacobian at ``inputs``."""
    with enable_grad():
        call = Call("vjp", func, inputs, v, (create_graph, strict))
    return call.result(call.product(call.outputs, call.inputs, call.inputs, "back"), call.tuple_in)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple:
    """The outputs of ``func`` and the product of its Jacobian at ``inputs`` with ``v``.

    The product with the transposed Jacobian is linear in its vector: the derivative by that is what is looked for.
    """
    with enable_grad():
        call = Call("jvp", func, inputs, v, (create_graph, strict))
        cotangents = zeros_with_graph(call.outputs)
        grads = gradients(call.outputs, call.inputs, cotangents, create_graph=True)
        call.check(grads, "grad_inputs")
    return call.result(call.product(grads, cotangents, call.outputs, "back_trick"), call.tuple_out)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple:
    """The output of ``func`` and the product of ``v`` with its Hessian at ``inputs``."""
    with enable_grad():
        call = Call("vhp", func, inputs, v, (create_graph, strict))
        grads = gradients(call.outputs, call.inputs, create_graph=True)
        call.check(grads, "jacobian")
    return call.result(call.product(grads, call.inputs, call.inputs, "double_back"), call.tuple_in)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple:
    """The output of ``func`` and the product of its Hessian at ``inputs`` with ``v``."""
    with enable_grad():
        call = Call("hvp", func, inputs, v, (create_graph, strict))
        grads = gradients(call.outputs, call.inputs, create_graph=True)
        call.check(grads, "jacobian")
        cotangents = zeros_with_graph(call.inputs)
        twice = gradients(grads, call.inputs, cotangents, create_graph=True)
        call.check(twice, "hessian")
    return call.result(call.product(twice, cotangents, call.inputs, "double_back_trick"), call.tuple_in)
