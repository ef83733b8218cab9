"""Turning live calls of torch into statements: tensors with strides and shared memory, functions by their names."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, resolve_name

from ..reading import array_of, dtype_name
from ..statements import DTYPES, DType, Format, Get, Index, Op, Output, Ref, Seeded, Slice, Statement, literal
from ..statements.argument import FORMATS, is_key
from ..statements.op import OPERATORS, PRIVATE, UNARY

SPACES = ("nn.functional", "linalg", "fft", "special", "masked", "signal.windows", "", "Tensor")
SEED = 11
LONGEST = 40  # tensors of a result that get a name each
MOST_DIMENSIONS = 32
WRITTEN = 512  # elements above which a tensor of zeros stands for one whose numbers do not matter


class Unrecorded(Exception):
    """A call cannot be written as statements; the text says why."""


@functools.cache
def public_names() -> dict[Any, str]:
    """The dotted name of each public function and method, by :func:`key_of`."""
    names: dict[Any, str] = {}
    for space in SPACES:
        holder = functools.reduce(getattr, space.split("."), torch) if space else torch
        for name in dir(holder):
            found = getattr(holder, name, None)
            if callable(found) and (space == "Tensor" or not name.startswith("_")):
                with contextlib.suppress(TypeError):  # it has no hash, and is no function
                    names.setdefault(key_of(found), f"{space}.{name}" if space else name)
    return names


def key_of(function: Any) -> Any:
    """What a function is found by: builtins of other names are equal where they do the same."""
    return function, getattr(function, "__name__", None)


def name_of(function: Any) -> tuple[str, bool]:
    """The name that a program calls a function by, and whether in reverse; Unrecorded where there is none."""
    name = public_names().get(key_of(function))
    if name == "Tensor.__abs__":
        return "Tensor.abs", False
    if name is not None:
        return operator_name(name) or (name, False)
    text = resolve_name(function) or str(function)
    plain = text.removeprefix("torch.").replace("functional._max_pool", "functional.max_pool")
    for private in (plain, getattr(function, "__name__", "")):
        if private.startswith("nn.functional.") or private in PRIVATE:
            return private, False
    raise Unrecorded(f"{text} has no public name")


def operator_name(name: str) -> tuple[str, bool] | None:
    """`operator.add` for `Tensor.__add__`, which programs write as an operator, and whether in reverse."""
    if not name.startswith("Tensor.__"):
        return None
    inner = {"rdiv": "rtruediv"}.get(name[9:-2], name[9:-2])
    for one, reverses in ((inner, False), (f"{inner}_", False), (inner[1:], True), (f"{inner[1:]}_", True)):
        if one in OPERATORS or one in UNARY:
            return f"operator.{one}", reverses and inner.startswith("r")
    raise Unrecorded(f"{name} is no operator of programs")


class Calls(TorchFunctionMode):  # type: ignore[misc]
    """Keeps the calls that are made while it is entered, from outside: a function's own calls are not."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[Any, Any, Any, Any]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        result = func(*args, **given)
        if getattr(func, "__name__", "") != "__get__" or isinstance(result, torch.Tensor):
            self.made.append((func, args, given, result))
        return result


class Writer:
    """Writes the statements of one sample; `rounded` numbers take less room, and are as good as any."""

    def __init__(self, rounded: Callable[[torch.Tensor], torch.Tensor], zeros: bool = False) -> None:
        self.rounded, self.zeros = rounded, zeros
        self.statements: list[Statement] = []
        self.names: dict[int, str] = {}
        self.bases: dict[int, str] = {}
        self.kept: list[Any] = []  # so that no name's id is given away
        self.inputs: list[str] = []
        self.count = 0

    def new(self, letter: str = "x") -> str:
        self.count += 1
        return f"{letter}{self.count - 1}"

    # --- tensors --------------------------------------------------------------------------------------------

    def tensor(self, tensor: Any) -> str:
        """The name of a tensor, written out where it is met for the first time."""
        known = self.names.get(id(tensor))
        if known is not None:
            return known
        if tensor.layout is not torch.strided or tensor.device.type != "cpu":
            raise Unrecorded(f"a tensor of layout {tensor.layout} on {tensor.device}")
        if dtype_name(tensor.dtype) not in DTYPES:
            raise Unrecorded(f"a tensor of {tensor.dtype}")
        if tensor.ndim > MOST_DIMENSIONS:
            raise Unrecorded(f"a tensor of {tensor.ndim} dimensions")
        name = self._whole(tensor) if self._is_whole(tensor) else self._part(tensor)
        self.kept.append(tensor)
        self.names[id(tensor)] = name
        if tensor.requires_grad:
            self.inputs.append(name)
        return name

    def _is_whole(self, tensor: Any) -> bool:
        held = tensor.untyped_storage()
        fills = held.nbytes() == tensor.numel() * tensor.element_size()
        return tensor.is_contiguous() and (fills or tensor.numel() == 0) and held.data_ptr() not in self.bases

    def _whole(self, tensor: Any) -> str:
        name = self._numbers(tensor, tensor.requires_grad)
        if tensor.numel():
            self.bases[tensor.untyped_storage().data_ptr()] = name
        return name

    def _part(self, tensor: Any) -> str:
        """A view of the memory that it lies in, which others may lie in, too."""
        held = tensor.untyped_storage()
        base = self.bases.get(held.data_ptr())
        if base is None:
            whole = torch.empty(0, dtype=tensor.dtype).set_(held)
            base = self.bases[held.data_ptr()] = self._numbers(whole, False)
        name = self.new()
        place = (Ref(base), tuple(tensor.shape), tuple(tensor.stride()), tensor.storage_offset())
        self.statements.append(Op("as_strided", place, out=Output(name)))
        if tensor.requires_grad:
            self.statements.append(Op("Tensor.requires_grad_", (Ref(name),)))
        return name

    def _numbers(self, tensor: Any, requires_grad: bool) -> str:
        name, dtype = self.new(), dtype_name(tensor.dtype)
        if self.zeros and tensor.numel() > WRITTEN:
            options = {"dtype": DType(dtype), **({"requires_grad": True} if requires_grad else {})}
            self.statements.append(Op("zeros", (tuple(tensor.shape),), options, Output(name)))
            return name
        numbers = array_of(self.rounded(tensor.detach()), dtype).reshape(-1).tolist()
        self.statements.append(literal(name, numbers, tuple(tensor.shape), dtype, requires_grad))
        return name

    # --- calls ----------------------------------------------------------------------------------------------

    def argument(self, value: Any) -> Any:
        """An argument as data; Unrecorded for what programs do not have."""
        if isinstance(value, torch.Tensor):
            return Ref(self.tensor(value))
        if isinstance(value, torch.dtype):
            if dtype_name(value) not in DTYPES:
                raise Unrecorded(f"the dtype {value}")
            return DType(dtype_name(value))
        if isinstance(value, torch.memory_format | torch.layout):
            name = str(value).rpartition(".")[2]
            if name not in FORMATS:
                raise Unrecorded(f"the format {value}")
            return Format(name)
        if isinstance(value, torch.device):
            return str(value)
        if type(value) in (tuple, list, torch.Size):
            return (list if type(value) is list else tuple)(self.argument(one) for one in value)
        if isinstance(value, slice):
            return Slice(value.start, value.stop, value.step)
        if value is None or value is Ellipsis or type(value) in (bool, int, float, complex, str):
            return value
        raise Unrecorded(f"an argument of type {type(value).__name__}")

    def call(self, function: Any, args: Any, kwargs: dict[str, Any], result: Any) -> None:
        """A call whose result is known, where it is known."""
        if getattr(function, "__name__", "") == "__get__":
            attribute = (resolve_name(function) or "").split(".")[-2]
            out = self.bound(result)
            self.statements.append(Get(out, self.tensor(args[0]), attribute))  # type: ignore[arg-type]
            return
        if getattr(function, "__name__", "") == "__getitem__":
            name, index = self.tensor(args[0]), self.argument(args[1])
            self.statements.append(Index(self.bound(result), name, index))  # type: ignore[arg-type]
            return
        written = tuple(self.argument(one) for one in args)
        if not all(map(is_key, kwargs)):
            raise Unrecorded("a keyword that programs do not have")
        named = {key: self.argument(value) for key, value in kwargs.items()}
        name, reverses = name_of(function)
        self.statements.append(Op(name, written[::-1] if reverses else written, named, self.bound(result)))

    def bound(self, result: Any) -> Any:
        """Names for a result: one, or one for each tensor of a sequence."""
        several = isinstance(result, tuple | list) and 0 < len(result) <= LONGEST
        if several and all(isinstance(one, torch.Tensor) for one in result):
            return tuple(Output(self._result(one)) for one in result)
        return Output(self._result(result))

    def _result(self, value: Any) -> str:
        name = self.new("y")
        self.kept.append(value)
        self.names[id(value)] = name
        return name


def draws(statements: list[Statement]) -> bool:
    """Whether statements take random numbers."""
    before = torch.random.get_rng_state()
    env: dict[str, Any] = {}
    for statement in statements:
        statement.execute(torch, env, [])
    return not torch.equal(before, torch.random.get_rng_state())


def seeded(statements: list[Statement]) -> list[Statement]:
    """The statements with the source of random numbers set before each call."""
    given = ("as_strided", "Tensor.requires_grad_")
    calls = [isinstance(one, Op) and one.name not in given for one in statements]
    return [Seeded(SEED, one) if call else one for one, call in zip(statements, calls, strict=True)]


def rounded(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers with eight bits each, which every floating dtype holds."""
    if tensor.is_complex():
        return torch.complex(rounded(tensor.real), rounded(tensor.imag))
    if not tensor.is_floating_point():
        return tensor
    short = tensor.to(torch.bfloat16).to(tensor.dtype)
    return short if torch.equal(short.isfinite(), tensor.isfinite()) else tensor


def exact(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers as they are."""
    return tensor.resolve_conj().resolve_neg()
