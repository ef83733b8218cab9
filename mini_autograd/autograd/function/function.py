"""``Function``: the class to derive from."""

from __future__ import annotations

import inspect
import warnings
from functools import partial
from typing import Any

from mini_autograd.autograd.function.application import apply_to
from mini_autograd.autograd.function.context import FunctionCtx
from mini_autograd.autograd.function.keywords import positional
from mini_autograd.autograd.function.node import FunctionMeta, _FunctionBase
from mini_autograd.graph import modes


class _SingleLevelFunction(_FunctionBase, FunctionCtx, metaclass=FunctionMeta):
    """What a Function may define."""

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The result; of ``(ctx, *args)``, or of ``args`` alone where :meth:`setup_context` is defined."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Tell ``ctx`` what to keep, after ``forward``, which then does not take it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient of each argument of ``forward``, None for one that has none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    # Another name of it.
    vjp = backward

    # Whether the saved tensors are let go as soon as they were looked at.
    clear_saved_tensors_on_access = False

    # Whether `backward` takes its gradients as one list, so that it may let go of some.
    boxed_grads_call = False

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The tangent of each output, from those of the arguments."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )


class Function(_SingleLevelFunction):
    """An operation with a derivative of its own: define ``forward`` and ``backward``, and call ``apply``.

    See https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function.
    """

    # Whether a batched version could be made of it.
    generate_vmap_rule = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#"
            "torch.autograd.Function)"
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """The result for a batch of arguments."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward`` unrecorded, and record the Function as one operation."""
        split = cls.setup_context != _SingleLevelFunction.setup_context
        if split:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        if kwargs:
            args = positional(cls.forward, args, kwargs, 0 if split else 1)
        switches = modes.current()
        if switches.level > 0 and modes.in_transform():
            return apply_in_transform(cls, args, split)
        if switches.recorder is not None:
            call = partial(apply_to, cls, args, split)
            return switches.recorder.call(cls.__name__, switches.sequence, args, call)
        return apply_to(cls, args, split)


def apply_in_transform(function: Any, args: tuple, split: bool) -> Any:
    """The result under ``vmap``, ``grad`` or the like; RuntimeError for a Function that has no ``setup_context``."""
    if not split:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
            "override the setup_context staticmethod. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    from mini_autograd.autograd.function.transformed import (
        apply_within,  # on first use: it brings in all transforms
    )

    return apply_within(function, args)


class InplaceFunction(Function):
    """A Function that remembers whether it is to work in place; there to let old code run."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace
