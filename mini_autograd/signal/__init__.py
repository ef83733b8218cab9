"""Signal processing, spelled as torch spells it."""

from mini_autograd.signal import windows

__all__ = ["windows"]
