"""Distances between rows, and how alike they are."""

from __future__ import annotations

from mini_autograd.op.declare import FUNCTIONS

__all__ = ["cosine_similarity", "pairwise_distance", "pdist"]

cosine_similarity, pairwise_distance = FUNCTIONS["cosine_similarity"], FUNCTIONS["pairwise_distance"]
pdist = FUNCTIONS["pdist"]
