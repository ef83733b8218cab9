"""What ``strict`` refuses: results that do not depend on what they are differentiated by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mini_autograd.graph.operations import F
from mini_autograd.tensor import TensorBase, requires_grad

NOT_ALLOWED = "This is not allowed in strict mode"
INDEPENDENT = {
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the user-provided function. "
    f"{NOT_ALLOWED}.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to "
    f"input {{}} is independent of the input. {NOT_ALLOWED}. You should ensure that your function is twice "
    "differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for "
    "example).",
    "hessian": "The hessian of the user-provided function with respect to input {} is independent of the input. "
    f"{NOT_ALLOWED}. You should ensure that your function is thrice differentiable and that the hessian depends on the "
    "inputs.",
}
# Where no gradient came, by what was being computed.
MISSING = {
    "back": f"The output of the user-provided function is independent of input {{}}. {NOT_ALLOWED}.",
    "back_trick": "The gradient with respect to the input is independent of entry {} in the grad_outputs when using "
    f"the double backward trick to compute forward mode gradients. {NOT_ALLOWED}.",
    "double_back": f"The jacobian of the user-provided function is independent of input {{}}. {NOT_ALLOWED}.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. "
    f"{NOT_ALLOWED} as it prevents from using the double backward trick to replace forward mode AD.",
}


def check_depends(values: Sequence[TensorBase | None], what: str) -> None:
    """RuntimeError for a value that has no graph though it should depend on the input."""
    for index, value in enumerate(values):
        if value is None:
            raise RuntimeError(MISSING["back"].format(index))
        if not requires_grad(value):
            raise RuntimeError(INDEPENDENT[what].format(index))


def with_zeros(grads: Sequence[Any], like: tuple, strict: bool, create_graph: bool, stage: str) -> tuple:
    """``grads`` with zeros for those that are None; with ``strict`` a RuntimeError."""
    if not strict:
        return tuple([F.zeros_like(x) if g is None else g for g, x in zip(grads, like, strict=True)])
    for index, grad in enumerate(grads):
        if grad is None:
            raise RuntimeError(MISSING[stage].format(index))
        if create_graph and not requires_grad(grad):
            order = "hessian" if stage.startswith("double") else "jacobian"
            raise RuntimeError(
                f"The {order} of the user-provided function is independent of input {index}. {NOT_ALLOWED} when "
                "create_graph=True."
            )
    return tuple(grads)
