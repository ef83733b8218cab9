"""The form of checkpoints whose second run has a backward pass of its own within that of the first."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mini_autograd import autograd
from mini_autograd.autograd.grad_mode import enable_grad
from mini_autograd.checkpoint.random_states import RandomStates
from mini_autograd.graph.engine import is_checkpoint_valid
from mini_autograd.tensor import Tensor, TensorBase, requires_grad


def checkpoint_reentrant(function: Callable[..., Any], preserve_rng_state: bool, args: tuple) -> Any:
    """``function(*args)`` as one node."""
    return CheckpointFunction.apply(function, preserve_rng_state, *args)


class CheckpointFunction(autograd.Function):
    """Keeps the arguments, and differentiates the function by running it again."""

    @staticmethod
    def forward(ctx: Any, run_function: Any, preserve_rng_state: bool, *args: Any) -> Any:
        if not any(isinstance(one, TensorBase) and requires_grad(one) for one in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=4)
        ctx.run_function = run_function
        ctx.random_states = RandomStates(args, preserve_rng_state)
        ctx.inputs = [None if isinstance(one, TensorBase) else one for one in args]
        ctx.tensor_indices = [at for at, one in enumerate(args) if isinstance(one, TensorBase)]
        ctx.save_for_backward(*[args[at] for at in ctx.tensor_indices])
        return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if not is_checkpoint_valid():
            raise RuntimeError(ONLY_LEAVES)
        inputs = list(ctx.inputs)
        for at, tensor in zip(ctx.tensor_indices, ctx.saved_tensors, strict=True):
            inputs[at] = detached(tensor)
        with ctx.random_states.back(), enable_grad():
            outputs = ctx.run_function(*inputs)
        if isinstance(outputs, TensorBase):
            outputs = (outputs,)
        wanted = [at for at, one in enumerate(outputs) if isinstance(one, TensorBase) and requires_grad(one)]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        autograd.backward([outputs[at] for at in wanted], [grads[at] for at in wanted])
        return (None, None, *map(gradient_of, inputs))


CheckpointFunction.__module__ = "torch.utils.checkpoint"


def gradient_of(value: Any) -> Any:
    return value.grad if isinstance(value, Tensor) else None


def detached(tensor: Any) -> Any:
    alias = tensor.detach()
    alias.requires_grad = tensor.requires_grad
    return alias


ONLY_LEAVES = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
    ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing "
    "the `inputs` argument."
)
