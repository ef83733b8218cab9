"""Pieces of source text that several of the functions made here have in common."""

from __future__ import annotations

import _thread
import os
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mini_autograd.dtypes import float32, float64
from mini_autograd.graph import modes
from mini_autograd.graph.accumulate import accumulator_of
from mini_autograd.graph.saved import SavedTensor
from mini_autograd.op.recorded import RecordedOp
from mini_autograd.tensor import Tensor, TensorBase, Version

# Where the text is said to lie, for who looks at frames.
FOLDER = os.path.dirname(__file__) + os.sep

# Fields of the classes whose objects are made here, but for those that every maker sets itself.
FIRST = {"_nr": "0", "_requires": "False", "_marks": "0", "_inference": "False", "_retains": "False",
         "_at_pass": "0", "_waiting": "0"}  # fmt: skip

NAMES: dict[str, Any] = {
    "float32": float32,
    "float64": float64,
    "SavedTensor": SavedTensor,
    "Tensor": Tensor,
    "Version": Version,
    "accumulator_of": accumulator_of,
    "asarray": np.asarray,
    "get_ident": _thread.get_ident,
    "modes": modes,
    "ndarray": np.ndarray,
    "new": object.__new__,
}


def made(name: str, text: str, **names: Any) -> Callable[..., Any]:
    """The function ``name`` that ``text`` defines, in which ``names`` are known beside :data:`NAMES`."""
    space = NAMES | names
    exec(compile(text, f"{FOLDER}<{name}>", "exec"), space)
    function: Callable[..., Any] = space[name]
    return function


def indented(text: str, depth: int) -> str:
    return textwrap.indent(text, "    " * depth)


def each(template: str, numbers: Iterable[int], depth: int) -> str:
    """The template once for each number, which it has for ``{0}``."""
    return indented("\n".join([template.format(number) for number in numbers]) or "pass", depth)


def fields(cls: type, name: str, **values: str) -> str:
    """Statements that give every slot of ``cls`` a value: those given, else None, False or 0."""
    slots = [slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ())]
    return "\n".join(
        [f"{name}.{slot} = {values.get(slot, FIRST.get(slot, 'None'))}" for slot in slots if slot[:2] != "__"]
    )


def tensor(name: str, array: str, dtype: str, **values: str) -> str:
    """Statements that make a tensor."""
    return f"{name} = new(Tensor)\n" + fields(TensorBase, name, _array=array, _dtype=dtype, **values)


def node(name: str, **values: str) -> str:
    """Statements that make a node of the class ``NODE``, with the thread's next number."""
    return (
        f"{name} = new(NODE)\n"
        + fields(RecordedOp, name, _sequence="switches.sequence", **values)
        + "\nswitches.sequence += 1"
    )


def edge(name: str, tensor: str) -> str:
    """Statements that find the node the gradient of ``tensor``, which is no view, goes to; None if there is none."""
    return f"""\
{name} = {tensor}._node
if {name} is None and {tensor}._requires:
    reference = {tensor}._accumulator
    {name} = None if reference is None else reference()
    if {name} is None:
        {name} = accumulator_of({tensor})"""


def saved(name: str, tensor: str) -> str:
    """Statements that save an input."""
    return f"""\
{name} = SavedTensor()
{name}.packed = None
{name}.leaf = {tensor}._node is None
{name}.output_nr = -1
{name}.tensor = {tensor}
counter = {tensor}._counter
{name}.version = 0 if counter is None else counter.value"""


def saved_output(name: str, tensor_name: str) -> str:
    """Statements that save a new output: NOTE [Saved outputs]."""
    return f"""\
counter = {tensor_name}._counter = Version()
{tensor("alias", f"{tensor_name}._array", f"{tensor_name}._dtype", _counter="counter")}
{name} = SavedTensor()
{name}.packed = None
{name}.leaf = False
{name}.output_nr = 0
{name}.made_by = None
{name}.tensor = alias
{name}.version = 0"""


wrap = made(
    "wrap", f"def wrap(array, dtype):\n{indented(tensor('tensor', 'array', 'dtype'), 1)}\n    return tensor"
)
