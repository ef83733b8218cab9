"""Writing to a second output that retains its gradient fails an assertion of torch, or ends the process (torch 2.13).

The hook that retains the gradient is kept under the number of the output. A write in place makes the tensor the only
output of its new node, where that number is not: "out != nullptr INTERNAL ASSERT FAILED" where it is written to itself,
and where it is written to through a view, the hook stays with an output that the node does not have, and the backward
pass reads beyond its list of gradients. All calls are allowed, and without `retain_grad()` nothing fails.

No such program is drawn; the library under test gives the gradient of what was written.
"""

import sys

import torch


def shown() -> str | None:
    """What torch says; None where it does what was asked."""
    x = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    try:
        logarithm = torch.linalg.slogdet(x).logabsdet
        logarithm.retain_grad()
        logarithm.add_(1)
    except RuntimeError as error:
        return str(error).splitlines()[0] if "INTERNAL ASSERT FAILED" in str(error) else None
    return None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
