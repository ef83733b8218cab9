// Reductions along a dimension, in an order that depends on the sizes alone.
#include "number.cuh"
#include "block.cuh"

// What elements are combined with, from which value on, and what becomes of them at the end.
template <class A>
struct Sum {
    static __device__ __forceinline__ A neutral() { return A(0); }
    static __device__ __forceinline__ A of(A x, A y) { return x + y; }
};
template <class A>
struct Product {
    static __device__ __forceinline__ A neutral() { return A(1); }
    static __device__ __forceinline__ A of(A x, A y) { return x * y; }
};
template <class A>
struct Most {
    static __device__ __forceinline__ A neutral() { return -infinity(A()); }
    static __device__ __forceinline__ A of(A x, A y) { return larger(x, y); }
};
template <class A>
struct Least {
    static __device__ __forceinline__ A neutral() { return infinity(A()); }
    static __device__ __forceinline__ A of(A x, A y) { return smaller(x, y); }
};

// NOTE [Passes]: where there are few results, `splits` blocks each reduce a part of the elements of one, and a second
// pass the parts: the parts of result r lie at part * results + r. `O` is `A` in a first pass, and `count` 1, by which
// the last pass of a mean divides.

// Along the last dimension: a block for each part of a row. gridDim = (rows at once, splits).
template <class Op, class T, class A, class O, int vector>
__global__ void __launch_bounds__(256)
    reduce_rows(const T *__restrict__ x, O *__restrict__ y, i64 rows, i64 width, A count) {
    __shared__ A scratch[32];
    i64 packs = width / vector, part = (packs + gridDim.y - 1) / gridDim.y;
    i64 begin = part * blockIdx.y, end = begin + part < packs ? begin + part : packs;
    for (i64 row = blockIdx.x; row < rows; row += gridDim.x) {
        const Pack<T, vector> *from = reinterpret_cast<const Pack<T, vector> *>(x + row * width);
        A own[vector];
#pragma unroll
        for (int j = 0; j < vector; j++) own[j] = Op::neutral();
        for (i64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
            Pack<T, vector> some = from[i];
#pragma unroll
            for (int j = 0; j < vector; j++) own[j] = Op::of(own[j], A(widened(some.at[j])));
        }
#pragma unroll
        for (int by = vector / 2; by; by >>= 1)
#pragma unroll
            for (int j = 0; j < by; j++) own[j] = Op::of(own[j], own[j + by]);
        A all = block_all<Op>(own[0], scratch, Op::neutral());
        if (threadIdx.x == 0) y[blockIdx.y * rows + row] = narrowed<O>(Wide<O>(all / count));
    }
}

// Along a dimension with `inner` elements between neighbours; blockDim = (32, 8), gridDim = (tiles at once, splits).
template <class Op, class T, class A, class O>
__global__ void __launch_bounds__(256)
    reduce_columns(const T *__restrict__ x, O *__restrict__ y, i64 outer, i64 width, i64 inner, A count) {
    __shared__ A parts[8][33];
    i64 tiles = (inner + 31) / 32, part = (width + gridDim.y - 1) / gridDim.y;
    i64 begin = part * blockIdx.y, end = begin + part < width ? begin + part : width;
    for (i64 tile = blockIdx.x; tile < outer * tiles; tile += gridDim.x) {
        i64 at = tile % tiles * 32 + threadIdx.x, row = tile / tiles;
        const T *from = x + row * width * inner + at;
        A first = Op::neutral(), second = Op::neutral();
        if (at < inner) {
            i64 i = begin + threadIdx.y;
            for (; i + 8 < end; i += 16) {
                first = Op::of(first, A(widened(from[i * inner])));
                second = Op::of(second, A(widened(from[(i + 8) * inner])));
            }
            if (i < end) first = Op::of(first, A(widened(from[i * inner])));
        }
        parts[threadIdx.y][threadIdx.x] = Op::of(first, second);
        __syncthreads();
#pragma unroll
        for (int by = 4; by; by >>= 1) {
            if (threadIdx.y < by)
                parts[threadIdx.y][threadIdx.x] =
                    Op::of(parts[threadIdx.y][threadIdx.x], parts[threadIdx.y + by][threadIdx.x]);
            __syncthreads();
        }
        if (threadIdx.y == 0 && at < inner)
            y[blockIdx.y * outer * inner + row * inner + at] = narrowed<O>(Wide<O>(parts[0][threadIdx.x] / count));
        __syncthreads();
    }
}
