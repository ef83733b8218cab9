"""An assertion of torch fails where a tensor that retains its gradient is detached and written (torch 2.13).

`detach_()` leaves no node to a tensor whose gradient is retained. A write that needs a gradient gives it a new one, to
which the hook of the old would have to be moved, and "old_fn INTERNAL ASSERT FAILED". The tensor is a leaf by then, on
which nobody forbids such a write.
"""

import sys

import torch


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    try:
        y = torch.tensor([1.0, 1.0], requires_grad=True).exp()
        y.retain_grad()
        y.detach_()
        y.mul_(torch.tensor(1.0, requires_grad=True))
    except RuntimeError as error:
        return str(error).splitlines()[0] if "INTERNAL ASSERT FAILED" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
