"""Connectionist temporal classification: how unlikely a sequence of labels is, in any alignment, and its gradient.

A. Graves et al., "Connectionist Temporal Classification" (2006): the forward variables are equations 6 and 7, the
backward ones 10 and 11, the gradient 15 and 16, here of logarithms of probabilities that come of a softmax.
"""

from __future__ import annotations

from collections.abc import Iterator

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import allocate, allocate_zeros


def sequences(targets: Array, lengths: tuple[int, ...], blank: int) -> Iterator[Array]:
    """For each example its labels with blanks between and around them."""
    begin = 0
    for at, length in enumerate(lengths):
        labels = targets[at, :length] if targets.ndim == 2 else targets[begin : begin + length]
        begin += length
        spaced = xp.full(2 * length + 1, blank, xp.int64)
        spaced[1::2] = labels
        yield spaced


def skips(labels: Array) -> Array:
    """Where a label may follow the one two before it, with no blank between: they differ, and it is none itself."""
    may = xp.zeros(labels.size, xp.bool_)
    may[2:] = labels[2:] != labels[:-2]
    return may


def ctc_loss(
    log_probs: Array,
    targets: Array,
    input_lengths: tuple[int, ...],
    target_lengths: tuple[int, ...],
    blank: int,
    zero_infinity: bool,
) -> tuple[Array, Array]:
    """For each example minus the logarithm of the probability, and the logarithms of the forward variables."""
    steps, examples = log_probs.shape[:2]
    longest = max(target_lengths, default=0)
    alpha = xp.full((examples, steps, 2 * longest + 1), -xp.inf, log_probs.dtype)
    losses = allocate((examples,), log_probs.dtype)
    for at, labels in enumerate(sequences(targets, target_lengths, blank)):
        count = input_lengths[at]
        if not count:
            losses[at] = 0 if labels.size == 1 else xp.inf
            continue
        rows = log_probs[:count, at][:, labels]
        walked(alpha[at, :count, : labels.size], rows, skips(labels))
        ends = alpha[at, count - 1, max(labels.size - 2, 0) : labels.size]
        losses[at] = -xp.logaddexp.reduce(ends)
    return losses, alpha


def walked(alpha: Array, rows: Array, may: Array) -> None:
    """Fill in the forward variables, a row for each step."""
    alpha[0, :2] = rows[0, :2]
    for step in range(1, len(rows)):
        before = alpha[step - 1]
        total = before.copy()
        total[1:] = xp.logaddexp(total[1:], before[:-1])
        total[2:] = xp.where(may[2:], xp.logaddexp(total[2:], before[:-2]), total[2:])
        alpha[step] = total + rows[step]


def ctc_loss_backward(
    grad: Array,
    log_probs: Array,
    targets: Array,
    input_lengths: tuple[int, ...],
    target_lengths: tuple[int, ...],
    neg_log_likelihood: Array,
    log_alpha: Array,
    blank: int,
    zero_infinity: bool,
) -> Array:
    """The gradient of ``log_probs`` for what comes of a softmax: the probability less what the alignments say of it."""
    result = allocate_zeros(log_probs.shape, log_probs.dtype)
    for at, labels in enumerate(sequences(targets, target_lengths, blank)):
        count, loss = input_lengths[at], neg_log_likelihood[at]
        if not count or (zero_infinity and loss == xp.inf):
            continue
        rows = log_probs[:count, at]
        beta = xp.full((count, labels.size), -xp.inf, log_probs.dtype)
        back = labels[::-1]
        walked(beta, rows[::-1][:, back], skips(back))
        both = log_alpha[at, :count, : labels.size] + beta[::-1, ::-1]
        joint = xp.full(rows.shape, -xp.inf, log_probs.dtype)
        for place, label in enumerate(labels.tolist()):
            joint[:, label] = xp.logaddexp(joint[:, label], both[:, place])
        with xp.errstate(invalid="ignore"):
            result[:count, at] = (xp.exp(rows) - xp.exp(joint + loss - rows)) * grad[at]
    return result
