"""The second derivatives of sampling by a grid."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F

NEAREST = 1


def double_backward(
    spatial: int, grads: tuple, grad_output: Any, input: Any, grid: Any, mode: int, padding: int, align: bool
) -> tuple:
    """With respect to grad_output, input and grid; either of the two gradients may be None.

    What the input is given is linear in grad_output, and depends on the grid as a sample of that gradient does.
    """
    of_input, of_grid = grads
    name = f"grid_sampler_{spatial}d"
    to_grad = to_input = to_grid = None
    if of_input is not None:
        to_grad = getattr(F, name)(of_input, grid, mode, padding, align)
        backward = getattr(F, f"{name}_backward")
        _, to_grid = backward(grad_output, of_input, grid, mode, padding, align, (False, True))
    if of_grid is not None and mode != NEAREST:
        double = getattr(F, f"_{name}_double_backward")
        grad, to_input, place = double(of_grid, grad_output, input, grid, mode, padding, align)
        to_grad = grad if to_grad is None else to_grad + grad
        to_grid = place if to_grid is None else to_grid + place
    return to_grad, to_input, to_grid
