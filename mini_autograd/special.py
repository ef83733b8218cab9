"""The functions of ``torch.special``."""

from mini_autograd.op.declare import SPECIAL

globals().update({name.removeprefix("special_"): packet for name, packet in SPECIAL.items()})
