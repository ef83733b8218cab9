"""Errors in torch's words: one function for each message that more than one place raises."""

from __future__ import annotations

from typing import Any


def modified_in_place(
    kind: str, node_name: str | None, output_nr: int, current: int, saved: int, anomaly: bool
) -> RuntimeError:
    """A saved tensor was written to between forward and backward."""
    output = f", which is output {output_nr} of {node_name}," if node_name else ""
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{kind}]{output} is at version {current}; expected version {saved} instead. Hint: "
        + (
            "the backtrace further above shows the operation that failed to compute its gradient. The variable in "
            "question was changed in there or anywhere later. Good luck!"
            if anomaly
            else "enable anomaly detection to find the operation that failed to compute its gradient, with "
            "torch.autograd.set_detect_anomaly(True, check_nan=False)."
        )
    )


def saved_detached() -> RuntimeError:
    """A tensor that a node has saved lost its history by ``detach_()``."""
    return RuntimeError(
        "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_()."
        "This is not supported, please use out-of-place `.detach()` instead"
    )


def saved_freed() -> RuntimeError:
    """Saved values were asked for after backward had released them."""
    return RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they "
        "have already been freed). Saved intermediate values of the graph are freed when you call "
        ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
        "graph a second time or if you need to access saved tensors after calling backward."
    )


def undefined_argument(position: int, name: str) -> RuntimeError:
    """A formula was to be applied to what could not be saved."""
    return RuntimeError(
        "Expected a proper Tensor but got None (or an undefined Tensor in C++) for argument "
        f"#{position} '{name}'"
    )


def nested_tangent() -> RuntimeError:
    """What has a tangent was to be one, at the only level there is."""
    return RuntimeError(
        "Setting a forward grad that itself has a forward gradient at the same level0 is not supported."
    )


def tangent_of_another_size(size: tuple, given: tuple) -> RuntimeError:
    return RuntimeError(
        "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
        f"supported. Tensor is of size {list(size)} while the given forward gradient is of size {list(given)}."
    )


def no_graph(index: int) -> RuntimeError:
    return RuntimeError(f"element {index} of tensors does not require grad and does not have a grad_fn")


def unused_input(index: int) -> RuntimeError:
    return RuntimeError(
        f"The differentiated Tensor at index {index} appears to not have been used in the graph. Set "
        "allow_unused=True if this is the desired behavior."
    )


def float_only_leaf() -> RuntimeError:
    """A leaf with integers was to require a gradient from the moment that it was made."""
    return RuntimeError("Only Tensors of floating point and complex dtype can require gradients")


def leaf_in_place() -> RuntimeError:
    return RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")


def leaf_view_in_place() -> RuntimeError:
    return RuntimeError(
        "a view of a leaf Variable that requires grad is being used in an in-place operation."
    )


def dim_out_of_range(dim: int, ndim: int) -> IndexError:
    """``dim`` does not name one of ``ndim`` dimensions (a 0-d tensor counts as having one)."""
    bound = max(ndim, 1)
    return IndexError(
        f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})"
    )


def cannot_cast(result: str, target: str) -> RuntimeError:
    return RuntimeError(f"result type {result} can't be cast to the desired output type {target}")


def not_implemented(kernel: str, dtype: Any) -> NotImplementedError:
    """torch's kernel is not there for elements of this type; programs tell it by this type and text."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.legacy}'")


def no_derivative(name: str) -> NotImplementedError:
    """torch declares that the op has no derivative, or none in place, and says so when one is asked for."""
    return NotImplementedError(f"the derivative for '{name}' is not implemented.")


def no_forward_mode(name: str) -> NotImplementedError:
    return NotImplementedError(
        f"Trying to use forward AD with {name} that does not support it because it has not been implemented "
        "yet.\nPlease file an issue to PyTorch at https://github.com/pytorch/pytorch/issues/new?template="
        "feature-request.yml so that we can prioritize its implementation or submit a PR adding the "
        "implementation to derivatives.yaml"
    )


def no_dimensions(dim: int) -> IndexError:
    return IndexError(f"Dimension specified as {dim} but tensor has no dimensions")


def inference_in_place() -> RuntimeError:
    return RuntimeError(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to "
        "get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for "
        "more details."
    )


def inference_saved() -> RuntimeError:
    return RuntimeError(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference "
        "mode in computation tracked by autograd. To work around this, you can make a clone to get a normal "
        "tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
    )


def detached_view() -> RuntimeError:
    return RuntimeError(
        "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
        "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
        "detach_() cannot be called on these gradients. To fix this error, please refer to the "
        "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
    )


def backward_in_transform() -> RuntimeError:
    return RuntimeError(
        "backward() called inside a functorch transform. This is not supported, please use functorch.grad or "
        "functorch.vjp instead or call backward() outside of functorch transforms."
    )


def backward_in_rows() -> RuntimeError:
    return RuntimeError(
        "backward() called inside torch.vmap. This is not supported, please call backward() outside torch.vmap or "
        "instead use torch.autograd.grad inside torch.vmap"
    )


def outputs_in_rows(index: int) -> RuntimeError:
    return RuntimeError(
        "torch.autograd.grad(outputs, inputs, grad_outputs) called inside torch.vmap. We do not support the case where "
        f"any outputs are vmapped tensors (output {index} is being vmapped over). Please call autograd.grad() outside "
        "torch.vmap or file a bug report with your use case."
    )


def in_transform(method: str) -> RuntimeError:
    """A method that changes how a tensor takes part in the graph, in a function under a transform."""
    extra = " (or perhaps using torch.autograd.functional.* APIs)" if method == "requires_grad_" else ""
    return RuntimeError(
        f"You are attempting to call Tensor.{method}(){extra} inside of a function being transformed by a functorch "
        "transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, "
        f"jacfwd, hessian) or call {method}() outside of a function being transformed instead."
    )


def no_broadcast(left: int, right: int, dim: int) -> RuntimeError:
    """Two shapes differ in a dimension in which neither has size 1."""
    return RuntimeError(
        f"The size of tensor a ({left}) must match the size of tensor b ({right}) at non-singleton dimension "
        f"{dim}"
    )


def no_derivative_of_out(name: str) -> RuntimeError:
    """Writing to ``out=`` would have to be recorded."""
    return RuntimeError(
        f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
        "arguments requires grad."
    )


def complex_gradient() -> RuntimeError:
    """A formula gave a complex gradient for a real tensor, or one of integers for a complex tensor."""
    return RuntimeError(
        "Expected isFloatingType(grad.scalar_type()) || (input_is_complex == grad_is_complex) to be true, but got "
        "false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
    )


def no_batching_rule(name: str) -> RuntimeError:
    """The op gives no tensor, so that it cannot be run on one example after the other."""
    return RuntimeError(f"Batching rule not implemented for aten::{name}. We could not generate a fallback.")


def out_of_storage(
    size: tuple[int, ...], stride: tuple[int, ...], offset: int, itemsize: int, needed: int, available: int
) -> RuntimeError:
    """A tensor would reach beyond its memory."""
    return RuntimeError(
        f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize "
        f"{itemsize} requiring a storage size of {needed} are out of bounds for storage of size {available}"
    )


class AcceleratorError(RuntimeError):
    """What a device, or the library that drives it, says of a call."""

    error_code = 0


class OutOfMemoryError(RuntimeError):
    """A device has no memory left for what was asked for."""


AcceleratorError.__module__ = OutOfMemoryError.__module__ = "torch"


class LinAlgError(RuntimeError):
    """A matrix on which a function of linear algebra cannot be completed."""


LinAlgError.__module__, LinAlgError.__qualname__ = "torch._C", "_LinAlgError"
LinAlgError.__name__ = "_LinAlgError"
INVERSION = (
    "The diagonal element {} is zero, the inversion could not be completed because the input "
    "matrix is singular."
)
SOLVER = "The solver failed because the input matrix is singular."
NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the leading minor of "
    "order {} is not positive-definite)."
)
ZERO_PIVOT = (
    "U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the "
    "factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
)


def of_matrix(name: str, info: int, place: int | None) -> RuntimeError:
    """What LAPACK says by ``info`` of a matrix, of the one at ``place`` in a batch."""
    head = f"{name}: " if place is None else f"{name}: (Batch element {place}): "
    if info < 0:
        return RuntimeError(
            f"{head}Argument {-info} has illegal value. Most certainly there is a bug in the implementation"
        )
    for beginning, text, kind in (
        ("linalg.inv", INVERSION, LinAlgError),
        ("torch.linalg.solve", SOLVER, LinAlgError),
        ("linalg.cholesky", NOT_POSITIVE, LinAlgError),
        ("torch.linalg.lu_factor", ZERO_PIVOT, RuntimeError),
    ):
        if name.startswith(beginning):
            return kind(head + text.format(info))
    return RuntimeError(
        'false INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/native/BatchLinearAlgebra.cpp":1642, '
        f"please report a bug to PyTorch. {head}Unknown error code: {info}."
    )
