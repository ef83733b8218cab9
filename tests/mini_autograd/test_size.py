"""Size against torch.Size, expression by expression."""

# ruff: noqa: RUF005 -- the operator is what is tested

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from mini_autograd.size import Size


class Indexed:
    def __index__(self) -> int:
        return 4

    def __repr__(self) -> str:
        return "Indexed()"


class Converted:
    def __int__(self) -> int:
        return 4

    def __repr__(self) -> str:
        return "Converted()"


def outcome(expression: Callable[[Any], Any], kind: type) -> tuple:
    """What the expression gives, or raises: the type, the text, and the types of the elements."""
    try:
        value = expression(kind)
    except Exception as error:
        return type(error), str(error)
    return (
        type(value).__name__,
        repr(value),
        [type(each) for each in value] if isinstance(value, tuple) else None,
    )


ELEMENTS = [
    *(1, -1, True, False, "a", 1.0, 2.5, None, [1], 1j, Indexed(), Converted(), np.int64(3), np.uint8(3)),
    *(np.float32(1), np.bool_(True), np.array(2), np.array([2]), torch.tensor(3), torch.tensor([3])),
    torch.tensor(3.0),
]
EXPRESSIONS: list[Callable[[Any], Any]] = [
    lambda size: size(),
    lambda size: size(3),
    lambda size: size("12"),
    lambda size: size(range(3)),
    lambda size: size({1: 2}),
    lambda size: size(np.array([1, 2])),
    lambda size: size(torch.tensor([1, 2])),
    lambda size: size(each for each in (1, 2)),
    lambda size: size([1], [2]),
    lambda size: size(iterable=[1]),
    lambda size: size(size([1, 2])),
    lambda size: str(size([2, 3])),
    lambda size: f"{size([2, 3])}",
    lambda size: size([2, 3])[0],
    lambda size: size([2, 3])[5],
    lambda size: size([2, 3])["a"],
    lambda size: size([2, 3, 4])[:2],
    lambda size: size([2, 3, 4])[::2],
    lambda size: size([2]) + size([3]),
    lambda size: size([2]) + (1,),
    lambda size: (1,) + size([2]),
    lambda size: size([2]) + [1],
    lambda size: [1] + size([2]),
    lambda size: size([2]) + ("a",),
    lambda size: ("a",) + size([2]),
    lambda size: size([2]) + (np.int64(1),),
    lambda size: size([2]) + 1,
    lambda size: size([2]) + None,
    lambda size: size([2]) + "a",
    lambda size: size([2]) + torch.tensor([1]),
    lambda size: size([2, 3]) + np.array([1, 2]),
    lambda size: np.array([1, 2]) + size([2, 3]),
    lambda size: size([2]) * 2,
    lambda size: 2 * size([2]),
    lambda size: size([2]) * 0,
    lambda size: size([2]) * 1.5,
    lambda size: size([2]) * "a",
    lambda size: size([2]) * None,
    lambda size: size([2]) * np.int64(2),
    lambda size: size([2, 3, 4]).numel(),
    lambda size: size().numel(),
    lambda size: size([0, 2]).numel(),
    lambda size: size([np.int64(2), 3]).numel(),
    lambda size: size([2, 3]) == (2, 3),
    lambda size: size([2, 3]) == [2, 3],
    lambda size: hash(size([2, 3])) == hash((2, 3)),
    lambda size: size([2, 3]) < (3,),
    lambda size: copy.deepcopy(size([2, 3])),
    lambda size: pickle.loads(pickle.dumps(size([2, 3]))),
    lambda size: type("Sub", (size,), {}),
    lambda size: repr(size),
]


@pytest.mark.parametrize("element", ELEMENTS, ids=repr)
def test_element(element: object):
    assert outcome(lambda size: size([1, element]), Size) == outcome(
        lambda size: size([1, element]), torch.Size
    )


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression(expression: Callable[[Any], Any]):
    assert outcome(expression, Size) == outcome(expression, torch.Size)
