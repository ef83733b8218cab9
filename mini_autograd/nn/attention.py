"""Scaled dot product attention."""

from __future__ import annotations

from mini_autograd.op.declare import NN

__all__ = ["scaled_dot_product_attention"]

scaled_dot_product_attention = NN["scaled_dot_product_attention"]
