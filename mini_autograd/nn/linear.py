"""Linear and bilinear maps."""

from __future__ import annotations

from mini_autograd.op.declare import FUNCTIONS, NN

__all__ = ["bilinear", "linear"]

linear, bilinear = NN["linear"], FUNCTIONS["bilinear"]
