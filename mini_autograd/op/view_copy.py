"""Declares a view together with the op that gives the same as a copy: ``select`` and ``select_copy``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mini_autograd.kernels.by_array import contiguous_copy
from mini_autograd.op.declare import op
from mini_autograd.op.row import Op
from mini_autograd.op.support import no_complex_derivative

ALIAS = re.compile(r"\(a(?: -> \*)?\)")


def view_and_copy(
    schema: str,
    kernel: Callable[..., Any],
    copy_of_complex: bool = True,
    **options: Any,
) -> Op:
    """Declare the view of ``schema``, and its copy, a function alone; ``options`` as ``op`` takes them. Without
    ``copy_of_complex`` the copy of complex numbers has no derivative. The tangent of the copy is a view."""
    view = op(schema, kernel, **options)
    name, rest = schema[: len(view.name)], schema[len(view.name) :]
    options |= {"variants": "function", "grad_fn": f"{view.node_name}_copy"}
    if view.jvp == "linear":
        options["jvp"] = view
    if not copy_of_complex:
        options["check"] = no_complex_derivative(f"{name}_copy")
    op(f"{name}_copy{ALIAS.sub('', rest)}", CopyOf(kernel), **options)
    return view


class CopyOf:
    """The kernel that copies what another one gives a view of."""

    __slots__ = ("kernel",)

    def __init__(self, kernel: Callable[..., Any]) -> None:
        self.kernel = kernel

    def on(self, translated: Callable[[Any], Any]) -> CopyOf:
        """The same of the kernel for other arrays."""
        return CopyOf(translated(self.kernel))

    def __call__(self, *args: Any) -> Any:
        result = self.kernel(*args)
        return (
            [contiguous_copy(one) for one in result] if isinstance(result, list) else contiguous_copy(result)
        )
