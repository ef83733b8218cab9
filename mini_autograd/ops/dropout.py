"""Dropout: elements, or whole features, put to 0 at random, the others scaled up."""

import math

from mini_autograd.graph.operations import F, options_of
from mini_autograd.op.declare import op

# fmt: off

# The fixed point of the self-normalizing activation that alpha dropout goes with.
ALPHA = 1.7580993408473766


def check_probability(p):
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")


def dropout(in_place, features, alpha):
    """A function of tensor, probability and whether it is training."""
    multiply = F.mul_ if in_place else F.mul

    def apply(input, p, train):
        check_probability(p)
        if p == 0 or not train or not input._array.size:
            return input
        if p == 1:
            return multiply(input, F.zeros((), **options_of(input)))
        noise = features_of(input) if features else F.empty_like(input)
        noise = F.bernoulli_(noise, 1 - p)
        if not alpha:
            return multiply(input, F.div_(noise, 1 - p))
        scale = 1 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
        shift = F.add_(F.mul_(F.add(noise, -1), ALPHA * scale), ALPHA * scale * p)
        return F.add_(multiply(input, F.mul_(noise, scale)), shift)

    return apply


def features_of(input):
    """A new tensor with an element for each index of the first two dimensions."""
    shape = input._array.shape
    if len(shape) < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return F.empty((*shape[:2], *(1,) * (len(shape) - 2)), **options_of(input))


for name, features, alpha in (
    ("dropout", False, False), ("feature_dropout", True, False), ("alpha_dropout", False, True),
    ("feature_alpha_dropout", True, True),
):
    op(f"{name}(Tensor input, float p, bool train) -> Tensor", variants="function",
        composite=dropout(False, features, alpha))
    op(f"{name}_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", variants="function",
        composite=dropout(True, features, alpha))
