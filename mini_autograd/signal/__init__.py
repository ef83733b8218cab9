"""Signal processing: windows."""

from mini_autograd.signal import windows

__all__ = ["windows"]
