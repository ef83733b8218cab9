"""The text of a tensor: `tensor([[1., 2.]], dtype=torch.float64, grad_fn=<MulBackward0>)`, as torch has it.

It is made from an array and what else the text shows, so that it knows nothing of tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mini_autograd.printing.element import element_format
from mini_autograd.printing.options import PrintOptions, current


def format_tensor(
    array: np.ndarray,
    *,
    dtype_name: str,
    default_dtype_name: str = "float32",
    device: str = "cpu",
    requires_grad: bool = False,
    grad_fn_name: str | None = None,
    tangent: str | None = None,
    type_name: str = "tensor",
    contents: str | None = None,
) -> str:
    """The text of a tensor with the values of `array`, of any shape and dtype, ml_dtypes.bfloat16 among them.

    `dtype_name` and `default_dtype_name` are spelled without `torch.`; a dtype is shown where it would not be
    assumed, a device where it is not "cpu". `tangent` is the text of a dual tensor's tangent, `type_name` the
    name of a subclass of Tensor other than Parameter. `contents` stands in place of the values.
    """
    options = current()
    start = f"{type_name}("
    suffixes = []
    if device != "cpu":
        suffixes.append(f"device='{device}'")
    if (array.size == 0 and array.ndim != 1) or (array.size and not options.edgeitems):
        suffixes.append(f"size={array.shape}")
    assumed = {default_dtype_name}
    if array.size:
        assumed |= {_default_complex(default_dtype_name), "int64", "bool"}
    if dtype_name not in assumed:
        suffixes.append(f"dtype=torch.{dtype_name}")
    if grad_fn_name is not None:
        suffixes.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    if tangent is not None:
        suffixes.append(f"tangent={tangent}")
    if contents is None:
        contents = _values(array, len(start), options)
    return _suffixed(start + contents, suffixes, len(start), options)


def _default_complex(default_dtype_name: str) -> str:
    return "complex128" if default_dtype_name == "float64" else "complex64"


def _suffixed(text: str, suffixes: list[str], indent: int, options: PrintOptions) -> str:
    """`text`, the suffixes, each on a new line where there is no room left, and the closing parenthesis."""
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > options.linewidth:
            text += f",\n{' ' * indent}{suffix}"
            length = indent + len(suffix)
        else:
            text += f", {suffix}"
            length += len(suffix) + 2
    return f"{text})"


def _values(array: np.ndarray, indent: int, options: PrintOptions) -> str:
    if array.size == 0:
        return "[]"
    if array.dtype.name in ("float16", "bfloat16"):
        array = array.astype(np.float32)
    shorten = array.size > options.threshold
    element, width = _writer(_edges(array, options) if shorten else array, options)
    return _nested(array, indent, shorten, element, width, options)


def _writer(array: np.ndarray, options: PrintOptions) -> tuple[Callable[[Any], str], int]:
    """What writes an element, and the width it takes in a line, a comma and a space included."""
    if array.dtype.kind != "c":
        only = element_format(array, options)
        return only.text, only.width + 2
    real, imaginary = element_format(array.real, options), element_format(array.imag, options)

    def write(value: complex) -> str:
        text = imaginary.text(value.imag).lstrip() + "j"
        return real.text(value.real) + (text if text[0] == "-" else f"+{text}")

    return write, real.width + imaginary.width + 3


def _edges(array: np.ndarray, options: PrintOptions) -> np.ndarray:
    """The elements that a shortened text shows, which alone decide how it is written."""
    edge = options.edgeitems
    for axis, length in enumerate(array.shape):
        if length > 2 * edge:
            shown = [*range(edge), *range(length - edge if edge else 0, length)]
            array = array.take(shown, axis)
    return array


def _nested(
    array: np.ndarray,
    indent: int,
    shorten: bool,
    element: Callable[[Any], str],
    width: int,
    options: PrintOptions,
) -> str:
    if array.ndim == 0:
        return element(array.item())
    edge = options.edgeitems
    cut = shorten and len(array) > 2 * edge
    first, last = (array[:edge], array[len(array) - edge :]) if cut else (array, array[:0])
    if array.ndim == 1:
        texts = [element(value) for value in first.tolist()]
        texts += [" ..." if edge else "..."] * cut + [element(value) for value in last.tolist()]
        return _wrapped(texts, indent, width, options)
    texts = [_nested(each, indent + 1, shorten, element, width, options) for each in first]
    texts += ["..."] * cut
    texts += [_nested(each, indent + 1, shorten, element, width, options) for each in last]
    separator = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return f"[{separator.join(texts)}]"


def _wrapped(texts: list[str], indent: int, width: int, options: PrintOptions) -> str:
    count = max(1, (options.linewidth - indent) // width)
    lines = [", ".join(texts[start : start + count]) for start in range(0, len(texts), count)]
    separator = ",\n" + " " * (indent + 1)
    return f"[{separator.join(lines)}]"
