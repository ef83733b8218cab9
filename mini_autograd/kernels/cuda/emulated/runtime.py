"""``cuda.runtime``: the part of CUDA's runtime that a library asks for."""

from __future__ import annotations

from typing import Any

from . import device, stream
from .device import CUDARuntimeError

__all__ = ["CUDARuntimeError"]

is_hip = False
memcpyHostToHost, memcpyHostToDevice, memcpyDeviceToHost, memcpyDeviceToDevice, memcpyDefault = range(5)
streamCaptureModeGlobal, streamCaptureModeThreadLocal, streamCaptureModeRelaxed = range(3)


def getDeviceCount() -> int:
    return len(device.chips())


def getDevice() -> int:
    return device.current()


def setDevice(index: int) -> None:
    device.make_current(index)


def memGetInfo() -> tuple[int, int]:
    return device.Device().mem_info


def deviceSynchronize() -> None:
    stream.synchronize_device(device.current())


def streamSynchronize(pointer: int) -> None:
    stream.ExternalStream(pointer).synchronize()


def runtimeGetVersion() -> int:
    return 13000


def driverGetVersion() -> int:
    return 13000


def deviceCanAccessPeer(index: int, peer: int) -> int:
    return 0


def deviceGetPCIBusId(index: int) -> str:
    return device.Device(index).pci_bus_id


def deviceGetLimit(limit: int) -> int:
    return 0


def getDeviceProperties(index: int) -> dict[str, Any]:
    if not 0 <= index < getDeviceCount():
        raise CUDARuntimeError(101, "cudaErrorInvalidDevice: invalid device ordinal")
    return {
        "name": b"Emulated device",
        "totalGlobalMem": device.chips()[index].total,
        "major": 9,
        "minor": 0,
        "multiProcessorCount": 132,
        "warpSize": 32,
        "maxThreadsPerBlock": 1024,
        "maxThreadsPerMultiProcessor": 2048,
        "maxThreadsDim": (1024, 1024, 64),
        "maxGridSize": (2147483647, 65535, 65535),
        "sharedMemPerBlock": 49152,
        "sharedMemPerBlockOptin": 232448,
        "sharedMemPerMultiprocessor": 233472,
        "regsPerBlock": 65536,
        "regsPerMultiprocessor": 65536,
        "l2CacheSize": 62914560,
        "clockRate": 1980000,
        "memoryClockRate": 3201000,
        "memoryBusWidth": 6144,
        "totalConstMem": 65536,
        "integrated": 0,
        "isMultiGpuBoard": 0,
        "canMapHostMemory": 1,
        "concurrentKernels": 1,
        "computeMode": 0,
        "ECCEnabled": 0,
        "pciBusID": index,
        "pciDeviceID": 0,
        "pciDomainID": 0,
        "uuid": bytes([index]) * 16,
    }
