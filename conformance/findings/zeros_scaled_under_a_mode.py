"""Multiplying zeros without memory by a number crashes under a dispatch mode (torch 2.13).

Such zeros are the tangents of what has none: `ldexp` of a dual number makes some of its exponents, and scales them.
Under any `TorchDispatchMode` the process dies of SIGSEGV. So runs of a program under such a mode give zeros memory.
"""

import subprocess
import sys

import torch

PROGRAM = """
import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Mode(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


with torch.autograd.forward_ad.dual_level():
    x = torch.autograd.forward_ad.make_dual(torch.ones(2), torch.ones(2))
    with Mode():
        torch.ldexp(x, torch.ones(2, dtype=torch.int32))
"""


def shown() -> str | None:
    """How the process ends; None where it lives."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=False).returncode
    return f"the process ends by signal {-ended}" if ended < 0 else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
