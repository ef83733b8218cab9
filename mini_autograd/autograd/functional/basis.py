"""The standard basis of the space that several tensors make up together."""

from __future__ import annotations

from collections.abc import Sequence

from mini_autograd.graph.operations import F


def standard_basis(tensors: Sequence) -> tuple:
    """For each tensor a matrix: row i is 1 at the i-th of all their elements, counted through, and 0 elsewhere."""
    sizes = [one._array.size for one in tensors]
    total = sum(sizes)
    found = []
    start = 0
    for one, size in zip(tensors, sizes, strict=True):
        block = F.new_zeros(one, (total, size))
        F.fill_(F.diagonal(block, -start), 1)
        start += size
        found.append(block)
    return tuple(found)


def chunks_of_basis(tensors: Sequence, chunk_size: int | None) -> list[tuple]:
    """The basis in the shapes of the tensors, ``chunk_size`` rows at a time."""
    whole = standard_basis(tensors)
    total = sum(one._array.size for one in tensors)
    step = chunk_size or max(total, 1)
    chunks = []
    for start in range(0, max(total, 1), step):
        stop = min(start + step, total)
        rows = whole if step >= total else tuple([F.slice(one, 0, start, stop) for one in whole])
        chunks.append(
            tuple(
                [
                    F.view(part, (stop - start, *one._array.shape))
                    for part, one in zip(rows, tensors, strict=True)
                ]
            )
        )
    return chunks
