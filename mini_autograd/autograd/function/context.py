"""What a Function's ``forward`` tells of its tensors."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.tensor import TensorBase


class FunctionCtx:
    """The methods of ``ctx``: each should be called once at most, in ``forward`` or ``setup_context``."""

    def save_for_backward(self, *tensors: TensorBase | None) -> None:
        """Keep ``tensors`` for ``backward``, which finds them as ``ctx.saved_tensors``."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: TensorBase | None) -> None:
        """Keep ``tensors`` for ``jvp``, which finds them as ``ctx.saved_tensors``."""
        if not all(one is None or isinstance(one, TensorBase) for one in tensors):
            raise AssertionError(
                "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on "
                "ctx."
            )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: TensorBase) -> None:
        """Say which inputs were changed in place; each must be returned."""
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Do nothing: sharing is found out."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *args: TensorBase) -> None:
        """Say which outputs have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` and ``jvp`` are given zeros for gradients that there are none of, or else None."""
        self.materialize_grads = value
