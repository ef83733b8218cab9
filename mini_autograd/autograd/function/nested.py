"""``NestedIOFunction``: arguments and results in nested lists, of the time when Functions had instances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mini_autograd.autograd.function.function import Function
from mini_autograd.tensor import TensorBase
from mini_autograd.typename import type_name


def flat(value: Any, keeps_none: bool = False) -> Iterator[Any]:
    """The tensors in nested lists, tuples and values of dicts; with ``keeps_none`` also each None."""
    if isinstance(value, TensorBase) or (value is None and keeps_none):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from flat(one, keeps_none)
    elif value is not None:
        raise unknown(value, "Tensors or None" if keeps_none else "Tensors")


def mapped(value: Any, function: Callable[[TensorBase], Any]) -> Any:
    """The same structure with ``function`` of each tensor."""
    if isinstance(value, TensorBase):
        return function(value)
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: mapped(one, function) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        items = [mapped(one, function) for one in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    raise unknown(value, "Tensors")


def nested(tensors: Iterator[Any], structure: Any) -> Any:
    """The next tensors in the lists and tuples of ``structure``."""
    if not isinstance(structure, (list, tuple)):
        return next(tensors)
    return type(structure)([None if one is None else nested(tensors, one) for one in structure])


def unknown(value: Any, accepted: str) -> ValueError:
    return ValueError(
        f"Auto nesting doesn't know how to process an input object of type {type_name(value)}. Accepted types: "
        f"{accepted}, or lists/tuples of them"
    )


class NestedIOFunction(Function):
    """Derived from by old code, whose ``forward_extended`` and ``backward_extended`` take nested lists."""

    def _do_forward(self, *input: Any) -> Any:
        self._nested_input = input
        return nested(iter(super()._do_forward(*flat(input))), self._nested_output)  # type: ignore[misc]

    def _do_backward(self, gradients: Any, retain_variables: bool) -> Any:
        self.retain_variables = retain_variables
        result = super()._do_backward(gradients, retain_variables)  # type: ignore[misc]
        if not retain_variables:
            del self._nested_output
            del self._to_save_nested
        return result

    def backward(self, *gradients: Any) -> Any:  # type: ignore[override]
        result = self.backward_extended(*nested(iter(gradients), self._nested_output))  # type: ignore[func-returns-value]
        return tuple(flat(result, keeps_none=True))

    __call__ = _do_forward

    def forward(self, *args: Any) -> Any:  # type: ignore[override]
        result = self.forward_extended(*mapped(self._nested_input, lambda tensor: tensor.data))  # type: ignore[attr-defined, func-returns-value]
        del self._nested_input
        self._nested_output = result
        return tuple(flat(result))

    def save_for_backward(self, *args: Any) -> None:
        self.to_save = tuple(flat(args))
        self._to_save_nested = args

    @property
    def saved_tensors(self) -> Any:
        return nested(iter(self._shown_tensors()), self._to_save_nested)

    def mark_dirty(self, *args: Any, **kwargs: Any) -> None:
        self.dirty_tensors = tuple(flat((args, kwargs)))

    def mark_non_differentiable(self, *args: Any, **kwargs: Any) -> None:
        self.non_differentiable = tuple(flat((args, kwargs)))

    def forward_extended(self, *input: Any) -> None:
        raise NotImplementedError

    def backward_extended(self, *grad_output: Any) -> None:
        raise NotImplementedError
