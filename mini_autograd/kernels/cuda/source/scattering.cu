// Elements gathered and scattered by an index for each. Indices out of range are clamped, and told of by `watch`.
#include "number.cuh"
#include "layout.cuh"
#include "fault.cuh"

template <class I>
__global__ void __launch_bounds__(256)
    watch(const I *__restrict__ index, i64 count, Layout of_index, i64 dim, i64 size, u64 code, u64 *cell) {
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += i64(gridDim.x) * blockDim.x) {
        i64 own = index[of_index.place(u64(i))];
        if (own < 0 || own >= size) report(cell, code, own, dim, size);
    }
}

// `T` is any type of the size of the elements. Layouts go over the elements of the result; that of the source has step
// 0 where the index says where to go, `step` for each.
template <class T, class I>
__global__ void __launch_bounds__(256)
    gather_elements(const T *__restrict__ source, const I *__restrict__ index, T *__restrict__ out, i64 count,
                    Layout of_source, Layout of_index, i64 step, i64 size) {
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += i64(gridDim.x) * blockDim.x) {
        i64 own = clamped(index[of_index.place(u64(i))], size);
        out[i] = source[of_source.place(u64(i)) + own * step];
    }
}

// Whole rows of `width` packs.
template <class T, class I>
__global__ void __launch_bounds__(256)
    gather_rows(const T *__restrict__ source, const I *__restrict__ index, T *__restrict__ out, i64 count, i64 width,
                i64 size) {
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count * width; i += i64(gridDim.x) * blockDim.x) {
        i64 row = i / width;
        out[i] = source[clamped(index[row], size) * width + i - row * width];
    }
}

// Integers wrap around, and only unsigned ones of 8 bytes can be added atomically.
__device__ __forceinline__ void add_atomically(i64 *at, i64 value) { atomicAdd(reinterpret_cast<u64 *>(at), u64(value)); }
template <class T>
__device__ __forceinline__ void add_atomically(T *at, T value) { atomicAdd(at, value); }

template <class T, class I>
__global__ void __launch_bounds__(256)
    scatter_add_elements(T *target, const I *__restrict__ index, const T *__restrict__ values, i64 count,
                         Layout of_target, Layout of_index, Layout of_values, i64 step, i64 size) {
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += i64(gridDim.x) * blockDim.x) {
        i64 own = clamped(index[of_index.place(u64(i))], size);
        add_atomically(target + of_target.place(u64(i)) + own * step, values[of_values.place(u64(i))]);
    }
}

// Where each element goes, in a target without gaps.
template <class I>
__global__ void __launch_bounds__(256) places(const I *__restrict__ index, i64 *__restrict__ out, i64 count,
                                              Layout of_target, Layout of_index, i64 step, i64 size) {
    for (i64 i = i64(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += i64(gridDim.x) * blockDim.x)
        out[i] = of_target.place(u64(i)) + clamped(index[of_index.place(u64(i))], size) * step;
}

// The rows of each run of equal keys, which are sorted, added up in order and then to the row of the target: the same
// bits every time. `order` says where the row of a key lies. Rows whose key is `left_out` are; with `shared` a sum is
// divided by the length of its run. blockDim = (32, 4): a warp for each place where a run may begin.
template <class T, class A, class I>
__global__ void __launch_bounds__(128)
    add_runs(T *__restrict__ target, const I *__restrict__ keys, const i64 *__restrict__ order,
             const T *__restrict__ rows, i64 count, i64 width, i64 size, i64 left_out, bool shared) {
    for (i64 at = i64(blockIdx.x) * blockDim.y + threadIdx.y; at < count; at += i64(gridDim.x) * blockDim.y) {
        I key = keys[at];
        if (key == left_out || (at > 0 && keys[at - 1] == key)) continue;
        i64 end = at + 1;
        while (end < count && keys[end] == key) end++;
        T *to = target + clamped(key, size) * width;
        for (i64 column = threadIdx.x; column < width; column += 32) {
            A sum = A(0);
            for (i64 i = at; i < end; i++) {
                A value = A(widened(rows[order[i] * width + column]));
                sum += shared ? value / A(end - at) : value;
            }
            to[column] = narrowed<T>(Wide<T>(A(widened(to[column])) + sum));
        }
    }
}
