"""Which ops draw random numbers."""

from __future__ import annotations

from mini_autograd.op.row import Op

# fmt: off
WITHOUT_GENERATOR = frozenset((
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like",
    "dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout",
))
# fmt: on


def is_random(op: Op) -> bool:
    return "generator" in op.names or op.name.removesuffix("_") in WITHOUT_GENERATOR
