"""What stands for the objects of a library in a recording that is played back: NOTE [Recordings]."""

from __future__ import annotations

import builtins
import functools
import math
from types import SimpleNamespace
from typing import Any

import numpy

from ..observed import EVERYTHING
from ..standin import StandIn
from ..subjects import Subject
from .file import Recording
from .number import Array

FARTHEST = 1 << 26  # bytes from one element of an array to another
BLOCK = 1 << 32  # the distance between the addresses of two storages, more than any offset


class Tensor(StandIn):
    """A tensor as it was after the present statement; its address tells storages apart and nothing else."""

    dtype = property(lambda self: self.fact("dtype"))
    shape = property(lambda self: self.fact("shape"))
    is_leaf = property(lambda self: self.fact("leaf"))
    requires_grad = property(lambda self: self.fact("requires_grad"))
    grad = property(lambda self: self.fact("grad"))
    output_nr = property(lambda self: self.fact("output_nr"))
    grad_fn = property(lambda self: self.fact("grad_fn"))

    @property
    def retains_grad(self) -> bool:
        return self.fact("keeps") and not self.is_leaf

    @property
    def _version(self) -> int:
        version = self.fact("version")
        if version is None:
            raise RuntimeError("Inference tensors do not track version counter.")
        return version

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def stride(self) -> Any:
        return self.fact("stride")

    def storage_offset(self) -> int:
        return self.fact("offset")

    def data_ptr(self) -> int:
        memory = self.fact("memory")
        return 0 if memory is None else (memory + 1) * BLOCK + self.fact("offset")

    def element_size(self) -> int:
        return 1

    def numel(self) -> int:
        return math.prod(self.shape)

    def is_conj(self) -> bool:
        return self.fact("bits")[0]

    def is_neg(self) -> bool:
        return self.fact("bits")[1]

    def is_floating_point(self) -> bool:
        return "float" in self.dtype

    def is_complex(self) -> bool:
        return "complex" in self.dtype

    def numpy(self, force: bool = False) -> Array:
        return self.fact("values")

    def truth(self) -> Array | None:
        """The value of the float64 run, None where rounding is all that it is off by."""
        off = self.fact("off")
        return None if off is None else numpy.asarray(self.numpy().astype(off.dtype) + off)

    def detach(self, *given: Any) -> Tensor:
        """The same: it has one array, in which bfloat16 is kept as float32."""
        return self

    float = detach


class Node(StandIn):
    """A graph node. `facts` holds what it saved, by the name under which it is read."""

    def name(self) -> str:
        return self.fact(":name")

    @property
    def next_functions(self) -> Any:
        return self.fact(":edges")

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name not in facts:
            raise AttributeError(name)
        problem = facts.get(f":problem {name}")
        if problem is not None:
            raise problem
        return facts[name]

    def __dir__(self) -> list[str]:
        return list(self.facts)


class Library:
    """What a recording has in the place of a module: the state of a process in which nothing was left behind."""

    @staticmethod
    def is_grad_enabled() -> bool:
        return True

    @staticmethod
    def is_inference_mode_enabled() -> bool:
        return False


def recorded(recording: Recording) -> Subject:
    """A recording in the place of a library."""
    told = recording.header
    seen = EVERYTHING - set(told.get("unobserved", ()))
    return Subject(told["subject"], told["version"], Library(), told["compiled"], None, recording, seen)


@functools.cache
def named(base: type, name: str, *distinct: str) -> type:
    """A class of that name; what is known of classes by their identity differs where `distinct` does."""
    return type(name, (base,), {})


@functools.cache
def error_class(name: str, runtime: bool) -> type[Exception]:
    """A class of errors by name, which is a RuntimeError where the library's was one."""
    found = getattr(builtins, name, RuntimeError if runtime else Exception)
    base = found if isinstance(found, type) and issubclass(found, Exception) else Exception
    try:
        base("")
    except TypeError:  # which wants more than a text, as the errors of encodings do
        base = Exception
    return type(name, (base,), {"__str__": lambda self: self.args[0], "__module__": "builtins"})


def other(type_name: str, text: str) -> Any:
    """An object of which its type's name and its text are known."""
    return type(
        type_name, (SimpleNamespace,), {"__str__": lambda self: text, "__repr__": lambda self: text}
    )()


def strided(values: Array, strides: tuple[int, ...]) -> Array:
    """An array with these values and steps in memory."""
    reach = [(size - 1) * step for size, step in zip(values.shape, strides, strict=True) if values.size]
    low = -sum(step for step in reach if step < 0)
    high = sum(step for step in reach if step > 0)
    if low + high > FARTHEST:
        raise ValueError(f"strides {strides} reach too far")
    memory = numpy.zeros(low + high + values.itemsize, numpy.uint8)
    made: Array = numpy.ndarray(values.shape, values.dtype, memory.data, low, strides)
    made[...] = values
    return made
