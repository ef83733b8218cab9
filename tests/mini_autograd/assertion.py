"""Asserts that what mini_autograd gave is what torch gave: errors and warnings, values, graphs, memory."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import torch

from mini_autograd.op.bits import elements_of
from mini_autograd.tensor import TensorBase
from tests.mini_autograd.sample import COMPLEX, FLOATING

# How far two results may lie apart, in units of the last place: of each element, and for gradients of the
# largest element, for sums and products round in another order there.
FORWARD_ULP = 4
GRADIENT_ULP = 16
EPSILON = {"float16": 2**-10, "bfloat16": 2**-7, "float32": 2**-23, "float64": 2**-52}
EPSILON |= {"complex64": 2**-23, "complex128": 2**-52}


def is_tensor(value: Any) -> bool:
    return isinstance(value, (torch.Tensor, TensorBase))


def array_of(tensor: Any) -> np.ndarray:
    """The elements as a numpy array, bfloat16 included."""
    if isinstance(tensor, TensorBase):
        return elements_of(tensor)
    tensor = (
        tensor.detach().clone() if tensor._is_zerotensor() else tensor.detach().resolve_conj().resolve_neg()
    )
    if tensor.dtype is torch.bfloat16:
        return tensor.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return tensor.numpy()


def stride_of(tensor: Any) -> tuple[int, ...]:
    if isinstance(tensor, TensorBase):
        return tuple([stride // tensor._dtype.itemsize for stride in tensor._array.strides])
    return tuple(tensor.stride())


def tensors_in(value: Any) -> list:
    """The tensors in a value, lists and tuples included, in order."""
    if is_tensor(value):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for one in value for tensor in tensors_in(one)]
    if isinstance(value, dict):
        return [tensor for one in value.values() for tensor in tensors_in(one)]
    return []


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gave: its result, or its exception, and the warnings on the way."""

    result: Any
    error: BaseException | None
    warned: list[tuple[str, str]]


def attempt(function: Callable[[], Any]) -> Outcome:
    """Call ``function``, keeping the exception and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result, error = function(), None
        except Exception as raised:
            result, error = None, raised
    return Outcome(result, error, [(one.category.__name__, plain_text(str(one.message))) for one in caught])


def plain_text(text: str) -> str:
    """A message without the place in torch's C++ source that it was raised from, and without a C++ stack."""
    text = text.split(" (Triggered internally at")[0]
    return text.split("\nException raised from")[0].strip()


def assert_same_outcome(ours: Outcome, theirs: Outcome, what: str = "call") -> None:
    """Both succeeded or both raised the same error, with the same warnings."""
    if theirs.error is None and ours.error is not None:
        raise AssertionError(f"{what}: torch succeeds, ours raises {ours.error!r}") from ours.error
    mine = None if ours.error is None else (type(ours.error).__name__, plain_text(str(ours.error)))
    wanted = None if theirs.error is None else (type(theirs.error).__name__, plain_text(str(theirs.error)))
    assert mine == wanted, f"{what}: error\nours  {mine}\ntorch {wanted}"
    assert ours.warned == theirs.warned, f"{what}: warnings\nours  {ours.warned}\ntorch {theirs.warned}"


def assert_same_value(
    ours: Any, theirs: Any, what: str, ulp: float = FORWARD_ULP, strides: bool = True
) -> None:
    """Equal structure, and tensors equal in dtype, shape, stride and, within ``ulp``, elements."""
    if not is_tensor(theirs):
        if isinstance(theirs, (list, tuple)):
            assert isinstance(ours, (list, tuple)), f"{what}: ours is {ours!r}, torch's {theirs!r}"
            assert len(ours) == len(theirs), f"{what}: ours has {len(ours)} elements, torch's {len(theirs)}"
            for index, (mine, wanted) in enumerate(zip(ours, theirs, strict=True)):
                assert_same_value(mine, wanted, f"{what}[{index}]", ulp, strides)
            return
        numbers = isinstance(theirs, (int, float)) and isinstance(ours, (int, float))
        equal = numbers and ours == theirs
        assert equal or repr(ours) == repr(theirs), f"{what}: ours is {ours!r}, torch's {theirs!r}"
        return
    assert is_tensor(ours), f"{what}: ours is {ours!r}, torch's a tensor"
    dtype = str(theirs.dtype).removeprefix("torch.")
    assert ours._dtype.name == dtype, f"{what}: dtype {ours._dtype.name}, torch's {dtype}"
    mine, wanted = array_of(ours), array_of(theirs)
    assert mine.shape == wanted.shape, f"{what}: shape {mine.shape}, torch's {wanted.shape}"
    if strides:
        assert stride_of(ours) == stride_of(theirs), (
            f"{what}: stride {stride_of(ours)}, torch's {stride_of(theirs)}"
        )
    bits, others = ((one.is_conj(), one.is_neg()) for one in (ours, theirs))
    assert bits == others, f"{what}: conjugate and negative bit {bits}, torch's {others}"
    assert_close(mine, wanted, dtype, what, ulp)


def assert_close(ours: np.ndarray, theirs: np.ndarray, dtype: str, what: str, ulp: float) -> None:
    """Elements equal, integers exactly, the rest within ``ulp`` units of the last place; NaN equals NaN."""
    if dtype in COMPLEX:
        scale = np.abs(theirs)
        assert_within(ours.real, theirs.real, EPSILON[dtype] * ulp, scale, what)
        assert_within(ours.imag, theirs.imag, EPSILON[dtype] * ulp, scale, what)
    elif dtype in FLOATING:
        wide = theirs.astype(np.float64)
        assert_within(ours.astype(np.float64), wide, EPSILON[dtype] * ulp, np.abs(wide), what)
    else:
        assert np.array_equal(ours, theirs), f"{what}:\nours  {ours}\ntorch {theirs}"


def assert_within(ours: np.ndarray, theirs: np.ndarray, bound: float, scale: np.ndarray, what: str) -> None:
    with np.errstate(all="ignore"):
        close = np.abs(ours - theirs) <= bound * np.where(np.isfinite(scale), scale, 0)
        good = close | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if not good.all():
        places = np.argwhere(~good)
        shown = [
            f"{tuple(at.tolist())}: {ours[tuple(at)]!r}, torch {theirs[tuple(at)]!r}" for at in places[:8]
        ]
        more = f" and {len(places) - 8} more" if len(places) > 8 else ""
        raise AssertionError(f"{what}: elements differ at " + "; ".join(shown) + more)


def assert_same_graph(ours: Any, theirs: Any, what: str) -> None:
    """The same nodes by name, edge by edge, each with the same saved attributes."""
    pending = [(ours, theirs, what)]
    twins: dict[Any, Any] = {}
    while pending:
        mine, wanted, where = pending.pop()
        if wanted is None or mine is None:
            assert mine is wanted, f"{where}: node {name_of(mine)}, torch's {name_of(wanted)}"
            continue
        if wanted in twins:
            assert twins[wanted] is mine, f"{where}: {name_of(mine)} is reached by another path than torch's"
            continue
        twins[wanted] = mine
        assert name_of(mine) == name_of(wanted), f"{where}: node {name_of(mine)}, torch's {name_of(wanted)}"
        assert_same_saved(mine, wanted, f"{where} {name_of(wanted)}")
        edges, others = mine.next_functions, wanted.next_functions
        counts = (len(edges), len(others))
        assert counts[0] == counts[1], f"{where}: {name_of(mine)} has {counts[0]} edges, torch's {counts[1]}"
        for index, ((node, nr), (other, other_nr)) in enumerate(zip(edges, others, strict=True)):
            assert nr == other_nr, (
                f"{where}: edge {index} of {name_of(mine)} leads to output {nr}, torch's {other_nr}"
            )
            pending.append((node, other, f"{where} <- {name_of(wanted)}[{index}]"))


def name_of(node: Any) -> str | None:
    return None if node is None else node.name()


def saved_names(node: Any) -> set[str]:
    return {name for name in dir(node) if name.startswith("_saved_")}


def assert_same_saved(ours: Any, theirs: Any, where: str) -> None:
    """The same ``_saved_*`` names, and the same values under them."""
    mine, wanted = saved_names(ours), saved_names(theirs)
    assert mine == wanted, f"{where}: saves {sorted(mine)}, torch's {sorted(wanted)}"
    for name in wanted:
        got = attempt(lambda name=name: getattr(ours, name))
        expected = attempt(lambda name=name: getattr(theirs, name))
        assert_same_outcome(got, expected, f"{where}.{name}")
        if expected.error is None:
            assert_same_value(got.result, expected.result, f"{where}.{name}", GRADIENT_ULP, strides=False)


def assert_same_gradients(ours: Sequence, theirs: Sequence, what: str, ulp: float) -> None:
    """None for None; else dtype, shape and elements, these relative to the largest of them."""
    for index, (mine, wanted) in enumerate(zip(ours, theirs, strict=True)):
        where = f"{what} {index}"
        assert (mine is None) == (wanted is None), f"{where}: None {mine is None}, torch's {wanted is None}"
        if wanted is None:
            continue
        dtype = str(wanted.dtype).removeprefix("torch.")
        assert mine._dtype.name == dtype, f"{where}: dtype {mine._dtype.name}, torch's {dtype}"
        assert tuple(mine.shape) == tuple(wanted.shape), (
            f"{where}: shape {mine.shape}, torch's {wanted.shape}"
        )
        left, right = wide(array_of(mine)), wide(array_of(wanted))
        finite = np.abs(right)[np.isfinite(right)]
        scale = np.full(right.shape, finite.max() if finite.size else 0.0)
        assert_within(left.real, right.real, EPSILON[dtype] * ulp, scale, where)
        assert_within(left.imag, right.imag, EPSILON[dtype] * ulp, scale, where)


def wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def assert_same_memory(ours: Any, inputs: list, theirs: Any, leaves: list, what: str) -> None:
    """The result is the same argument as torch's, or shares memory with the same arguments, or with none."""
    mine = [ours is one or (2 if np.shares_memory(ours._array, one._array) else 0) for one in inputs]
    start = theirs.untyped_storage().data_ptr()
    shared = [theirs.numel() > 0 and one.untyped_storage().data_ptr() == start for one in leaves]
    wanted = [theirs is one or (2 if same else 0) for one, same in zip(leaves, shared, strict=True)]
    assert mine == wanted, f"{what}: is (True) or shares (2) arguments {mine}, torch's {wanted}"
    mine, wanted = view_of(ours, inputs), view_of(theirs, leaves)
    assert mine == wanted, f"{what}: is a view, of argument, at offset {mine}, torch's {wanted}"


def view_of(tensor: Any, arguments: list) -> tuple[bool, list[int], int]:
    """Whether a tensor is a view, of which arguments, and where in its memory it begins if it has elements."""
    bases = [index for index, one in enumerate(arguments) if tensor._base is one]
    return tensor._is_view(), bases, tensor.storage_offset() if tensor.numel() else 0
