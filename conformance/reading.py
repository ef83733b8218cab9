"""Reading what is public of a tensor or graph node, the same way from either library."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy

# No process has memory below; the address of what has none is an offset from 0.
LOWEST = 1 << 12
_DTYPE_NAMES: dict[Any, str] = {}
_SAVED: dict[tuple[type, str, str], tuple[str, ...]] = {}
_TRIGGERED = re.compile(r" \(Triggered internally at [^)]*\)")
# A number of a printed tensor, with the blanks that make columns of them.
_PRINTED = re.compile(r"\s*(-?(?:\d+\.\d*(?:e[+-]\d+)?|inf|nan))\b\s*")
_VERSIONS = re.compile(r"is at version (\d+); expected version (\d+)")
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def dtype_name(dtype: Any) -> str:
    """`float32` for the dtype of either library."""
    name = _DTYPE_NAMES.get(dtype)
    if name is None:
        name = _DTYPE_NAMES[dtype] = str(dtype).rpartition(".")[2]
    return name


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of either library."""
    return hasattr(value, "storage_offset")


def is_node(value: Any) -> bool:
    """Whether a value is a node of either library's graph."""
    return hasattr(value, "next_functions")


def array_of(tensor: Any, dtype: str) -> numpy.ndarray[Any, Any]:
    """The values as a numpy array, sharing memory where that holds them; bfloat16 as float32."""
    plain = tensor.detach() if tensor.requires_grad else tensor
    try:
        hidden = plain.data_ptr() < LOWEST and plain.numel()
    except AttributeError:  # a library may not say where its tensors lie
        hidden = False
    if hidden:
        # A part of a gradient that is 0 everywhere no longer says that it has no memory: reading it would crash.
        return numpy.zeros(tensor.shape, "float32" if dtype == "bfloat16" else dtype)
    try:
        return plain.float().numpy() if dtype == "bfloat16" else plain.numpy()
    except RuntimeError:  # a conjugate, a negative or a tensor of unwritten zeros has no array of its own
        return plain.numpy(force=True)
    except TypeError:
        if not on_device(plain):
            raise
        return array_of(plain.cpu(), dtype)


def on_device(tensor: Any) -> bool:
    """Whether a tensor is elsewhere than in the memory of the process, where numpy cannot read it."""
    return str(getattr(getattr(tensor, "device", None), "type", "cpu")) != "cpu"


def bits_of(tensor: Any) -> tuple[bool, bool]:
    """Whether the memory holds the conjugates of the elements, and whether their negatives."""
    return getattr(tensor, "is_conj", bool)(), getattr(tensor, "is_neg", bool)()


def in_memory(tensor: Any, values: Any) -> tuple[Any, Any]:
    """The memory of a tensor with bits, as an array, and what it holds where the tensor has these values."""
    conjugate, negative = bits_of(tensor)
    if conjugate:
        tensor, values = tensor.conj(), values.conj()
    if negative:
        tensor, values = tensor._neg_view(), -values
    return array_of(tensor, dtype_name(tensor.dtype)), values


def version_of(tensor: Any) -> int | None:
    """The version counter; None for an inference tensor, which has none."""
    try:
        return tensor._version
    except (RuntimeError, AttributeError):
        return None


def memory_of(tensor: Any) -> int | None:
    """The address where the tensor's storage begins; None for a tensor without elements or memory."""
    try:
        address = tensor.data_ptr()
        if address == 0 or tensor.numel() == 0:
            return None
        return address - tensor.storage_offset() * tensor.element_size()
    except AttributeError:
        return None


def saved_names(node: Any) -> tuple[str, ...]:
    """What can be read of what a node saved: `_saved_*`, sorted; a custom Function's, unless looking takes it away."""
    function = getattr(node, "_forward_cls", None)
    if function is not None:
        return () if clears(function) else ("saved_tensors",)
    return _names(node, "_saved_")


def _names(node: Any, prefix: str) -> tuple[str, ...]:
    """The attributes of a node whose names begin so, sorted; kept but for custom Functions, whose classes go with their
    programs."""
    key = (type(node), node.name(), prefix)
    names = _SAVED.get(key)
    if names is None:
        names = tuple(sorted(name for name in dir(node) if name.startswith(prefix)))
        if getattr(node, "_forward_cls", None) is None:
            _SAVED[key] = names
    return names


def clears(function: Any) -> bool:
    """Whether a custom Function's saved tensors are gone once they were read, which older versions do not know."""
    return bool(getattr(function, "clear_saved_tensors_on_access", False))


def raw_names(node: Any) -> tuple[str, ...]:
    """The `_raw_saved_*` attributes of a node, sorted: where it keeps tensors."""
    return _names(node, "_raw_saved_")


def unpack_hook(node: Any, name: str) -> Any:
    """The hook that unpacks a saved value of a node while it is held, None where there is no such hook."""
    try:
        raw = getattr(node, f"_raw{name}" if name.startswith("_saved_") else f"_raw_{name}", None)
    except RuntimeError:  # a list of what was freed cannot be read
        return None
    first = raw[0] if isinstance(raw, tuple) and raw else raw
    return getattr(first, "unpack_hook", None)


def error_text(error: BaseException) -> str:
    """The text of an exception, without addresses and without the list of overloads a call was tried on."""
    text = _ADDRESS.sub("0x…", str(error))
    if "received an invalid combination of arguments" in text or "got an unexpected keyword" in text:
        text = text.split("\n", 1)[0]
    return text


def since_expected(text: str) -> str:
    """A text with how many writes came after the version that was expected, in the place of both."""
    return _VERSIONS.sub(lambda found: f"is written {int(found[1]) - int(found[2])} times since", text)


def printed_numbers(text: str) -> tuple[str, numpy.ndarray[Any, Any]]:
    """A text without the numbers with a point that are printed in it, and those numbers."""
    return _PRINTED.sub("#", text), numpy.array([float(one) for one in _PRINTED.findall(text)])


WIDE = ", dtype=torch.float64"


def numbers_in_float64(
    error: BaseException | None, words: str, numbers: numpy.ndarray[Any, Any]
) -> tuple[str, numpy.ndarray[Any, Any]]:
    """:func:`printed_numbers` of the ``error`` of the float64 run, without the type that narrower ones do not show.

    Where that run raises none, gradcheck has found there that the numerical Jacobian is the analytical one: then these
    are the right numbers of both, which the error of ``words`` and ``numbers`` prints one after the other.
    """
    if error is not None:
        words, numbers = printed_numbers(error_text(error))
    elif "analytical:" in words:
        numbers = numpy.tile(numbers[numbers.size // 2 :], 2)
    else:
        return "", numbers
    return words.replace(WIDE, ""), numbers


def warning_text(message: Warning | str) -> str:
    """The text of a warning, without addresses, the place in the source of a library that it comes from, and the lines
    that led to a node."""
    text, traceback, _ = _TRIGGERED.sub("", str(message)).partition("Traceback of forward call")
    return _ADDRESS.sub("0x…", text + traceback)


def text_of(value: Any, limit: int = 400) -> str:
    """A short text of any observed value, for a person; the same spelling for both libraries."""
    if is_tensor(value):
        text = _tensor_text(value)
    elif is_node(value):
        text = value.name()
    elif isinstance(value, BaseException):
        text = f"{type(value).__name__}: {error_text(value)}"
    elif isinstance(value, tuple | list) and any(is_tensor(item) or is_node(item) for item in value):
        text = "(" + ", ".join(text_of(item, limit) for item in value) + ")"
    else:
        text = _ADDRESS.sub("0x…", str(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _tensor_text(tensor: Any) -> str:
    try:
        dtype = dtype_name(tensor.dtype)
        values = array_of(tensor, dtype).tolist() if tensor.numel() <= 64 else "…"
        return f"{values} {dtype}{list(tensor.shape)}"
    except Exception as error:  # a broken tensor is still to be described
        return f"unreadable tensor: {type(error).__name__}: {error}"


def magnitude(values: Any) -> float:
    """The largest finite magnitude among tensors of floating or complex dtype, 0.0 where there is none."""
    largest = 0.0
    for value in values:
        if is_tensor(value) and (value.is_floating_point() or value.is_complex()):
            array = numpy.abs(array_of(value, dtype_name(value.dtype))).astype(numpy.float64)
            largest = max(largest, float(array[numpy.isfinite(array)].max(initial=0.0)))
    return largest if math.isfinite(largest) else 0.0
