"""The functions of ``torch.linalg``."""

from mini_autograd.errors import LinAlgError  # noqa: F401 -- public
from mini_autograd.op.declare import LINALG

globals().update({name.removeprefix("linalg_"): packet for name, packet in LINALG.items()})
