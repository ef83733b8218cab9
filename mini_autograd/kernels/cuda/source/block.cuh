// Reductions over the threads of a warp and of a block, always in one order.
#pragma once

constexpr u32 ALL = 0xffffffffu;

// Each of these combines two values; `warp_all` and `block_all` give every thread the same result.
struct Add {
    template <class T>
    static __device__ __forceinline__ T of(T x, T y) { return x + y; }
};
struct Larger {
    template <class T>
    static __device__ __forceinline__ T of(T x, T y) { return larger(x, y); }
};

template <class Combine, class T>
__device__ __forceinline__ T warp_all(T x) {
#pragma unroll
    for (int by = 16; by; by >>= 1) x = Combine::of(x, __shfl_xor_sync(ALL, x, by));
    return x;
}

// Threads in multiples of a warp, in one dimension; `scratch` has room for 32 values and may be used again at once.
template <class Combine, class T>
__device__ __forceinline__ T block_all(T x, T *scratch, T neutral) {
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, warps = blockDim.x >> 5;
    x = warp_all<Combine>(x);
    if (lane == 0) scratch[warp] = x;
    __syncthreads();
    x = warp_all<Combine>(lane < warps ? scratch[lane] : neutral);
    __syncthreads();
    return x;
}
