"""A torch-free autograd library, spelled as torch spells it: ``import mini_autograd as torch``."""

from mini_autograd import build

build.select()

__version__ = "0.1.0"

# Stays below every other import: it looks at what they have loaded.
__compiled__ = build.is_compiled()
