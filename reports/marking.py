"""Marks in two texts the tokens that differ, so that the eye finds the parting."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from markupsafe import Markup

TOKEN = re.compile(r"\s+|[\w.+-]+|.", re.DOTALL)
MOST_TOKENS = 200
LEAST_COMMON = 0.4

Blocks = list[tuple[int, int, int]]


def mark(expected: str, got: str) -> tuple[Markup, Markup]:
    """Both texts escaped, with `<mark>` around the tokens that the other one lacks.

    Texts with little in common are left as they are: marks all over show nothing.
    """
    left, right = TOKEN.findall(expected), TOKEN.findall(got)
    blocks = _matching(left, right)
    common = sum(len(token) for start, _, size in blocks for token in left[start : start + size])
    if common < LEAST_COMMON * max(len(expected), len(got)):
        return Markup.escape(expected), Markup.escape(got)
    return (
        _marked(left, ((start, size) for start, _, size in blocks)),
        _marked(right, ((start, size) for _, start, size in blocks)),
    )


def _matching(left: list[str], right: list[str]) -> Blocks:
    """Runs of equal tokens: at the start, at the end, and between them where that is short."""
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    middle_left, middle_right = left[head : len(left) - tail], right[head : len(right) - tail]
    blocks: Blocks = [(0, 0, head)]
    if max(len(middle_left), len(middle_right)) <= MOST_TOKENS:
        matcher = SequenceMatcher(None, middle_left, middle_right, autojunk=False)
        blocks += [(head + a, head + b, size) for a, b, size in matcher.get_matching_blocks() if size]
    return [*blocks, (len(left) - tail, len(right) - tail, tail)]


def _common(left: list[str], right: list[str]) -> int:
    """How many tokens both start with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def _marked(tokens: list[str], same: Iterable[tuple[int, int]]) -> Markup:
    parts, at = [], 0
    for start, size in same:
        if at < start:
            parts.append(Markup("<mark>{}</mark>").format("".join(tokens[at:start])))
        parts.append(Markup.escape("".join(tokens[start : start + size])))
        at = start + size
    return Markup("").join(parts)
