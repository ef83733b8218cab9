"""Torch with faults put into some functions, one of each kind that the harness looks at."""

import warnings

import torch

Tensor = torch.Tensor
RECORDED = torch.is_grad_enabled


def exp(x):
    """With twice the derivative."""
    result = torch.exp(x)
    if result.requires_grad:
        result.register_hook(lambda grad: grad * 2)
    return result


def sin(x):
    """With another value."""
    return torch.sin(x) * 1.5


def square(x):
    """Off the graph."""
    return torch.square(x.detach())


def neg(x):
    """With another dtype."""
    return torch.neg(x).double()


def t(x):
    """A copy, not a view."""
    return torch.t(x).clone()


def sqrt(x):
    """With another node."""
    return torch.pow(x, 0.5)


def log(x):
    """With another error."""
    if not isinstance(x, torch.Tensor):
        raise ValueError("log takes a tensor")
    return torch.log(x)


def ceil(x):
    """With a warning."""
    warnings.warn("ceil is slow", UserWarning, stacklevel=2)
    return torch.ceil(x)


def abs(x):
    """That writes to its argument."""
    with torch.no_grad():
        x.add_(0)
    return torch.abs(x)


def outer(x, *others):
    """That writes to its argument before anything else."""
    with torch.no_grad():
        x.add_(0)
    return torch.outer(x, *others)


def cosh(x):
    """That needs square numbers."""
    raise NotImplementedError("cosh is not there")


def sigmoid(x):
    """Right the first time only in a process."""
    sigmoid.calls += 1
    return torch.sigmoid(x) if sigmoid.calls == 1 else torch.sigmoid(x) + 1


sigmoid.calls = 0


def __getattr__(name):
    return getattr(torch, name)
