"""Transforms of functions: what ``vmap`` and ``func`` are made of."""
