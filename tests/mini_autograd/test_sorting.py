"""Sorting, selection by rank, unique elements, binary search and counting, against torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import EVERY, layouts, make, of, same

CALLS: dict[str, Any] = {
    "sort()": lambda lib, x: x.sort(),
    "sort(0, True)": lambda lib, x: lib.sort(x, 0, True),
    "sort(stable=True)": lambda lib, x: x.sort(stable=True, dim=0, descending=True),
    "argsort()": lambda lib, x: x.argsort(),
    "argsort(stable=True)": lambda lib, x: lib.argsort(x, stable=True, descending=True),
    "msort()": lambda lib, x: x.msort(),
    "topk(1)": lambda lib, x: x.topk(1),
    "topk(2, 0, largest=False)": lambda lib, x: lib.topk(
        x, min(x.shape[0], 2) if x.ndim else 1, 0, largest=False
    ),
    "kthvalue(1, 0)": lambda lib, x: x.kthvalue(1, 0),
    "kthvalue(1, -1, True)": lambda lib, x: lib.kthvalue(x, 1, -1, True),
    "median()": lambda lib, x: x.median(),
    "median(0)": lambda lib, x: x.median(0),
    "nanmedian()": lambda lib, x: lib.nanmedian(x),
    "nanmedian(-1, True)": lambda lib, x: x.nanmedian(-1, True),
    "mode()": lambda lib, x: x.mode(),
}
SEARCHES: dict[str, Any] = {
    "unique()": lambda lib, x: x.unique(),
    "unique(True, True, True)": lambda lib, x: lib.unique(x, True, True, True),
    "unique(dim=0)": lambda lib, x: lib.unique(x, dim=0, return_inverse=True, return_counts=True),
    "unique_consecutive()": lambda lib, x: x.unique_consecutive(return_inverse=True, return_counts=True),
    "unique_consecutive(dim=-1)": lambda lib, x: lib.unique_consecutive(x, dim=-1, return_counts=True),
    "bucketize": lambda lib, x: lib.bucketize(x, x.flatten().sort()[0]),
    "searchsorted": lambda lib, x: lib.searchsorted(x.sort()[0], x, right=True),
    "histc(5)": lambda lib, x: x.histc(5),
    "histc(5, -1, 1)": lambda lib, x: lib.histc(x, 5, -1, 1),
}


def distinct(dtype: str) -> torch.Tensor:
    """Twelve different elements: which of equal ones is chosen is not specified."""
    values = torch.randperm(12, generator=torch.Generator().manual_seed(3)).reshape(3, 4)
    return values.to(getattr(torch, dtype))


@pytest.mark.parametrize("shape", list(layouts()))
@pytest.mark.parametrize("name", CALLS)
def test_derivatives(name: str, shape: str) -> None:
    if shape == "expanded" and name in ("kthvalue(1, -1, True)", "median()", "nanmedian(-1, True)"):
        pytest.skip("which of equal elements is chosen is not specified, and nanmedian's value not written")
    same(CALLS[name], layouts("float64")[shape])


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", [*CALLS, *SEARCHES])
def test_dtypes(name: str, dtype: str) -> None:
    same((CALLS | SEARCHES)[name], distinct(dtype), second=False, forward=False)


@pytest.mark.parametrize("shape", [name for name in layouts() if name not in ("0-d",)])
@pytest.mark.parametrize("name", SEARCHES)
def test_searches(name: str, shape: str) -> None:
    same(SEARCHES[name], layouts("float64")[shape], grad=False)


NAN = float("nan")


@pytest.mark.parametrize(
    "values",
    [
        (1.0, NAN, 3.0),
        (NAN, NAN),
        (1.0, 3.0, 2.0, 2.0),
        (2.0, 2.0, 1.0, 1.0),
        (0.0, -0.0, 0.0),
        (NAN, 1.0, NAN, 0.0),
    ],
)
@pytest.mark.parametrize(
    "name",
    [name for name in CALLS if not name.startswith(("topk", "kth", "mode"))] + ["unique()", "bucketize"],
)
def test_ties_and_nan(name: str, values: tuple) -> None:
    same((CALLS | SEARCHES)[name], of(*values, dtype="float64"), second=False)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("k", [0, 1, 7, 17, 30])
@pytest.mark.parametrize("dim", [0, 1])
def test_topk_of_many(dim: int, k: int, largest: bool) -> None:
    values = torch.randperm(70 * 80, generator=torch.Generator().manual_seed(1)).reshape(70, 80).double()
    values[3, 5] = float("nan")
    same(lambda lib, x: x.topk(min(k, x.shape[dim]), dim, largest), values, grad=False)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dim", [0, 1])
def test_stable_sort_of_many(dim: int, descending: bool) -> None:
    values = torch.randint(-9, 9, (40, 60), generator=torch.Generator().manual_seed(4)).float()
    values[values == 0] = -0.0
    values[3:30, 5:15] = torch.tensor(
        [0.0, NAN, float("inf"), -float("inf"), 1e-45, -1e-45, 3e38, 0.5, -NAN, -2.0]
    )
    same(lambda lib, x: x.sort(stable=True, dim=dim, descending=descending), values, grad=False)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("largest", [False, True])
@pytest.mark.parametrize("k", [1, 2, 4, 5, 100, 299, 300])
def test_topk_of_many_equal_elements(k: int, largest: bool, ordered: bool) -> None:
    values = torch.randint(0, 9, (2, 300), generator=torch.Generator().manual_seed(5)).double()
    values[1, ::7] = NAN
    same(lambda lib, x: x.topk(k, -1, largest, ordered), values, grad=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: x.sort(2),
        lambda lib, x: x.topk(4),
        lambda lib, x: x.topk(-1),
        lambda lib, x: x.topk(1, 5),
        lambda lib, x: x.kthvalue(0),
        lambda lib, x: x.kthvalue(4),
        lambda lib, x: x.median(3),
        lambda lib, x: x.mode(-4),
        lambda lib, x: x.sort("a"),
        lambda lib, x: lib.searchsorted(x, x[0]),
        lambda lib, x: lib.searchsorted(x, x, side="middle"),
        lambda lib, x: lib.bucketize(x, x),
        lambda lib, x: x.histc(0),
        lambda lib, x: x.histc(3, 2, 1),
        lambda lib, x: lib.bincount(x),
        lambda lib, x: x.kthvalue(1, 2),
    ],
)
def test_errors(call: Any) -> None:
    same(call, make(2, 3), grad=False)


@pytest.mark.parametrize("name", ["kthvalue", "median", "mode", "max", "argmax"])
def test_selection_from_nothing(name: str) -> None:
    same(lambda lib, x: getattr(x, name)(*([1] if name == "kthvalue" else []), dim=1), make(2, 0), grad=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: lib.bincount(x),
        lambda lib, x: lib.bincount(x, minlength=9),
        lambda lib, x: lib.bincount(x, x * 0.5),
        lambda lib, x: lib.bincount(x - 9),
        lambda lib, x: lib.bincount(x[:0]),
        lambda lib, x: lib.bincount(x, minlength=-1),
        lambda lib, x: lib.bincount(x, x[:1]),
    ],
)
def test_bincount(call: Any) -> None:
    same(call, torch.tensor([3, 1, 1, 0]), grad=False)
