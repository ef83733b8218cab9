"""How many points, or what weight of them, lie in each cell of a grid."""

from __future__ import annotations

import math

from mini_autograd.kernels.arrays import Array, xp
from mini_autograd.kernels.shared.memory import contiguous
from mini_autograd.kernels.shared.range import between


def even_edges(points: Array, bins: list[int], bounds: tuple[float, ...] | None) -> list[Array]:
    """The edges of so many equal intervals in each column, from its least to its largest element unless bounds are
    given; RuntimeError for bounds that are none."""
    kind = points.dtype
    found = []
    for dim, count in enumerate(bins):
        low, high = ends(points[:, dim], None if bounds is None else bounds[2 * dim : 2 * dim + 2])
        if not (xp.isfinite(low) and xp.isfinite(high)):
            raise RuntimeError(
                f"torch.histogramdd: dimension {dim}'s range [{low:g}, {high:g}] is not finite"
            )
        if low > high:
            raise RuntimeError(
                f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {dim}"
            )
        if low == high:
            low, high = low - 0.5, high + 0.5
        found.append(xp.asarray(between(kind.type(low), kind.type(high), count + 1, kind), kind))
    return found


def ends(column: Array, bounds: tuple[float, ...] | None) -> tuple[float, float]:
    if bounds is not None:
        return bounds[0], bounds[1]
    return (float(column.min()), float(column.max())) if column.size else (0.0, 1.0)


def counted(points: Array, edges: list[Array], weight: Array | None, density: bool) -> Array:
    """The weight of the points in each cell, its upper edges left out but for the last; as a density if asked for."""
    kind = points.dtype
    shape = tuple(edge.size - 1 for edge in edges)
    inside = xp.ones(len(points), bool)
    cells = []
    for column, edge in zip(points.T, edges, strict=True):
        inside &= (column >= edge[0]) & (column <= edge[-1])
        cells.append(xp.minimum(xp.searchsorted(edge, column, "right") - 1, edge.size - 2))
    places = xp.ravel_multi_index(tuple(cell[inside] for cell in cells), shape)
    weights = None if weight is None else weight.reshape(-1)[inside]
    total = xp.bincount(places, weights, math.prod(shape)).astype(kind).reshape(shape)
    return total if not density else dense(total, edges)


def dense(total: Array, edges: list[Array]) -> Array:
    """The share of each cell in the whole, over its volume."""
    with xp.errstate(all="ignore"):
        share = total / total.sum()
        for dim, edge in enumerate(edges):
            share = share / xp.diff(edge).reshape([-1 if one == dim else 1 for one in range(total.ndim)])
    return share


def histogram(
    self: Array, bins: int, range: tuple[float, ...] | None, weight: Array | None, density: bool
) -> tuple[Array, Array]:
    points = self.reshape(-1, 1)
    edges = even_edges(points, [bins], range)
    return counted(points, edges, weight, density), edges[0]


def histogram_in(self: Array, bins: Array, weight: Array | None, density: bool) -> tuple[Array, Array]:
    return counted(self.reshape(-1, 1), [bins], weight, density), bins.copy()


def histogramdd(self: Array, edges: list[Array], weight: Array | None, density: bool) -> Array:
    return counted(self.reshape(-1, self.shape[-1]), edges, weight, density)


def histogramdd_edges(self: Array, bins: list[int], range: tuple[float, ...] | None) -> list[Array]:
    return even_edges(self.reshape(-1, self.shape[-1]), bins, range)


def isin(elements: Array, test_elements: Array, assume_unique: bool, invert: bool) -> Array:
    """Whether each element is among the others, or is not."""
    return contiguous(xp.isin(elements, test_elements, invert=invert))
