"""Declares ops that make a tensor from numbers: options, ``out=``, ``requires_grad=`` and default dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mini_autograd import errors
from mini_autograd.devices import DEFAULT as DEFAULT_DEVICE
from mini_autograd.dtypes import DEFAULT, dtype
from mini_autograd.graph import modes
from mini_autograd.graph.mutation import about_to_write
from mini_autograd.graph.version import count_write
from mini_autograd.kernels import accelerator, transfer
from mini_autograd.kernels.lookup import elsewhere
from mini_autograd.op.bits import resolved, write_elements
from mini_autograd.op.declare import op
from mini_autograd.op.resize import resize
from mini_autograd.op.schema import Schema, parse
from mini_autograd.tensor import ZERO_BIT, Tensor, TensorBase, requires_grad, wrap

OPTIONS = "ScalarType? dtype={}, Layout? layout=None, Device? device=None, bool? pin_memory=None"
FLAG = ", bool? requires_grad=False"
NO_PINNED_MEMORY = (
    "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is available "
    "on this system."
)
FORMAT = ", MemoryFormat? memory_format=None"
# Which see how zeros by a bit lie; to all others they are one zero that is expanded.
BY_BIT = ("zeros_like", "empty_like", "full_like")


def create(
    head: str,
    kernel: Callable[..., Any],
    *,
    dtype: Callable[..., Any] | None = None,
    default: str = "None",
    memory_format: bool = False,
    out: str | None = None,
    check: Callable[..., None] | None = None,
    variants: str = "function",
) -> None:
    """Declare ``head``, the start of a native schema up to where the options of a new tensor begin.

    ``kernel`` takes the arguments of ``head`` with arrays for tensors, then the memory format if
    ``memory_format``, then the dtype, and gives an array. ``dtype``: a function of the arguments that says
    which dtype is meant when none is given; by default that of the first tensor, or the default floating
    type. ``default``: what the schema says in its place. ``check``: raises for bad arguments, unless
    they are written to an ``out``. ``out``: the overload name of the variant that does so.
    """
    star = "" if "*" in head else ", *"
    options = OPTIONS.format(default) + (FORMAT if memory_format else "") + FLAG
    maker = Maker(parse(f"{head}) -> Tensor"), kernel, dtype, memory_format, check)
    op(f"{head}{star}, {options}) -> Tensor", composite=maker, variants=variants)
    if out is not None:
        name, _, arguments = head.partition("(")
        written = f"{name.partition('.')[0]}.{out}({arguments}{star}, Tensor(a!)? out, {options})"
        op(f"{written} -> Tensor(a!)", composite=maker.write, variants=variants)


class Maker:
    """Calls a kernel and wraps what it gives; :meth:`write` puts it into a tensor that is there already."""

    __slots__ = ("check", "count", "kernel", "memory_format", "name", "rule", "tensors")

    def __init__(self, schema: Schema, kernel: Any, rule: Any, memory_format: bool, check: Any) -> None:
        self.check = check
        self.name = schema.name
        self.kernel = kernel
        self.count = len(schema.arguments)
        self.tensors = tuple([i for i, argument in enumerate(schema.arguments) if argument.kind == "Tensor"])
        self.memory_format = memory_format
        self.rule = rule or (self.like_first if self.tensors else default_float)

    def like_first(self, *args: Any) -> dtype:
        first: dtype = args[self.tensors[0]]._dtype
        return first

    def __call__(self, *args: Any) -> Tensor:
        count = self.count
        given = list(args[:count])
        kind = args[count]
        if kind is None:
            kind = self.rule(*given)
        if self.check is not None:
            self.check(*given, kind)
        place = self.place(given, args[count + 2])
        if args[count + 3]:
            return new(pinned(self.array(given, args, kind, place)), kind, args[-1])
        return new(self.array(given, args, kind, place), kind, args[-1])

    def place(self, given: list, device: Any) -> int | None:
        """The number of the GPU that the array is to lie on, None for the CPU."""
        if device is None:
            if self.tensors:
                return accelerator.number_of(given[self.tensors[0]]._array)
            device = DEFAULT_DEVICE.device
        return None if device is None else accelerator.place(device)

    def array(self, given: list, args: tuple, kind: dtype, place: int | None) -> Any:
        for position in self.tensors:
            one = given[position]
            seen = resolved(one) if one._marks & ZERO_BIT and self.name not in BY_BIT else one
            given[position] = seen._array
        if self.memory_format:
            given.append(args[-2])
        if place is None:
            return modes.current().run(self.kernel, *given, kind)
        kernels = elsewhere()
        with kernels.on(place):
            return modes.current().run(kernels.counterpart(self.kernel), *given, kind)

    def write(self, *args: Any) -> TensorBase:
        count = self.count
        out = args[count]
        rest = args[count + 1 :]
        if out is None:
            return self(*args[:count], *rest)
        if rest[0] is not None and rest[0] is not out._dtype:
            raise RuntimeError(
                f"dtype {rest[0].legacy} does not match dtype of out parameter ({out._dtype.legacy})"
            )
        given = list(args[:count])
        check_out(self.name, out)
        place = accelerator.number_of(out._array)
        return fill_out(out, self.array(given, (*args[:count], *rest), out._dtype, place), rest[-1])


def pinned(array: Any) -> Any:
    """A copy in memory of the host that does not move; RuntimeError where there is none such."""
    if not accelerator.is_built():
        raise RuntimeError(NO_PINNED_MEMORY)
    if accelerator.number_of(array) is not None:
        raise RuntimeError("Only dense CPU tensors can be pinned")
    accelerator.start()
    return transfer.pinned(array)


def check_out(name: str, out: TensorBase) -> None:
    """RuntimeError where writing to ``out`` would have to be recorded; ``empty`` only resizes it."""
    switches = modes.current()
    if switches.inference or not requires_grad(out):
        return
    if name == "empty":
        raise RuntimeError("cannot resize variables that require grad")
    if switches.grad:
        raise errors.no_derivative_of_out(f"aten::{name}")


def fill_out(out: TensorBase, array: Any, requires: bool) -> TensorBase:
    """Give ``out`` the shape and elements of ``array``; a leaf requires a gradient if that was asked for, only then."""
    about_to_write(out)
    if out._array.shape != array.shape:
        resize(out, array.shape)
    write_elements(out, array)
    count_write(out)
    if requires and not out._dtype.is_differentiable:
        raise errors.float_only_leaf()
    if out._node is None:
        out._requires = requires
    return out


def default_float(*_: Any) -> dtype:
    return DEFAULT.float


def new(array: Any, dtype: dtype, requires: bool = False) -> Tensor:
    """A leaf over ``array``; RuntimeError when it is to require a gradient and cannot."""
    tensor = wrap(array, dtype)
    switches = modes.current()
    if switches.level > 0:
        tensor = switches.layers[-1].adopted(tensor)
    if switches.inference:
        tensor._inference = True
    if requires:
        require(tensor)
    return tensor


def require(tensor: TensorBase) -> None:
    if not tensor._dtype.is_differentiable:
        raise errors.float_only_leaf()
    tensor._requires = True
