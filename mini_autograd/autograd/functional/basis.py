"""The standard basis of the space that several tensors make up together."""

from __future__ import annotations

from collections.abc import Sequence

from mini_autograd.graph.operations import F


def standard_basis(tensors: Sequence) -> tuple:
    """For each tensor a matrix: row i is 1 at the i-th of all their elements, counted through, and 0 elsewhere."""
    return rows_of_basis(tensors, 0, sum(one._array.size for one in tensors))


def rows_of_basis(tensors: Sequence, start: int, stop: int) -> tuple:
    """Rows ``start`` to ``stop`` of the basis."""
    found = []
    first = 0
    for one in tensors:
        size = one._array.size
        block = F.new_zeros(one, (stop - start, size))
        if first - (stop - start) < start < first + size:
            F.fill_(F.diagonal(block, start - first), 1)
        first += size
        found.append(block)
    return tuple(found)


def chunks_of_basis(tensors: Sequence, chunk_size: int | None) -> list[tuple]:
    """The basis in the shapes of the tensors, ``chunk_size`` rows at a time."""
    total = sum(one._array.size for one in tensors)
    step = chunk_size or max(total, 1)
    chunks = []
    for start in range(0, max(total, 1), step):
        stop = min(start + step, total)
        rows = rows_of_basis(tensors, start, stop)
        chunks.append(
            tuple(
                [F.view(part, (stop - start, *x._array.shape)) for part, x in zip(rows, tensors, strict=True)]
            )
        )
    return chunks
