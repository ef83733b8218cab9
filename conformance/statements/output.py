"""The names that a statement binds: one, several that the result is unpacked into, or none."""

from __future__ import annotations

from typing import Any

from . import argument as arguments
from .statement import Output

Outputs = Output | tuple[Output, ...] | None


def bind_outputs(out: Outputs, result: Any, env: dict[str, Any]) -> Any:
    """Bind a result, and give it back; ValueError where it holds more or less than there are names."""
    if isinstance(out, tuple):
        for name, value in zip(out, result, strict=True):
            env[name] = value
    elif out is not None:
        env[out] = result
    return result


def assigned(out: Outputs, call: str) -> str:
    """The Python line of a call whose result is bound."""
    if out is None:
        return call
    return f"{out if isinstance(out, str) else arguments.listed(out)} = {call}"
