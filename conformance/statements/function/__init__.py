"""Custom autograd Functions of a fixed set, applied to tensors.

NOTE [Bodies]: each body is printed by its source into scripts that stand alone, so that it is written out whole, as a
person would write it, however much two are alike.
"""

from .apply import FUNCTIONS, Apply

__all__ = ["FUNCTIONS", "Apply"]
