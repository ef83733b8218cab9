"""How a tensor prints: torch's text for its values, and the options that shape it."""

from mini_autograd.printing.options import get_printoptions, set_printoptions
from mini_autograd.printing.text import format_tensor

__all__ = ["format_tensor", "get_printoptions", "set_printoptions"]
