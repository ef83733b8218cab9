"""`torch.fft.ihfftn` along one dimension does not write its result to `out` (torch 2.13).

Along two dimensions it does. Along one it is returned as `ihfft` would give it, but what is returned is `out`, as it
was before.
"""

import sys

import torch


def shown() -> str | None:
    """What `out` holds beside the result; None where it is the result."""
    signal = torch.tensor([1.0, 2.0, 4.0, 8.0])
    right = torch.fft.ihfftn(signal, dim=0)
    out = torch.zeros_like(right)
    torch.fft.ihfftn(signal, dim=0, out=out)
    if torch.allclose(out, right):
        return None
    return f"{out.tolist()} is left in `out`, where the result is {right.tolist()}"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
