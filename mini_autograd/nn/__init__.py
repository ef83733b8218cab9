"""Neural network functions, spelled as torch spells them."""

from mini_autograd.nn import functional
