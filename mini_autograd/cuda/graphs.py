"""CUDA graphs: work that is captured once, and then launched as a whole, over the same memory, as often as wanted.

NOTE [Memory of a graph]: what a graph writes to stays its own for as long as it lives, so that during a capture memory
comes from a pool of the graph's, which gives nothing back to anybody else. Graphs that run one after the other may
share one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from mini_autograd import autograd
from mini_autograd.cuda import memory
from mini_autograd.cuda.gpu import synchronize
from mini_autograd.cuda.streams import Stream, StreamContext, current_stream
from mini_autograd.graph.operations import F
from mini_autograd.kernels import accelerator
from mini_autograd.kernels.by_array import address
from mini_autograd.tensor import TensorBase, requires_grad

MODES = ("global", "thread_local", "relaxed")
DUMMY = "Tried to instantiate dummy base class {}"
# Pools of memory by their handles.
_POOLS: dict[tuple[int, int], Any] = {}
_HANDLES = itertools.count(1)


def is_current_stream_capturing() -> bool:
    """Whether work is being captured rather than run."""
    if not accelerator.is_built():
        raise RuntimeError(DUMMY.format("_cuda_isCurrentStreamCapturing"))
    return accelerator.is_started() and current_stream().is_capturing()


def graph_pool_handle() -> tuple[int, int]:
    """A pool of memory for graphs to share."""
    if not accelerator.is_built():
        raise RuntimeError(DUMMY.format("_graph_pool_handle"))
    return 0, next(_HANDLES)


class CUDAGraph:
    """Work of a GPU that was captured, to be launched again."""

    def __init__(self, keep_graph: bool = False) -> None:
        if not accelerator.is_built():
            raise RuntimeError(DUMMY.format("CUDAGraph"))
        self._graph: Any = None
        self._handle: tuple[int, int] = (0, 0)
        self._memory: Any = None
        self._capturing: Any = None

    def capture_begin(
        self,
        pool: tuple[int, int] | None = None,
        capture_error_mode: str = "global",
        check_input_liveness: bool = False,
    ) -> None:
        """Capture what the current stream is given from now on."""
        if capture_error_mode not in MODES:
            raise RuntimeError(
                "Unknown capture error mode. Expected `global`, `thread_local`, or `relaxed`, got "
                f"{capture_error_mode}"
            )
        if self._graph is not None:
            raise RuntimeError(
                "This CUDAGraph instance already owns a captured graph. To capture a new graph, create a new instance."
            )
        xp = accelerator.start().xp
        stream = current_stream()
        if stream.cuda_stream == 0:
            raise RuntimeError(
                "CUDA graphs must be captured on a non-default stream. (However, after capture, it's ok to replay "
                "them on the default stream.)"
            )
        self._handle = graph_pool_handle() if pool is None else pool
        self._memory = _POOLS.setdefault(self._handle, None) or xp.cuda.MemoryPool()
        _POOLS[self._handle] = self._memory
        self._capturing = (stream, xp.cuda.using_allocator(self._memory.malloc))
        self._capturing[1].__enter__()
        # The mode that lets memory be asked for meanwhile: the pool of the graph is empty at first.
        stream._stream.begin_capture(getattr(xp.cuda.runtime, "streamCaptureModeRelaxed", None))

    def capture_end(self) -> None:
        """Stop capturing; RuntimeError where it had not begun."""
        if self._capturing is None:
            raise RuntimeError("capture_end() called without a capture that capture_begin() began")
        stream, allocator = self._capturing
        self._capturing = None
        try:
            self._graph = stream._stream.end_capture()
        finally:
            allocator.__exit__(None, None, None)

    def instantiate(self) -> None:
        """Nothing: a graph is made ready to run when its capture ends."""

    def replay(self) -> None:
        """Launch all that was captured, on the current stream."""
        if self._graph is None:
            raise RuntimeError("Called CUDAGraph::replay without a preceding successful capture.")
        self._graph.launch(current_stream()._stream)

    def reset(self) -> None:
        """Forget what was captured, and the memory with it."""
        self._graph = self._memory = None
        _POOLS.pop(self._handle, None)

    def pool(self) -> tuple[int, int]:
        """The handle of the graph's memory, for others to share it."""
        if self._graph is None:
            raise RuntimeError("Called CUDAGraph::pool() without a preceding successful capture.")
        return self._handle


class graph:
    """A context in which work is captured, on a stream of its own, into ``cuda_graph``."""

    default_capture_stream: Stream | None = None

    def __init__(
        self,
        cuda_graph: CUDAGraph,
        pool: tuple[int, int] | None = None,
        stream: Stream | None = None,
        capture_error_mode: str = "global",
    ) -> None:
        if stream is None and graph.default_capture_stream is None:
            graph.default_capture_stream = Stream()
        chosen = graph.default_capture_stream if stream is None else stream
        assert chosen is not None
        self.capture_stream = chosen
        self.stream_ctx = StreamContext(chosen)
        self.pool = pool
        self.cuda_graph = cuda_graph
        self.capture_error_mode = capture_error_mode

    def __enter__(self) -> None:
        synchronize()
        memory.empty_cache()
        self.stream_ctx.__enter__()
        try:
            self.cuda_graph.capture_begin(self.pool, self.capture_error_mode)
        except BaseException:
            self.stream_ctx.__exit__()
            raise

    def __exit__(self, *error: object) -> None:
        try:
            self.cuda_graph.capture_end()
        finally:
            self.stream_ctx.__exit__(*error)


def make_graphed_callables(
    callables: Any,
    sample_args: Any,
    num_warmup_iters: int = 3,
    allow_unused_input: bool = False,
    pool: tuple[int, int] | None = None,
) -> Any:
    """Functions that do what ``callables`` do by launching a graph, and another one in the backward pass.

    They take tensors like ``sample_args``. A tuple of functions is run, and its backward passes, in this order.
    """
    several = isinstance(callables, tuple)
    functions = callables if several else (callables,)
    samples = sample_args if several else (sample_args,)
    parts = [Captured(function, tuple(args)) for function, args in zip(functions, samples, strict=True)]
    shared = graph_pool_handle() if pool is None else pool
    synchronize()
    with StreamContext(Stream()):
        for part in parts:
            part.warm_up(num_warmup_iters, allow_unused_input)
    synchronize()
    for part in parts:
        part.capture_forward(shared)
    for part in reversed(parts):
        part.capture_backward(shared, allow_unused_input)
    made = tuple([part.graphed() for part in parts])
    return made if several else made[0]


class Captured:
    """A function whose run, and whose backward pass, are graphs over memory of their own."""

    def __init__(self, function: Callable[..., Any], inputs: tuple) -> None:
        if not all(isinstance(one, TensorBase) for one in inputs):
            raise AssertionError(
                "In the beta API, sample_args for each callable must contain only Tensors. Other types are not allowed."
            )
        self.function = function
        self.inputs: Any = inputs
        self.forward_graph, self.backward_graph = CUDAGraph(), CUDAGraph()
        self.outputs: list = []
        self.shape: Any = None
        self.grad_outputs: list = []
        self.grad_inputs: list = []

    def wanted(self) -> tuple:
        return tuple([one for one in self.inputs if requires_grad(one)])

    def gradients(self, outputs: list, grad_outputs: list, allow_unused: bool) -> Any:
        pairs = [(one, grad) for one, grad in zip(outputs, grad_outputs, strict=True) if grad is not None]
        if not pairs:
            return ()
        roots, grads = zip(*pairs, strict=True)
        return autograd.grad(roots, self.wanted(), grads, allow_unused=allow_unused)

    def warm_up(self, times: int, allow_unused: bool) -> None:
        """Run it so that all that is made at a first run is there before a capture."""
        for _ in range(times):
            outputs = flat(self.function(*self.inputs))
            self.gradients(outputs, like(outputs), allow_unused)

    def capture_forward(self, pool: tuple[int, int]) -> None:
        with graph(self.forward_graph, pool):
            self.shape = self.function(*self.inputs)
        self.outputs = flat(self.shape)

    def capture_backward(self, pool: tuple[int, int], allow_unused: bool) -> None:
        self.grad_outputs = like(self.outputs)
        found: Any = ()
        if any(one is not None for one in self.grad_outputs):
            with graph(self.backward_graph, pool):
                found = self.gradients(self.outputs, self.grad_outputs, allow_unused)
        rest = iter(found)
        self.grad_inputs = [next(rest, None) if requires_grad(one) else None for one in self.inputs]

    def graphed(self) -> Callable[..., Any]:
        """The function that launches the graphs."""
        captured = self

        class Graphed(autograd.Function):
            @staticmethod
            def forward(ctx: Any, *inputs: Any) -> Any:
                for own, given in zip(captured.inputs, inputs, strict=True):
                    fill(own, given)
                captured.forward_graph.replay()
                return tuple([one.detach() for one in captured.outputs])

            @staticmethod
            def backward(ctx: Any, *grads: Any) -> Any:
                for own, given in zip(captured.grad_outputs, grads, strict=True):
                    if own is not None:
                        fill(own, given)
                captured.backward_graph.replay()
                return tuple([None if one is None else one.detach() for one in captured.grad_inputs])

        def run(*args: Any) -> Any:
            return unflat(captured.shape, iter(Graphed.apply(*args)))

        return run


def fill(own: Any, given: Any) -> None:
    """Put the elements of ``given`` where the graph reads them."""
    if address(own._array) != address(given._array):
        own.detach().copy_(given.detach())


def like(outputs: list) -> list:
    """A gradient, whatever it holds, for each output that has one."""
    return [F.empty_like(one) if requires_grad(one) else None for one in outputs]


def flat(value: Any) -> list:
    """The tensors in nested tuples, lists and dicts, in order."""
    if isinstance(value, TensorBase):
        return [value]
    items = value.values() if isinstance(value, dict) else value
    return [one for item in items for one in flat(item)]


def unflat(shape: Any, tensors: Any) -> Any:
    """``tensors`` in the place of those in ``shape``."""
    if isinstance(shape, TensorBase):
        return next(tensors)
    if isinstance(shape, dict):
        return {key: unflat(item, tensors) for key, item in shape.items()}
    return type(shape)([unflat(item, tensors) for item in shape])
