"""Warnings: those that torch gives once in a process, or always when asked to."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from types import CodeType
from typing import Any

# Frames of the library's own lie here.
OWN = os.path.dirname(__file__) + os.sep


class _Given:
    """Which of them were given, and whether that counts."""

    __slots__ = ("always", "sites")

    def __init__(self) -> None:
        self.always = False
        self.sites: set[Any] = set()


_given = _Given()


def set_warn_always(b: bool, /) -> None:
    """Whether warnings that are given once in a process are given every time instead."""
    _given.always = b


def is_warn_always_enabled() -> bool:
    return _given.always


# Of functions that stand in for others: where a warning comes from, their frames do not count.
_passed_over: set[CodeType] = set()


def pass_over(function: Callable[..., Any]) -> None:
    _passed_over.add(function.__code__)


def warn_user(text: str, category: type[Warning] = UserWarning, stacklevel: int = 2) -> None:
    """``warnings.warn``, whose place is where the call would be if no function stood in for another."""
    frame: Any = sys._getframe(1)
    extra = 1
    for _ in range(stacklevel - 1):
        frame = frame and frame.f_back
        while frame is not None and frame.f_code in _passed_over:
            frame, extra = frame.f_back, extra + 1
    warnings.warn(text, category, stacklevel=stacklevel + extra)


DISCARDED = "Casting complex values to real discards the imaginary part"


def warn_discarded(source: Any, target: Any, count: int, stacklevel: int = 5) -> None:
    """Warn that a cast of ``count`` elements from the first dtype to the second keeps real parts only; bool keeps
    whether they are 0."""
    if source.is_complex and not target.is_complex and target.category and count:
        warnings.warn(DISCARDED, UserWarning, stacklevel=stacklevel)


def warn_once(text: str, stacklevel: int = 3, site: Any = None) -> None:
    """Give a UserWarning, the first time only unless :func:`set_warn_always` says otherwise.

    ``site``: who gives it, where one text is not like the other.
    """
    site = text if site is None else site
    if _given.always or site not in _given.sites:
        _given.sites.add(site)
        warnings.warn(text, UserWarning, stacklevel=stacklevel)


# The functions that are at work for an ``out``: torch warns of them from another place.
WRITING: list[str] = []


def warn_replaced(name: str, text: str, stacklevel: int = 4) -> None:
    """Warn once of a function that another has replaced, and once more of its variant with ``out``."""
    place = f"{name}_out" if WRITING[-1:] == [name] else name
    warn_once(text, stacklevel + 1, f"{place}: {text}")


def give(held_back: list) -> None:
    """Give warnings that were held back, as pairs of a text and the site it is once given from, None for every time,
    at the line that called the library."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OWN):
        frame, level = frame.f_back, level + 1
    for text, site in held_back:
        if site is None:
            warnings.warn(text, UserWarning, stacklevel=level)
        else:
            warn_once(text, stacklevel=level + 1, site=site)


def warn_deprecated(text: str, stacklevel: int = 4) -> None:
    warnings.warn(text, DeprecationWarning, stacklevel=stacklevel)
