"""Neural network functions, spelled as torch spells them."""

from mini_autograd.nn import functional, parameter
from mini_autograd.nn.parameter import Parameter

__all__ = ["Parameter", "functional", "parameter"]
