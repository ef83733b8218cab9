"""Products of a Jacobian with vectors, and Jacobians made of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.autograd.functional.basis import chunks_of_basis
from mini_autograd.func.argument import check_real, chosen, lifted, lowered, replaced, with_aux
from mini_autograd.graph import modes
from mini_autograd.graph.operations import F
from mini_autograd.op.forward import laid_like
from mini_autograd.size import Size
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.transform.differentiation import Differentiation, tracked
from mini_autograd.transform.structure import flatten, unflatten
from mini_autograd.transform.vmap import vmap

API = "jvp(f, primals, tangents)"


class Forward(Differentiation):
    """The layer of ``jvp``."""

    forward = True


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> tuple:
    """What ``func`` gives, and the product of its Jacobian there with ``tangents``.

    ``strict``: RuntimeError for an output that does not depend on the primals.
    See https://pytorch.org/docs/stable/generated/torch.func.jvp.html.
    """
    return jvp_with(func, primals, tangents, None, strict, has_aux)


def jvp_with(
    func: Callable[..., Any], primals: Any, tangents: Any, argnums: Any, strict: bool, has_aux: bool
) -> tuple:
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{API}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
    inputs = primals if argnums is None else chosen(primals, argnums)
    flat, structure = flatten(inputs)
    flat_tangents, of_tangents = flatten(tangents)
    if structure != of_tangents:
        raise RuntimeError(
            f"{API}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {structure} and tangents with "
            f"structure {of_tangents}"
        )
    check_tensors(flat, "primals")
    check_tensors(flat_tangents, "tangents")
    check_not_nested()
    with Forward() as layer:
        duals = [dual(layer, x, t) for x, t in zip(flat, flat_tangents, strict=True)]
        args = unflatten(duals, structure)
        if argnums is not None:
            args = replaced(lifted(layer, primals), argnums, (args,) if isinstance(argnums, int) else args)
        result = func(*args)
        aux: Any = None
        if has_aux:
            result, aux = with_aux(result, API)
            aux = lowered(layer, aux)
        leaves, of_result = flatten(result)
        check_results(leaves)
        values = [lowered(layer, F.alias(one)) for one in leaves]
        products = [tangent_of(layer, one, strict) for one in leaves]
    found = unflatten(values, of_result), unflatten(products, of_result)
    return (*found, aux) if has_aux else found


def check_tensors(tensors: list, which: str) -> None:
    if not tensors:
        raise RuntimeError(f"{API}: Expected {which} to contain at least one Tensor.")
    for one in tensors:
        if not isinstance(one, Tensor):
            raise RuntimeError(f"{API}: Expected {which} to only contain Tensors, got {type(one)}")


def check_results(leaves: list) -> None:
    if not leaves:
        raise RuntimeError(
            f"{API}: Expected f to be a function that has non-empty output (got output = {leaves})"
        )
    for one in leaves:
        if not isinstance(one, Tensor):
            raise RuntimeError(
                f"{API}: expected f(*primals) to return only tensors, got unsupported type {type(one)}"
            )


def check_not_nested() -> None:
    """Inside a level of ``forward_ad`` torch has no second one."""
    switches = modes.current()
    if (switches.beneath if switches.layers else switches.level) >= 0:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")


def dual(layer: Differentiation, primal: TensorBase, tangent: TensorBase) -> TensorBase:
    """A tensor of the layer that carries the tangent."""
    for word, one in (("primal", primal), ("tangent", tangent)):
        if not one._dtype.is_differentiable:
            raise ValueError(f"Expected {word} to be floating point or complex, but got: {one._dtype}")
    if primal._array.shape != tangent._array.shape:
        raise errors.tangent_of_another_size(primal._array.shape, tangent._array.shape)
    made = tracked(layer, layer.under(F.alias, layer.lift(primal)._value))
    made._tangent = laid_like(layer.lift(tangent), made)
    return made


def tangent_of(layer: Differentiation, output: TensorBase, strict: bool) -> Any:
    """The tangent as it is below the layer; zeros where there is none."""
    tangent = output._tangent if getattr(output, "_layer", None) is layer else None
    if tangent is None:
        if strict:
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not "
                "allowed with strict=True."
            )
        tangent = F.zeros_like(output)
    return lowered(layer, tangent)


def jacfwd(
    func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """A function that gives the Jacobian of ``func``, column by column, all columns at once.

    See https://pytorch.org/docs/stable/generated/torch.func.jacfwd.html.
    """

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        check_real(flatten(args)[0], "jacfwd", "inputs")
        inputs, of_inputs = flatten(args if argnums is None else chosen(args, argnums))
        (basis,) = chunks_of_basis(inputs, None)

        def column(basis: tuple) -> Any:
            found = jvp_with(func, args, unflatten(basis, of_inputs), argnums, False, has_aux)
            check_real(flatten(found[0])[0], "jacfwd", "outputs")
            return (found[1], found[2]) if has_aux else found[1]

        found = vmap(column, randomness=randomness)(basis)
        aux: Any = None
        if has_aux:
            found, aux = found
            flat, structure = flatten(aux)
            aux = unflatten([F.select(one, 0, 0) for one in flat], structure)
        outputs, structure = flatten(found)
        jacobian = unflatten([unflatten(blocks(one, inputs), of_inputs) for one in outputs], structure)
        return (jacobian, aux) if has_aux else jacobian

    return wrapper


def blocks(columns: TensorBase, inputs: list) -> list:
    """The columns of one output, split by input."""
    last = F.movedim(columns, 0, -1)
    sizes = [x._array.size for x in inputs]
    shape = last._array.shape[:-1]
    return [
        F.view(part, (*shape, *x._array.shape))
        for part, x in zip(F.split(last, sizes, -1), inputs, strict=True)
    ]


def linearize(func: Callable[..., Any], *primals: Any) -> tuple:
    """What ``func`` gives, and a function that multiplies its Jacobian there with tangents.

    See https://pytorch.org/docs/stable/generated/torch.func.linearize.html.
    """
    flat, structure = flatten(primals)
    output = func(*primals)

    def product(*tangents: Any) -> Any:
        given, of_tangents = flatten(tangents)
        if of_tangents != structure:
            raise RuntimeError(
                f"Expected the tangents {of_tangents} to have the same argspec as the primals {structure}"
            )
        for index, (tangent, primal) in enumerate(zip(given, flat, strict=True)):
            check_alike(index, tangent, primal)
        return jvp(func, primals, tangents)[1]

    return output, product


def check_alike(index: int, tangent: Any, primal: TensorBase) -> None:
    """RuntimeError unless the tangent has the shape and dtype of its primal."""
    where = f"tangent:{index} with"
    if tangent.shape != primal._array.shape:
        raise RuntimeError(
            f"{where} shape {tangent.shape} in flattened pytree doesn't match the shape {Size(primal._array.shape)} of "
            "the corresponding primal."
        )
    if tangent.dtype != primal._dtype:
        raise RuntimeError(
            f"{where} dtype {tangent.dtype} in flattened pytree doesn't match the dtype {primal._dtype} of the "
            "corresponding primal."
        )
