"""Products of vectors with a Jacobian, and Jacobians made of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.functional.basis import chunks_of_basis
from mini_autograd.autograd.grad_mode import enable_grad, is_grad_enabled
from mini_autograd.func.argument import (
    check_outputs,
    check_real,
    chosen,
    gradients,
    lifted,
    lowered,
    to_differentiate,
    with_aux,
    without_saved_hooks,
)
from mini_autograd.func.forward import jacfwd
from mini_autograd.graph.operations import F
from mini_autograd.transform.differentiation import Differentiation
from mini_autograd.transform.structure import flatten, unflatten
from mini_autograd.transform.vmap import vmap

API = "vjp(f, *primals)"


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple:
    """What ``func`` gives, and a function that multiplies a vector with its Jacobian there.

    See https://pytorch.org/docs/stable/generated/torch.func.vjp.html.
    """
    return vjp_with(func, primals, None, has_aux)


def vjp_with(func: Callable[..., Any], primals: tuple, argnums: Any, has_aux: bool) -> tuple:
    with without_saved_hooks(), Differentiation() as layer, enable_grad():
        args = lifted(layer, primals)
        inputs = to_differentiate(args if argnums is None else chosen(args, argnums))
        outputs = func(*args)
        aux: Any = None
        if has_aux:
            outputs, aux = with_aux(outputs, API)
            aux = lowered(layer, aux)
        roots, structure = flatten(outputs)
        check_outputs(outputs, API)
        for one in roots:
            if not one._dtype.is_differentiable:
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                    f"{one._dtype}"
                )
        values = lowered(layer, outputs)
    leaves, of_inputs = flatten(inputs)

    def product(cotangents: Any, retain_graph: bool = True, create_graph: Any = None) -> Any:
        flat, given = flatten(cotangents)
        if given != structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {given.pretty()}, primal output: {structure.pretty()}"
            )
        create = is_grad_enabled() if create_graph is None else create_graph
        return unflatten(gradients(roots, leaves, flat, retain_graph, create), of_inputs)

    return (values, product, aux) if has_aux else (values, product)


def jacrev(
    func: Callable[..., Any],
    argnums: Any = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """A function that gives the Jacobian of ``func``, row by row, all rows at once or ``chunk_size`` at a time.

    See https://pytorch.org/docs/stable/generated/torch.func.jacrev.html.
    """
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapper(*args: Any) -> Any:
        check_real(flatten(args)[0], "jacrev", "inputs")
        found = vjp_with(func, args, argnums, has_aux)
        outputs, structure = flatten(found[0])
        check_real(outputs, "jacrev", "outputs")
        inputs, of_inputs = flatten(chosen(args, argnums))

        def row(basis: tuple) -> list:
            grads = flatten(found[1](unflatten(basis, structure)))[0]
            return list(grads)

        parts = [vmap(row)(basis) for basis in chunks_of_basis(outputs, chunk_size)]
        columns = [
            several[0] if len(several) == 1 else F.cat(list(several), 0)
            for several in zip(*parts, strict=True)
        ]
        sizes = [one._array.size for one in outputs]
        blocks = [
            [
                F.view(part, (*y._array.shape, *x._array.shape))
                for part, y in zip(F.split(column, sizes, 0), outputs, strict=True)
            ]
            for column, x in zip(columns, inputs, strict=True)
        ]
        jacobian = unflatten(
            [unflatten(list(of_output), of_inputs) for of_output in zip(*blocks, strict=True)], structure
        )
        return (jacobian, found[2]) if has_aux else jacobian

    return wrapper


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """A function that gives the second derivatives of ``func``: forward over reverse."""
    return jacfwd(jacrev(func, argnums), argnums)
