"""Named tuples that ops with several named outputs return, one type an op: ``torch.max(x, 0).indices``.

See https://pytorch.org/docs/stable/generated/torch.max.html for one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

__all__: list[str] = []


class ReturnType(tuple):
    """A tuple whose elements have names as well; made of a sequence of as many elements."""

    __slots__ = ()

    __match_args__: tuple[str, ...] = ()

    def __new__(cls, sequence: Sequence[Any]) -> ReturnType:
        """TypeError for anything but a sequence of the right length."""
        if not hasattr(sequence, "__len__"):
            raise TypeError("constructor requires a sequence")
        count = len(cls.__match_args__)
        if len(sequence) != count:
            raise TypeError(
                f"{cls.__module__}.{cls.__name__}() takes a {count}-sequence ({len(sequence)}-sequence given)"
            )
        return tuple.__new__(cls, sequence)

    def __repr__(self) -> str:
        fields = [f"{name}={value!r}" for name, value in zip(self.__match_args__, self, strict=True)]
        return f"{type(self).__module__}.{type(self).__name__}(\n" + ",\n".join(fields) + ")"


def return_type(name: str, names: tuple[str, ...]) -> type[ReturnType]:
    """The type that the op ``name`` returns its outputs in, made on first use and then public here."""
    found = globals().get(name)
    if found is None:
        members: dict[str, Any] = {field: property(itemgetter(index)) for index, field in enumerate(names)}
        members |= {"__slots__": (), "__module__": "torch.return_types", "__match_args__": names}
        members |= {"n_fields": len(names), "n_sequence_fields": len(names), "n_unnamed_fields": 0}
        found = globals()[name] = type(name, (ReturnType,), members)
        __all__.append(name)
    kind: type[ReturnType] = found
    return kind
