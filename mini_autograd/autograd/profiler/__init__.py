"""How long ops, nodes of the graph and stretches of the user's own take on the CPU.

What torch's profiler does beyond that, as flops, memory, devices and the ops that an op is made of, is not there.
See https://pytorch.org/docs/stable/autograd.html#profiler.
"""

from mini_autograd.autograd.profiler.profile import profile
from mini_autograd.autograd.profiler.record_function import record_function

__all__ = ["profile", "record_function"]
