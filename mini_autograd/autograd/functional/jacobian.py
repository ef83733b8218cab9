"""Whole Jacobians and Hessians, row by row, or with all rows at once, or column by column in forward mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd.autograd.batched import over_rows
from mini_autograd.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mini_autograd.autograd.functional.arguments import as_tuple, check_scalar, finished, prepared
from mini_autograd.autograd.functional.basis import standard_basis
from mini_autograd.autograd.functional.product import OUTPUTS, gradients
from mini_autograd.autograd.functional.strictness import NOT_ALLOWED, check_depends
from mini_autograd.autograd.grad_mode import enable_grad
from mini_autograd.graph.operations import F
from mini_autograd.tensor import Tensor, requires_grad

STRATEGIES = ("forward-mode", "reverse-mode")
THIS = "torch.autograd.functional.jacobian: "
NOT_TOGETHER = "are not supported together (yet). Please either set "


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivatives of each output by each input: a tensor of the shape of the one, then of the other.

    Of tuples it is a tuple for each output of one for each input. ``vectorize``: all rows at once, by ``vmap``.
    """
    if strategy not in STRATEGIES:
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        check_forward(create_graph, strict, vectorize)
        return forward_jacobian(func, inputs)
    with enable_grad():
        tuple_in, inputs = as_tuple(inputs, "inputs", "jacobian")
        inputs = prepared(inputs, create_graph, True)
        tuple_out, outputs = as_tuple(func(*inputs), OUTPUTS, "jacobian")
        if strict:
            check_depends(outputs, "outputs")
        if vectorize:
            if strict:
                raise RuntimeError(
                    f"{THIS}`strict=True` and `vectorized=True` are not supported together. Please either set "
                    "`strict=False` or `vectorize=False`."
                )
            found = all_rows(outputs, inputs, create_graph)
        else:
            found = tuple(
                [rows(index, one, inputs, create_graph, strict) for index, one in enumerate(outputs)]
            )
    return unpacked(finished(found, create_graph), tuple_out, tuple_in)


def check_forward(create_graph: bool, strict: bool, vectorize: bool) -> None:
    """What torch does not do in forward mode."""
    if create_graph:
        raise NotImplementedError(
            f'{THIS}`create_graph=True` and `strategy="forward-mode"` {NOT_TOGETHER}`create_graph=False` or '
            '`strategy="reverse-mode"`.'
        )
    if strict:
        raise RuntimeError(
            f'{THIS}`strict=True` and `strategy="forward-mode"` {NOT_TOGETHER}`strict=False` or '
            '`strategy="reverse-mode"`.'
        )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
            "`vectorize=True`."
        )


def unpacked(found: tuple, tuple_out: bool, tuple_in: bool) -> Any:
    """The blocks as the caller's structure has them."""
    by_output = [row if tuple_in else row[0] for row in found]
    return tuple(by_output) if tuple_out else by_output[0]


def rows(index: int, output: Tensor, inputs: tuple, create_graph: bool, strict: bool) -> tuple:
    """The Jacobian of one output by every input, one pass for each element."""
    found: list[list] = [[] for _ in inputs]
    for element in range(output._array.size):
        root = F.reshape(output, (-1,))[element]
        row = gradients((root,), inputs, create_graph=create_graph, retain_graph=True)
        for place, (grad, x) in enumerate(zip(row, inputs, strict=True)):
            if strict:
                check_row(grad, index, place, create_graph)
            found[place].append(F.zeros_like(x) if grad is None else grad)
    return tuple(
        [
            F.view(F.stack(one, 0), output._array.shape + x._array.shape)
            for one, x in zip(found, inputs, strict=True)
        ]
    )


def all_rows(outputs: tuple, inputs: tuple, create_graph: bool) -> tuple:
    """The Jacobian of every output by every input, in one pass that is given the standard basis."""
    if not outputs:
        return ()
    flat = tuple([F.reshape(one, (-1,)) for one in outputs])
    columns = gradients(flat, inputs, standard_basis(outputs), create_graph=create_graph, batched=True)
    sizes = [one._array.size for one in outputs]
    found = []
    for column, x in zip(columns, inputs, strict=True):
        if column is None:
            column = F.expand(F.zeros_like(x), (sum(sizes), *x._array.shape))
        parts = F.split(column, sizes, 0)
        found.append(
            [F.view(part, (*y._array.shape, *x._array.shape)) for part, y in zip(parts, outputs, strict=True)]
        )
    return tuple(zip(*found, strict=True))


def forward_jacobian(func: Callable[..., Any], inputs: Any) -> Any:
    """The Jacobian from the products with the standard basis, all at once in forward mode."""
    tuple_in, inputs = as_tuple(inputs, "inputs", "jacobian")
    structure: list = []

    def products(basis: tuple) -> list:
        with dual_level():
            duals = [
                make_dual(one, F.view_as(tangent, one)) for one, tangent in zip(inputs, basis, strict=True)
            ]
            tuple_out, outputs = as_tuple(func(*duals), "outputs", "None")
            pairs = [unpack_dual(one) for one in outputs]
            structure[:] = [tuple_out, [one.primal for one in pairs]]
            return [F.zeros_like(one.primal) if one.tangent is None else one.tangent for one in pairs]

    columns = over_rows(products, standard_basis(inputs))
    tuple_out, outputs = structure
    sizes = [x._array.size for x in inputs]
    found = []
    for column, y in zip(columns, outputs, strict=True):
        order = (*range(1, column._array.ndim), 0)
        parts = [F.permute(part, order) for part in F.split(column, sizes, 0)]
        row = [
            F.reshape(part, (*y._array.shape, *x._array.shape)) for part, x in zip(parts, inputs, strict=True)
        ]
        found.append(row if tuple_in else row[0])
    return found if tuple_out else found[0]


def check_row(grad: Any, output: int, place: int, create_graph: bool) -> None:
    if grad is None:
        raise RuntimeError(
            f"Output {output} of the user-provided function is independent of input {place}. {NOT_ALLOWED}."
        )
    if create_graph and not requires_grad(grad):
        raise RuntimeError(
            f"The jacobian of the user-provided function is independent of input {output}. {NOT_ALLOWED} when "
            "create_graph=True."
        )


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function with one value: for each input, of its gradient by each."""
    tuple_in, inputs = as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in STRATEGIES:
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def value(*inputs: Tensor) -> Tensor:
        result = func(*inputs)
        tuple_out, outputs = as_tuple(result, OUTPUTS, "hessian")
        if strict:
            check_depends(outputs, "outputs")
        check_scalar(tuple_out, outputs, "hessian")
        return F.squeeze(outputs[0])

    def gradient(*inputs: Tensor) -> Any:
        if outer_jacobian_strategy == "forward-mode":
            inputs = tuple([one.requires_grad_(True) for one in inputs])
        found = jacobian(value, inputs, create_graph=True)
        if strict:
            check_depends(found, "jacobian")
        return found

    found = jacobian(
        gradient,
        inputs,
        create_graph=create_graph,
        strict=strict,
        vectorize=vectorize,
        strategy=outer_jacobian_strategy,
    )
    return unpacked(found, tuple_in, tuple_in)
