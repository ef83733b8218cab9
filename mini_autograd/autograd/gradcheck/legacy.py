"""Functions that torch has left public and is to remove."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd.autograd.gradcheck.analytical import reverse_jacobian
from mini_autograd.autograd.gradcheck.arguments import as_tuple, inputs_in
from mini_autograd.autograd.gradcheck.numerical import jacobian_by, numerical_jacobian
from mini_autograd.tensor import TensorBase


def deprecated(name: str) -> None:
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be "
        "removed in a future version of PyTorch. If you have a specific use for this or feature request for this to be "
        "a stable API, please file us an issue at https://github.com/pytorch/pytorch/issues/new",
        FutureWarning,
        stacklevel=3,
    )


def check_grad_out(name: str, grad_out: float) -> None:
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")


def check_real(name: str, output: Any) -> None:
    if output._dtype.is_complex:
        raise ValueError(
            f"Expected output to be non-complex. {name} no longer supports functions that return complex outputs."
        )


def get_numerical_jacobian(
    fn: Any, inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> Any:
    """The Jacobian of ``fn(inputs)`` by each input, by differences."""
    deprecated("get_numerical_jacobian")
    check_grad_out("get_numerical_jacobian", grad_out)

    def unpacked(*given: Any) -> Any:
        return fn(given)

    given = as_tuple(inputs)
    outputs = as_tuple(unpacked(*given))
    for one in outputs:
        check_real("get_numerical_jacobian", one)
    del target
    return tuple([several[0] for several in numerical_jacobian(unpacked, given, outputs, eps)])


def get_numerical_jacobian_wrt_specific_input(
    fn: Any,
    input_idx: int,
    inputs: Any,
    outputs: Any,
    eps: float,
    input: Any = None,
    is_forward_ad: bool = False,
) -> tuple:
    """The Jacobian of each output of ``fn(*inputs)`` by one input, by differences."""
    return tuple(jacobian_by(fn, as_tuple(inputs), input_idx, tuple(outputs), eps))


def get_analytical_jacobian(
    inputs: Any, output: TensorBase, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple:
    """The Jacobian of ``output`` by each input, by reverse mode; whether it comes out so again; whether sizes and types
    are right."""
    deprecated("get_analytical_jacobian")
    check_grad_out("get_analytical_jacobian", grad_out)
    check_real("get_analytical_jacobian", output)
    given = as_tuple(inputs)
    leaves = [given[place] for place in inputs_in(given)]
    found, types_fit, sizes_fit, same = reverse_jacobian(leaves, output, nondet_tol)
    return tuple(found), same, sizes_fit, types_fit
