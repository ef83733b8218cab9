"""Reductions, scans and normalisations of what a mask leaves."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.mini_autograd.against_torch import make, same

REDUCTIONS = ("sum", "prod", "amax", "amin", "mean", "var", "std", "logsumexp", "norm")
ALONG = ("softmax", "log_softmax", "softmin", "cumsum", "cumprod", "median", "argmax", "argmin")
MASK = torch.tensor([[True, False, True], [True, True, True], [False, False, False], [True, False, False]])


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dim", [None, 1, (0, 1), (), 2, (1, 1)])
def test_reductions(name: str, dim: Any):
    for dtype in ("float64", "complex128", "int64", "bool"):
        for mask in (None, MASK, MASK[:, :1], MASK[None]):
            same(
                lambda lib, x, mask: getattr(lib.masked, name)(x, dim=dim, mask=mask),
                make(4, 3, dtype=dtype),
                mask,
                grad=False,
            )


@pytest.mark.parametrize("name", ALONG)
def test_along_a_dimension(name: str):
    for mask in (None, MASK):
        same(
            lambda lib, x, mask: getattr(lib.masked, name)(x, 1, mask=mask),
            make(4, 3, dtype="float64"),
            mask,
            second=False,
        )


def test_normalize():
    same(lambda lib, x, mask: lib.masked.normalize(x, 2.0, 1, mask=mask), make(4, 3), MASK, second=False)
