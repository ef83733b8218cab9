"""Reductions against torch: values, dtypes, strides, graphs, derivatives of every kind, errors."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import COMPLEX, EVERY, layouts, make, of, same

# Calls of one tensor, by the text a reader knows them by.
CALLS: dict[str, Any] = {
    "sum()": lambda lib, x: x.sum(),
    "sum(-1)": lambda lib, x: x.sum(-1),
    "sum((0, -1), True)": lambda lib, x: x.sum((0, -1) if x.ndim > 1 else 0, True),
    "sum([])": lambda lib, x: lib.sum(x, []),
    "nansum(0)": lambda lib, x: x.nansum(0),
    "mean()": lambda lib, x: x.mean(),
    "mean(0, keepdim=True)": lambda lib, x: lib.mean(x, 0, keepdim=True),
    "nanmean(-1)": lambda lib, x: x.nanmean(-1),
    "prod()": lambda lib, x: x.prod(),
    "prod(-1, True)": lambda lib, x: x.prod(-1, True),
    "amax(0)": lambda lib, x: x.amax(0),
    "amin()": lambda lib, x: x.amin(),
    "aminmax(dim=-1)": lambda lib, x: x.aminmax(dim=-1),
    "max()": lambda lib, x: x.max(),
    "max(0)": lambda lib, x: x.max(0),
    "min(-1, True)": lambda lib, x: x.min(-1, True),
    "max(other)": lambda lib, x: lib.max(x, x * 0.5),
    "argmax()": lambda lib, x: x.argmax(),
    "argmin(0, True)": lambda lib, x: x.argmin(0, True),
    "any()": lambda lib, x: x.any(),
    "any(0)": lambda lib, x: lib.any(x, 0),
    "all((0,), True)": lambda lib, x: x.all((0,), True),
    "count_nonzero(0)": lambda lib, x: x.count_nonzero(0),
    "var()": lambda lib, x: x.var(),
    "var(0, False)": lambda lib, x: x.var(0, False),
    "std(correction=0)": lambda lib, x: x.std(dim=-1, correction=0, keepdim=True),
    "var_mean()": lambda lib, x: lib.var_mean(x),
    "std_mean(-1)": lambda lib, x: lib.std_mean(x, -1),
    "logsumexp(0)": lambda lib, x: x.logsumexp(0),
}
HIGHER = [name for name in CALLS if not name.startswith(("arg", "any", "all", "count"))]
SHAPES = list(layouts())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CALLS)
def test_derivatives(name: str, shape: str) -> None:
    # The tangent of a variance is a sum of deviations, whose terms are 50 times as large as it is here.
    grad_ulp = 64 if name.startswith(("var", "std")) else 16
    same(CALLS[name], layouts("float64")[shape], grad_ulp=grad_ulp)


@pytest.mark.parametrize("dtype", EVERY)
@pytest.mark.parametrize("name", CALLS)
def test_dtypes(name: str, dtype: str) -> None:
    ulp = {"float16": 2, "bfloat16": 2}.get(dtype, 8)
    same(CALLS[name], make(3, 4, dtype=dtype), second=False, forward=False, ulp=ulp, grad_ulp=16)


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", ["sum()", "mean()", "prod()", "prod(-1, True)", "var()", "std_mean(-1)"])
def test_complex(name: str, dtype: str) -> None:
    same(CALLS[name], make(3, 4, dtype=dtype))


@pytest.mark.parametrize("name", HIGHER)
def test_ties(name: str) -> None:
    same(CALLS[name], torch.tensor([[1.0, 3.0, 3.0], [3.0, 2.0, 1.0]], dtype=torch.float64))


@pytest.mark.parametrize("zeros", [1, 2, 3])
@pytest.mark.parametrize("name", ["prod()", "prod(-1, True)", "std(correction=0)", "logsumexp(0)"])
def test_zeros(name: str, zeros: int) -> None:
    same(CALLS[name], of(*[0.0] * zeros, *[2.0, -3.0, 0.5][zeros - 1 :], dtype="float64"))


@pytest.mark.parametrize(
    "values", [(float("nan"), 1.0, 2.0), (float("inf"), 1.0), (-float("inf"), -float("inf"))]
)
@pytest.mark.parametrize("name", CALLS)
def test_special_values(name: str, values: tuple) -> None:
    same(CALLS[name], of(*values), second=False, forward=False)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "bool"])
@pytest.mark.parametrize("name", ["sum", "mean", "prod", "nansum"])
def test_dtype_argument(name: str, dtype: str) -> None:
    same(lambda lib, x: getattr(x, name)(dtype=getattr(lib, dtype)), make(2, 3), second=False, forward=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, x: x.sum(2),
        lambda lib, x: x.sum((0, 0)),
        lambda lib, x: x.mean((0, -2)),
        lambda lib, x: x.max(5),
        lambda lib, x: x.amax((0, 3)),
        lambda lib, x: x.prod((0, 1)),
        lambda lib, x: x.var("a"),
        lambda lib, x: x.logsumexp(()),
        lambda lib, x: x.argmax(1.5),
    ],
)
def test_bad_dimensions(call: Any) -> None:
    same(call, make(2, 3), grad=False)


@pytest.mark.parametrize("name", ["amax", "amin", "max", "min", "argmax", "argmin", "aminmax"])
@pytest.mark.parametrize("dim", [None, 0, 1])
def test_extrema_of_nothing(name: str, dim: int | None) -> None:
    def call(lib: Any, x: Any) -> Any:
        return getattr(x, name)() if dim is None else getattr(x, name)(dim=dim)

    same(call, make(2, 0), grad=False)


@pytest.mark.parametrize("shape", [(1 << 16,), (4096, 5), (5, 4096), (40, 50, 60)])
@pytest.mark.parametrize("dim", [0, -1, None])
def test_sums_are_as_accurate_as_torch(shape: tuple, dim: int | None) -> None:
    import mini_autograd as mini

    x = torch.rand(shape, generator=torch.Generator().manual_seed(0)) + 0.1
    exact = x.double().sum(dim) if dim is not None else x.double().sum()
    ours = mini.from_numpy(x.numpy()).sum(dim) if dim is not None else mini.from_numpy(x.numpy()).sum()
    theirs = x.sum(dim) if dim is not None else x.sum()
    error = (torch.from_numpy(ours.numpy()).double() - exact).abs().max() / exact.abs().max()
    bound = (theirs.double() - exact).abs().max() / exact.abs().max()
    assert error <= max(4 * bound, 2e-7)


def test_names_of_results() -> None:
    import mini_autograd as mini

    x = torch.tensor([[1.0, 3.0], [4.0, 2.0]])
    ours, theirs = mini.tensor(x.tolist()).max(0), x.max(0)
    assert repr(ours) == repr(theirs)
    assert (ours.values.tolist(), ours.indices.tolist()) == (theirs.values.tolist(), theirs.indices.tolist())
    assert isinstance(ours, mini.return_types.max)
