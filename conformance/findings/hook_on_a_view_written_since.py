"""A hook on a view crashes where its base was written in place since the view was made (torch 2.13).

Its node is made anew when it is next asked for; `register_hook` finds none and the process dies of SIGSEGV. It works
once `grad_fn` was read. So programs read that before they hook a view, and mutated ones leave the hook out.
"""

import subprocess
import sys

import torch

PROGRAM = """
import torch
x = torch.ones(2, requires_grad=True).clone()
view = x.view(-1)
x.mul_(2)
view.register_hook(lambda grad: grad)
"""


def shown() -> str | None:
    """How the process ends; None where it lives."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=False).returncode
    return f"the process ends by signal {-ended}" if ended < 0 else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
