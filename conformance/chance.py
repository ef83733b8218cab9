"""Statements that draw random numbers, of which two devices, and two libraries on one device, draw others.

NOTE [Drawn on a device]: of what such a statement gives, dtype, shape, device and graph are compared on a device, and
the numbers only as a sample of a distribution; then the subject is given the reference's numbers, as if both had drawn
them on the host and moved them, so that all that is computed from them is compared as ever. What a node saved of a
draw, as a mask, from which gradients are computed, is given also where no graph is compared. Where the numbers are
drawn inside of something that runs as a whole, as a function that is checkpointed, no one can be given them: from there
on the program's values are compared as samples only. A check of gradients draws too, and leaves nothing but its
verdict: what hooks were shown meanwhile is a sample. How often that happened is counted, and told.
"""

from __future__ import annotations

import math

import numpy

from .statements import Checkpoint, Op, Seeded, Statement, Transform
from .statements.statement import nested
from .statements.transform import SEEDED
from .tolerance import Array

# The last word of the names of functions and methods that draw, without the underscore of those in place.
_DRAWING = """
    alpha_dropout bernoulli binomial cauchy dropout dropout1d dropout2d dropout3d exponential feature_alpha_dropout
    feature_dropout fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d
    fractional_max_pool3d_with_indices geometric gumbel_softmax log_normal lobpcg multinomial native_dropout normal
    pca_lowrank poisson rand rand_like randint randint_like randn randn_like random randperm rrelu svd_lowrank uniform
    """
DRAWING = frozenset(_DRAWING.split())
PROBABILITIES = ("dropout_p", "dropout", "p")  # by which others draw, where they are given and not 0
WITH_PROBABILITY = frozenset(("scaled_dot_product_attention", "multi_head_attention_forward"))
FEW = 16  # numbers of which a distribution says nothing
FAR = 8.0  # standard errors that the means of two samples of one distribution are never apart


def draws(statement: Statement) -> bool:
    """Whether a statement draws random numbers, or one in it."""
    return any(isinstance(one, Seeded) or _draws(one) for one in nested(statement))


def _draws(statement: Statement) -> bool:
    if isinstance(statement, Checkpoint):
        return statement.name == "noise"
    if isinstance(statement, Transform):
        return statement.call in SEEDED
    if not isinstance(statement, Op):
        return False
    name = statement.name.rpartition(".")[2].rstrip("_")
    if name in WITH_PROBABILITY:
        return any(statement.kwargs.get(key) for key in PROBABILITIES) or len(statement.args) > 4
    return name in DRAWING


def in_the_open(statement: Statement) -> bool:
    """Whether what a statement draws is what it gives: NOTE [Drawn on a device]."""
    inner = statement.statement if isinstance(statement, Seeded) else statement
    return isinstance(inner, Op | Transform)


def alike(expected: Array, got: Array) -> bool:
    """Whether two samples may be of one distribution, as far as their means tell."""
    if expected.size < FEW or expected.dtype.kind not in "fiub":
        return True
    one: Array = expected.astype(numpy.float64).ravel()
    other: Array = got.astype(numpy.float64).ravel()
    if not (numpy.isfinite(one).all() and numpy.isfinite(other).all()):
        return bool(numpy.isfinite(one).any() == numpy.isfinite(other).any())
    error = math.sqrt((one.var() + other.var()) / one.size)
    return bool(abs(one.mean() - other.mean()) <= FAR * error + 1e-6 * abs(one.mean()))
