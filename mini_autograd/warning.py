"""Warnings: those that torch gives once in a process, or always when asked to."""

from __future__ import annotations

import warnings


class _Given:
    """Which of them were given, and whether that counts."""

    __slots__ = ("always", "texts")

    def __init__(self) -> None:
        self.always = False
        self.texts: set[str] = set()


_given = _Given()


def set_warn_always(b: bool, /) -> None:
    """Whether warnings that are given once in a process are given every time instead."""
    _given.always = b


def is_warn_always_enabled() -> bool:
    return _given.always


def warn_once(text: str, stacklevel: int = 3) -> None:
    """Give a UserWarning, the first time only unless :func:`set_warn_always` says otherwise."""
    if _given.always or text not in _given.texts:
        _given.texts.add(text)
        warnings.warn(text, UserWarning, stacklevel=stacklevel)
