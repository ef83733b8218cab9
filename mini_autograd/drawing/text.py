"""Texts that fit: how wide they are in a font of equal widths, cut where too long, with nothing unseen in them."""

from __future__ import annotations

import unicodedata

# What has no shape of its own, or turns the direction of what follows, is written out.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST = 44
_MOST_MARKS = 2


def visible(text: str) -> str:
    """The text with escapes in place of control characters and the like, as ``repr`` writes them, and of marks that
    would pile up on one letter."""
    if text.isascii() and text.isprintable():
        return text
    found, marks = [], 0
    for one in unicodedata.normalize("NFC", text):
        category = unicodedata.category(one)
        marks = marks + 1 if category.startswith("M") else 0
        found.append(_escape(one) if category in _UNSEEN or marks > _MOST_MARKS else one)
    return "".join(found)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> int:
    """The columns that the text takes: two for the wide characters of East Asia."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def shortened(text: str, most: int = _LONGEST) -> str:
    """The text, visible, with an ellipsis in place of what is beyond ``most`` columns."""
    text = visible(text[: 4 * most])
    if cells(text) <= most:
        return text
    kept, width = [], 1
    for one in text:
        width += cells(one)
        if width > most:
            break
        kept.append(one)
    return "".join(kept).rstrip() + "…"
