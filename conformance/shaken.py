"""How far rounding moves a value: the program on torch with what each op reads a unit in the last place off.

An op that is backward stable gives the exact result for arguments that are a unit or so off, so whatever comes
out of such runs could have come out of an honest implementation (Parker, "Monte Carlo Arithmetic", 1997; Vignes,
"A stochastic arithmetic for reliable scientific computation", 1993; Higham, "Accuracy and Stability of Numerical
Algorithms", 1.5). Each op is shaken in the dtype that it reads, so a float64 value that came of a float32
one is known for what it is; where a sum cancels the runs spread, and where nothing cancels they stay together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

from .aside import AsideLane
from .reading import dtype_name
from .rendition import with_memory
from .tolerance import EPSILON

LANES = 12
# What selects, orders or truncates does not round; a unit more or less would make it jump.
EXACT = {
    *("floor", "ceil", "round", "trunc", "frac", "sign", "sgn", "heaviside", "fmod", "remainder"),
    *("floor_divide", "max", "min", "maximum", "minimum", "fmax", "fmin", "amax", "amin", "aminmax"),
    *("sort", "topk", "kthvalue", "median", "nanmedian", "mode", "cummax", "cummin", "_unique2"),
    *("unique_consecutive", "unique_dim", "threshold_backward", "hardtanh_backward", "where", "clamp"),
    *("copysign", "nextafter", "_to_copy", "clone", "nan_to_num", "hardshrink_backward"),
}


class Shaking(TorchDispatchMode):  # type: ignore[misc]
    """Every op that may round reads its floating arguments a unit in the last place off."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        schema = func._schema
        exact = schema.name.partition("::")[2] in EXACT or kwargs.get("rounding_mode") is not None
        if exact or any(one.alias_info is not None for one in (*schema.arguments, *schema.returns)):
            return func(*args, **kwargs)
        return func(*tree_map_only(torch.Tensor, self.shaken, args), **kwargs)

    def shaken(self, tensor: torch.Tensor) -> torch.Tensor:
        """A copy with each element, or each part of a complex one, a unit more or less."""
        if tensor._is_zerotensor():
            return with_memory(tensor)
        unit = EPSILON.get(dtype_name(tensor.dtype))
        if unit is None:
            return tensor
        copy = tensor.clone(
            memory_format=torch.contiguous_format if 0 in tensor.stride() else torch.preserve_format
        )
        parts = torch.view_as_real(copy) if copy.is_complex() else copy
        signs = torch.randint(0, 2, parts.shape, generator=self._generator)
        parts.mul_(1 + unit * (2 * signs - 1).to(parts.device, torch.float64))
        return copy


@dataclass(slots=True)
class ShakenLane(AsideLane):
    """The program with other roundings, drawn from a seed."""

    seed: int = 0

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """Ops are shaken while a statement runs."""
        self.seed += LANES
        with Shaking(self.seed):
            yield
