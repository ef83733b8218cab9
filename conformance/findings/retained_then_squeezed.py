"""An assertion of torch fails where a tensor that retains its gradient is squeezed and written (torch 2.13).

`squeeze_()` gives the tensor a new node, and the hook that retains its gradient stays with the one before. The next
write in place would move the hook on, and "out != nullptr INTERNAL ASSERT FAILED". All calls are allowed, and without
`retain_grad()` nothing fails.
"""

import sys

import torch


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    try:
        x = torch.tensor(1.0, requires_grad=True)
        y = x.exp()
        y.retain_grad()
        y.squeeze_()
        y.tanh_()
    except RuntimeError as error:
        return str(error).splitlines()[0] if "INTERNAL ASSERT FAILED" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
