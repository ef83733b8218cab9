"""Other ways in which the reference itself computes the same: without vector code, without oneDNN, without MKL.

NOTE [Renditions]: what torch gives where NaN, an infinity or a zero comes in may hang on which of its codes runs: at
NaN, hardshrink's gradient is 0 in the elements that fill vector registers and 1 in those left over, so that it depends
on the processor and on where an element lies; a convolution multiplies the zeros of its padding with an infinite
weight, or leaves them out, as type, batch size and number of threads decide. So it is where a last bit decides: a
variance divided by its square root twice is clamped to 1, and has no tangent then, if MKL's root is the unit too small
that it may be. Where a value differs, torch is asked for it again in these other ways, each statement from the values
that the reference had. A value that torch gives itself is accepted, at that place and in that program only, with both
of torch's values on record; one that it gives in none of them remains a difference.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

from .aside import AsideLane


class Scattered(TorchDispatchMode):  # type: ignore[misc]
    """Every op works on tensors whose elements lie apart in memory, where no vector register can be filled."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        schema = func._schema
        if any(one.alias_info is not None and not one.alias_info.is_write for one in schema.returns):
            return func(*args, **(kwargs or {}))  # a view computes nothing
        given = tree_map_only(torch.Tensor, scattered, args)
        result = func(*given, **(kwargs or {}))
        for argument, own, copy in zip(schema.arguments, args, given, strict=False):
            if argument.alias_info is not None and argument.alias_info.is_write and own is not copy:
                own.copy_(copy)
                result = own if result is copy else result
        return result


def scattered(tensor: torch.Tensor) -> torch.Tensor:
    """A copy of which every other place in memory is left out."""
    if tensor._is_zerotensor():
        return with_memory(tensor)
    if tensor.ndim == 0:  # a number may count for less than a tensor of its type
        return tensor
    return tensor.new_empty((*tensor.shape, 2)).select(-1, 0).copy_(tensor)


def with_memory(zeros: torch.Tensor) -> torch.Tensor:
    """The same zeros in memory, without which torch crashes under a mode: findings/zeros_scaled_under_a_mode.py."""
    return torch.zeros(zeros.shape, dtype=zeros.dtype, device=zeros.device)


@contextlib.contextmanager
def without_onednn() -> Iterator[None]:
    """Convolutions and products are torch's own; setting the flag warns of GPUs that are not there."""
    with warnings.catch_warnings(action="ignore"), torch.backends.mkldnn.flags(enabled=False):
        yield


# What MKL computes of these is numpy's here: roots by the processor, rounded correctly, and products by OpenBLAS.
NUMPYS = {
    torch.ops.aten.sqrt.default: (numpy.sqrt, (torch.float32, torch.float64)),
    torch.ops.aten.mm.default: (
        numpy.matmul,
        (torch.float32, torch.float64, torch.complex64, torch.complex128),
    ),
    torch.ops.aten.dot.default: (numpy.dot, (torch.complex64, torch.complex128)),
}


class WithoutMKL(TorchDispatchMode):  # type: ignore[misc]
    """Square roots and products of matrices are those of other libraries that torch may be built with."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))  # which has the layout that is due
        compute, kinds = NUMPYS.get(func, (None, ()))
        if compute is None or result.dtype not in kinds or any(one._is_zerotensor() for one in args):
            return result
        arrays = [one.detach().resolve_conj().resolve_neg().cpu().numpy() for one in args]
        with numpy.errstate(all="ignore"):
            return result.copy_(torch.from_numpy(numpy.asarray(compute(*arrays))))


@dataclass(frozen=True, slots=True)
class Rendition:
    """A way in which the reference may compute: what is put out of use meanwhile, and what is said of it."""

    cause: str
    reason: str
    context: Callable[[], AbstractContextManager[Any]]


RENDITIONS = (
    Rendition(
        "vector width",
        "torch's value depends on its vector width: its vector code and its scalar code disagree here, and the scalar "
        "code agrees with the subject.",
        Scattered,
    ),
    Rendition(
        "backend",
        "torch's value depends on its backend: with oneDNN it is another than without, which agrees with the subject.",
        without_onednn,
    ),
    Rendition(
        "MKL",
        "torch's value depends on MKL, whose square roots and products differ in the last place from those of other "
        "libraries, and make NaN of what is infinite and complex; with numpy's it agrees with the subject.",
        WithoutMKL,
    ),
)


@dataclass(slots=True)
class RenditionLane(AsideLane):
    """The program as the reference computes it in another way."""

    rendition: Rendition = field(kw_only=True)

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """A statement is run in the rendition's way."""
        with self.rendition.context():
            yield
