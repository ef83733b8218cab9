"""What takes the place of an object of a library that is not there."""

from __future__ import annotations

from typing import Any


class StandIn:
    """Answers with what was noted of an object, and raises what the object raised."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}

    def fact(self, name: str) -> Any:
        """What was noted last."""
        found = self.facts.get(name)
        if isinstance(found, BaseException):
            raise found
        return found
