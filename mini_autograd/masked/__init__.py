"""Reductions, scans and normalisations of the elements that a mask leaves, as ``torch.masked`` has them.

See https://docs.pytorch.org/docs/stable/masked.html.
"""

from mini_autograd.masked.extremum import amax, amin, argmax, argmin
from mini_autograd.masked.moment import mean, std, var
from mini_autograd.masked.normalization import log_softmax, normalize, softmax, softmin
from mini_autograd.masked.reduction import logaddexp, logsumexp, median, norm, prod, sum
from mini_autograd.masked.scan import cumprod, cumsum

__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]
