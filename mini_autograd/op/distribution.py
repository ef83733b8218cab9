"""What distributions can be drawn from: errors in torch's words for parameters and types that they refuse.

NOTE [Nothing to draw]: most of torch's loops look at a type only where there is something to fill, and after the
parameters. A type that nothing is drawn in is None here.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

from mini_autograd.dtypes import BOOL, COMPLEX, FLOAT, dtype
from mini_autograd.errors import not_implemented
from mini_autograd.kernels.lookup import kernel, kernels_of
from mini_autograd.kernels.shared.number import LARGEST
from mini_autograd.op.bits import elements_of
from mini_autograd.op.rules import check_broadcast
from mini_autograd.tensor import TensorBase

# How torch's messages spell the types of bounds.
C_WORDS = {
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "complex64": "float",
    "complex128": "double",
    "bool": "bool",
    "uint8": "unsigned char",
    "uint16": "unsigned short",
    "uint32": "unsigned int",
    "uint64": "unsigned long",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long",
}


def check_floating(name: str, kind: dtype | None) -> None:
    if kind is not None and kind.category < FLOAT:
        raise not_implemented(name, kind)


def check_bounds(kind: dtype, least: float, most: float, bounds: dict[str, Any]) -> None:
    """RuntimeError for a bound that the type cannot hold; NaN is none that it can."""
    for word, bound in bounds.items():
        if not least <= bound <= most:
            raise RuntimeError(f"{word} is out of bounds for {C_WORDS[kind.name]}")


def check_any_integer(kind: dtype | None) -> None:
    if kind is not None and kind.is_complex:
        raise not_implemented("random_kernel_cpu", kind)


def check_uniform(kind: dtype, start: float, to: float) -> None:
    check_floating("check_uniform_bounds", kind)
    largest = LARGEST[kind.name]
    check_bounds(kind, -largest, largest, {"from": start, "to": to})
    if start > to:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={start:g} > to={to:g}"
        )
    if to - start > largest:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{kind.to_real().legacy}>::max(), but found "
            f"to={to:g} and from={start:g} which result in to-from to exceed the limit"
        )


def check_normal(kind: dtype | None, mean: float, std: float) -> None:
    check_deviation(std)
    check_floating("normal_kernel_cpu", kind)


def check_deviation(std: float) -> None:
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def check_deviations(mean: Any, std: TensorBase) -> None:
    """Of ``normal`` with a deviation for each element, and perhaps a mean."""
    if std._dtype.is_complex:
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if std._array.size and not kernels_of(std._array).all_between(std._array, 0, math.inf):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if isinstance(mean, TensorBase):
        check_broadcast([mean._array.shape, std._array.shape])
    check_floating("normal_kernel_cpu", type_drawn(mean if isinstance(mean, TensorBase) else std))


def type_drawn(target: TensorBase) -> dtype | None:
    """The type of what is filled: NOTE [Nothing to draw]."""
    return target._dtype if target._array.size else None


# Integers.


def check_integers(kind: dtype, start: int, to: int) -> None:
    """RuntimeError for bounds outside of a type; a warning where a floating type is too coarse for them."""
    if start >= to:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={start} >= to={to}")
    if kind.category == COMPLEX:
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    bounds = {"from": start, "to - 1": to - 1}
    if kind.category == FLOAT:
        check_bounds(kind, -LARGEST[kind.name], LARGEST[kind.name], bounds)
        warn_of_rounding(kind, bounds)
        return
    bits = 8 * kind.itemsize
    least = -(1 << bits - 1) if kind.is_signed else 0
    check_bounds(kind, least, 1 if kind.category == BOOL else least + (1 << bits) - 1, bounds)


def warn_of_rounding(kind: dtype, bounds: dict[str, int]) -> None:
    digits = kernel.DIGITS[kind.name]
    for word, bound in bounds.items():
        if abs(bound) > 1 << digits:
            warnings.warn(
                f"{word} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations "
                f"{C_WORDS[kind.name]} can support discrete uniform distribution only within this range. "
                "This warning will become an error in version 1.7 release, please fix the code in advance",
                UserWarning,
                stacklevel=2,
            )


def check_open_integers(kind: dtype, start: int, to: int | None) -> None:
    """Of a fill that may go up to the largest integer of the type."""
    if to is not None:
        check_integers(kind, start, to)


# Other distributions.


def check_continuous(name: str, kind: dtype) -> None:
    if kind.category != FLOAT:
        raise RuntimeError(
            f"{name} distribution is a continuous probability distribution. dtype must be a floating point "
            f"but you specified {kind.legacy}"
        )


def check_exponential(kind: dtype | None, lambd: float) -> None:
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    if kind is not None:
        check_continuous("Exponential", kind)


def check_cauchy(kind: dtype, median: float, sigma: float) -> None:
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    check_continuous("Cauchy", kind)


def check_log_normal(kind: dtype | None, mean: float, std: float) -> None:
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    if kind is not None and kind.category != FLOAT:
        raise not_implemented("log_normal_cpu", kind)


def check_geometric(kind: dtype | None, p: float) -> None:
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    if kind is not None and kind.category in (BOOL, COMPLEX):
        raise not_implemented("geometric_cpu", kind)


def check_probability(kind: dtype | None, p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    if kind is not None and kind.is_complex:
        raise not_implemented("bernoulli_scalar_cpu_", kind)


def check_probabilities(target: TensorBase, p: TensorBase) -> None:
    if not target._array.size:
        return
    if target._dtype.is_complex:
        raise not_implemented("bernoulli_tensor_cpu_self_", target._dtype)
    if p._dtype.category != FLOAT:
        raise not_implemented("bernoulli_tensor_cpu_p_", p._dtype)
    chances = elements_of(p)
    if not kernels_of(chances).are_probabilities(chances):
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be "
            "improved?  If so, please report an enhancement request to PyTorch.)"
        )


# As many as a float32 can count.
MOST_CATEGORIES = 1 << 24


def check_weights(self: TensorBase, num_samples: int, replacement: bool) -> None:
    ndim, kind = self._array.ndim, self._dtype
    if not 1 <= ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if kind.category != FLOAT:
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {kind.legacy}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > self._array.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if self._array.shape[-1] > MOST_CATEGORIES:
        raise RuntimeError("number of categories cannot exceed 2^24")
    weights = elements_of(self)
    kernels = kernels_of(weights)
    if not kernels.all_between(weights, 0, LARGEST[kind.name]):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not kernels.have_weight(weights):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
