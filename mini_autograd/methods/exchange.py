"""Memory shared with other libraries by DLPack: ``from_dlpack``, ``to_dlpack`` and what they ask a tensor for.

See https://dmlc.github.io/dlpack/latest/python_spec.html.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from mini_autograd import devices
from mini_autograd.data import of_array
from mini_autograd.kernels import accelerator, transfer
from mini_autograd.kernels.by_array import clone, handed_out
from mini_autograd.kernels.lookup import on_host
from mini_autograd.kernels.shared import exchange, nested
from mini_autograd.op.factory import new
from mini_autograd.tensor import CONJ, Tensor, TensorBase, requires_grad
from mini_autograd.typename import type_name

REQUIRES_GRAD = "Can't export tensors that require gradient, use tensor.detach()"
CONJUGATE = "Can't export tensors with the conjugate bit set"
NO_CAPSULE = (
    "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might "
    "have already constructed a tensor from it once."
)

DLDeviceType = IntEnum(
    "DLDeviceType",
    {
        "kDLCPU": 1, "kDLCUDA": 2, "kDLCUDAHost": 3, "kDLOpenCL": 4, "kDLVulkan": 7, "kDLMetal": 8, "kDLVPI": 9,
        "kDLROCM": 10, "kDLROCMHost": 11, "kDLExtDev": 12, "kDLCUDAManaged": 13, "kDLOneAPI": 14, "kDLWebGPU": 15,
        "kDLHexagon": 16, "kDLMAIA": 17,
    },
    module="torch.utils.dlpack",
)  # fmt: skip


def __dlpack__(
    self: TensorBase,
    *,
    stream: Any = -1,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """A capsule of the memory; BufferError for a tensor that requires a gradient or holds conjugates."""
    check_exported(self)
    if stream is not None and type(stream) is not int:
        raise TypeError("stream must be ``int`` or ``none``")
    if not on_host(self._array):
        return capsule_of_gpu(self._array, stream, max_version=max_version, dl_device=dl_device, copy=copy)
    if stream not in (None, -1):
        raise AssertionError("stream should be None on cpu.")
    return capsule(self, max_version=max_version, dl_device=dl_device, copy=copy)


def __dlpack_device__(self: TensorBase) -> tuple[int, int]:
    """The kind of device and its number."""
    index = accelerator.number_of(self._array)
    return (DLDeviceType.kDLCPU, 0) if index is None else (DLDeviceType.kDLCUDA, index)


def capsule_of_gpu(array: Any, stream: int | None = None, **options: Any) -> Any:
    """A capsule of the memory of a GPU. ``stream``: where the taker uses it, 1 and None standing for the default one,
    -1 for no matter where."""
    if stream == 0:
        raise RuntimeError("unsupported stream on CUDA: 0")
    given = {name: value for name, value in options.items() if value is not None}
    return array.__dlpack__(stream=1 if stream is None else stream, **given)


def check_exported(tensor: TensorBase) -> None:
    if requires_grad(tensor):
        raise BufferError(REQUIRES_GRAD)
    if tensor._marks & CONJ:
        raise BufferError(CONJUGATE)


def capsule(tensor: TensorBase, copy: Any = None, **options: Any) -> Any:
    if copy is not None and not isinstance(copy, bool):
        raise TypeError(f"_to_dlpack(): argument 'copy' must be bool, not {type_name(copy)}")
    if not on_host(tensor._array):
        return capsule_of_gpu(tensor._array, -1, copy=copy, **options)
    return exchange.capsule_of(handed_out(clone(tensor._array) if copy else tensor._array), **options)


def to_dlpack(data: Any) -> Any:
    """A capsule of the memory of a tensor, whatever history that has."""
    if not isinstance(data, TensorBase):
        raise TypeError(f"_to_dlpack(): argument 'data' (position 1) must be Tensor, not {type_name(data)}")
    return capsule(data)


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor over the memory of an object with ``__dlpack__``, or of a capsule, which can be opened once."""
    place = None if device is None else target(device)
    if isinstance(ext_tensor, TensorBase):
        check_exported(ext_tensor)
        array, kind = ext_tensor._array, ext_tensor._dtype
        alias = exchange.alone(array) if on_host(array) else array
    elif is_of_gpu(ext_tensor):
        alias = accelerator.start().xp.from_dlpack(ext_tensor)
        kind = of_array(alias)
    else:
        array = exchange.array_of(ext_tensor)
        if array is None:
            raise RuntimeError(NO_CAPSULE)
        kind = of_array(array)
        alias = nested.aliased(array, kind)
    found = transfer.put(alias, place)
    if copy is False and found is not alias:
        raise ValueError("cannot move the tensor to another device without a copy")
    return new(clone(alias) if copy and found is alias else found, kind)


def target(named: Any) -> devices.device:
    """The device that a call asks for."""
    if not isinstance(named, devices.device | str):
        raise AssertionError(f"from_dlpack: unsupported device type: {type(named)}")
    place = devices.device(named)
    if place.type == "xpu":
        raise RuntimeError("Cannot get XPU global device index without ATen_xpu library.")
    return accelerator.placed(place)


def is_of_gpu(source: Any) -> bool:
    """Whether an object's memory is a GPU's."""
    asked = getattr(source, "__dlpack_device__", None)
    return asked is not None and asked()[0] == DLDeviceType.kDLCUDA


METHODS = (__dlpack__, __dlpack_device__)


def attach() -> None:
    for method in METHODS:
        method.__qualname__ = f"Tensor.{method.__name__}"
        setattr(Tensor, method.__name__, method)
