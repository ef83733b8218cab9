"""Moves between a program and what is around it: other libraries, copies, parameters, classes of its own."""

from __future__ import annotations

from typing import Any

from ..reading import dtype_name
from ..state import CLASS_OF, Invalid, State
from ..statements import AsSubclass, Copy, Name, NumpyCall, Op, Output, Ref

NAMES = ("from_dlpack", "nn.Parameter", "Tensor.as_subclass", "Tensor.__dlpack__", "Tensor.__array__")


def _small(tensor: Any) -> bool:
    return tensor.numel() <= 24


def _any(state: State) -> str:
    name = state.existing(_small)
    if name is None:
        raise Invalid("no tensor to hand over")
    return name


def handed_over(state: State) -> None:
    """y = torch.from_dlpack(x), a = numpy.from_dlpack(x), a = numpy.asarray(x)"""
    state.need("from_dlpack", "Tensor.__dlpack__", "Tensor.__array__")
    name, kind = _any(state), state.choice.integer(0, 2)
    if kind == 0:
        state.attempt(Op("from_dlpack", (Ref(name),), out=Output(state.name())))
    elif dtype_name(state.env[name].dtype) == "bfloat16":
        raise Invalid("no dtype of numpy's")
    else:
        call = "from_dlpack" if kind == 1 else "asarray"
        state.attempt(NumpyCall(Output(state.name("a")), call, (Ref(name),)))


def parameter(state: State) -> None:
    """p = torch.nn.Parameter(x)"""
    state.need("nn.Parameter")
    flags = {} if state.choice.chance(0.7) else {"requires_grad": state.choice.chance(0.5)}
    state.attempt(Op("nn.Parameter", (Ref(_any(state)),), flags, Output(state.name("p"))))


def copied(state: State) -> None:
    """y = copy.copy(x), y = copy.deepcopy(x), y = pickle.loads(pickle.dumps(x))"""
    way = state.choice.pick(("copy", "deepcopy", "pickle"))
    state.attempt(Copy(Output(state.name()), Name(_any(state)), way))


def of_numpy(state: State) -> None:
    """y = numpy.sqrt(x), y = numpy.add(x, z)"""
    state.need("Tensor.__array__")
    name = state.existing(lambda tensor: _small(tensor) and CLASS_OF[dtype_name(tensor.dtype)] == "f")
    if name is None or dtype_name(state.env[name].dtype) in ("bfloat16", "float16"):
        raise Invalid("no tensor that numpy computes with")
    two = state.choice.chance(0.5)
    call = state.choice.pick(
        ("add", "subtract", "multiply", "maximum") if two else ("negative", "floor", "isfinite")
    )
    other: tuple[Any, ...] = (state.choice.pick((Ref(name), 2, 0.5)),) if two else ()
    state.attempt(NumpyCall(Output(state.name()), call, (Ref(name), *other)))


def compared_with_array(state: State) -> None:
    """a = numpy.asarray(x); y = x == a, y = a / x"""
    state.need("Tensor.__array__")
    name = state.existing(lambda tensor: _small(tensor) and not tensor.requires_grad)
    if name is None or dtype_name(state.env[name].dtype) in ("bfloat16", "bool"):
        raise Invalid("no tensor that numpy computes with")
    held = Output(state.name("a"))
    if not state.attempt(NumpyCall(held, "asarray", (Ref(name),))):
        return
    call = state.choice.pick(("eq", "mul", "sub", "truediv"))
    sides = (Ref(name), Ref(held)) if state.choice.chance(0.5) else (Ref(held), Ref(name))
    state.attempt(Op(f"operator.{call}", sides, out=Output(state.name())))


def of_own_class(state: State) -> None:
    """y = x.as_subclass(Named)"""
    state.need("Tensor.as_subclass")
    state.run(AsSubclass(Output(state.name()), Name(_any(state))))
