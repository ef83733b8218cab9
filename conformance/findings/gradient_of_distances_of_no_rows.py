"""The gradient of the distances between the rows of a matrix that has none ends the process (torch 2.13)."""

import subprocess
import sys

PROGRAM = """
import torch
x = torch.zeros(0, 3, requires_grad=True)
torch.nn.functional.pdist(x).sum().backward()
"""


def shown() -> str | None:
    """By what signal the process ended; None where it came to its end."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=False).returncode
    return f"the process ended by signal {-ended}" if ended < 0 else None


if __name__ == "__main__":
    import torch

    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
