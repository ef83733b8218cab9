"""Assertions about tensors. See https://pytorch.org/docs/stable/testing.html."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from mini_autograd.dtypes import bfloat16 as bfloat
from mini_autograd.dtypes import complex64, complex128, float16, float32, float64, int64
from mini_autograd.graph.operations import F
from mini_autograd.op.rules import result_type
from mini_autograd.size import Size
from mini_autograd.tensor import Tensor

__all__ = ["assert_close"]

# Relative and absolute tolerance by type; of all others 0.
TOLERANCES = {
    float16: (1e-3, 1e-5),
    bfloat: (1.6e-2, 1e-5),
    float32: (1.3e-6, 1e-5),
    float64: (1e-7, 1e-7),
    complex64: (1.3e-6, 1e-5),
    complex128: (1e-7, 1e-7),
}
OF_NUMBERS = {int: None, float: float64, complex: complex128}


class Options:
    """How two values are compared."""

    def __init__(self, rtol: float | None, atol: float | None, equal_nan: bool, checks: tuple) -> None:
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan
        self.check_device, self.check_dtype, self.check_stride = checks

    def check(self, where: str) -> None:
        """ValueError for one tolerance without the other."""
        if (self.rtol is None) is not (self.atol is None):
            missing = "rtol" if self.rtol is None else "atol"
            text = f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}."
            raise ValueError(at(where, text))

    def tolerances(self, *dtypes: Any) -> tuple[float, float]:
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        known = [TOLERANCES.get(one, (0.0, 0.0)) for one in dtypes]
        return max(rtol for rtol, _ in known), max(atol for _, atol in known)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless two tensors, numbers, or sequences or mappings of them are close.

    See https://pytorch.org/docs/stable/testing.html#torch.testing.assert_close.
    """
    options = Options(rtol, atol, equal_nan, (check_device, check_dtype, check_stride))
    found = difference(actual, expected, options, "")
    if found is not None:
        raise AssertionError(msg if isinstance(msg, str) else msg(found) if msg is not None else found)


def difference(actual: Any, expected: Any, options: Options, where: str) -> str | None:
    """What is to be said of the first difference; None where there is none. Structures are compared before values."""
    pairs: list[tuple] = []
    pair_up(actual, expected, options, where, pairs)
    for compare, one, other, place in pairs:
        text = compare(one, other, options)
        if text is not None:
            return at(place, text)
    return None


def pair_up(actual: Any, expected: Any, options: Options, where: str, pairs: list[tuple]) -> None:
    """Append what is to be compared, and how; AssertionError where the structures differ."""
    keys: Any = None
    if is_sequence(actual) and is_sequence(expected):
        if len(actual) != len(expected):
            text = f"The length of the sequences mismatch: {len(actual)} != {len(expected)}"
            raise AssertionError(at(where, text))
        keys = range(len(actual))
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        check_keys(actual, expected, where)
        keys = list(actual)
    if keys is not None:
        for key in keys:
            pair_up(actual[key], expected[key], options, f"{where}[{key!r}]", pairs)
        return
    compare = comparison(actual, expected)
    if compare is None:
        text = f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
        raise TypeError(at(where, text))
    if compare is of_numbers or compare is of_tensors:
        options.check(where)
    pairs.append((compare, actual, expected, where))


def is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def at(where: str, text: str) -> str:
    return f"{text}\n\nThe failure occurred for item {where}" if where else text


def check_keys(actual: Mapping, expected: Mapping, where: str) -> None:
    missing, additional = set(expected) - set(actual), set(actual) - set(expected)
    if not missing and not additional:
        return
    text = "The keys of the mappings do not match:"
    if missing:
        text += f"\nMissing keys in the actual mapping: {sorted(missing)}"
    if additional:
        text += f"\nAdditional keys in the actual mapping: {sorted(additional)}"
    raise AssertionError(at(where, text))


def comparison(actual: Any, expected: Any) -> Any:
    """How two values that are no containers are compared; None where they cannot be."""
    if actual is None or expected is None:
        return of_nothing
    if isinstance(actual, bool) and isinstance(expected, bool):
        return of_truth
    if type(actual) in OF_NUMBERS and type(expected) in OF_NUMBERS:
        return of_numbers
    return of_tensors if isinstance(actual, Tensor) and isinstance(expected, Tensor) else None


def of_nothing(actual: Any, expected: Any, options: Options) -> str | None:
    return None if actual is expected else f"None mismatch: {actual} is not {expected}"


def of_truth(actual: Any, expected: Any, options: Options) -> str | None:
    return None if actual is expected else f"Booleans mismatch: {actual} is not {expected}"


def of_numbers(actual: Any, expected: Any, options: Options) -> str | None:
    if options.check_dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    rtol, atol = options.tolerances(OF_NUMBERS[type(actual)], OF_NUMBERS[type(expected)])
    distance = abs(actual - expected)
    close = actual == expected or distance <= atol + rtol * abs(expected)
    if close or (options.equal_nan and actual != actual and expected != expected):
        return None
    relative = distance / abs(expected) if expected else float("inf")
    return of_scalars(actual, expected, distance, relative, rtol, atol)


def of_scalars(actual: Any, expected: Any, distance: Any, relative: Any, rtol: float, atol: float) -> str:
    word = "close" if rtol or atol else "equal"
    return (
        f"Scalars are not {word}!\n\nExpected {expected} but got {actual}.\nAbsolute difference: {distance}"
        f"{allowed(atol, rtol, atol)}\nRelative difference: {relative}{allowed(rtol, rtol, atol)}"
    )


def allowed(tolerance: float, rtol: float, atol: float) -> str:
    return f" (up to {tolerance} allowed)" if rtol or atol else ""


def of_tensors(actual: Any, expected: Any, options: Options) -> str | None:
    if actual.shape != expected.shape:
        return attribute("shape", Size(actual.shape), Size(expected.shape))
    if options.check_stride and actual.stride() != expected.stride():
        return attribute("stride()", actual.stride(), expected.stride())
    if options.check_device and actual.device != expected.device:
        return attribute("device", actual.device, expected.device)
    if options.check_dtype and actual.dtype is not expected.dtype:
        return attribute("dtype", actual.dtype, expected.dtype)
    if actual.device != expected.device:
        actual, expected = actual.cpu(), expected.cpu()
    rtol, atol = options.tolerances(actual.dtype, expected.dtype)
    actual, expected = F.detach(actual), F.detach(expected)
    kind = result_type([actual, expected])
    if not kind.is_differentiable:
        kind = int64
    actual, expected = F.to(actual, kind), F.to(expected, kind)
    matches = F.isclose(actual, expected, rtol, atol, options.equal_nan)
    return None if F.all(matches).item() else of_elements(actual, expected, matches, rtol, atol)


def attribute(name: str, actual: Any, expected: Any) -> str:
    return f"The values for attribute '{name}' do not match: {actual} != {expected}."


def of_elements(actual: Any, expected: Any, matches: Any, rtol: float, atol: float) -> str:
    distance = F.abs(F.sub(actual, expected))
    relative = F.div(distance, F.abs(expected))
    if not actual.ndim:
        return of_scalars(actual.item(), expected.item(), distance.item(), relative.item(), rtol, atol)
    count, total = actual.numel() - int(F.sum(matches).item()), actual.numel()
    lines = [f"Mismatched elements: {count} / {total} ({count / total:.1%})"]
    for word, values, tolerance in (("absolute", distance, atol), ("relative", relative, rtol)):
        flat = F.reshape(F.masked_fill(values, matches, 0), (-1,))
        place = int(F.argmax(flat).item())
        lines.append(
            f"Greatest {word} difference: {flat[place].item()} at index {unraveled(place, actual.shape)}"
            f"{allowed(tolerance, rtol, atol)}"
        )
    return f"Tensor-likes are not {'close' if rtol or atol else 'equal'}!\n\n" + "\n".join(lines)


def unraveled(place: int, shape: Any) -> tuple[int, ...]:
    """The index of the element that comes at ``place`` when they are counted in order."""
    index: list[int] = []
    for size in reversed(shape):
        index.insert(0, place % size)
        place //= size
    return tuple(index)


class Copies(NamedTuple):
    """What went between host and device: the reason and the bytes of each copy, and how many kernels were launched."""

    to_host: list[tuple[str, int]]
    to_device: list[tuple[str, int]]
    launches: list[str]


@contextmanager
def count_copies() -> Iterator[Copies]:
    """Count what an emulated device copies and launches meanwhile, complete when it is left.

    A GPU would wait at each copy to the host, which no result tells: here it is seen.
    """
    emulated = import_module("mini_autograd.kernels.cuda.emulated")  # which few programs have a use for
    made = Copies([], [], [])
    with emulated.counted() as counts:
        yield made
    made.to_host.extend((one.reason, one.nbytes) for one in counts.reads)
    made.to_device.extend((one.reason, one.nbytes) for one in counts.writes)
    made.launches.extend(counts.launches.elements())
