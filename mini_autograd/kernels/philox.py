"""Where a GPU's stream of random numbers has come to: a seed, and the offset of the next draw.

The numbers are Philox4x32-10's of the seed and the offset, so that a kernel makes any of them by itself.
"""

from __future__ import annotations

import numpy as np

DEFAULT_SEED = 67280421310721
WORD = (1 << 64) - 1
STEP = 4  # of offsets, as torch's are multiples of 4


class Philox:
    """The state of one generator of a GPU."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed = seed & WORD
        self.offset = 0

    def restart(self, seed: int) -> None:
        self.seed, self.offset = seed & WORD, 0

    def take(self) -> tuple[int, int]:
        """The seed, and an offset that is the caller's alone: of as many numbers as it wants."""
        offset = self.offset
        self.offset = (offset + STEP) & WORD
        return self.seed, offset

    def state(self) -> np.ndarray:
        """16 bytes: the seed and the offset."""
        return np.array([self.seed, self.offset], np.uint64).view(np.uint8)

    def set_state(self, state: np.ndarray) -> None:
        """Continue from a state; RuntimeError for bytes that are none. A seed alone is the start of its stream."""
        if state.size not in (8, 16):
            raise RuntimeError("RNG state is wrong size")
        words = np.ascontiguousarray(state).view(np.uint64)
        offset = int(words[1]) if words.size == 2 else 0
        self.set_offset(offset)
        self.seed = int(words[0])

    def set_offset(self, offset: int) -> None:
        if offset % STEP:
            raise RuntimeError("offset must be a multiple of 4")
        self.offset = offset
