"""Binds the arguments of a call to an overload, by the rules of torch's own argument parser."""

from __future__ import annotations

from typing import Any

from mini_autograd import dtypes, layouts
from mini_autograd.op import dispatch
from mini_autograd.op.row import Op
from mini_autograd.op.schema import REQUIRED, Argument, Kind, Type
from mini_autograd.tensor import TensorBase, wrap_number

UNBOUND = object()
NOTHING: frozenset = frozenset()
NO_KEYWORDS: dict = {}
PLAIN_NUMBERS = frozenset((bool, int, float, complex))
# Types of which a value is taken as it is; any other goes through ``op.coercion``.
EXACT = {
    Kind.SCALAR: PLAIN_NUMBERS,
    Kind.INT: frozenset((int,)),
    Kind.FLOAT: frozenset((float,)),
    Kind.BOOL: frozenset((bool,)),
    Kind.STR: frozenset((str,)),
    Kind.SCALAR_TYPE: frozenset((dtypes.dtype,)),
    Kind.LAYOUT: frozenset((layouts.layout,)),
    Kind.MEMORY_FORMAT: frozenset((layouts.memory_format,)),
}

# Other names that torch's functions take for an argument, after numpy.
SYNONYMS = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


class Packet:
    """A function: its overloads, bound as a method's or as a function's, and what profilers call it.

    They are tried in torch's order, in which :func:`settle` puts them at the first call.
    """

    __slots__ = ("event", "method", "name", "numbered", "overloads", "plain", "settled")

    def __init__(self, name: str, method: bool) -> None:
        self.name = name
        self.event = name
        self.method = method
        self.overloads: list[Op] = []
        self.plain: Any = None
        self.numbered: Any = None
        self.settled = True

    def add(self, op: Op) -> None:
        """Try ``op`` too; NOTE [Plain calls] says which op may be ``plain``, and ``numbered`` with a number."""
        self.settled = not self.overloads
        if op.is_plain():
            if op.plain.numbered and op.plain.nin == 1:
                self.numbered = self.numbered or op
            elif not self.overloads:
                self.plain = op
        self.overloads.append(op)

    def spelled(self, event: str) -> Packet:
        """The same function, which profilers call otherwise."""
        made = Packet(self.name, self.method)
        for field in ("overloads", "plain", "numbered", "settled"):
            setattr(made, field, getattr(self, field))
        made.event = event
        return made

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return self.name
        raise AttributeError(name)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<built-in method {self.name} of type object>"


# Asked before each call once there are classes of tensors that override some, NOTE [Overriding] in ``op.override``, and
# while a profiler looks on, NOTE [Profiling] in ``graph.recorder``: that one asks the classes itself.
before: Any = None
classes: Any = None


def ask_before_calls(override: Any) -> None:
    """Let ``override(packet, args, kwargs)`` say what a call gives, unless it gives UNBOUND."""
    global before, classes
    if before is classes:
        before = override
    classes = override


def ask_to_profile(noted: Any) -> None:
    """Let ``noted(packet, args, kwargs)`` run each call until this is called with None."""
    global before
    before = classes if noted is None else noted


def overridden(packet: Packet, args: tuple, kwargs: dict) -> Any:
    """What the classes of the arguments make of a call; UNBOUND where none overrides it."""
    return UNBOUND if classes is None else classes(packet, args, kwargs)


def is_asked() -> bool:
    """Whether there are classes of tensors that override calls."""
    return classes is not None


def asked(function: Any, args: tuple, kwargs: dict, among: tuple) -> Any:
    """What they make of a call of a function that is no op, asked for what is ``among``; UNBOUND where they do not
    override it."""
    return classes(function, args, kwargs, among)


def call(packet: Packet, args: tuple, kwargs: dict) -> Any:
    """Run the first overload that ``args`` and ``kwargs`` fit; TypeError in torch's words when none does."""
    if before is not None:
        result = before(packet, args, kwargs)
        if result is not UNBOUND:
            return result
    if not kwargs:
        if packet.plain is not None:
            result = call_plain(packet.plain, args)
            if result is not None:
                return result
        if packet.numbered is not None:
            result = call_plain(packet.numbered, args)
            if result is not None:
                return result
    if not packet.settled:
        settle(packet)
    for op in packet.overloads:
        bound = bind(op, args, kwargs, packet.method)
        if bound is not None:
            return dispatch.execute(op, bound)
    return call_otherwise(packet, args, kwargs)


def call_pair(packet: Packet, left: TensorBase, right: TensorBase) -> Any:
    """:func:`call` with two tensors."""
    if before is not None:
        result = before(packet, (left, right), NO_KEYWORDS)
        if result is not UNBOUND:
            return result
    op = packet.plain
    if op is not None and op.n_required == 2:
        result = dispatch.execute_plain(op, left, right, None)
        if result is not None:
            return result
    return call(packet, (left, right), NO_KEYWORDS)


def settle(packet: Packet) -> None:
    """Put the overloads in the order in which torch tries them."""
    from mini_autograd.op.overload_order import overload_order  # on first use: it takes its time

    schemas = overload_order([op.schema for op in packet.overloads])
    places = {id(schema): place for place, schema in enumerate(schemas)}
    packet.overloads.sort(key=lambda op: places[id(op.schema)])
    packet.settled = True


def call_otherwise(packet: Packet, args: tuple, kwargs: dict) -> Any:
    """A call that no overload takes as it is: it writes to ``out``, or it is an error."""
    from mini_autograd.op import out, rejection  # on first use: most programs need neither

    if "out" in kwargs and not packet.method:
        result = out.call(packet, args, kwargs)
        if result is not None:
            return result
    result = rejection.call_deprecated(packet, args, kwargs)
    if result is not None:
        return result
    raise rejection.mismatched(packet, args, kwargs)


def call_plain(op: Op, args: tuple) -> Any:
    given = len(args)
    direct = op.plain
    if given != direct.nin + direct.numbered or not isinstance(args[0], TensorBase):
        return None
    number = None
    if given > 1:
        last = args[given - 1]
        if type(last) is float or type(last) is int:
            if not direct.numbered and not op.numbers:
                return None
            number = last
            given -= 1
        elif direct.numbered:
            return None
    if given == 1:
        return dispatch.execute_plain(op, args[0], None, number)
    return dispatch.execute_plain(op, args[0], args[1], number) if isinstance(args[1], TensorBase) else None


def bind(op: Op, args: tuple, kwargs: dict, method: bool) -> list | None:
    """One value for each argument of ``op``, or None when they do not fit."""
    given = len(args)
    if given > op.n_positional:
        if op.varargs < 0 or given <= op.varargs or (op.varargs == 1 and not method):
            return None
        args = (*args[: op.varargs], args[op.varargs :])
        given = len(args)
    elif (
        op.varargs >= 0
        and given == op.varargs + 1
        and (method or op.varargs == 0)
        and is_spread(args[op.varargs])
    ):
        args = (*args[: op.varargs], (args[op.varargs],))
    parameters = op.kinds
    bound = op.defaults[:]
    for index in range(given):
        parameter = parameters[index]
        value = args[index]
        if not (parameter.is_tensor and isinstance(value, TensorBase)):
            if isinstance(value, TensorBase) and lacks_tensor(parameters, args, index + 1):
                return None
            value = parameter.convert(value)
            if value is UNBOUND:
                return None
        bound[index] = value
    if kwargs and not bind_keywords(op, bound, given, kwargs):
        return None
    for index in range(given, op.n_required):
        if bound[index] is REQUIRED:
            return None
    return bound


def lacks_tensor(parameters: Any, args: tuple, start: int) -> bool:
    """Whether a number is given from ``start`` on for a tensor: a tensor before it is not to be read as a number then,
    which under a transform is an error."""
    for parameter, value in zip(parameters[start:], args[start:], strict=False):
        if parameter.is_tensor and not parameter.numbers and type(value) in PLAIN_NUMBERS:
            return True
    return False


def bind_keywords(op: Op, bound: list, given: int, kwargs: dict) -> bool:
    """Fill in what ``kwargs`` gives for the arguments from ``given`` on; whether all fit and were used."""
    used = 0
    for index in range(given, op.n_arguments):
        parameter = op.kinds[index]
        value = keyword(parameter.name, kwargs)
        if value is not UNBOUND:
            used += 1
            if not (isinstance(value, TensorBase) and parameter.is_tensor):
                value = parameter.convert(value)
            if value is UNBOUND:
                return False
            bound[index] = value
    return used == len(kwargs)


def keyword(name: str, kwargs: dict) -> Any:
    if name in kwargs:
        return kwargs[name]
    for synonym in SYNONYMS.get(name, ()):
        if synonym in kwargs:
            return kwargs[synonym]
    return UNBOUND


class Parameter:
    """How a value becomes the argument: ``convert`` gives it, or UNBOUND when it is of another type.

    ``none`` is what None stands for, ``exact`` the types of which a value stays as it is, ``refused`` those of
    numbers, lists and dtypes that were found not to fit, ``spread`` how often a single int counts for a list of
    them (0: not at all).
    """

    __slots__ = ("argument", "default", "exact", "is_ints", "is_tensor", "is_tensors", "name", "none", "numbers",
                 "refused", "spread")  # fmt: skip

    def __init__(self, argument: Argument, numbers: bool) -> None:
        of = argument.type
        kind, is_list = of.kind, of.is_list
        self.argument = argument
        self.is_tensor = kind is Kind.TENSOR and not is_list
        self.name = "input" if argument.name == "self" and self.is_tensor else argument.name
        self.is_ints = kind is Kind.INT and is_list
        self.is_tensors = kind is Kind.TENSOR and is_list
        self.numbers = numbers and self.is_tensor
        self.exact = NOTHING if is_list or self.is_tensor else EXACT.get(kind, NOTHING)
        self.refused: frozenset = NOTHING
        self.spread = 0 if of.size is None else max(of.size, 1)
        default = argument.default
        if isinstance(default, str) and kind in (Kind.MEMORY_FORMAT, Kind.LAYOUT):
            default = layouts.BY_NAME[default]
        elif isinstance(default, str) and kind is Kind.SCALAR_TYPE:
            default = dtypes.BY_NAME[default]
        self.default = default
        if of.optional or default is None:
            self.none: Any = None
        else:
            self.none = () if default == () else UNBOUND

    def convert(self, value: Any) -> Any:
        kind = type(value)
        if kind in self.exact:
            return value
        if value is None:
            return self.none
        if self.is_ints:
            if kind is int and self.spread:
                return (value,) * self.spread
            if isinstance(value, (tuple, list)) and all_int(tuple(value)):
                return tuple(value)
        elif self.numbers and kind in PLAIN_NUMBERS:
            return wrap_number(value)
        elif self.is_tensors and (kind is list or kind is tuple) and all_tensors(value):
            return list(value)
        return UNBOUND if kind in self.refused else self.coerce(value)

    def coerce(self, value: Any) -> Any:
        """:meth:`convert` for a value of an unusual type."""
        from mini_autograd.op.coercion import coerced  # on first use: it brings in what errors are made of

        result = coerced(self.argument, self.numbers, value)
        listed = isinstance(value, (tuple, list)) and not self.argument.is_list
        if result is UNBOUND and (listed or type(value) in PLAIN_NUMBERS or isinstance(value, dtypes.dtype)):
            self.refused = self.refused | {type(value)}
        if result is UNBOUND or not self.is_tensor:
            return result
        return wrap_number(result)


def all_int(values: tuple) -> bool:
    for value in values:  # noqa: SIM110 -- compiled, a loop costs less than a generator
        if type(value) is not int:
            return False
    return True


def all_tensors(values: Any) -> bool:
    for value in values:  # noqa: SIM110 -- as above
        if not isinstance(value, TensorBase):
            return False
    return True


def is_spread(value: Any) -> bool:
    """Whether a single ``value`` stands for a list of ints, as in ``x.view(6)``."""
    if type(value) is int or isinstance(value, (tuple, list)):
        return type(value) is int
    from mini_autograd.op.coercion import stands_for_int  # on first use, as above

    return stands_for_int(value)


def is_number(value: Any) -> bool:
    """Whether ``value`` is a number of Python's or of numpy's."""
    if isinstance(value, (int, float, complex)):
        return True
    from mini_autograd.op.acceptance import is_number as accepted  # on first use, as above

    return accepted(value)


# How options that come without a row are taken, by kind.
CONVERTERS: dict[str, Any] = {
    kind.value: Parameter(Argument(kind.value, Type(kind)), False).convert
    for kind in (Kind.INT, Kind.BOOL, Kind.SCALAR_TYPE, Kind.DEVICE)
}
