"""What is beside the library proper, spelled as torch spells it."""

from mini_autograd.utils import dlpack

__all__ = ["dlpack"]
