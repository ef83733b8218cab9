"""The layer of ``vmap``: one op for all examples at once, by a rule for each op or a loop over the examples."""

from mini_autograd.transform.batching.layer import Batched, Batching

__all__ = ["Batched", "Batching"]
