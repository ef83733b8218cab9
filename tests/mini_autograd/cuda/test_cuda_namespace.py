"""``torch.cuda``: side by side with torch's build without CUDA where there is no GPU, and by itself on one."""

import subprocess
import sys

import pytest
import torch

import mini_autograd

# What both say, an error or a value, where there is no GPU.
WITHOUT = (
    "is_available()", "is_initialized()", "device_count()", "init()", "current_device()", "synchronize()",
    "set_device(-1)", "set_device('cuda')", "set_device('cpu')", "set_device(None)", "set_device([])", "device('cpu')",
    "device(0).__enter__()", "device(-1).__enter__()", "device(None).__enter__()", "device('cuda').__enter__()",
    "get_device_name()", "get_device_properties(0)", "get_device_capability()", "can_device_access_peer(0, 1)",
    "current_stream()", "default_stream()", "stream(None).__enter__()", "set_stream(None)", "Stream()", "Event()",
    "Event(enable_timing=True)", "CUDAGraph()", "graph(None)", "graph_pool_handle()", "is_current_stream_capturing()",
    "memory_allocated()", "max_memory_allocated()", "memory_reserved()", "max_memory_reserved()", "memory_stats()",
    "memory_summary()", "empty_cache()", "mem_get_info()", "set_per_process_memory_fraction(0.5)",
    "get_per_process_memory_fraction()", "manual_seed(1)", "manual_seed('a')", "manual_seed_all(1)", "seed()",
    "seed_all()", "initial_seed()", "get_rng_state()", "get_rng_state_all()", "set_rng_state_all([])",
    "default_generators", "nvtx.range_push('a')", "nvtx.range_pop()", "nvtx.mark('a')",
    "nvtx.range('a').__enter__()", "is_bf16_supported()", "is_tf32_supported()", "get_arch_list()",
    "get_gencode_flags()", "ipc_collect()", "has_half", "FloatTensor", "FloatTensor(2)", "FloatTensor.dtype",
    "FloatTensor.is_cuda", "OutOfMemoryError", "OutOfMemoryError.__mro__", "AcceleratorError.__mro__",
    "make_graphed_callables(lambda x: x, ())",
)  # fmt: skip
ELSEWHERE = (
    "accelerator.is_available()", "accelerator.current_accelerator()", "accelerator.device_count()",
    "accelerator.current_device_index()", "accelerator.set_device_index(0)", "accelerator.set_device_index('cuda')",
    "accelerator.current_stream()", "accelerator.synchronize()", "accelerator.memory_allocated()",
    "accelerator.empty_cache()", "accelerator.get_memory_info()", "accelerator.device_index(0).__enter__()",
    "accelerator.device_index(None).__enter__()", "backends.cuda.is_built()", "backends.cudnn.is_available()",
    "backends.cudnn.version()", "backends.cudnn.enabled", "backends.cudnn.benchmark", "backends.cudnn.deterministic",
    "backends.cuda.matmul.allow_tf32", "backends.cuda.matmul.foo", "get_float32_matmul_precision()",
    "set_float32_matmul_precision(1)", "are_deterministic_algorithms_enabled()", "get_deterministic_debug_mode()",
    "use_deterministic_algorithms(1)", "set_deterministic_debug_mode('foo')", "set_deterministic_debug_mode(5)",
    "set_deterministic_debug_mode(1.5)", "tensor(1.0, device='cuda')", "as_tensor([1.0], device='cuda:1')",
    "tensor(1.0).cuda()", "tensor(1.0).to('cuda')", "tensor(1.0).to('xpu')", "tensor(1.0).to('hpu')",
    "tensor(1.0).to('mtia')", "tensor(1.0).to('foo')", "tensor(1.0).cuda('cpu')", "tensor(1.0).cuda(0)",
    "tensor(1.0).cuda(1.5)", "tensor(1.0).pin_memory()", "tensor(1.0).is_pinned()", "tensor(1.0, pin_memory=True)",
    "Generator('cuda')", "tensor(1.0).type('torch.cuda.FloatTensor')", "Tensor(2, device='cuda')",
    "set_default_tensor_type('torch.cuda.FloatTensor')", "tensor(1.0).get_device()",
    "tensor(1.0).__cuda_array_interface__", "from_dlpack(tensor(1.0), device='cuda')",
)  # fmt: skip


def told(space, text):
    """What an expression says of ``space``, whatever comes of it."""
    try:
        return repr(eval(f"space.{text}", {"space": space}))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", WITHOUT)
def test_without_a_gpu(absent, text):
    assert told(mini_autograd.cuda, text) == told(torch.cuda, text)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", ELSEWHERE)
def test_other_names_without_a_gpu(absent, text):
    assert told(mini_autograd, text) == told(torch, text)


def test_import_does_not_look_for_a_gpu():
    code = (
        "import sys, mini_autograd; assert not [name for name in sys.modules if 'kernels.cuda' in name "
        "or name.startswith(('cupy', 'mini_autograd.cuda'))]; mini_autograd.cuda.Stream; "
        "assert 'mini_autograd.kernels.cuda' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_name():
    with pytest.raises(AttributeError, match="module 'mini_autograd' has no attribute 'cudda'"):
        _ = mini_autograd.cudda
    with pytest.raises(AttributeError, match=r"module 'torch.cuda' has no attribute 'foo'"):
        _ = mini_autograd.cuda.foo


# On a GPU ----------------------------------------------------------------------------------------------------------

cuda = mini_autograd.cuda


def test_devices():
    assert cuda.is_available()
    assert cuda.device_count() == 2
    assert cuda.current_device() == 0
    with cuda.device(1):
        assert cuda.current_device() == 1
        assert mini_autograd.tensor(1, device="cuda").get_device() == 1
        with cuda.device_of(mini_autograd.tensor(1, device="cuda:0")):
            assert cuda.current_device() == 0
        with cuda.device_of(mini_autograd.tensor(1)), cuda.device(None), cuda.device(-1):
            assert cuda.current_device() == 1
    assert cuda.current_device() == 0
    cuda.set_device("cuda:1")
    assert cuda.current_device() == 1
    cuda.set_device(0)
    with pytest.raises(cuda.AcceleratorError, match="invalid device ordinal"):
        cuda.set_device(9)


def test_properties():
    found = cuda.get_device_properties()
    assert cuda.get_device_name(1) == found.name
    assert cuda.get_device_capability("cuda:1") == (found.major, found.minor)
    assert repr(found).startswith(f"_CudaDeviceProperties(name='{found.name}', major={found.major}, ")
    with pytest.raises(AssertionError, match="Invalid device id"):
        cuda.get_device_properties(9)
    with pytest.raises(AssertionError, match="Invalid peer device id"):
        cuda.can_device_access_peer(0, 9)
    assert cuda.can_device_access_peer(0, 1) in (True, False)


def test_streams():
    stream = cuda.Stream()
    assert cuda.current_stream() == cuda.default_stream() != stream
    with cuda.stream(stream):
        assert cuda.current_stream() == stream
        event = stream.record_event()
    assert cuda.current_stream() == cuda.default_stream()
    assert cuda.ExternalStream(stream.cuda_stream) == stream
    other = cuda.Stream("cuda:1")
    with cuda.stream(other):
        assert cuda.current_device() == 1
        assert cuda.current_stream() == other
    assert cuda.current_device() == 0
    stream.wait_stream(other)
    stream.wait_event(event)
    stream.synchronize()
    assert stream.query()
    assert repr(stream) == f"<torch.cuda.Stream device=cuda:0 cuda_stream={stream.cuda_stream:#x}>"
    assert len({stream, cuda.Stream.of(stream._stream, 0)}) == 1


def test_events():
    first, last = cuda.Event(enable_timing=True), cuda.Event(enable_timing=True)
    assert repr(first) == "<torch.cuda.Event uninitialized>"
    assert first.query()
    with pytest.raises(ValueError, match="Both events must be recorded before"):
        first.elapsed_time(last)
    with pytest.raises(ValueError, match="Both events must be created with argument 'enable_timing=True'"):
        first.elapsed_time(cuda.Event())
    first.record()
    last.record()
    cuda.synchronize()
    assert first.elapsed_time(last) >= 0
    assert first.device == mini_autograd.device("cuda:0")


def test_memory():
    cuda.synchronize()
    cuda.reset_peak_memory_stats()
    before = cuda.memory_allocated()
    taken = mini_autograd.tensor([0.0] * 4096, device="cuda")
    assert cuda.memory_allocated() - before == 16384
    assert cuda.memory_reserved() >= cuda.memory_allocated()
    del taken
    assert cuda.memory_allocated() == before
    assert cuda.max_memory_allocated() - before >= 16384
    cuda.reset_peak_memory_stats()
    assert cuda.max_memory_allocated() == before
    cuda.empty_cache()
    free, total = cuda.mem_get_info()
    assert 0 < free <= total
    assert cuda.memory_allocated(1) == cuda.memory_stats(1)["allocated_bytes.all.current"]
    assert len({len(line) for line in cuda.memory_summary().splitlines()}) == 1
    with pytest.warns(FutureWarning, match="which resets /all/ peak memory stats"):
        cuda.reset_max_memory_allocated()


def test_out_of_memory():
    before = mini_autograd.tensor([1.0], device="cuda")
    cuda.set_per_process_memory_fraction(1e-3)
    try:
        large = mini_autograd.tensor([0.0]).expand(cuda.mem_get_info()[1] // 1000)
        with pytest.raises(
            cuda.OutOfMemoryError, match=r"^CUDA out of memory\. Tried to allocate \d+\.\d\d MiB\. GPU 0 "
        ):
            large.cuda()
        assert (before + 1).item() == 2
    finally:
        cuda.set_per_process_memory_fraction(1.0)
    assert issubclass(cuda.OutOfMemoryError, RuntimeError)
    with pytest.raises(TypeError, match="Invalid type for fraction argument"):
        cuda.set_per_process_memory_fraction(1)
    with pytest.raises(ValueError, match="Allowed range: 0~1"):
        cuda.set_per_process_memory_fraction(2.0)


def test_random():
    cuda.manual_seed_all(3)
    assert cuda.initial_seed() == 3
    assert [each.initial_seed() for each in cuda.default_generators] == [3, 3]
    mini_autograd.manual_seed(4)
    state = cuda.get_rng_state()
    assert state.device.type == "cpu"
    cuda.manual_seed(5)
    cuda.set_rng_state(state)
    assert cuda.initial_seed() == 4
    cuda.seed_all()
    assert len({each.initial_seed() for each in cuda.default_generators}) == 1
    assert mini_autograd.Generator("cuda:1").device == mini_autograd.device("cuda:1")
    with mini_autograd.random.fork_rng():
        cuda.manual_seed_all(6)
    assert cuda.initial_seed() != 6


def test_graph():
    x = mini_autograd.tensor([1.0, 2.0], device="cuda")
    (x * 2 + 1).tolist()  # what is made at a first run is there
    graph = cuda.CUDAGraph()
    with pytest.raises(RuntimeError, match="without a preceding successful capture"):
        graph.replay()
    with pytest.raises(RuntimeError, match="must be captured on a non-default stream"):
        graph.capture_begin()
    with pytest.raises(RuntimeError, match="Unknown capture error mode"):
        graph.capture_begin(capture_error_mode="foo")
    with cuda.graph(graph):
        assert cuda.is_current_stream_capturing()
        y = x * 2 + 1
    assert not cuda.is_current_stream_capturing()
    x.copy_(mini_autograd.tensor([5.0, 6.0]))
    graph.replay()
    assert y.tolist() == [11.0, 13.0]
    with pytest.raises(RuntimeError, match="already owns a captured graph"):
        graph.capture_begin(*[graph.pool()])


def test_graphed_callable():
    def function(a, b):
        return (a * b).exp(), {"sum": a + b}

    sample = [mini_autograd.tensor([0.1, 0.2], device="cuda", requires_grad=True) for _ in range(2)]
    graphed = cuda.make_graphed_callables(function, tuple(sample))
    for values in ([1.0, 2.0], [0.5, 0.25]):
        a, b = (mini_autograd.tensor(values, device="cuda", requires_grad=True) for _ in range(2))
        expected, others = function(a, b)
        wanted = mini_autograd.autograd.grad(expected.sum() + others["sum"].sum(), (a, b))
        result, found = graphed(a, b)
        assert result.tolist() == pytest.approx(expected.tolist())
        assert found["sum"].tolist() == others["sum"].tolist()
        (result.sum() + found["sum"].sum()).backward()
        assert [one.grad.tolist() for one in (a, b)] == [pytest.approx(one.tolist()) for one in wanted]
    with pytest.raises(AssertionError, match="must contain only Tensors"):
        cuda.make_graphed_callables(function, (1, 2))


def test_settings():
    try:
        mini_autograd.backends.cuda.matmul.allow_tf32 = True
        assert mini_autograd.get_float32_matmul_precision() == "high"
        mini_autograd.set_float32_matmul_precision("highest")
        assert not mini_autograd.backends.cuda.matmul.allow_tf32
        mini_autograd.set_deterministic_debug_mode("warn")
        assert mini_autograd.are_deterministic_algorithms_enabled()
        assert mini_autograd.is_deterministic_algorithms_warn_only_enabled()
        with mini_autograd.backends.cudnn.flags(enabled=False):
            assert not mini_autograd.backends.cudnn.enabled
        assert mini_autograd.backends.cudnn.enabled
    finally:
        mini_autograd.use_deterministic_algorithms(False)
    for library in (mini_autograd, torch):
        with pytest.raises(RuntimeError, match="set_enabled_cudnn expects a bool, but got int"):
            library.backends.cudnn.enabled = 1
        with pytest.raises(RuntimeError, match="set_allow_tf32_cublas expects a bool, but got int"):
            library.backends.cuda.matmul.allow_tf32 = 1


def test_accelerator():
    accelerator = mini_autograd.accelerator
    assert accelerator.current_accelerator() == mini_autograd.device("cuda")
    assert accelerator.device_count() == 2
    with accelerator.device_index(1):
        assert accelerator.current_device_index() == cuda.current_device() == 1
    assert accelerator.memory_allocated() == cuda.memory_allocated()
    with pytest.raises(ValueError, match="cpu doesn't match the current accelerator cuda"):
        accelerator.set_device_index("cpu")
