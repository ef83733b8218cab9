"""The host as a device: barriers, shuffles and atomics of fibres, and launches that CuPy or a device would refuse."""

import subprocess
import sys

import numpy as np
import pytest

from mini_autograd.kernels.cuda import module
from mini_autograd.kernels.cuda.emulated import raw
from tests.mini_autograd.cuda.twin import LIBRARY, required, sent


@pytest.fixture(autouse=True)
def _device(monkeypatch):
    required(monkeypatch)
    if not LIBRARY.emulated:
        pytest.skip("there is a device")


SUMS = """
extern "C" __global__ void sums(const int *x, int *out) {
    __shared__ int parts[64];
    parts[threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x];
    __syncthreads();
    for (int by = 32; by; by >>= 1) {
        if (threadIdx.x < by) parts[threadIdx.x] += parts[threadIdx.x + by];
        __syncthreads();
    }
    if (threadIdx.x == 0) atomicAdd(out, parts[0]);
}"""


@pytest.mark.parametrize("order", ["", "reversed"])
def test_barrier(order, monkeypatch):
    monkeypatch.setenv("MINI_AUTOGRAD_CUDA_ORDER", order)
    x, out = sent(np.arange(192, dtype=np.int32)), sent(np.zeros(1, np.int32))
    raw.RawKernel(SUMS, "sums")((3,), (64,), (x, out))
    assert out.get().tolist() == [sum(range(192))]


def test_missing_barrier_shows_in_one_order_or_the_other(monkeypatch):
    code = """extern "C" __global__ void shift(int *out) {
        __shared__ int parts[32];
        parts[threadIdx.x] = threadIdx.x + 1;
        out[threadIdx.x] = threadIdx.x ? parts[threadIdx.x - 1] : 0;
    }"""
    seen = set()
    for order in ("", "reversed"):
        monkeypatch.setenv("MINI_AUTOGRAD_CUDA_ORDER", order)
        out = sent(np.zeros(32, np.int32))
        # A build of its own, so that nothing is left of the run before.
        raw.RawKernel(f"{code} // {order}", "shift")((1,), (32,), (out,))
        seen.add(out.get().tobytes())
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("wait", "place"), [("__syncthreads()", "barrier"), ("__syncwarp()", "shuffle of its warp")]
)
def test_barrier_that_not_all_reach_is_an_error(wait, place):
    code = f'extern "C" __global__ void stuck(int *out) {{ if (threadIdx.x != 3) {wait}; out[threadIdx.x] = 1; }}'
    with pytest.raises(
        RuntimeError, match=rf"thread \d+ of block \(0, 0, 0\) waits at a {place} that not all"
    ):
        raw.RawKernel(code, "stuck")((1,), (32,), (sent(np.zeros(32, np.int32)),))


def test_shuffles_and_votes():
    code = """extern "C" __global__ void lanes(int *out) {
        int lane = threadIdx.x;
        out[lane] = __shfl_xor_sync(0xffffffffu, lane, 1);
        out[32 + lane] = __shfl_down_sync(0xffffffffu, lane, 4);
        out[64 + lane] = __shfl_up_sync(0xffffffffu, lane, 4);
        out[96 + lane] = __shfl_sync(0xffffffffu, lane, 7);
        out[128 + lane] = __popc(__ballot_sync(0xffffffffu, lane < 5));
    }"""
    out = sent(np.zeros((5, 32), np.int32))
    raw.RawKernel(code, "lanes")((1,), (32,), (out,))
    lanes = np.arange(32)
    expected = [lanes ^ 1, np.where(lanes < 28, lanes + 4, lanes), np.where(lanes > 3, lanes - 4, lanes)]
    assert out.get().tolist() == [*[one.tolist() for one in expected], [7] * 32, [5] * 32]


CAST = """#include "number.cuh"
template <class T> __global__ void both(const float *x, T *narrow, float *wide, int count) {
    for (int i = threadIdx.x; i < count; i += blockDim.x) narrow[i] = narrowed<T>(x[i]), wide[i] = widened(narrow[i]);
}"""


@pytest.mark.parametrize(
    "kind", sorted((one for one in module.FLOATS if one.itemsize == 2), key=str), ids=str
)
def test_half_types_are_rounded_as_numpy_does(kind):
    every = np.arange(2**16, dtype=np.uint16).view(kind)
    near = every.astype(np.float32)
    with np.errstate(all="ignore"):
        x = np.concatenate(
            [
                near,
                *[np.nextafter(near, np.float32(way)) for way in (-np.inf, np.inf)],
                near * np.float32(1.001),
            ]
        )
        between = (near[:-1].astype(np.float64) + near[1:]) / 2
        x = np.concatenate([x, between.astype(np.float32)])
        expected = x.astype(kind)
    name = f"both<{module.NAMES[kind]}>"
    run = raw.RawModule(code=module.included(CAST), name_expressions=[name]).get_function(name)
    narrow, wide = sent(np.zeros(x.size, kind)), sent(np.zeros(x.size, np.float32))
    run((1,), (32,), (sent(x), narrow, wide, np.int32(x.size)))
    numbers = ~np.isnan(x)
    assert (narrow.get().view(np.uint16)[numbers] == expected.view(np.uint16)[numbers]).all()
    assert np.isnan(narrow.get().astype(np.float32)[~numbers]).all()
    assert (wide.get()[numbers] == expected.astype(np.float32)[numbers]).all()


def test_arguments_are_those_that_cupy_takes():
    run = raw.RawKernel('extern "C" __global__ void set(float *out, float x) { *out = x; }', "set")
    out = sent(np.zeros(1, np.float32))
    run((1,), (1,), (out, np.float32(3)))
    assert out.get().tolist() == [3]
    for wrong in (3.0, np.float64(3), "3", np.zeros(2, np.float32)):
        with pytest.raises(TypeError):
            run((1,), (1,), (out, wrong))
    with pytest.raises(TypeError):
        run((1,), (1,), (out,))
    for grid, block in (((0,), (1,)), ((1, 70000), (1,)), ((1,), (2048,))):
        with pytest.raises(RuntimeError, match="CUDA_ERROR_INVALID_VALUE"):
            run(grid, block, (out, np.float32(3)))


def test_what_does_not_compile_says_why():
    with pytest.raises(raw.CompileException, match="nowhere"):
        raw.RawKernel('extern "C" __global__ void wrong() { nowhere(); }', "wrong").compile()


def test_missing_compiler_is_told(monkeypatch):
    monkeypatch.setattr(raw.shutil, "which", lambda name: None)
    raw.compiler.cache_clear()
    with pytest.raises(raw.Unavailable, match=r"need a C\+\+ compiler"):
        raw.compiler()
    raw.compiler.cache_clear()


def test_out_of_bounds_meets_a_guard_page():
    """Reading one element behind an array that ends where a page does ends the process."""
    code = """if True:
        import mmap, ctypes, sys
        import numpy as np
        from mini_autograd.kernels.cuda.emulated import raw
        memory = mmap.mmap(-1, 2 * mmap.PAGESIZE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        ctypes.CDLL(None).mprotect(ctypes.c_void_p(start + mmap.PAGESIZE), mmap.PAGESIZE, 0)
        code = 'extern "C" __global__ void read(const int *x, int *out) { out[threadIdx.x] = x[threadIdx.x]; }'
        ends = np.uint64(start + mmap.PAGESIZE - 4 * 32)
        raw.RawKernel(code, "read")((1,), (int(sys.argv[1]),), (ends, np.uint64(start)))
    """
    inside, outside = (
        subprocess.run([sys.executable, "-c", code, threads], capture_output=True).returncode
        for threads in ("32", "33")
    )
    assert inside == 0
    assert outside < 0
