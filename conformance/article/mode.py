"""What the article says of torch.no_grad."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..suite import Reading, Seen
from ..suite.shorthand import call, get, leaf, no_grad
from ..timing import Phase, time_pair
from .claim import Claim

MANY = 100

UNTRACKED = (leaf("x", [1.0, 2.0]), no_grad(call("y", "mul", "x", "x")))


@functools.cache
def untracked_time(lib: Any, length: int) -> Phase:
    """How long a chain of products of 4 elements takes wrapped in no_grad, beside the same chain tracked."""
    x = lib.ones(4, requires_grad=True)

    def chain() -> None:
        y = x
        for _ in range(length):
            y = y * x

    def wrapped() -> None:
        with lib.no_grad():
            chain()

    return time_pair(chain, wrapped)


def faster(length: int) -> Reading:
    """The chain takes less time wrapped, by more than the noise."""

    def true(run: Seen) -> bool:
        took = untracked_time(run.lib, length)
        return took.ratio + took.noise < 1

    chain = [
        call("y1", "mul", "x", "x"),
        *(call(f"y{at + 1}", "mul", f"y{at}", "x") for at in range(1, length)),
    ]
    return Reading((leaf("x", [1.0, 1.0, 1.0, 1.0]), no_grad(*chain)), true, measured=True)


def timed(length: int) -> Callable[[Seen], str]:
    """The measured time in words."""

    def today(run: Seen) -> str:
        took = untracked_time(run.lib, length)
        return (
            f"{length} multiplication{'s' * (length > 1)} of 4 elements took {took.ratio:.2f} of the time "
            f"when wrapped, with a noise of {took.noise:.1%}"
        )

    return today


NO_GRAD = (
    Claim(
        "no-grad-stops-tracking",
        "no_grad",
        "Inside torch.no_grad() nothing is tracked.",
        Reading(UNTRACKED, lambda run: not run["y"].requires_grad and run["y"].is_leaf),
        lambda run: f"y.requires_grad is {run['y'].requires_grad}, y.is_leaf {run['y'].is_leaf}",
    ),
    Claim(
        "no-grad-forms-no-graph",
        "no_grad",
        "Inside torch.no_grad() no backward graph is formed.",
        Reading(UNTRACKED, lambda run: run["y"].grad_fn is None),
        lambda run: f"y.grad_fn is {run['y'].grad_fn}",
    ),
    Claim(
        "no-grad-ends-with-block",
        "no_grad",
        "Only the code that is wrapped is affected.",
        Reading(
            (*UNTRACKED, call("z", "mul", "x", "x"), get("tracked", "x", "requires_grad")),
            lambda run: run["z"].requires_grad and run["tracked"] is True,
        ),
        lambda run: f"after the block a product of x has requires_grad {run['z'].requires_grad}",
    ),
    Claim(
        "no-grad-faster",
        "no_grad",
        "The wrapped code runs faster.",
        faster(MANY),
        timed(MANY),
    ),
    Claim(
        "no-grad-always-faster",
        "no_grad",
        "It runs faster whenever no gradients are needed.",
        faster(1),
        timed(1),
    ),
)
