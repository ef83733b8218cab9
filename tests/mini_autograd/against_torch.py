"""Runs one call on torch and on mini_autograd and asserts that all that can be seen of it is the same.

A call is a function ``call(lib, *args)`` of the library and its arguments, which are given as torch tensors
and mirrored. Compared are results, memory shared with arguments, the graph with what it saves, gradients of
first and second order, forward mode, warnings, and the type and text of errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

import mini_autograd
from tests.mini_autograd.assertion import (
    FORWARD_ULP,
    GRADIENT_ULP,
    assert_same_gradients,
    assert_same_graph,
    assert_same_memory,
    assert_same_outcome,
    assert_same_value,
    attempt,
    is_tensor,
    tensors_in,
)
from tests.mini_autograd.sample import COMPLEX, EVERY, FLOATING, INTEGER, layouts, make, mirror, of, pairs

__all__ = ["COMPLEX", "EVERY", "FLOATING", "INTEGER", "layouts", "make", "mirror", "of", "pairs", "same"]

torch.set_warn_always(True)

# The first use of forward mode in a process makes torch warn of its own doings.
with warnings.catch_warnings(), torch.autograd.forward_ad.dual_level():
    warnings.simplefilter("ignore")
    torch.autograd.forward_ad.make_dual(torch.ones(()), torch.ones(()))


def differentiable(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def with_grad(value: Any) -> Any:
    """``value`` with its tensors as new leaves over the same memory, requiring gradients where they can."""
    if isinstance(value, torch.Tensor):
        return value.detach().requires_grad_(value.requires_grad or differentiable(value))
    if isinstance(value, (list, tuple)):
        return type(value)([with_grad(one) for one in value])
    return value


def copied(value: Any) -> Any:
    """``value`` with its tensors over memory of their own, strides kept."""
    if isinstance(value, torch.Tensor):
        storage = value.untyped_storage().clone()
        fresh = torch.empty(0, dtype=value.dtype).set_(
            storage, value.storage_offset(), value.shape, value.stride()
        )
        return fresh.data.requires_grad_(value.requires_grad)  # .data: version 0 again
    if isinstance(value, (list, tuple)):
        return type(value)([copied(one) for one in value])
    return value


def same(
    call: Callable[..., Any],
    *args: Any,
    grad: bool = True,
    second: bool = True,
    forward: bool = True,
    strides: bool = True,
    graphs: bool = False,
    ulp: float = FORWARD_ULP,
    grad_ulp: float = GRADIENT_ULP,
) -> None:
    """Assert that ``call(lib, *args)`` is the same on both libraries in all that can be seen of it.

    Without ``grad`` only the forward call is made, on tensors as they are; else floating and complex tensors
    are leaves that require a gradient, and ``second`` and ``forward`` say whether second derivatives and
    forward mode are compared, ``graphs`` whether the graphs of gradients are too. ``strides=False`` leaves
    strides out.
    """
    theirs_args = copied([with_grad(one) if grad else one for one in args])
    ours_args = mirror(theirs_args)
    theirs = attempt(lambda: call(torch, *theirs_args))
    ours = attempt(lambda: call(mini_autograd, *ours_args))
    assert_same_outcome(ours, theirs)
    for index, (mine, wanted) in enumerate(zip(tensors_in(ours_args), tensors_in(theirs_args), strict=True)):
        assert_same_value(mine, wanted, f"argument {index} afterwards", ulp)
        assert mine._version == wanted._version, f"version of argument {index}"
    if theirs.error is not None:
        return
    assert_same_value(ours.result, theirs.result, "result", ulp, strides)
    outputs, others = tensors_in(ours.result), tensors_in(theirs.result)
    inputs, leaves = tensors_in(ours_args), tensors_in(theirs_args)
    for index, (mine, wanted) in enumerate(zip(outputs, others, strict=True)):
        assert_same_memory(mine, inputs, wanted, leaves, f"result {index}")
        flags = (mine.requires_grad, mine.is_leaf)
        assert flags == (wanted.requires_grad, wanted.is_leaf), (
            f"result {index}: requires_grad, is_leaf {flags}"
        )
        assert_same_graph(mine.grad_fn, wanted.grad_fn, f"graph of result {index}")
    if grad:
        compare_gradients(outputs, inputs, others, leaves, second, graphs, grad_ulp)
        if forward:
            compare_forward_mode(call, args, grad_ulp)


def cotangents(tensors: Sequence[torch.Tensor], seed: int = 7) -> list[torch.Tensor]:
    """Random numbers, never uniform, like each tensor."""
    made = [
        make(*one.shape, dtype=str(one.dtype).removeprefix("torch."), low=0.5, high=1.5, seed=seed + index)
        for index, one in enumerate(tensors)
    ]
    return [one.requires_grad_() for one in made]


def compare_gradients(
    outputs: list, inputs: list, others: list, leaves: list, second: bool, graphs: bool, ulp: float
) -> None:
    """First and second derivatives of the results with respect to the arguments."""
    lib = mini_autograd
    chosen = [index for index, one in enumerate(others) if one.requires_grad]
    wanted = [index for index, one in enumerate(leaves) if one.requires_grad and one.is_leaf]
    if not chosen or not wanted:
        return
    seeds = cotangents([others[index] for index in chosen])
    theirs = attempt(lambda: gradients(torch, pick(others, chosen), pick(leaves, wanted), seeds, second))
    mirrored = mirror(seeds)
    ours = attempt(lambda: gradients(lib, pick(outputs, chosen), pick(inputs, wanted), mirrored, second))
    assert_same_outcome(ours, theirs, "backward")
    if theirs.error is not None:
        return
    assert_same_gradients(ours.result, theirs.result, "gradient", ulp)
    again = [index for index, one in enumerate(theirs.result) if one is not None and one.requires_grad]
    flags = [index for index, one in enumerate(ours.result) if one is not None and one.requires_grad]
    assert not second or again == flags, f"gradients that require a gradient: {flags}, torch's {again}"
    for index in again if graphs else ():
        where = f"graph of gradient {index}"
        assert_same_graph(ours.result[index].grad_fn, theirs.result[index].grad_fn, where)
    if second and again:
        compare_second(ours.result, inputs, theirs.result, leaves, (again, wanted), (mirrored, seeds), ulp)


def compare_second(
    ours: Any, inputs: list, theirs: Any, leaves: list, positions: tuple, seeds: tuple, ulp: float
) -> None:
    """Gradients of the gradients, with respect to arguments and cotangents."""
    again, wanted = positions
    more = [one.detach() for one in cotangents([theirs[index] for index in again], seed=31)]
    mirrored = mirror(more)
    to, others = [*pick(inputs, wanted), *seeds[0]], [*pick(leaves, wanted), *seeds[1]]
    expected = attempt(lambda: gradients(torch, pick(theirs, again), others, more, False))
    got = attempt(lambda: gradients(mini_autograd, pick(ours, again), to, mirrored, False))
    assert_same_outcome(got, expected, "double backward")
    if expected.error is None:
        assert_same_gradients(got.result, expected.result, "second gradient", ulp)


def gradients(lib: Any, outputs: list, inputs: list, seeds: list, create_graph: bool) -> tuple:
    return lib.autograd.grad(
        outputs, inputs, seeds, retain_graph=True, create_graph=create_graph, allow_unused=True
    )


def pick(values: Sequence, positions: list[int]) -> list:
    return [values[index] for index in positions]


def compare_forward_mode(call: Callable[..., Any], args: tuple, ulp: float) -> None:
    """Tangents of the results when every argument that can has a random one."""
    theirs_args = copied(args)
    ours_args = mirror(theirs_args)
    primals = [one for one in tensors_in(theirs_args) if differentiable(one)]
    directions = [one.detach() for one in cotangents(primals, seed=53)]
    theirs = attempt(lambda: tangents(torch, call, theirs_args, directions))
    ours = attempt(lambda: tangents(mini_autograd, call, ours_args, mirror(directions)))
    assert_same_outcome(ours, theirs, "forward mode")
    if theirs.error is None:
        assert_same_value(ours.result[0], theirs.result[0], "primal", ulp, strides=False)
        assert_same_gradients(ours.result[1], theirs.result[1], "tangent", ulp)


def tangents(lib: Any, call: Callable[..., Any], args: Any, directions: list) -> tuple[list, list]:
    """Primals and tangents of the results."""
    mode = lib.autograd.forward_ad
    left = iter(directions)
    with mode.dual_level():
        result = tensors_in(call(lib, *duals(mode, args, left)))
        unpacked = [mode.unpack_dual(one) for one in result]
        return [one.primal for one in unpacked], [one.tangent for one in unpacked]


def duals(mode: Any, value: Any, directions: Iterator) -> Any:
    if is_tensor(value):
        kind = value.dtype
        return mode.make_dual(value, next(directions)) if kind.is_floating_point or kind.is_complex else value
    if isinstance(value, (list, tuple)):
        return type(value)([duals(mode, one, directions) for one in value])
    return value
