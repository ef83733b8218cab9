"""A second backward pass cannot add to a gradient that is 0 everywhere (torch 2.13).

torch keeps the gradient of sgn as a tensor without memory, for it is 0 everywhere, and puts it into `.grad` as it is.
The next pass is to add to it, and raises "ZeroTensors are immutable". A gradient that was accumulated once has to be
one that more can be added to, as that of any other function is.
"""

import sys

import torch


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    try:
        x = torch.tensor(1.0, requires_grad=True)
        y = torch.sgn(x)
        y.backward(retain_graph=True)
        y.backward()
    except RuntimeError as error:
        return str(error).splitlines()[0] if "ZeroTensors are immutable" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
