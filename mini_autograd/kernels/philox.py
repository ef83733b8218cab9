"""Where a GPU's stream of random numbers has come to: a seed, and how many numbers were drawn of it.

The numbers are Philox4x32-10's of the seed and the offset, so that a kernel makes any of them by itself.
"""

from __future__ import annotations

import numpy as np

DEFAULT_SEED = 67280421310721
WORD = (1 << 64) - 1


class Philox:
    """The state of one generator of a GPU."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed = seed & WORD
        self.offset = 0

    def restart(self, seed: int) -> None:
        self.seed, self.offset = seed & WORD, 0

    def take(self, count: int) -> tuple[int, int]:
        """The seed, and the offset from which on ``count`` numbers are the caller's; four are made at a time."""
        offset = self.offset
        self.offset += -(-count // 4) * 4
        return self.seed, offset

    def state(self) -> np.ndarray:
        """16 bytes: the seed and the offset."""
        return np.array([self.seed, self.offset], np.uint64).view(np.uint8)

    def set_state(self, state: np.ndarray) -> None:
        if state.size not in (8, 16):
            raise RuntimeError("RNG state is wrong size")
        words = np.ascontiguousarray(state).view(np.uint64)
        self.seed, self.offset = int(words[0]), int(words[1]) if words.size == 2 else 0
