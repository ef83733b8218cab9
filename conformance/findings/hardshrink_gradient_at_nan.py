"""The gradient of hardshrink at NaN hangs on where in memory the element lies (torch 2.13).

In elements that fill vector registers it is 0, in those left over at the end it is that of the output: so the same
number has another gradient in a tensor of another length, and on another processor. hardtanh, hardswish, elu, selu,
celu, relu6 and softshrink have gradients of that kind too.
"""

import sys

import torch

OF_THE_MACHINE = True  # another processor, or another build of torch, may run other code


def shown() -> str | None:
    """The gradients at the same number in a tensor of 65 elements; None where they are one."""
    x = torch.full((65,), float("nan"), requires_grad=True)
    torch.nn.functional.hardshrink(x).sum().backward()
    found = x.grad.unique().tolist()
    return f"gradients at NaN: {found}" if len(found) > 1 else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
