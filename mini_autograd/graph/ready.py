"""The queue of nodes whose gradients have all arrived: the one recorded last runs first.

NOTE [Ties]: all AccumulateGrad nodes have the same number, so which of them runs first, and with it the order of
their hooks, is settled by how the heap moves its elements. This one moves them as the C++ standard library's
``push_heap`` and ``pop_heap`` are specified to by the implementation that torch is built with.
"""

from __future__ import annotations

from typing import Any

from mini_autograd.graph.node import Node


class ReadyQueue:
    """A binary heap of nodes by ``_sequence``, largest first: the first ``size`` elements of a list."""

    __slots__ = ("heap", "size")

    def __init__(self) -> None:
        self.heap: list[Any] = []
        self.size = 0

    def push(self, node: Node) -> None:
        if self.size == len(self.heap):
            self.heap.append(node)
        self.size += 1
        self._rise(self.size - 1, node)

    def pop(self) -> Node:
        heap = self.heap
        self.size -= 1
        last: Node = heap[self.size]
        heap[self.size] = None
        if not self.size:
            return last
        first: Node = heap[0]
        self._rise(self._sink(self.size), last)
        return first

    def _rise(self, hole: int, node: Node) -> None:
        heap = self.heap
        while hole > 0:
            parent = (hole - 1) // 2
            above: Node = heap[parent]
            if not above._sequence < node._sequence:
                break
            heap[hole] = above
            hole = parent
        heap[hole] = node

    def _sink(self, size: int) -> int:
        """Move the hole at the top down to a leaf; where it ends."""
        heap = self.heap
        hole = 0
        child = 2
        while child < size:
            node: Node = heap[child]
            other: Node = heap[child - 1]
            if node._sequence < other._sequence:
                child -= 1
                node = other
            heap[hole] = node
            hole = child
            child = 2 * hole + 2
        if child == size:
            heap[hole] = heap[child - 1]
            hole = child - 1
        return hole
