"""What the functional API takes and gives back: one tensor or a tuple of them."""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.size import Size
from mini_autograd.tensor import TensorBase, requires_grad


def as_tuple(value: Any, argument: str, function: str) -> tuple[bool, tuple]:
    """Whether ``value`` is a tuple, and it as one; TypeError for what is neither a tensor nor tensors."""
    if isinstance(value, TensorBase):
        return False, (value,)
    several = isinstance(value, tuple)
    for index, one in enumerate(value if several else (value,)):
        if not isinstance(one, TensorBase):
            which = f"the value at index {index}" if several else f"the given {argument}"
            raise TypeError(
                f"The {argument} given to {function} must be either a Tensor or a tuple of Tensors but {which} has "
                f"type {type(one)}."
            )
    return several, value


def prepared(tensors: tuple, create_graph: bool, need_graph: bool) -> tuple:
    """New tensors to differentiate by; with ``create_graph`` what needs a gradient stays in its graph."""
    return tuple(
        [
            F.view_as(one, one)
            if create_graph and requires_grad(one)
            else F.detach(one).requires_grad_(need_graph)
            for one in tensors
        ]
    )


def finished(tensors: Any, create_graph: bool) -> Any:
    """The tensors, of tuples nested anyhow, outside the graph unless that is wanted."""
    if create_graph:
        return tensors
    if isinstance(tensors, TensorBase):
        return F.detach(tensors)
    return tuple([finished(one, False) for one in tensors])


def check_vector(vector: tuple, other: tuple, several: bool) -> None:
    """RuntimeError unless ``vector`` has the shapes of ``other``."""
    if len(vector) != len(other):
        if several:
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(other)} but got {len(vector)}."
            )
        raise RuntimeError("The given v should contain a single Tensor.")
    for index, (one, like) in enumerate(zip(vector, other, strict=True)):
        if one._array.shape != like._array.shape:
            entry = f"Entry {index} in " if several else ""
            raise RuntimeError(
                f"{entry}v has invalid size: should be {Size(like._array.shape)} but got {Size(one._array.shape)}."
            )


def is_single(tensors: tuple) -> bool:
    return len(tensors) == 1 and tensors[0]._array.size == 1


def check_scalar(is_tuple: bool, outputs: tuple, function: str) -> None:
    """RuntimeError unless the function that was given returned one tensor with one element."""
    if is_tuple:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs[0]._array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {function} should contain a single element"
        )
