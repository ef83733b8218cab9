"""How much memory of a GPU is in use, and how much is kept for the next tensors.

NOTE [Peaks]: CuPy's pool knows what is in use, and not what was. From the first question for a peak on, and from
:func:`reset_peak_memory_stats` on, a hook in the pool counts every allocation; before that none is slowed down by it,
and the peak is what has been in use at the first question.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from typing import Any

from mini_autograd.cuda.gpu import index_of
from mini_autograd.kernels import accelerator

RESETS_ALL = (
    "torch.cuda.{} now calls torch.cuda.reset_peak_memory_stats, which resets /all/ peak memory stats."
)


class Counts:
    """What has been in use on one GPU: bytes of tensors, bytes that the pool holds, and how many allocations."""

    def __init__(self, used: int, held: int) -> None:
        self.used = self.used_peak = used
        self.held = self.held_peak = held
        self.taken = self.freed = 0
        self.n_taken = self.n_freed = self.n_peak = 0

    def reset(self) -> None:
        self.used_peak, self.held_peak = self.used, self.held
        self.n_peak = self.n_taken - self.n_freed


# By the number of the GPU; empty until somebody asks.
_COUNTS: dict[int, Counts] = {}


def pool() -> Any:
    return accelerator.start().xp.get_default_memory_pool()


def in_pool(index: int, name: str) -> int:
    """What the pool says of itself on a GPU: ``used_bytes`` or ``total_bytes``."""
    with accelerator.start().xp.cuda.Device(index):
        return int(getattr(pool(), name)())


def counts(index: int) -> Counts:
    """The counts of a GPU, which are kept from the first call on."""
    if not _COUNTS:
        watch(accelerator.start().xp)
    return _COUNTS[index]


def watch(xp: Any) -> None:
    """Have every allocation counted from now on."""
    for index in range(accelerator.count()):
        _COUNTS[index] = Counts(in_pool(index, "used_bytes"), in_pool(index, "total_bytes"))

    class Watch(xp.cuda.MemoryHook):  # type: ignore[misc]
        name = "mini_autograd.cuda.memory"

        def alloc_postprocess(self, **facts: Any) -> None:
            kept = _COUNTS[facts["device_id"]]
            kept.held += facts["mem_size"]
            kept.held_peak = max(kept.held_peak, kept.held)

        def malloc_postprocess(self, **facts: Any) -> None:
            kept = _COUNTS[facts["device_id"]]
            kept.used += facts["mem_size"]
            kept.taken += facts["mem_size"]
            kept.n_taken += 1
            kept.used_peak = max(kept.used_peak, kept.used)
            kept.n_peak = max(kept.n_peak, kept.n_taken - kept.n_freed)

        def free_postprocess(self, **facts: Any) -> None:
            kept = _COUNTS[facts["device_id"]]
            kept.used -= facts["mem_size"]
            kept.freed += facts["mem_size"]
            kept.n_freed += 1

    Watch().__enter__()


def settle(index: int) -> Counts:
    """The counts, set right by what the pool itself says, which also frees without telling."""
    kept = counts(index)
    kept.used, kept.held = in_pool(index, "used_bytes"), in_pool(index, "total_bytes")
    kept.used_peak, kept.held_peak = max(kept.used, kept.used_peak), max(kept.held, kept.held_peak)
    return kept


def memory_allocated(device: Any = None) -> int:
    """The bytes that tensors take now."""
    if not accelerator.is_started():
        return 0
    return in_pool(index_of(device, optional=True), "used_bytes")


def max_memory_allocated(device: Any = None) -> int:
    """The most bytes that tensors have taken: NOTE [Peaks]."""
    if not accelerator.is_started():
        return 0
    return settle(index_of(device, optional=True)).used_peak


def memory_reserved(device: Any = None) -> int:
    """The bytes that the pool holds now, in use or kept."""
    if not accelerator.is_started():
        return 0
    return in_pool(index_of(device, optional=True), "total_bytes")


def max_memory_reserved(device: Any = None) -> int:
    """The most bytes that the pool has held: NOTE [Peaks]."""
    if not accelerator.is_started():
        return 0
    return settle(index_of(device, optional=True)).held_peak


def reset_peak_memory_stats(device: Any = None) -> None:
    """Have the peaks begin anew with what is in use now."""
    accelerator.start()
    settle(index_of(device, optional=True)).reset()


def reset_accumulated_memory_stats(device: Any = None) -> None:
    """Have the sums of what was taken and freed begin anew."""
    accelerator.start()
    kept = settle(index_of(device, optional=True))
    kept.taken = kept.freed = kept.n_taken = kept.n_freed = 0


def reset_max_memory_allocated(device: Any = None) -> None:
    warnings.warn(RESETS_ALL.format("reset_max_memory_allocated"), FutureWarning, stacklevel=2)
    reset_peak_memory_stats(device)


def reset_max_memory_cached(device: Any = None) -> None:
    warnings.warn(RESETS_ALL.format("reset_max_memory_cached"), FutureWarning, stacklevel=2)
    reset_peak_memory_stats(device)


def memory_stats(device: Any = None) -> OrderedDict[str, int]:
    """What is known of the memory, by torch's names."""
    if not accelerator.is_started():
        return OrderedDict()
    kept = settle(index_of(device, optional=True))
    count = kept.n_taken - kept.n_freed
    found = {
        "num_alloc_retries": 0,
        "num_ooms": accelerator.STATE.refused,
        **four("allocated_bytes", kept.used, kept.used_peak, kept.taken, kept.freed),
        **four("active_bytes", kept.used, kept.used_peak, kept.taken, kept.freed),
        **four("requested_bytes", kept.used, kept.used_peak, kept.taken, kept.freed),
        **four("reserved_bytes", kept.held, kept.held_peak, kept.held_peak, kept.held_peak - kept.held),
        **four("inactive_split_bytes", 0, 0, 0, 0),
        **four("allocation", count, kept.n_peak, kept.n_taken, kept.n_freed),
        **four("active", count, kept.n_peak, kept.n_taken, kept.n_freed),
        **four("segment", 0, 0, 0, 0),
        **four("inactive_split", 0, 0, 0, 0),
    }
    for name in ("oversize_allocations", "oversize_segments"):
        found.update({f"{name}.{part}": 0 for part in ("current", "peak", "allocated", "freed")})
    return OrderedDict(sorted(found.items()))


def four(name: str, *values: int) -> dict[str, int]:
    parts = ("current", "peak", "allocated", "freed")
    return {f"{name}.all.{part}": value for part, value in zip(parts, values, strict=True)}


METRICS = (
    ("allocated_bytes", "Allocated memory", True),
    ("active_bytes", "Active memory", True),
    ("requested_bytes", "Requested memory", True),
    ("reserved_bytes", "GPU reserved memory", True),
    ("inactive_split_bytes", "Non-releasable memory", True),
    ("allocation", "Allocations", False),
    ("active", "Active allocs", False),
    ("segment", "GPU reserved segments", False),
    ("inactive_split", "Non-releasable allocs", False),
)


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """A table of :func:`memory_stats`; the pool is one, so that there is nothing to abbreviate."""
    stats = memory_stats(device)
    if not stats:
        raise KeyError("allocated_bytes.all.current")
    index = index_of(device, optional=True)
    lines = ["=" * 75, f" {'':16} PyTorch CUDA memory summary, device ID {index:<17d} ", "-" * 75]
    lines.append(
        f"  {'':9} CUDA OOMs: {stats['num_ooms']:<12d} | {'':6} cudaMalloc retries: {stats['num_alloc_retries']:<8d}  "
    )
    lines += ["=" * 75, "        Metric         | Cur Usage  | Peak Usage | Tot Alloc  | Tot Freed  "]
    for key, name, in_bytes in METRICS:
        values = [stats[f"{key}.all.{part}"] for part in ("current", "peak", "allocated", "freed")]
        cells = " | ".join([size_text(value) if in_bytes else count_text(value) for value in values])
        lines += ["-" * 75, f" {name:<21} | {cells} "]
    lines.append("=" * 75)
    return "|" + "|\n|".join(lines) + "|\n"


def size_text(size: int) -> str:
    names = ["B  ", "KiB", "MiB", "GiB", "TiB", "PiB"]
    exact = float(size)
    place = 0
    while exact >= 768 * 1024 and place < len(names) - 1:
        size, exact, place = size // 1024, exact / 1024, place + 1
    return f"{size:6d} {names[place]}"


def count_text(count: int) -> str:
    names = [" ", "K", "M"]
    exact = float(count)
    place = 0
    while exact >= 750 * 1000 and place < len(names) - 1:
        count, exact, place = count // 1000, exact / 1000, place + 1
    return f"{count:7d} {names[place]} "


def empty_cache() -> None:
    """Give back the memory that is kept for the next tensors."""
    if accelerator.is_started():
        pool().free_all_blocks()


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """The bytes of a GPU that are free, and all that it has."""
    cuda = accelerator.start().xp.cuda
    with cuda.Device(accelerator.checked(index_of(device, optional=True))):
        free, total = cuda.runtime.memGetInfo()
    return free, total


def set_per_process_memory_fraction(fraction: float, device: Any = None) -> None:
    """Let tensors take no more than a part of a GPU's memory."""
    cuda = accelerator.start().xp.cuda
    index = index_of(device, optional=True)
    if not isinstance(fraction, float):
        raise TypeError("Invalid type for fraction argument, must be `float`")
    if not 0 <= fraction <= 1:
        raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
    with cuda.Device(accelerator.checked(index)):
        pool().set_limit(fraction=fraction)


def get_per_process_memory_fraction(device: Any = None) -> float:
    cuda = accelerator.start().xp.cuda
    with cuda.Device(accelerator.checked(index_of(device, optional=True))):
        limit = pool().get_limit()
        return limit / cuda.runtime.memGetInfo()[1] if limit else 1.0


def get_allocator_backend() -> str:
    return "native"
