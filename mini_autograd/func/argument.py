"""Which of a function's arguments it is differentiated by, and what goes in and out of a transform."""

from __future__ import annotations

from typing import Any

from mini_autograd.autograd.differentiate import grad
from mini_autograd.autograd.graph.saved_hooks import disable_saved_tensors_hooks
from mini_autograd.graph.operations import F
from mini_autograd.tensor import Tensor, TensorBase, requires_grad
from mini_autograd.transform.differentiation import Differentiation, Tracked
from mini_autograd.transform.structure import flatten, map_leaves


def checked_argnums(argnums: Any, count: int) -> Any:
    """``argnums``, an int or a tuple of them, counted from the front; RuntimeError for what names no argument."""
    if isinstance(argnums, int):
        return checked_argnum(argnums, count)
    if not isinstance(argnums, tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    wrapped = tuple([checked_argnum(one, count) for one in argnums])
    if not wrapped:
        raise RuntimeError("argnums must be non-empty")
    if len(set(wrapped)) != len(wrapped):
        raise RuntimeError(f"argnums elements must be unique, got {wrapped}")
    return wrapped


def checked_argnum(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if not -count <= argnum < count:
        raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")
    return argnum % count


def chosen(args: tuple, argnums: Any) -> Any:
    """The arguments at ``argnums``: one, or a tuple."""
    argnums = checked_argnums(argnums, len(args))
    return args[argnums] if isinstance(argnums, int) else tuple([args[one] for one in argnums])


def replaced(args: tuple, argnums: Any, new: tuple) -> tuple:
    """The arguments with those at ``argnums`` replaced; torch finds none at an argnum that counts from the last."""
    places = (argnums,) if isinstance(argnums, int) else argnums
    return tuple([new[places.index(place)] if place in places else one for place, one in enumerate(args)])


def lifted(layer: Differentiation, value: Any) -> Any:
    """``value`` with its tensors as constants of the layer."""
    return map_leaves(lambda one: layer.lift(one) if isinstance(one, TensorBase) else one, value)


def to_differentiate(value: Any) -> Any:
    """Make the tensors leaves of the layer; ValueError for what is no tensor."""

    def require(one: Any) -> Any:
        if not isinstance(one, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(one)}")
        if not one._dtype.is_differentiable:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        one._requires = True
        return one

    return map_leaves(require, value)


def lowered(layer: Differentiation, value: Any) -> Any:
    """``value`` with the tensors of the layer as they are below it; RuntimeError for what is no tensor."""

    def lower(one: Any) -> Any:
        if not isinstance(one, Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(one)}")
        return one._value if isinstance(one, Tracked) and one._layer is layer else one

    return map_leaves(lower, value)


def gradients(outputs: list, inputs: list, cotangents: Any, retain_graph: bool, create_graph: bool) -> list:
    """``autograd.grad``, with zeros for inputs on which nothing depends."""
    given = [None] * len(outputs) if cotangents is None else cotangents
    pairs = [pair for pair in zip(outputs, given, strict=True) if requires_grad(pair[0])]
    if not pairs:
        return [F.zeros_like(one) for one in inputs]
    roots, weights = zip(*pairs, strict=True)
    found = grad(
        roots, inputs, weights, retain_graph=retain_graph, create_graph=create_graph, allow_unused=True
    )
    return [F.zeros_like(x) if one is None else one for one, x in zip(found, inputs, strict=True)]


def with_aux(result: Any, api: str) -> tuple:
    """The two parts of what a function with ``has_aux`` returns."""
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{api}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return result


def check_outputs(outputs: Any, api: str) -> list:
    """The tensors that a function returned; RuntimeError for none, or for anything else."""
    leaves, _ = flatten(outputs)
    if not leaves:
        raise RuntimeError(
            f"{api}: Expected f to be a function that has non-empty output (got output = {leaves})"
        )
    for one in leaves:
        if not isinstance(one, Tensor):
            raise RuntimeError(
                f"{api}: expected f(*primals) to return only tensors, got unsupported type {type(one)}"
            )
    return leaves


def check_real(tensors: list, api: str, which: str) -> None:
    for index, one in enumerate(tensors):
        if isinstance(one, TensorBase) and one._dtype.is_complex:
            raise RuntimeError(
                f"{api}: Expected all {which} to be real but received complex tensor at flattened input idx: {index}"
            )


def without_saved_hooks() -> Any:
    """Inside, hooks on saved tensors are refused."""
    return disable_saved_tensors_hooks(
        "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your "
        "use case."
    )
