"""Windows of signals against torch."""

from __future__ import annotations

import pytest
import torch

import mini_autograd
from mini_autograd.signal import windows
from tests.mini_autograd.against_torch import same

OPTIONS = {"general_cosine": {"a": [0.46, 0.23, 0.31]}}


@pytest.mark.parametrize("name", windows.__all__)
@pytest.mark.parametrize("length", [0, 1, 2, 7])
@pytest.mark.parametrize("sym", [True, False])
def test_window(name: str, length: int, sym: bool) -> None:
    options = {"sym": sym, **OPTIONS.get(name, {})}
    same(
        lambda lib: getattr(lib.signal.windows, name)(length, dtype=lib.float64, **options),
        grad=False,
        ulp=16,
    )


def test_names() -> None:
    assert sorted(windows.__all__) == sorted(torch.signal.windows.__all__)
    assert mini_autograd.signal.windows is windows
