"""Custom autograd Functions of a fixed set, applied to tensors."""

from .apply import FUNCTIONS, Apply

__all__ = ["FUNCTIONS", "Apply"]
