"""`x.set_(source, offset, size)` of the size that `x` has makes sure of too little memory (torch 2.13).

Without strides a tensor that keeps its size keeps its strides too. What torch compares with the memory of the source is
what contiguous elements of that size need; the strides of a view of part of a larger tensor reach further, and the
tensor then shows, and writes, memory of others. With the same strides given the call raises "setStorage: sizes [2, 1],
strides [2, 1], storage offset 0, and itemsize 4 requiring a storage size of 12 are out of bounds for storage of ...".

So strides are given wherever a program is drawn that would reach too far; the library under test raises that error.
"""

import sys

import torch


def shown() -> str | None:
    """How far the tensor reaches; None where it was refused."""
    x = torch.zeros(2, 2)[:, 1:]
    source = torch.zeros(2)
    try:
        x.set_(source, 0, (2, 1))
    except RuntimeError:
        return None
    last = x.storage_offset() + sum((size - 1) * step for size, step in zip(x.shape, x.stride(), strict=True))
    held = x.untyped_storage().nbytes() // x.element_size()
    return f"element {last} of a memory of {held}" if last >= held else None


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)
