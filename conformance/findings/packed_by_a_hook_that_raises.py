"""A saved tensor whose pack hook raises as it is registered is read from memory that was freed (torch 2.13).

`register_hooks` has taken the tensor out before it calls the hook, and keeps the hooks: what is looked at afterwards,
`data`, `unpack_hook` or the saved value itself, or a backward pass, finds nothing and ends the process by a signal.
The documentation of saved tensor hooks says of a pack hook only that it may return any object. One that raises is no
reason to crash: a registration that fails has to leave the saved tensor as it was, as the library under test does.

So programs in which the hook would raise are not drawn.
"""

import subprocess
import sys

import torch

READING = """
import torch

def pack(tensor):
    raise ValueError

x = torch.ones(2, requires_grad=True)
raw = (x * x).grad_fn._raw_saved_self
try:
    raw.register_hooks(pack, lambda packed: packed)
except ValueError:
    raw.data
"""


def shown() -> str | None:
    """How a process that looks at the saved tensor ends; None where it goes on."""
    ended = subprocess.run([sys.executable, "-c", READING], capture_output=True, timeout=120).returncode
    return f"the process ended with status {ended}" if ended < 0 else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
