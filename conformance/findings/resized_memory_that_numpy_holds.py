"""A tensor claims elements outside of its memory after `resize_` was refused (torch 2.13).

Memory that numpy looks at too cannot be given up for more, and torch says so: but only after it has given the tensor
the new sizes, which stay. Whatever reads it from then on reads beyond the end of its memory. An error has to leave a
tensor as it was.
"""

import sys

import torch


def shown() -> str | None:
    """What the tensor claims and what it has; None where it is as it was."""
    x = torch.zeros(2)
    x.numpy()
    try:
        x.resize_(1000)
    except RuntimeError:
        has, claims = x.untyped_storage().nbytes(), x.numel() * x.element_size()
        return f"{claims} bytes claimed of {has}" if claims > has else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
