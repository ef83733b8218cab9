"""A call of a public function, Tensor method or Python operator."""

from __future__ import annotations

import dataclasses
import functools
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from . import argument as arguments
from .error import ProgramError
from .output import assigned, bind_outputs
from .statement import Events, Output, Statement

OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "lshift": "<<",
    "rshift": ">>",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
UNARY = {"neg": "-", "pos": "+", "invert": "~"}
IN_PLACE = {
    f"i{name.rstrip('_')}": f"{sign}=" for name, sign in OPERATORS.items() if name not in ("eq", "ne")
}
IN_PLACE = {name: sign for name, sign in IN_PLACE.items() if name not in ("ilt", "ile", "igt", "ige")}
NAMESPACES = (
    "Tensor",
    "operator",
    "nn",
    "nn.functional",
    "linalg",
    "fft",
    "special",
    "masked",
    "signal.windows",
    "testing",
    "autograd",
    "autograd.forward_ad",
    "autograd.functional",
    "autograd.graph",
)
# Functions of the module that reach files, processes or settings of the whole process; methods that other objects than
# tensors have; functions that are no ops.
_CLOSED = re.compile(
    r"^(load|save|from_file|compile|set_|use_|hub|import_|jit|manual_seed|seed|classproperty)"
    r"|^(fork|wait|get_file_path|parse_|merge_type|prepare_|init_|profiler_|unify_|quantized_|thread_safe)"
    r"|^(autocast|clear_autocast|cond$|while_loop|classes|ops$)"
    r"|^Tensor\.(tofile|dump|from_file|share_memory_|pin_memory|record_stream|module_load|apply_|map2?_)"
    r"|^nn\.functional\.(handle_|has_torch|boolean_|assert_)|^autograd\.(graph\.)?(set_|default|deque|cast$|overload)"
)
_CLASSES = re.compile(r"^(\w+Tensor|Tensor|Size|nn\.Parameter|autograd\.Variable)$")
# Functions of the module with a name that says otherwise, which torch tests as it does public ones.
PRIVATE = (
    "_chunk_cat",
    "_native_batch_norm_legit",
    "_segment_reduce",
    "_unsafe_masked_index",
    "_unsafe_masked_index_put_accumulate",
)
_NAME = re.compile(rf"^(?:(?P<space>[a-z_.]+|Tensor)\.)?(?P<name>[A-Za-z][A-Za-z0-9_]*|{'|'.join(PRIVATE)})$")


@dataclass(frozen=True, slots=True)
class Op(Statement):
    """`out = name(*args, **kwargs)`; names are `mul`, `nn.functional.relu`, `Tensor.mul_`, `operator.mul`.

    `out` is one name, or a list of names that the result is unpacked into, or null when it is not bound.
    """

    kind: ClassVar[str] = "op"
    name: str
    args: tuple[arguments.Argument, ...] = ()
    kwargs: dict[str, arguments.Argument] = dataclasses.field(default_factory=dict)
    out: Output | tuple[Output, ...] | None = None

    def __post_init__(self) -> None:
        match = _NAME.match(self.name)
        if match is None or (match["space"] or "Tensor") not in NAMESPACES or _CLOSED.match(self.name):
            raise ProgramError(f"{self.name!r} is not the name of a public op")
        if match["name"][0].isupper() and match["space"] != "Tensor" and not _CLASSES.match(self.name):
            raise ProgramError(f"{self.name!r} is a class, and no op")
        if match["space"] == "operator" and match["name"] not in {**OPERATORS, **UNARY, **IN_PLACE}:
            raise ProgramError(f"{self.name!r} is not a Python operator of tensors")
        if match["space"] == "Tensor" and not self.args:
            raise ProgramError(f"{self.name!r} needs the tensor it is called on as its first argument")

    def execute(self, lib: Any, env: dict[str, Any], events: Events) -> Any:
        args = [arguments.bind(item, lib, env) for item in self.args]
        kwargs = {name: arguments.bind(item, lib, env) for name, item in self.kwargs.items()}
        if self.name.startswith("Tensor."):
            result = getattr(args[0], self.name[7:])(*args[1:], **kwargs)
        else:
            result = function(lib, self.name)(*args, **kwargs)
        return bind_outputs(self.out, result, env)

    @property
    def differentiates(self) -> bool:
        return self.name.startswith("autograd.")

    def lines(self) -> list[str]:
        return [assigned(self.out, self._call())]

    def _call(self) -> str:
        space, _, name = self.name.rpartition(".")
        args = [arguments.source(item) for item in self.args]
        if space == "operator" and name in OPERATORS:
            return f"{_bracket(args[0])} {OPERATORS[name]} {_bracket(args[1])}"
        if space == "operator" and name in UNARY:
            return f"{UNARY[name]}{args[0]}"
        if space == "operator":
            return f"operator.{name}({', '.join(args)})"
        args += [f"{key}={arguments.source(item)}" for key, item in self.kwargs.items()]
        if space == "Tensor":
            return f"{args[0]}.{name}({', '.join(args[1:])})"
        return f"torch.{self.name}({', '.join(args)})"

    @property
    def label(self) -> str:
        return self.name

    @property
    def writes_memory(self) -> bool:
        return (
            (self.name.endswith("_") and not self.name.endswith("__"))
            or (self.name.startswith("operator.i") and self.name != "operator.invert")
            or self.name.startswith("autograd.")
            or "out" in self.kwargs
            or self.kwargs.get("inplace") is True
        )

    def simpler(self) -> Iterator[Statement]:
        for name in self.kwargs:
            yield dataclasses.replace(
                self, kwargs={key: item for key, item in self.kwargs.items() if key != name}
            )
        for place in range(len(self.args) - 1, 0, -1) if not self.name.startswith("operator.") else ():
            yield dataclasses.replace(self, args=self.args[:place])
        for args in shorter_lists(self.args):
            yield dataclasses.replace(self, args=args)
        for place, item in enumerate(self.args):
            for plain in simpler_number(item):
                yield dataclasses.replace(self, args=(*self.args[:place], plain, *self.args[place + 1 :]))
        for name, item in self.kwargs.items():
            for plain in simpler_number(item):
                yield dataclasses.replace(self, kwargs={**self.kwargs, name: plain})


def without_one(items: Any) -> Iterator[Any]:
    """The items of a list or tuple without the last one, then without the one before it."""
    for place in range(len(items) - 1, -1, -1):
        yield items[:place] + items[place + 1 :]


def shorter_lists(args: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Arguments with an item less in all lists that are of one length, as such go together, and in one of them."""
    lists = {
        at: len(item) for at, item in enumerate(args) if isinstance(item, list | tuple) and len(item) > 1
    }
    alike = [[at for at in lists if lists[at] == length] for length in dict.fromkeys(lists.values())]
    for together in [*alike, *([at] for at in lists if [at] not in alike)]:
        for shorter in zip(*(without_one(args[at]) for at in together), strict=True):
            changed = dict(zip(together, shorter, strict=True))
            yield tuple(changed.get(at, item) for at, item in enumerate(args))


def simpler_number(item: Any) -> Iterator[Any]:
    """Rounder numbers in the place of a number argument."""
    if isinstance(item, bool) or not isinstance(item, int | float):
        return
    for plain in (type(item)(0), type(item)(1)):
        if item != plain and item == item:
            yield plain


_FUNCTIONS: dict[tuple[Any, str], Any] = {}


def forget_functions() -> None:
    """Look names up anew: what they stand for may be another function from now on."""
    _FUNCTIONS.clear()


def function(lib: Any, name: str) -> Callable[..., Any]:
    """The public function that a dotted name stands for in `lib`; AttributeError when it has none."""
    found = _FUNCTIONS.get((lib, name))
    if found is None:
        holder: Any = operator if name.startswith("operator.") else lib
        found = functools.reduce(getattr, name.removeprefix("operator.").split("."), holder)
        _FUNCTIONS[lib, name] = found
    return found


def _bracket(text: str) -> str:
    return f"({text})" if text.startswith("-") else text
