"""The queue of nodes whose gradients have all arrived: the one recorded last runs first.

NOTE [Ties]: all AccumulateGrad nodes have the same number, so which of them runs first, and with it the order of
their hooks, is settled by how the heap moves its elements. This one moves them as the C++ standard library's
``push_heap`` and ``pop_heap`` are specified to by the implementation that torch is built with.
"""

from __future__ import annotations

from mini_autograd.graph.node import Node


class ReadyQueue:
    """A binary heap of nodes by ``sequence_nr``, largest first."""

    __slots__ = ("heap",)

    def __init__(self) -> None:
        self.heap: list[Node] = []

    def push(self, node: Node) -> None:
        self.heap.append(node)
        self._rise(len(self.heap) - 1, node)

    def pop(self) -> Node:
        heap = self.heap
        last = heap.pop()
        if not heap:
            return last
        first = heap[0]
        self._rise(self._sink(len(heap)), last)
        return first

    def _rise(self, hole: int, node: Node) -> None:
        heap = self.heap
        while hole > 0:
            parent = (hole - 1) // 2
            if not heap[parent].sequence_nr < node.sequence_nr:
                break
            heap[hole] = heap[parent]
            hole = parent
        heap[hole] = node

    def _sink(self, size: int) -> int:
        """Move the hole at the top down to a leaf; where it ends."""
        heap = self.heap
        hole = 0
        child = 2
        while child < size:
            if heap[child].sequence_nr < heap[child - 1].sequence_nr:
                child -= 1
            heap[hole] = heap[child]
            hole = child
            child = 2 * hole + 2
        if child == size:
            heap[hole] = heap[child - 1]
            hole = child - 1
        return hole
