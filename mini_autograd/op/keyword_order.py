"""The order in which torch's overload errors list keyword arguments.

They pass through a C++ `unordered_map`, so the order is that of libstdc++: a new key goes to the front of the
list, unless its bucket is taken, when it goes to the front of that bucket.
"""

from __future__ import annotations

from collections.abc import Iterable

_MASK = (1 << 64) - 1
_MULTIPLIER = 0xC6A4A7935BD1E995
_SEED = 0xC70F6907
# How many buckets there are, in turn; the next is taken when there are as many keys as buckets.
_BUCKETS = (13, 29, 59, 127, 257)


def keyword_order(names: Iterable[str]) -> list[str]:
    """`names`, given in the order of the call, in the order that the error texts have."""
    buckets = iter(_BUCKETS)
    count = next(buckets)
    order: list[str] = []
    for name in names:
        if len(order) == count:
            count = next(buckets)
            before, order = order, []
            for other in before:
                _insert(order, other, count)
        _insert(order, name, count)
    return order


def _insert(order: list[str], name: str, count: int) -> None:
    bucket = _hash(name) % count
    for place, other in enumerate(order):
        if _hash(other) % count == bucket:
            order.insert(place, name)
            return
    order.insert(0, name)


def _hash(name: str) -> int:
    """MurmurHash64A, the `std::hash<std::string>` of libstdc++."""
    data = name.encode()
    result = _SEED ^ (len(data) * _MULTIPLIER & _MASK)
    whole = len(data) & ~7
    for start in range(0, whole, 8):
        block = int.from_bytes(data[start : start + 8], "little") * _MULTIPLIER & _MASK
        result = (result ^ (_shift_mix(block) * _MULTIPLIER & _MASK)) * _MULTIPLIER & _MASK
    if whole != len(data):
        result = (result ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    return _shift_mix(_shift_mix(result) * _MULTIPLIER & _MASK)


def _shift_mix(value: int) -> int:
    return value ^ (value >> 47)
