"""Profiling a thread: from start to stop each outermost call of an op is a range, under torch's name.

NOTE [Profiling] in ``graph.recorder``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from mini_autograd.graph import anomaly, modes
from mini_autograd.graph.recorder import Recorder
from mini_autograd.op import binding
from mini_autograd.op.binding import UNBOUND, Packet
from mini_autograd.tensor import Tensor, TensorBase


def unique(given: tuple, kwargs: dict, result: Any) -> str:
    return "_unique2" if kwargs.get("dim", (*given, *(None,) * 4)[4]) is None else "unique_dim"


def norm(given: tuple, kwargs: dict, result: Any) -> str:
    return "linalg_matrix_norm" if "nuc" in (*given[1:2], kwargs.get("p")) else "linalg_vector_norm"


def split(given: tuple, kwargs: dict, result: Any) -> str:
    sizes = kwargs.get("split_size", kwargs.get("split_size_or_sections", (*given, None)[1]))
    return "split_with_sizes" if isinstance(sizes, (list, tuple)) else "split"


def conj(given: tuple, kwargs: dict, result: Any) -> str | None:
    return "_conj" if result._dtype.is_complex else None


def contiguous(given: tuple, kwargs: dict, result: Any) -> str | None:
    return None if result is given[0] else "contiguous"


def nothing(given: tuple, kwargs: dict, result: Any) -> None:
    return None


# Which op torch calls, where it is not one of the function's name: by the function's event, as a name or as what tells
# it of arguments and result. None where it calls no op.
OTHERWISE: dict[str, Any] = dict.fromkeys(
    (
        "float",
        "double",
        "half",
        "bfloat16",
        "int",
        "long",
        "short",
        "char",
        "byte",
        "bool",
        "cfloat",
        "cdouble",
    ),
    "to",
)
OTHERWISE |= {"_invert": "bitwise_not", "unique": unique, "norm": norm, "split": split, "conj": conj}
OTHERWISE |= {"contiguous": contiguous, "cpu": "to"}
OTHERWISE |= dict.fromkeys(("numel", "is_conj", "is_neg", "is_complex"), nothing)
# Functions in the place of several ops, each of which is seen.
SEVERAL = frozenset(("_reciprocal_times",))
# Methods that are no ops here.
METHODS = {"detach_": "detach_", "item": "item", "__bool__": "is_nonzero", "is_nonzero": "is_nonzero"}
METHODS |= dict.fromkeys(("__float__", "__int__", "__complex__", "__index__"), "item")


def start(recorder: Recorder) -> None:
    """Let ``recorder`` see what this thread does; what saw it until now has seen nothing, as in torch."""
    switches = modes.current()
    former = switches.recorder
    switches.recorder = recorder
    if former is None:
        anomaly.watch(1)
        binding.ask_to_profile(noted)
        for name, event in METHODS.items():
            found = getattr(Tensor, name)
            if not hasattr(found, "unprofiled"):
                setattr(Tensor, name, noted_method(found, event))
    else:
        former.stop()
        former.ranges.clear()


def stop(recorder: Recorder) -> None:
    """Let nobody see what this thread does from now on."""
    recorder.stop()
    switches = modes.current()
    if switches.recorder is recorder:
        switches.recorder = None
        if not anomaly.watch(-1):
            binding.ask_to_profile(None)
            for name in METHODS:
                setattr(Tensor, name, getattr(Tensor, name).unprofiled)


def noted(packet: Packet, args: tuple, kwargs: dict) -> Any:
    """What a call gives, in a range of its own unless it lies within another op; UNBOUND to have it run as ever."""
    switches = modes.current()
    recorder = switches.recorder
    result = binding.overridden(packet, args, kwargs)
    if result is not UNBOUND or recorder is None or recorder.within or packet.name in SEVERAL:
        return result
    given = (*args, *kwargs.values())
    range = recorder.begin(packet.event, sequence=sequence_of(switches, given), given=given)
    recorder.within = True
    event: str | None = packet.event
    try:
        result = binding.call(packet, args, kwargs)
        otherwise = OTHERWISE.get(packet.event, event)
        event = otherwise(given, kwargs, result) if callable(otherwise) else otherwise
        return result
    except TypeError:  # the arguments fit no overload
        event = None
        raise
    finally:
        recorder.within = False
        recorder.end(range)
        if event is None:
            recorder.ranges.remove(range)
        range.name = f"aten::{event}"


def as_op(event: str, function: Callable[..., Any], *args: Any) -> Any:
    """What a function gives that torch calls an op in, in a range of that op's."""
    switches = modes.current()
    recorder = switches.recorder
    if recorder is None or recorder.within:
        return function(*args)
    range = recorder.begin(f"aten::{event}", sequence=sequence_of(switches, args), given=args)
    recorder.within = True
    try:
        return function(*args)
    finally:
        recorder.within = False
        recorder.end(range)


def noted_method(plain: Callable[..., Any], event: str) -> Any:
    @wraps(plain)
    def method(self: TensorBase, /, *args: Any) -> Any:
        return as_op(event, plain, self, *args)

    method.unprofiled = plain  # type: ignore[attr-defined]
    return method


def sequence_of(switches: modes.Modes, given: tuple) -> int:
    """The number that the next node has, if the op is one that might make it."""
    tensors = [one for one in flat(given) if isinstance(one, TensorBase)]
    if switches.grad and not all(one._inference for one in tensors):
        return switches.sequence
    return -1


def flat(values: Any) -> list:
    """``values`` with the items of lists in the place of these."""
    found: list = []
    for one in values:
        found.extend(one if isinstance(one, (list, tuple)) else (one,))
    return found
