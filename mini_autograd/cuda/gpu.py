"""The GPUs: how many there are, which is the current one, and what each of them is."""

from __future__ import annotations

from typing import Any

from mini_autograd import devices
from mini_autograd.kernels import accelerator
from mini_autograd.tensor import TensorBase

WITHOUT_INDEX = "Expected a torch.device with a specified index or an integer, but got:{}"


def index_of(device: Any, optional: bool = False) -> Any:
    """The number of the GPU that is meant; of none in particular, if that is ``optional``, the current one's, and None
    where there is no GPU at all."""
    named = devices.device(device) if isinstance(device, str) else device
    if isinstance(named, devices.device):
        if named.type != "cuda":
            raise ValueError(f"Expected a cuda device, but got: {named}")
        if named.index is not None:
            return named.index
    elif isinstance(named, int):
        return named
    if not optional:
        raise ValueError(WITHOUT_INDEX.format(device))
    return accelerator.current() if accelerator.count() else None


def checked_index(device: Any) -> int:
    """The same of a GPU that is there."""
    accelerator.start()
    index: int = index_of(device, optional=True)
    if not 0 <= index < accelerator.count():
        raise AssertionError("Invalid device id")
    return index


def is_available() -> bool:
    """Whether there is a GPU to use."""
    return accelerator.count() > 0


def is_initialized() -> bool:
    """Whether a GPU has been used."""
    return accelerator.is_started()


def init() -> None:
    """Bring the GPUs up, which happens by itself when one is first used."""
    accelerator.start()


def device_count() -> int:
    return accelerator.count()


def current_device() -> int:
    """The number of the GPU that is meant where none is named."""
    return accelerator.current()


def set_device(device: Any) -> None:
    """Make a GPU the current one; nothing for a negative number."""
    index = index_of(device)
    if index >= 0:
        accelerator.exchange(index)


class device:
    """A context in which a GPU is the current one; nothing for None and for a negative number."""

    def __init__(self, device: Any) -> None:
        self.idx: Any = index_of(device, optional=True)
        self.prev_idx: int = -1

    def __enter__(self) -> None:
        if self.idx < 0:
            return
        if not accelerator.is_built():
            raise RuntimeError("PyTorch was compiled without CUDA support")
        self.prev_idx = accelerator.exchange(self.idx)

    def __exit__(self, *_: object) -> None:
        if self.prev_idx >= 0:
            self.idx = accelerator.exchange(self.prev_idx)


class device_of(device):
    """A context in which the GPU that holds ``obj``, a tensor or a storage, is the current one."""

    def __init__(self, obj: Any) -> None:
        held = obj._array if isinstance(obj, TensorBase) else obj._storage.memory
        index = accelerator.number_of(held)
        super().__init__(-1 if index is None else index)


class _CudaDeviceProperties:
    """What a GPU is."""

    def __init__(self, found: dict[str, Any]) -> None:
        name = found["name"]
        self.name: str = name.decode() if isinstance(name, bytes) else name
        self.major: int = found["major"]
        self.minor: int = found["minor"]
        self.total_memory: int = found["totalGlobalMem"]
        self.multi_processor_count: int = found["multiProcessorCount"]
        self.warp_size: int = found["warpSize"]
        self.is_integrated: int = found.get("integrated", 0)
        self.is_multi_gpu_board: int = found.get("isMultiGpuBoard", 0)
        self.max_threads_per_multi_processor: int = found.get("maxThreadsPerMultiProcessor", 0)
        self.max_threads_per_block: int = found.get("maxThreadsPerBlock", 0)
        self.regs_per_multiprocessor: int = found.get("regsPerMultiprocessor", 0)
        self.shared_memory_per_block: int = found.get("sharedMemPerBlock", 0)
        self.shared_memory_per_block_optin: int = found.get("sharedMemPerBlockOptin", 0)
        self.shared_memory_per_multiprocessor: int = found.get("sharedMemPerMultiprocessor", 0)
        self.clock_rate: int = found.get("clockRate", 0)
        self.memory_clock_rate: int = found.get("memoryClockRate", 0)
        self.memory_bus_width: int = found.get("memoryBusWidth", 0)
        self.L2_cache_size: int = found.get("l2CacheSize", 0)
        self.pci_bus_id: int = found.get("pciBusID", 0)
        self.pci_device_id: int = found.get("pciDeviceID", 0)
        self.pci_domain_id: int = found.get("pciDomainID", 0)
        self.uuid: str = dashed(bytes(found.get("uuid", bytes(16))))

    def __repr__(self) -> str:
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
            f"total_memory={self.total_memory >> 20}MB, multi_processor_count={self.multi_processor_count}, "
            f"uuid={self.uuid}, pci_bus_id={self.pci_bus_id}, pci_device_id={self.pci_device_id}, "
            f"pci_domain_id={self.pci_domain_id}, L2_cache_size={self.L2_cache_size >> 20}MB)"
        )


def dashed(uuid: bytes) -> str:
    text = uuid.hex()
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


def get_device_properties(device: Any = None) -> _CudaDeviceProperties:
    index = checked_index(device)
    return _CudaDeviceProperties(accelerator.load().xp.cuda.runtime.getDeviceProperties(index))


def get_device_name(device: Any = None) -> str:
    return get_device_properties(device).name


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """The version of the instructions that a GPU knows."""
    found = get_device_properties(device)
    return found.major, found.minor


def can_device_access_peer(device: Any, peer_device: Any) -> bool:
    """Whether a GPU can read the memory of another one."""
    accelerator.start()
    index = checked_index(device)
    peer = index_of(peer_device)
    if not 0 <= peer < accelerator.count():
        raise AssertionError("Invalid peer device id")
    return bool(accelerator.load().xp.cuda.runtime.deviceCanAccessPeer(index, peer))


def is_bf16_supported(including_emulation: bool = True) -> bool:
    return is_available() and (including_emulation or get_device_capability()[0] >= 8)


def is_tf32_supported() -> bool:
    return is_bf16_supported(including_emulation=False)


def get_arch_list() -> list[str]:
    """The GPUs that kernels were compiled for beforehand: none, since they are when they are first run."""
    return []


def get_gencode_flags() -> str:
    return ""


def synchronize(device: Any = None) -> None:
    """Wait for all that a GPU has been given to do."""
    accelerator.start()
    accelerator.synchronize(index_of(device, optional=True))


def ipc_collect() -> None:
    """Nothing: no memory is shared with other processes."""
    accelerator.start()
