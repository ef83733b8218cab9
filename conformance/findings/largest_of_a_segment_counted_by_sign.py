"""`torch.segment_reduce` shares a gradient among equal extrema only where it is positive (torch 2.13).

Each of two equal largest elements is given half of a positive gradient, and all of a negative one.
"""

import sys

import torch


def shown() -> str | None:
    """The gradients for 1 and for -1; None where they are opposite."""
    data = torch.ones(2, requires_grad=True)
    largest = torch.segment_reduce(data, "max", lengths=torch.tensor([2]))
    (up,) = torch.autograd.grad(largest, data, torch.ones(1), retain_graph=True)
    (down,) = torch.autograd.grad(largest, data, -torch.ones(1))
    if torch.equal(up, -down):
        return None
    return f"{up.tolist()} for 1, {down.tolist()} for -1"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
