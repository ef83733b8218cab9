"""Arguments of a Function that were given by name: all must come to stand in order."""

from __future__ import annotations

from typing import Any


def positional(forward: Any, args: tuple, kwargs: dict[str, Any], skipped: int) -> tuple:
    """``args`` with ``kwargs`` in their places among the parameters of ``forward`` after the first ``skipped``.

    TypeError for a name that is none of them, or that has its value already, and for a gap.
    """
    code = forward.__code__
    names = code.co_varnames[skipped : code.co_argcount]
    given = dict(enumerate(args))
    for name, value in kwargs.items():
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
        if given.setdefault(names.index(name), value) is not value or names.index(name) < len(args):
            raise TypeError(f"forward() got multiple values for argument '{name}'")
    for at in range(max(given) + 1):
        if at not in given:
            raise TypeError(f"forward() missing required argument: '{names[at]}' (position {at})")
    return tuple(given[at] for at in range(len(given)))
