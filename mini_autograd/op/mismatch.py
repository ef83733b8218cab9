"""The TypeError for a call that no overload fits, in torch's words.

The slow path of argument binding: it runs once dispatch has found no overload, so it may try them all again,
and says what torch's parser says. The one overload that could take so many arguments is explained by itself;
where there is not exactly one, all are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mini_autograd.op.acceptance import (
    ElementMismatch,
    HostTypes,
    accepts,
    describe,
    is_float,
    is_list_element,
)
from mini_autograd.op.keyword_order import keyword_order
from mini_autograd.op.schema import Kind, Schema
from mini_autograd.op.signature import Parameter, Signature, signatures

__all__ = ["bound_by", "mismatch", "no_arguments"]

_ABSENT = object()
# What an overload error takes for a match with a type name, where it is more than that name.
_EXACT = {"float": ("float", "int")}


class _Misfit(Exception):
    """Why the arguments do not fit one signature."""


def mismatch(
    name: str,
    schemas: Iterable[Schema],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    types: HostTypes,
    *,
    method: bool = False,
) -> TypeError:
    """The error of calling `name` with `args` and `kwargs`, which fit none of its overloads.

    `schemas` are the overloads in any order, those with an `out` argument among them where it is taken. Of a
    method, `args` are without the tensor that it is called on. Should torch's parser take the arguments after
    all, the error says that this call is not supported.
    """
    overloads = signatures(schemas, method=method)
    if method and len(overloads) == 1 and not overloads[0].parameters:
        return no_arguments(name, args, kwargs)
    try:
        for signature in overloads:
            try:
                bound = _bind(signature, args, kwargs, types)
            except _Misfit as misfit:
                if len(overloads) == 1:
                    return TypeError(f"{name}(){misfit}")
                continue
            unpacked = _unpack(signature, bound, types)
            return TypeError(f"{name}(){unpacked or f' does not support {_got(args, kwargs, types)}'}")
    except ElementMismatch as error:
        return TypeError(str(error))
    return _no_overload(name, overloads, args, kwargs, types)


def bound_by(
    signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes
) -> list[tuple[Parameter, Any]] | None:
    """The parameters of `signature` that a call gives a value, with it; None where it does not fit."""
    try:
        return _bind(signature, args, kwargs, types)
    except (_Misfit, ElementMismatch):
        return None


def no_arguments(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> TypeError:
    """The error of passing anything to a method that takes nothing."""
    if kwargs:
        return TypeError(f"Tensor.{name}() takes no keyword arguments")
    return TypeError(f"Tensor.{name}() takes no arguments ({len(args)} given)")


def _no_overload(
    name: str,
    overloads: Sequence[Signature],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    types: HostTypes,
) -> TypeError:
    given = len(args) + len(kwargs)
    shown = [signature for signature in overloads if not signature.hidden]
    plausible = [each for each in shown if each.n_required <= given <= len(each.parameters)]
    if len(plausible) == 1:
        try:
            _bind(plausible[0], args, kwargs, types)
        except _Misfit as misfit:
            return TypeError(f"{name}(){misfit}")
    kwargs = {key: kwargs[key] for key in keyword_order(kwargs)}
    start = f"{name}() received an invalid combination of arguments - "
    if len(shown) == 1:
        return TypeError(start + _against_one(shown[0], args, kwargs, types))
    listed = "".join(_against(signature, args, kwargs, types) for signature in shown)
    return TypeError(f"{start}got {_got(args, kwargs, types)}, but expected one of:\n{listed}")


def _bind(
    signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes
) -> list[tuple[Parameter, Any]]:
    """The parameters that were given a value, with it. _Misfit where torch's parser finds the first fault."""
    spreads = signature.spreads_ints
    if len(args) > signature.n_positional and not spreads:
        raise _too_many(signature, len(args))
    bound: list[tuple[Parameter, Any]] = []
    position = n_keywords = 0
    for index, parameter in enumerate(signature.parameters):
        positional = position < len(args)
        if positional and parameter.keyword_only:
            raise _too_many(signature, len(args))
        value = args[position] if positional else _keyword(parameter, kwargs)
        if value is _ABSENT and parameter.default is None:
            raise _missing(signature, index)
        if value is not _ABSENT and not (value is None and parameter.takes_none):
            if not accepts(parameter, value, index, types):
                spreadable = spreads and positional and position == 0
                if not (spreadable and accepts(parameter, args, index, types)):
                    if spreadable and len(args) > 1:
                        raise _too_many(signature, len(args))
                    raise _wrong_type(parameter, value, position if positional else None, types)
                value, position = tuple(args), len(args) - 1
            bound.append((parameter, value))
        position += positional
        n_keywords += not positional and value is not _ABSENT
    if position < len(args):
        raise _too_many(signature, len(args))
    if n_keywords < len(kwargs):
        raise _unexpected(signature, len(args), kwargs)
    return bound


def _keyword(parameter: Parameter, kwargs: Mapping[str, Any]) -> Any:
    for name in (parameter.name, *parameter.synonyms):
        if name in kwargs:
            return kwargs[name]
    return _ABSENT


def _unpack(signature: Signature, bound: list[tuple[Parameter, Any]], types: HostTypes) -> str | None:
    """What is wrong with an element of a list other than the first; None where nothing is."""
    for parameter, value in bound:
        if not parameter.type.is_list or not isinstance(value, list | tuple):
            continue
        wanted = parameter.type_name
        for place, item in enumerate(value, 1):
            got = types.type_name(item)
            if parameter.type.kind is Kind.INT and not is_list_element(item, types):
                cause = f"type must be {wanted},but got {got}"
                fault = f"failed to unpack the object at pos {place} with error"
                return f": argument '{parameter.name}' {fault} \"{cause}\""
            if parameter.type.kind is Kind.FLOAT and not (is_float(item) or types.is_tensor(item)):
                cause = f"must be {wanted}, but found element of type {got} at pos {place}"
                return f": argument '{parameter.name}' {cause}"
    return None


def _too_many(signature: Signature, given: int) -> _Misfit:
    most, least = signature.n_positional, signature.n_required
    if least != most:
        return _Misfit(f" takes from {least} to {most} positional arguments but {given} were given")
    plural, verb = "" if most == 1 else "s", "was" if given == 1 else "were"
    return _Misfit(f" takes {most} positional argument{plural} but {given} {verb} given")


def _missing(signature: Signature, index: int) -> _Misfit:
    names = [f'"{each.name}"' for each in signature.parameters[index:] if each.default is None]
    plural = "s" if len(names) == 1 else ""  # as torch has it, the wrong way round
    return _Misfit(f" missing {len(names)} required positional argument{plural}: {', '.join(names)}")


def _wrong_type(parameter: Parameter, value: Any, position: int | None, types: HostTypes) -> _Misfit:
    where = "" if position is None else f" (position {position + 1})"
    start = f": argument '{parameter.name}'{where} must be {parameter.type_name}, "
    ints = parameter.type.is_list and parameter.type.kind is Kind.INT
    if ints and position is not None and isinstance(value, list | tuple):
        return _Misfit(f"{start}but found element of type {types.type_name(value[0])} at pos 0")
    return _Misfit(f"{start}not {types.type_name(value)}")


def _unexpected(signature: Signature, n_positional: int, kwargs: Mapping[str, Any]) -> _Misfit:
    places = {parameter.name: index for index, parameter in enumerate(signature.parameters)}
    for name in kwargs:
        if name not in places:
            return _Misfit(f" got an unexpected keyword argument '{name}'")
        if places[name] < n_positional:
            return _Misfit(f" got multiple values for argument '{name}'")
    return _Misfit(": invalid keyword arguments")


def _got(args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes) -> str:
    texts = [types.type_name(value) for value in args]
    texts += [f"{key}={types.type_name(value)}" for key, value in kwargs.items()]
    return _parenthesized(texts, args)


# NOTE [Slots of an overload error]: to say which argument was wrong torch takes the printed signature apart
# at ", ", and each piece at its last space. So the star is a slot of its own, an empty signature has one, a
# parameter with a default is named after its default, and only an exact type name counts as a match.


def _slots(signature: Signature) -> list[tuple[str, str]]:
    found = []
    for element in signature.elements() or [""]:
        kind, space, name = element.rpartition(" ")
        found.append((kind, name) if space else (element, element))
    return found


def _against_one(
    signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes
) -> str:
    slots = _slots(signature)
    unmatched = _unmatched(slots, kwargs)
    if unmatched:
        return f"got unrecognized keyword arguments: {', '.join(unmatched)}"
    fits = len(slots) == len(args) + len(kwargs)
    got = _marked(slots, args, kwargs, types) if fits else _got(args, kwargs, types)
    return f"got {got}, but expected {signature}"


def _against(signature: Signature, args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes) -> str:
    line = f" * {signature}\n"
    slots = _slots(signature)
    if len(slots) != len(args) + len(kwargs):
        return line
    reason = "      didn't match because some of the "
    unmatched = _unmatched(slots, kwargs)
    if unmatched:
        return f"{line}{reason}keywords were incorrect: {', '.join(unmatched)}\n"
    return f"{line}{reason}arguments have invalid types: {_marked(slots, args, kwargs, types)}\n"


def _unmatched(slots: list[tuple[str, str]], kwargs: Mapping[str, Any]) -> list[str]:
    names = {name for _, name in slots[max(len(slots) - len(kwargs), 0) :]}
    return [key for key in kwargs if key not in names]


def _marked(
    slots: list[tuple[str, str]], args: Sequence[Any], kwargs: Mapping[str, Any], types: HostTypes
) -> str:
    texts = []
    for place, (kind, name) in enumerate(slots):
        by_keyword = place >= len(args)
        value = kwargs[name] if by_keyword else args[place]
        mark = "" if types.type_name(value) in _EXACT.get(kind, (kind,)) else "!"
        texts.append(f"{mark}{f'{name}=' if by_keyword else ''}{describe(value, types)}{mark}")
    return _parenthesized(texts, args)


def _parenthesized(texts: list[str], args: Sequence[Any]) -> str:
    """Joined by commas; torch strips the last one only after a positional argument."""
    return f"({', '.join(texts)}{', ' if texts and not args else ''})"
