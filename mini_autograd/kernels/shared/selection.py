"""Selection of the first of a row by partition, as C++ has it, which says the order of equal elements.

``ranks`` says what comes first: the smaller one. Elements that are equal may come out in any order, and torch's come
out in that of the median-of-three partition of libstdc++'s ``nth_element`` and ``sort``.
"""

from __future__ import annotations

# So few are sorted, and still fewer selected, by insertion, which keeps the order of equal ones.
SHORT_SORT, SHORT_SELECTION = 16, 3
# One in so many is selected by a heap instead.
FEW = 64


def first_of(ranks: list[int], count: int, ordered: bool) -> list[int]:
    """The places of the first ``count``, and all but the last of them in order if ``ordered``: it is so anyway."""
    places = list(range(len(ranks)))
    if not count:
        return []
    if count * FEW <= len(ranks):
        sort_first(ranks, places, count)
        return places[:count]
    search(ranks, places, count - 1)
    if ordered:
        partition_all(ranks, places, 0, count - 1)
        places[: count - 1] = sorted(places[: count - 1], key=ranks.__getitem__)
    return places[:count]


def nth_element(ranks: list[int], nth: int) -> int:
    """The place of the element that would be the ``nth`` were all in order."""
    places = list(range(len(ranks)))
    search(ranks, places, nth)
    return places[nth]


def sort_all(ranks: list[int]) -> list[int]:
    """The places of all in order."""
    places = list(range(len(ranks)))
    partition_all(ranks, places, 0, len(places))
    return sorted(places, key=ranks.__getitem__)


def quickselect(ranks: list[int], kth: int) -> int:
    """The place of the ``kth`` smallest, by the selection of Press et al., "Numerical Recipes in C", section 8.5."""
    places = list(range(len(ranks)))
    left, right = 0, len(places) - 1
    while right > left + 1:
        exchange(places, (left + right) // 2, left + 1)
        for one, other in ((left + 1, right), (left, right), (left + 1, left)):
            if ranks[places[one]] > ranks[places[other]]:
                exchange(places, one, other)
        low, high, pivot = left + 1, right, ranks[places[left]]
        while True:
            low += 1
            while pivot > ranks[places[low]]:
                low += 1
            high -= 1
            while ranks[places[high]] > pivot:
                high -= 1
            if high < low:
                break
            exchange(places, low, high)
        exchange(places, left, high)
        if high <= kth:
            left = low
        if high >= kth:
            right = high - 1
    if right == left + 1 and ranks[places[left]] > ranks[places[right]]:
        exchange(places, left, right)
    return places[kth]


def search(ranks: list[int], places: list[int], nth: int) -> None:
    """Rearrange ``places`` so that the one at ``nth`` is where it would be were all in order, the earlier before it."""
    first, last = 0, len(places)
    while last - first > SHORT_SELECTION:
        cut = partition(ranks, places, first, last)
        if cut <= nth:
            first = cut
        else:
            last = cut
    places[first:last] = sorted(places[first:last], key=ranks.__getitem__)


def partition_all(ranks: list[int], places: list[int], first: int, last: int) -> None:
    """Partition until no part is longer than what is sorted by insertion."""
    while last - first > SHORT_SORT:
        cut = partition(ranks, places, first, last)
        partition_all(ranks, places, cut, last)
        last = cut


def partition(ranks: list[int], places: list[int], first: int, last: int) -> int:
    """Bring what comes before a median of three to the left of it; where the right part begins."""
    exchange(places, first, middle_of_three(ranks, places, first + 1, (first + last) // 2, last - 1))
    pivot = ranks[places[first]]
    left, right = first + 1, last
    while True:
        while ranks[places[left]] < pivot:
            left += 1
        right -= 1
        while pivot < ranks[places[right]]:
            right -= 1
        if left >= right:
            return left
        exchange(places, left, right)
        left += 1


def middle_of_three(ranks: list[int], places: list[int], low: int, middle: int, high: int) -> int:
    """Which of three places holds the middle element; of equal ones the one that comparisons end with."""
    a, b, c = (ranks[places[at]] for at in (low, middle, high))
    if a < b:
        return middle if b < c else high if a < c else low
    return low if a < c else high if b < c else middle


def sort_first(ranks: list[int], places: list[int], count: int) -> None:
    """Bring the first ``count`` to the front in order: each that comes before the last in a heap of them replaces it.

    J. Williams, "Algorithm 232: Heapsort" (1964); a hole sinks to the bottom before what belongs there rises.
    """
    for at in range(count // 2 - 1, -1, -1):
        sift(ranks, places, at, count, places[at])
    for at in range(count, len(places)):
        if ranks[places[at]] < ranks[places[0]]:
            moved, places[at] = places[at], places[0]
            sift(ranks, places, 0, count, moved)
    for last in range(count - 1, 0, -1):
        moved, places[last] = places[last], places[0]
        sift(ranks, places, 0, last, moved)


def sift(ranks: list[int], places: list[int], top: int, size: int, moved: int) -> None:
    """Put ``moved`` into the heap of ``size`` below ``top``, where there is a hole."""
    hole = top
    while (child := 2 * hole + 2) < size:
        if ranks[places[child]] < ranks[places[child - 1]]:
            child -= 1
        places[hole], hole = places[child], child
    if child == size:
        places[hole], hole = places[child - 1], child - 1
    while hole > top and ranks[places[(hole - 1) // 2]] < ranks[moved]:
        places[hole], hole = places[(hole - 1) // 2], (hole - 1) // 2
    places[hole] = moved


def exchange(places: list[int], one: int, other: int) -> None:
    places[one], places[other] = places[other], places[one]
