"""An assertion of torch fails where a conjugate is asked for its history after a write (torch 2.13).

A view that is a conjugate, or the real or imaginary part, is made anew when its base was written. In inference mode
the new one has no history, and "new_fn INTERNAL ASSERT FAILED" at whatever looks at it, `is_leaf` included. A view of
another kind keeps the history that it had.
"""

import sys

import torch


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    try:
        x = torch.tensor(1.0 + 0.0j, requires_grad=True)
        y = torch.conj(x)
        with torch.inference_mode():
            x.copy_(x)
            _ = y.is_leaf
    except RuntimeError as error:
        return str(error).splitlines()[0] if "INTERNAL ASSERT FAILED" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
