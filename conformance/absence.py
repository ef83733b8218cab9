"""Telling what a library does not have from what it does otherwise: the first is neither agreement nor difference."""

from __future__ import annotations

import operator
from types import ModuleType
from typing import Any

from .statements import Delete, Op, Set, SetItem, Statement

STATEMENTS = f"{__package__}.statements"


def has(module: Any, name: str) -> bool:
    """Whether a library has what a dotted name of a program stands for."""
    space, _, last = name.rpartition(".")
    if space == "operator":
        if not hasattr(operator, last):
            return False
        method = f"__{last.strip('_')}__"
        falls_back = last.startswith("i") and last != "invert"
        return _defines(module.Tensor, method, f"__{last[1:]}__" if falls_back else method)
    return callable(found(module, name))


def found(module: Any, name: str) -> Any:
    """What a dotted name stands for in a library, the library itself for an empty one; None where there is no such."""
    value = module
    for part in name.split(".") if name else ():
        value = getattr(value, part, None)
        if value is None:
            return None
    return value


def _defines(kind: type, method: str, instead: str) -> bool:
    """Whether objects of a class have a method of Python's, or where that is not defined the other.

    They are looked for in the classes, for a class itself can be joined with another by |; None stands for one that
    there is not to be, and what every object has is nothing of the library's.
    """
    for name in (method, instead):
        for one in kind.__mro__[:-1]:
            if name in vars(one):
                return vars(one)[name] is not None
    return False


def missing(error: BaseException | None, statement: Statement, module: Any) -> str | None:
    """The name that a statement failed for want of, None where it failed for another reason.

    An error may say so itself, by `unsupported`. A library that looks for what is not there on its own account is at
    fault, and lacks nothing.
    """
    if error is None:
        return None
    told = getattr(error, "unsupported", None)
    if isinstance(told, str):
        return told
    ops = [one.name for one in statement.flat() if isinstance(one, Op)]
    if isinstance(error, AttributeError) and error.name is not None and _asked_by_program(error):
        lacked = (name for name in ops if error.name in name.split("."))
        return next(lacked, error.name)
    if isinstance(error, AttributeError) and isinstance(statement, Set | Delete):
        return None if hasattr(module.Tensor, statement.attribute) else statement.label
    if isinstance(error, TypeError) and isinstance(statement, SetItem):
        return None if hasattr(module.Tensor, "__setitem__") else "Tensor.__setitem__"
    if isinstance(error, TypeError):
        return next((name for name in ops if name.startswith("operator.") and not has(module, name)), None)
    return None


def _asked_by_program(error: AttributeError) -> bool:
    """Whether a statement's own code looked for the attribute, in something of the library."""
    asker, frame = "", error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_name != "__getattr__":
            asker = frame.tb_frame.f_globals.get("__name__", "")
        frame = frame.tb_next
    of_library = isinstance(error.obj, ModuleType | type) or type(error.obj).__module__ != "builtins"
    return of_library and asker.startswith(STATEMENTS)
