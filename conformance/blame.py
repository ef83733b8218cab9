"""Which node makes a gradient differ: the first that is given the same gradients and gives others."""

from __future__ import annotations

from typing import Any

from .compare import Comparison
from .reading import array_of, dtype_name
from .tolerance import Verdict, compare

Given = tuple[Any, ...]
Call = tuple[int, Given, Given]  # which pair of nodes ran, what it gave, what it was given


class Witness:
    """Notes what the nodes of both sides give and are given in one backward pass."""

    def __init__(self, comparison: Comparison) -> None:
        self.pairs = list(comparison.nodes.values())
        self.calls: tuple[list[Call], list[Call]] = ([], [])
        self.handles: list[Any] = []
        for place, pair in enumerate(self.pairs):
            for side, node in enumerate(pair):
                self._watch(node, place, self.calls[side])

    def _watch(self, node: Any, place: int, calls: list[Call]) -> None:
        if not hasattr(node, "register_hook"):
            return

        def note(grad_inputs: Given, grad_outputs: Given) -> None:
            calls.append((place, _copied(grad_inputs), _copied(grad_outputs)))

        self.handles.append(node.register_hook(note))

    def close(self) -> None:
        """Take the hooks away."""
        for handle in self.handles:
            handle.remove()

    def culprit(self) -> str | None:
        """The name of the node that is to blame; None when no single one is."""
        others = self._by_pair(self.calls[1])
        met: dict[int, int] = {}
        for place, gave, given in self.calls[0]:
            turn = met[place] = met.get(place, -1) + 1
            other = others.get(place, [])
            if turn >= len(other):
                return self.pairs[place][0].name() if not other else None
            if _alike(given, other[turn][1]) and not _alike(gave, other[turn][0]):
                return self.pairs[place][0].name()
        return None

    @staticmethod
    def _by_pair(calls: list[Call]) -> dict[int, list[tuple[Given, Given]]]:
        found: dict[int, list[tuple[Given, Given]]] = {}
        for place, gave, given in calls:
            found.setdefault(place, []).append((gave, given))
        return found


def _copied(given: Given) -> Given:
    return tuple(None if one is None else one.detach().clone() for one in given)


def _alike(expected: Given, got: Given) -> bool:
    """Whether gradients agree, up to what rounding may do: an arbiter is not asked."""
    return len(expected) == len(got) and all(map(_same, expected, got))


def _same(expected: Any, got: Any) -> bool:
    if expected is None or got is None:
        return expected is got
    dtype = dtype_name(expected.dtype)
    if dtype != dtype_name(got.dtype) or tuple(expected.shape) != tuple(got.shape):
        return False
    verdict = compare(array_of(expected, dtype), array_of(got, dtype), dtype, lambda: 0.0)
    return verdict in (Verdict.EQUAL, Verdict.ROUNDED)
