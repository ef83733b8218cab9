"""What of a tensor its class is asked about beside the ops: methods, operators and properties.

NOTE [Handed over]: torch asks about nearly all that it has for tensors, be it ``x.shape``, and in two ways. What it has
in C++ is handed over with the arguments as they were given, and None for no keywords; what it has in Python with an
argument that has a default by its name, given or not. A property is handed over as its ``__get__``, ``__set__`` or
``__delete__``. Plain tensors pay for none of it: a class gets methods and properties of its own that ask.
"""

from __future__ import annotations

import functools
from typing import Any

from mini_autograd import conversion
from mini_autograd.methods import exchange, geometry, history, operators, properties, serialization, text
from mini_autograd.op import override
from mini_autograd.tensor import Tensor

IN_PYTHON = {
    *("backward", "register_hook", "register_post_accumulate_grad_hook"),
    *(
        "__array__",
        "__array_wrap__",
        "__contains__",
        "__len__",
        "__reversed__",
        "__dir__",
        "__format__",
        "__repr__",
    ),
    *(
        "__deepcopy__",
        "__reduce_ex__",
        "__setstate__",
        "__dlpack__",
        "__dlpack_device__",
        "__cuda_array_interface__",
    ),
}
PROPERTIES = ("requires_grad", "grad", "_grad", "data", "volatile", "__cuda_array_interface__")
PARTS = ("real", "imag")  # which are assigned to unasked
# What the classes of an index or of a value override, too: so these are overridden in Tensor itself.
OF_ARGUMENTS = ("__getitem__", "__setitem__")
# The operators that are handed over as themselves, or under another name of theirs; others as the methods they call.
ITSELF = {"lshift", "rshift", "eq", "and", "or", "xor", "iand", "ior", "ixor", "ilshift", "irshift"}
ITSELF_IN_PYTHON = {
    special: f"__{special}__"
    for special in ("floordiv", "rsub", "rfloordiv", "rmod", "rpow", "rlshift", "rrshift", "rmatmul", "rdiv")
} | {"pow": "pow", "ipow": "pow_", "rtruediv": "__rdiv__"}


class Property(property):
    """A property of Tensor that the class of an instance may take over."""

    def __init__(self, name: str, plain: property, sets: bool = True) -> None:
        super().__init__(plain.fget, plain.fset, plain.fdel, plain.__doc__)
        self.name = name
        self.plain = plain
        self.sets = sets

    def asked(self, action: str, args: tuple) -> Any:
        act = getattr(self.plain, action)
        if not override.is_asked(args[0]):
            return act(*args)
        full_name = f"torch.Tensor.{self.name}.{action}"
        options: dict[str, Any] | None = {} if self.name in IN_PYTHON else None
        return override.handed_over(act, [args[0]], args, options, full_name)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self.plain if instance is None else self.asked("__get__", (instance,))

    def __set__(self, instance: Any, value: Any) -> None:
        if self.sets and self.plain.fset is not None:
            self.asked("__set__", (instance, value))
            return
        with override.plain_calls():
            self.plain.__set__(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.plain.fdel is not None:
            self.asked("__delete__", (instance,))
            return
        self.plain.__delete__(instance)


def iterated(self: Any) -> Any:
    """``iter(tensor)``, whose class is asked for the number of dimensions before it is for the parts."""
    self.dim()
    return Tensor.__iter__(self)


def methods() -> list[str]:
    """The names of the methods that are no ops; a copy is made of others that are handed over."""
    modules: tuple[Any, ...] = (history, conversion, geometry, text, exchange, serialization)
    names = {method.__name__ for module in modules for method in module.METHODS} - {"__copy__"}
    return sorted(names | {*geometry.SYNONYMS, "new", "type"})


@functools.cache
def asking(name: str) -> Any:
    """The method or property of that name for classes that override."""
    plain = vars(Tensor)[name]
    if isinstance(plain, property):
        return Property(name, plain, sets=name not in PARTS)
    return iterated if name == "__iter__" else override.method(plain, in_python=name in IN_PYTHON)


def take_over(cls: type) -> None:
    """Have ``cls`` asked about all that it leaves as Tensor has it."""
    for name in (*methods(), *properties.PROPERTIES, *PROPERTIES, *PARTS):
        plain = vars(Tensor)[name]
        if getattr(cls, name) is plain:
            setattr(cls, name, asking(name))


def take_over_operators() -> None:
    """Have the classes of both operands asked about operators, and of indices, too."""
    for name in OF_ARGUMENTS:
        setattr(Tensor, name, override.method(getattr(Tensor, name)))
    in_place = [f"i{special}" for special in operators.OPERATORS if hasattr(Tensor, f"__i{special}__")]
    for special in dict.fromkeys((*operators.BINARY, *in_place, *ITSELF, *ITSELF_IN_PYTHON)):
        name = f"__{special}__"
        public = ITSELF_IN_PYTHON.get(special, name if special in ITSELF else None)
        in_python = special in ITSELF_IN_PYTHON
        setattr(Tensor, name, override.operator(getattr(Tensor, name), public, in_python))
    cls: Any = Tensor
    cls.__invert__ = override.method(cls.__invert__, named_as="__invert__")
