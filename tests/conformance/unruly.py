"""Torch with functions that do what no library should: end the process, hang, fill memory, leave state behind."""

import os
import signal
import threading
import time

import torch

Tensor = torch.Tensor


def exp(x):
    """Ends the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def sin(x):
    """Exits."""
    raise SystemExit(3)


def cos(x):
    """Hangs."""
    time.sleep(1000)


def tanh(x):
    """Fills memory."""
    return torch.tanh(x) + len(bytearray(1 << 40))


default = [torch.float32]


def get_default_dtype():
    return default[0]


def set_default_dtype(dtype):
    default[0] = dtype


def sqrt(x):
    """Leaves another default dtype behind."""
    set_default_dtype(torch.float64)
    return torch.sqrt(x)


def neg(x):
    """Leaves a thread behind."""
    threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
    return torch.neg(x)


def __getattr__(name):
    return getattr(torch, name)
