"""The checks of likelihoods on a GPU, where what they find is told later, and what counts stays there."""

from __future__ import annotations

from typing import Any

import numpy as np

from mini_autograd.kernels.cuda import fault
from mini_autograd.kernels.cuda.instance import current


def checked(target: Any, count: int, ignore_index: int) -> tuple[Any, Any]:
    """The classes, 0 for ignored ones, and which are not."""
    xp = current().xp
    target = target.astype(np.int64, copy=False)
    kept = target != ignore_index
    classes = xp.where(kept, target, 0)
    wrong = (classes < 0) | (classes >= count)
    fault.note("nll_loss: Assertion `t >= 0 && t < n_classes` failed.", wrong)
    return xp.where(wrong, 0, classes), kept


def weight_of(classes: Any, kept: Any, weight: Any, dtype: Any) -> Any:
    weights = kept if weight is None else weight[classes] * kept
    return weights.sum(dtype=dtype)


def check_probabilities(name: str, values: Any) -> None:
    wrong = ~((values >= 0) & (values <= 1))
    fault.note(f"binary_cross_entropy: Assertion `{name}_val >= zero && {name}_val <= one` failed.", wrong)
