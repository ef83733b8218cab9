"""The functions of ``torch.fft``."""

from mini_autograd import ops  # noqa: F401 -- declares them
from mini_autograd.op.declare import FFT

globals().update({name.removeprefix("fft_"): packet for name, packet in FFT.items()})
