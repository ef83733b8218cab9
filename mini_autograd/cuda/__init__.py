"""What torch has in ``torch.cuda``: the GPUs, their streams, memory, random numbers and graphs.

It is imported when it is first named, and costs no GPU by itself: that is brought up when it is first used. See
https://pytorch.org/docs/stable/cuda.html.
"""

from typing import Any

from mini_autograd.cuda import graphs, memory, nvtx, random, streams
from mini_autograd.cuda.gpu import (
    can_device_access_peer,
    current_device,
    device,
    device_count,
    device_of,
    get_arch_list,
    get_device_capability,
    get_device_name,
    get_device_properties,
    get_gencode_flags,
    init,
    ipc_collect,
    is_available,
    is_bf16_supported,
    is_initialized,
    is_tf32_supported,
    set_device,
    synchronize,
)
from mini_autograd.cuda.graphs import (
    CUDAGraph,
    graph,
    graph_pool_handle,
    is_current_stream_capturing,
    make_graphed_callables,
)
from mini_autograd.cuda.memory import (
    empty_cache,
    get_allocator_backend,
    get_per_process_memory_fraction,
    max_memory_allocated,
    max_memory_reserved,
    mem_get_info,
    memory_allocated,
    memory_reserved,
    memory_stats,
    memory_summary,
    reset_accumulated_memory_stats,
    reset_max_memory_allocated,
    reset_max_memory_cached,
    reset_peak_memory_stats,
    set_per_process_memory_fraction,
)
from mini_autograd.cuda.random import (
    get_rng_state,
    get_rng_state_all,
    initial_seed,
    manual_seed,
    manual_seed_all,
    seed,
    seed_all,
    set_rng_state,
    set_rng_state_all,
)
from mini_autograd.cuda.streams import (
    Event,
    ExternalStream,
    Stream,
    StreamContext,
    current_stream,
    default_stream,
    get_stream_from_external,
    set_stream,
    stream,
)
from mini_autograd.errors import AcceleratorError, OutOfMemoryError
from mini_autograd.kernels.accelerator import DeferredCudaCallError
from mini_autograd.methods.legacy import CUDA_TYPES

has_half = True

globals().update(CUDA_TYPES)

for _public in (device, device_of, Stream, Event, ExternalStream, StreamContext, CUDAGraph, graph):
    _public.__module__ = "torch.cuda"


def __getattr__(name: str) -> Any:
    if name == "default_generators":
        return random.generators()
    raise AttributeError(f"module 'torch.cuda' has no attribute '{name}'")
