"""The attributes of a tensor."""

from __future__ import annotations

import warnings
from typing import Any

from mini_autograd import layouts
from mini_autograd.graph import modes
from mini_autograd.graph.accumulate import part_from_leaf
from mini_autograd.graph.leaf import DETACH, LEAF_FLAG, require
from mini_autograd.graph.operations import F
from mini_autograd.graph.version import begin_to_count
from mini_autograd.graph.view import grad_fn
from mini_autograd.kernels.accelerator import device_of
from mini_autograd.kernels.lookup import on_host
from mini_autograd.op.support import CPP_NAMES
from mini_autograd.size import Size
from mini_autograd.tensor import (
    BITS,
    Tensor,
    TensorBase,
    alias_of,
    counter_of,
    requires_grad,
    storage_of,
    version_of,
)
from mini_autograd.typename import type_name

NOT_A_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
    "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you "
    "access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)


def is_leaf(self: TensorBase) -> bool:
    return grad_fn(self) is None


def set_requires_grad(self: TensorBase, value: bool) -> None:
    if not isinstance(value, bool):
        raise RuntimeError("requires_grad must be a bool")
    if self._node is not None:
        raise RuntimeError(LEAF_FLAG if value else LEAF_FLAG + DETACH)
    require(self, value, "only Tensors of floating point and complex dtype can require gradients")


def get_grad(self: TensorBase) -> Any:
    grad = self._gradient
    # A view that was written since has its node made anew when somebody asks for that, not here.
    if grad is None and not self._retains and self._node is not None:
        warnings.warn(NOT_A_LEAF, UserWarning, stacklevel=2)
    return grad


def set_grad(self: TensorBase, grad: Any) -> None:
    if grad is not None:
        check_grad(self, grad)
    self._gradient = grad


def check_grad(self: TensorBase, grad: Any) -> None:
    if not isinstance(grad, TensorBase):
        raise TypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}"
        )
    if grad is self:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad._dtype is not self._dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{CPP_NAMES[grad._dtype]}' to a tensor with grad_dtype "
            f"'{self._dtype.legacy}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's "
            "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any "
            "dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break "
            "downstream systems that assume they match."
        )
    check_device_of_grad(device_of(self._array), device_of(grad._array))
    if grad._array.shape != self._array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad._array.shape)}' to a tensor of size "
            f"'{list(self._array.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


def check_device_of_grad(own: Any, given: Any) -> None:
    if own.type != given.type:
        raise RuntimeError(
            f"attempting to assign a gradient with device type '{given.type}' to a tensor with device type "
            f"'{own.type}'. Please ensure that the gradient and the tensor are on the same device"
        )
    if own.index != given.index:
        raise RuntimeError(
            f"attempting to assign a gradient located on device with index '{given.index}' to a tensor located on "
            f"device with index '{own.index}'. Please ensure that the gradient and the tensor are on the same device"
        )


def delete_grad(self: TensorBase) -> None:
    self._gradient = None


def get_data(self: TensorBase) -> TensorBase:
    data = alias_of(self)
    data._counter = None
    begin_to_count(data, self)
    return data


def set_data(self: TensorBase, data: Any) -> None:
    if not isinstance(data, TensorBase):
        raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}")
    if modes.in_transform():
        raise RuntimeError("mutating directly with `.data` inside functorch transform is not allowed.")
    if requires_grad(self) and not data._dtype.is_differentiable:
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    if data._inference is not self._inference:
        check_counted(self)
        counter_of(self)
        self._inference = data._inference
    self._storage = storage_of(data)
    if data._dtype is not self._dtype:
        part_from_leaf(self)
    self._array, self._dtype, self._marks = data._array, data._dtype, data._marks & BITS


def delete_data(self: TensorBase) -> None:
    raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")


def check_counted(self: TensorBase) -> None:
    if self._inference and self._counter is None:
        raise RuntimeError("Inference tensors do not track version counter.")


def get_version(self: TensorBase) -> int:
    check_counted(self)
    return version_of(self)


PROPERTIES: dict[str, Any] = {
    "shape": lambda self: Size(self._array.shape),
    "dtype": lambda self: self._dtype,
    "device": lambda self: device_of(self._array),
    "layout": lambda self: layouts.strided,
    "ndim": lambda self: self._array.ndim,
    "itemsize": lambda self: self._dtype.itemsize,
    "nbytes": lambda self: self._array.size * self._dtype.itemsize,
    "is_leaf": is_leaf,
    "grad_fn": grad_fn,
    "output_nr": lambda self: self._nr,
    "retains_grad": lambda self: self._retains,
    "_version": get_version,
    "_base": lambda self: None if self._view is None else self._view.base,
    "T": lambda self: F.numpy_T(self),
    "mT": lambda self: F.mT(self),
    "H": lambda self: F.matrix_H(self),
    "mH": lambda self: F.mH(self),
    "is_cpu": lambda self: on_host(self._array),
    "is_cuda": lambda self: not on_host(self._array),
    **{f"is_{kind}": lambda self: False for kind in ("ipu", "maia", "mps", "mtia", "vulkan", "xla", "xpu")},
    "is_sparse": lambda self: False,
    "is_quantized": lambda self: False,
    "is_meta": lambda self: False,
    "name": lambda self: None,
    "names": lambda self: (None,) * self._array.ndim,
}


def cuda_array_interface(self: Any) -> dict[str, Any]:
    """What another library needs to know to look into the memory of a tensor on a GPU."""
    if on_host(self._array):
        raise AttributeError(
            f"Can't get __cuda_array_interface__ on non-CUDA tensor type: {self.type()} If CUDA data is required use "
            "tensor.cuda() to copy tensor to device memory."
        )
    if requires_grad(self):
        raise RuntimeError(
            "Can't get __cuda_array_interface__ on Variable that requires grad. If gradients aren't required, use "
            "var.detach() to get Variable that doesn't require grad."
        )
    given: dict[str, Any] = self._array.__cuda_array_interface__
    return {**given, "strides": None if self._array.flags.c_contiguous else self._array.strides, "version": 2}


class ReadOnly(property):
    """A property that says so in torch's words when it is assigned to."""

    def __init__(self, name: str, get: Any) -> None:
        super().__init__(get)
        self.name = name

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(f"attribute '{self.name}' of 'torch._C.TensorBase' objects is not writable")


def attach() -> None:
    for name, get in PROPERTIES.items():
        setattr(Tensor, name, ReadOnly(name, get))
    cls: Any = Tensor
    cls.requires_grad = property(requires_grad, set_requires_grad)
    cls.grad = property(get_grad, set_grad, delete_grad)
    cls._grad = property(lambda self: self._gradient, set_grad, delete_grad)
    cls.__cuda_array_interface__ = property(cuda_array_interface)
    cls.data = property(get_data, set_data, delete_data)
