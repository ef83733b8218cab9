"""Calls on tensors of a user's class, which its ``__torch_function__`` may take over.

NOTE [Overriding]: from when there is a class that can override, binding asks here first; until then no call pays for
it. While such a class does what it does, calls on its tensors run as on any others, so that an op inside of another
is not overridden a second time.

See https://pytorch.org/docs/stable/notes/extending.html, "Extending torch with a Tensor-like type".
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

from mini_autograd.graph import accumulate, engine, modes
from mini_autograd.graph.operations import F, Operations
from mini_autograd.op import binding
from mini_autograd.op.binding import UNBOUND, Packet
from mini_autograd.tensor import Tensor, TensorBase
from mini_autograd.warning import pass_over


def disabled(func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
    """As a class's ``__torch_function__``: its tensors are as any others to ops."""
    with plain_calls():
        return func(*args, **(kwargs or {}))


# Getters of tensors that are of no class but their own: those of ``grad`` and ``_base``.
AS_THEY_ARE: set[Any] = set()


def default(cls: type, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
    """Tensor's own ``__torch_function__``: run ``func``, and make tensors of this class of the tensors it gives.

    NotImplemented where a class among ``types`` is none that this one derives from.
    """
    if not all(issubclass(cls, one) for one in types):
        return NotImplemented
    with plain_calls():
        result = func(*args, **(kwargs or {}))
        return result if func in AS_THEY_ARE else converted(result, cls)


def converted(value: Any, cls: type) -> Any:
    if isinstance(value, TensorBase):
        if cls is Tensor or isinstance(value, cls):
            return value
        made: Any = F.alias(value)
        if not made._layered:  # what a transform makes is of no user's class
            made.__class__ = cls
        return made
    if isinstance(value, (tuple, list)) and any(isinstance(one, (TensorBase, tuple, list)) for one in value):
        parts = [converted(one, cls) for one in value]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    return value


def plain_calling(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, with none of the calls in it overridden."""

    @functools.wraps(function)
    def calling(*args: Any, **kwargs: Any) -> Any:
        switches = modes.current()
        before, switches.plain_calls = switches.plain_calls, True  # as plain_calls, at a fraction of its cost
        try:
            return function(*args, **kwargs)
        finally:
            switches.plain_calls = before

    return calling


@contextlib.contextmanager
def plain_calls() -> Iterator[None]:
    """Calls inside are not overridden."""
    switches = modes.current()
    before, switches.plain_calls = switches.plain_calls, True
    try:
        yield
    finally:
        switches.plain_calls = before


def begin(cls: type) -> bool:
    """Whether a class that was derived from Tensor overrides calls; from now on binding asks."""
    if getattr(cls, "__torch_function__", disabled) is disabled:
        return False
    binding.ask_before_calls(override)
    while NAMESPACES:
        space, names = NAMESPACES.pop()
        space.update(
            {name: function_of(space[name]) for name in names if isinstance(space[name], FunctionType)}
        )
    return True


def leave_out(packets: Iterable[Packet]) -> None:
    """Have no derivative of these overridden, nor what the engine calls: in torch both lie below where classes are
    asked."""
    below = Operations()
    for name, packet in vars(F).items():
        setattr(below, name, plain_calling(packet))
    for module in (engine, accumulate):
        vars(module)["F"] = below
    formulas = {one for packet in packets for row in packet.overloads for one in (row.joint, *row.formulas)}
    for formula in formulas - {None}:
        formula.function = plain_calling(formula.function)


# Modules whose functions are no ops, but made of several: until there is a class that overrides they are as written.
NAMESPACES: list[tuple[dict[str, Any], tuple[str, ...]]] = []


def function_of(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is no op, as one that the classes of its arguments may take over."""
    named = naming(plain)

    @functools.wraps(plain)
    def overridden(*args: Any, **kwargs: Any) -> Any:
        if modes.current().plain_calls or not overriding((*args, *kwargs.values()), []):
            return plain(*args, **kwargs)
        return override(overridden, *named(args, kwargs))

    pass_over(overridden)
    return overridden


# What has no default and is handed over by its name all the same; and what torch forgets to hand over.
BY_NAME = {"__array_wrap__": ["array"]}
OMITTED = {"l1_loss": ("weight",), "chain_matmul": ("out",)}


def naming(plain: Callable[..., Any]) -> Callable[[tuple, dict], tuple[tuple, dict]]:
    """How torch's functions in Python hand over their arguments: each that has a default by its name, given or not."""
    signature = inspect.signature(plain)
    names = [name for name, one in signature.parameters.items() if one.default is not one.empty]
    names += BY_NAME.get(plain.__name__, ())
    omitted = OMITTED.get(plain.__name__, ())

    def named(args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        options = {name: bound.arguments.pop(name) for name in names}
        for name in omitted:
            del options[name]
        return bound.args, options | bound.kwargs

    return named


def as_written(*signatures: Callable[..., Any]) -> list[Callable[[tuple, dict], tuple[tuple, dict]]]:
    """How torch hands over an op that it has in Python: the function and the method."""
    return [naming(one) for one in signatures]


# Ops that torch has in Python, with their parameters as it writes them: as functions, and as methods.
PYTHON = {
    "norm": as_written(
        lambda input, p="fro", dim=None, keepdim=False, out=None, dtype=None: None,
        lambda self, p="fro", dim=None, keepdim=False, dtype=None: None,
    ),
    "split": as_written(
        lambda tensor, split_size_or_sections, dim=0: None, lambda self, split_size, dim=0: None
    ),
    "unique": as_written(
        *2 * (lambda input, sorted=True, return_inverse=False, return_counts=False, dim=None: None,)
    ),
    "unique_consecutive": as_written(
        *2 * (lambda input, return_inverse=False, return_counts=False, dim=None: None,)
    ),
    "unflatten": as_written(*2 * (lambda self, dim, sizes: None,)),
}
# Methods for which torch asks nobody.
NEVER = frozenset(("set_",))
# What most calls are given: nobody has to be asked about these.
PLAIN = frozenset((Tensor, int, float, bool, str, type(None)))


def all_plain(values: Iterable[Any]) -> bool:
    for value in values:  # noqa: SIM110 -- a generator costs more than most calls have values
        if type(value) not in PLAIN:
            return False
    return True


def overrides(value: Any) -> bool:
    kind = type(value)
    return kind is not Tensor and isinstance(value, TensorBase) and kind.__torch_function__ is not disabled


def takes_part(value: Any) -> bool:
    """Whether torch's functions in Python name the class of ``value`` among others: those of plain tensors, too."""
    return (
        isinstance(value, TensorBase) and getattr(type(value), "__torch_function__", disabled) is not disabled
    )


def overriding(values: Any, found: list, counts: Callable[[Any], bool] = overrides) -> list:
    """The tensors among ``values``, lists of them included, whose classes override: the most derived classes first."""
    for value in values:
        if isinstance(value, (tuple, list)):
            overriding(value, found, counts)
        elif counts(value) and type(value) not in map(type, found):
            place = next(
                (at for at, one in enumerate(found) if issubclass(type(value), type(one))), len(found)
            )
            found.insert(place, value)
    return found


def override(function: Any, args: tuple, kwargs: dict, among: tuple | None = None) -> Any:
    """What the classes of the arguments make of a call of a packet or function; UNBOUND where none overrides it.

    ``among``: those that are asked, if not all.
    """
    if modes.current().plain_calls or (among is None and not kwargs and all_plain(args)):
        return UNBOUND
    asked = (*args, *kwargs.values()) if among is None else among
    found = overriding(asked, [])
    if not found or (isinstance(function, Packet) and function.name in NEVER):
        return UNBOUND
    if not isinstance(function, Packet):
        found = overriding(asked, [], takes_part)
        return handed_over(function, found, args, kwargs)
    # Operators on bits are handed over as themselves, which is what profilers call them, too.
    public = getattr(Tensor, function.event, None) if function.method else None
    public = public if callable(public) else function
    in_python = PYTHON.get(function.name)
    if in_python is not None:
        given, options = in_python[function.method](args, kwargs)
        return handed_over(public, found, given, options)
    full_name = f"torch.Tensor.{function.event}" if function.method else f"torch.{function.event}"
    return handed_over(public, found, args, kwargs or None, full_name)


def handed_over(func: Any, found: list, args: tuple, kwargs: dict | None, name: str = "") -> Any:
    """What the first of the overriding classes that knows better than NotImplemented gives.

    TypeError where none does, with the full ``name`` of ``func``; without one, as torch's functions in Python say it.
    """
    types = tuple(map(type, found))
    for one in found:
        result = type(one).__torch_function__(func, types, args, kwargs)
        if result is not NotImplemented:
            return result
    if not name:
        raise TypeError(
            f"no implementation found for '{public_name(func)}' on types that implement __torch_function__: "
            f"{list(types)}"
        )
    raise TypeError(
        f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n"
        + "\n".join(f"  - tensor subclass {kind}" for kind in types)
        + "\n\nFor more information, try re-running with TORCH_LOGS=not_implemented"
    )


def public_name(func: Any) -> str:
    """Where torch has a function that it writes in Python, or a method."""
    if isinstance(func, Packet):
        return f"{Packet.__module__.partition('.')[0]}.functional.{func.name}"
    package, _, place = func.__module__.partition(".")
    if (
        "." in func.__qualname__
        or func.__name__ in PYTHON
        or place.startswith(("methods", "graph", "conversion"))
    ):
        public = "_tensor"
    else:
        public = {"nn": "nn.functional", "autograd": "autograd"}.get(place.partition(".")[0], place)
    return f"{package}.{public}.{func.__name__}"


def is_asked(instance: TensorBase) -> bool:
    """Whether the class of a tensor is asked about its properties."""
    return not modes.current().plain_calls and overrides(instance)


def method(
    plain: Callable[..., Any], in_python: bool = False, named_as: str | None = None
) -> Callable[..., Any]:
    """A method that is no op, as one that the class of its tensor may take over, as Tensor's method ``named_as``; torch
    has it ``in_python``."""
    name = named_as or plain.__name__
    full_name = "" if in_python else f"torch.Tensor.{name}"
    named = naming(plain) if in_python else None

    @functools.wraps(plain)
    def overridden(self: TensorBase, *args: Any, **kwargs: Any) -> Any:
        if modes.current().plain_calls or (type(self) is Tensor and not args and not kwargs):
            return plain(self, *args, **kwargs)
        found = overriding((self, *args, *kwargs.values()), [])
        if not found:
            return plain(self, *args, **kwargs)
        public = vars(Tensor).get(name, plain)
        if named is None:
            return handed_over(public, found, (self, *args), kwargs or None, full_name)
        return handed_over(public, found, *named((self, *args), kwargs))

    pass_over(overridden)
    return overridden


def operator(plain: Callable[..., Any], named_as: str | None, in_python: bool = False) -> Callable[..., Any]:
    """An operator whose classes may take it over: as Tensor's method ``named_as``, or what it calls; what they refuse
    is NotImplemented."""
    overridden = plain if named_as is None else method(plain, in_python, named_as)

    @functools.wraps(plain)
    def operating(self: TensorBase, other: object) -> Any:
        if modes.current().plain_calls or not overriding((self, other), []):
            return plain(self, other)
        try:
            return overridden(self, other)
        except TypeError:
            return NotImplemented

    return operating
